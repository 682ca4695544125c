"""The accounts: who may sign in, with which password, and how often it went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Column, Integer, String, Table, case, func, insert, select, update

from engine import Clock, Database, EngineError, UtcDateTime, metadata

account = Table(
    "account",
    metadata,
    Column("person", String(120), primary_key=True),
    Column("username", String(120), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("session_version", Integer, nullable=False, default=1),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
)

#: After so many wrong passwords in a row the account rests for a while.
FAILURES_ALLOWED = 5
REST = timedelta(minutes=15)
SHORTEST_PASSWORD = 8


class SignInRefused(EngineError):
    """The user name or the password is wrong."""


class AccountLocked(EngineError):
    """The account rests after too many wrong passwords."""


class PasswordTooShort(EngineError):
    """The password is shorter than eight characters."""


@dataclass(frozen=True)
class Account:
    """A person's way in. A session holds its version; a newer version ends older sessions."""

    person: str
    username: str
    session_version: int


class Accounts:
    """Opens accounts and checks passwords; nobody can read a password back."""

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher | None = None):
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # Compared when the user name is unknown, so that both refusals take the same time.
        self._nobody = self._hasher.hash("nobody has this password")

    def open(self, person: str, username: str, password: str) -> None:
        """Give the person an account, or a new password when there is one already."""
        if len(password) < SHORTEST_PASSWORD:
            raise PasswordTooShort
        # Hashed before the transaction: it takes a third of a second on purpose.
        hashed = self._hasher.hash(password)
        values = {
            "username": username.strip().lower(),
            "password_hash": hashed,
            "failures": 0,
            "locked_until": None,
            "changed_at": self._clock.now(),
        }
        with self._database.transaction() as session:
            changed = session.execute(
                update(account)
                .where(account.c.person == person)
                .values(**values, session_version=account.c.session_version + 1)
                .returning(account.c.person)
            ).first()
            if changed is None:
                session.execute(insert(account).values(person=person, session_version=1, **values))

    def open_several(self, usernames: Mapping[str, str], password: str) -> None:
        """Open accounts (person -> user name) that share a password everybody knows: a demo."""
        if not usernames:
            return
        hashed, now = self._hasher.hash(password), self._clock.now()
        rows = [
            {
                "person": person,
                "username": username.strip().lower(),
                "password_hash": hashed,
                "session_version": 1,
                "failures": 0,
                "changed_at": now,
            }
            for person, username in usernames.items()
        ]
        with self._database.transaction() as session:
            session.execute(insert(account), rows)

    def sign_in(self, username: str, password: str) -> Account:
        """
        Return the account when the password fits, else raise ``SignInRefused``.

        The fifth wrong password in a row lets the account rest for fifteen
        minutes; then even the right one raises ``AccountLocked``.
        """
        with self._database.reading() as session:
            row = session.execute(
                select(account).where(account.c.username == username.strip().lower())
            ).first()
        fits = self._fits(row.password_hash if row else self._nobody, password)
        if row is None:
            raise SignInRefused
        if row.locked_until is not None and row.locked_until > self._clock.now():
            raise AccountLocked(until=row.locked_until)
        if not fits:
            self._count_failure(row.person)
            raise SignInRefused
        self._forgive(row.person, row.failures)
        return Account(row.person, row.username, row.session_version)

    def standing(self, person: str, session_version: int) -> bool:
        """Whether a session of this version is still welcome."""
        with self._database.reading() as session:
            version = session.execute(
                select(account.c.session_version).where(account.c.person == person)
            ).scalar_one_or_none()
        return version == session_version

    def end_sessions(self, person: str) -> None:
        """Sign the person out everywhere."""
        with self._database.transaction() as session:
            session.execute(
                update(account)
                .where(account.c.person == person)
                .values(session_version=account.c.session_version + 1)
            )

    def usernames(self) -> dict[str, str]:
        """Person id -> user name, of everybody who may sign in."""
        with self._database.reading() as session:
            rows = session.execute(select(account.c.person, account.c.username))
            return {row.person: row.username for row in rows}

    def locked_until(self, username: str) -> datetime | None:
        """When the account may be tried again, or nothing when it may be tried now."""
        with self._database.reading() as session:
            until = session.execute(
                select(account.c.locked_until).where(
                    account.c.username == username.strip().lower(),
                    account.c.locked_until > self._clock.now(),
                )
            ).scalar_one_or_none()
        return until if isinstance(until, datetime) else None

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _count_failure(self, person: str) -> None:
        now = self._clock.now()
        failures = account.c.failures + 1
        with self._database.transaction() as session:
            session.execute(
                update(account)
                .where(account.c.person == person)
                .values(
                    failures=case((failures >= FAILURES_ALLOWED, 0), else_=failures),
                    locked_until=case(
                        (failures >= FAILURES_ALLOWED, now + REST),
                        else_=func.coalesce(account.c.locked_until, None),
                    ),
                )
            )

    def _forgive(self, person: str, failures: int) -> None:
        if failures:
            with self._database.transaction() as session:
                session.execute(
                    update(account)
                    .where(account.c.person == person)
                    .values(failures=0, locked_until=None)
                )
