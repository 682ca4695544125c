"""Accounts: passwords, wrong passwords, and sessions that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine import Database
from webapp.accounts import (
    FAILURES_ALLOWED,
    REST,
    AccountLocked,
    Accounts,
    PasswordTooShort,
    SignInRefused,
    account,
)


def test_the_right_password_opens_and_is_kept_nowhere(
    accounts: Accounts, database: Database
) -> None:
    found = accounts.sign_in("Ratri ", "surat-2026")

    assert (found.person, found.session_version) == ("p1", 1)
    with database.reading() as session:
        row = session.execute(select(account)).one()
    assert "surat-2026" not in str(tuple(row))


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(accounts: Accounts) -> None:
    with pytest.raises(SignInRefused) as wrong:
        accounts.sign_in("ratri", "salah-sekali")
    with pytest.raises(SignInRefused) as unknown:
        accounts.sign_in("siapa", "surat-2026")

    assert str(wrong.value) == str(unknown.value)


def test_an_account_rests_after_five_wrong_passwords_and_opens_again(
    accounts: Accounts, clock: MovingClock
) -> None:
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            accounts.sign_in("ratri", "salah-sekali")

    with pytest.raises(AccountLocked):
        accounts.sign_in("ratri", "surat-2026")

    clock.moment += REST + timedelta(seconds=1)
    assert accounts.sign_in("ratri", "surat-2026").person == "p1"


def test_four_wrong_passwords_are_forgotten_after_the_right_one(accounts: Accounts) -> None:
    for _ in range(2):
        for _ in range(FAILURES_ALLOWED - 1):
            with pytest.raises(SignInRefused):
                accounts.sign_in("ratri", "salah-sekali")
        accounts.sign_in("ratri", "surat-2026")


def test_a_new_password_ends_every_session(accounts: Accounts) -> None:
    before = accounts.sign_in("ratri", "surat-2026")

    accounts.open("p1", "ratri", "surat-baru-2026")

    assert not accounts.standing("p1", before.session_version)
    after = accounts.sign_in("ratri", "surat-baru-2026")
    assert accounts.standing("p1", after.session_version)


def test_sessions_can_be_ended_everywhere(accounts: Accounts) -> None:
    found = accounts.sign_in("ratri", "surat-2026")

    accounts.end_sessions("p1")

    assert not accounts.standing("p1", found.session_version)


def test_a_short_password_is_refused(accounts: Accounts) -> None:
    with pytest.raises(PasswordTooShort):
        accounts.open("p2", "sari", "pendek")


class MovingClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def accounts(database: Database, clock: MovingClock) -> Accounts:
    # The weakest parameters: these tests are about rules, not about the strength of the hash.
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    opened = Accounts(database, clock, hasher)
    opened.open("p1", "ratri", "surat-2026")
    return opened
