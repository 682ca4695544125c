"""The founding: fills empty books with the offices described in three JSON files.

``offices.json`` holds offices with units, positions, people, numbering schemes, holidays and
acting appointments; ``destinations.json`` the address book; ``classification.json`` the code sets.
The files of the demonstration show the form; an office copies them and writes in its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine import Database
from handlers.destinations import destination, destination_group, destination_member
from handlers.errors import FoundingRefused
from handlers.founding_checks import flaws_of
from handlers.letters.classification import classification
from handlers.numbering import set_scheme
from handlers.organisation import appoint, tables

Row = Mapping[str, Any]

#: Reads one of the files: "offices", "destinations", "classification".
Source = Callable[[str], Row]


def found_offices(database: Database, source: Source, since: date) -> bool:
    """Fill the books; return False, changing nothing, when an office stands in them already.

    ``since`` is the day from which the people hold their positions. Raises ``FoundingRefused``
    when something is missing in the files; then nothing is written at all.
    """
    _demand_tables(database)
    try:
        with database.transaction() as session:
            if session.execute(select(tables.office.c.id).limit(1)).first() is not None:
                return False
            offices = source("offices")
            if flaws := flaws_of(offices):
                raise FoundingRefused(" ".join(flaws))
            _offices(session, offices, since)
            _destinations(session, source("destinations"))
            _classification(session, source("classification"))
    except OSError as problem:
        raise FoundingRefused(f"Berkas {problem.filename} tidak dapat dibaca.") from problem
    except KeyError as problem:
        raise FoundingRefused(f"Data kantor belum lengkap: {problem} tidak ada.") from problem
    except (TypeError, ValueError, SQLAlchemyError) as problem:
        first = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise FoundingRefused(f"Data kantor belum lengkap atau tidak sesuai: {first}") from problem
    return True


def _demand_tables(database: Database) -> None:
    """Refuse a database without tables by what to do, not by what the database calls it."""
    try:
        with database.reading() as session:
            session.execute(select(tables.office.c.id).limit(1))
    except SQLAlchemyError as problem:
        raise FoundingRefused(
            "Tabel belum ada, atau basis data tidak terjangkau; jalankan `alur migrate` dahulu."
        ) from problem


def folder_source(folder: Path) -> Source:
    """Return a source that reads the files of a folder."""

    def read(name: str) -> Row:
        found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return found

    return read


def _offices(session: Session, source: Row, since: date) -> None:
    for office in source["offices"]:
        _office(session, office, source["holidays"], since)
    _outsiders(session, source)
    for each in source["acting"]:
        appoint(
            session,
            each["person"],
            each["position"],
            kind=each["kind"],
            valid_from=date.fromisoformat(each["valid_from"]),
            valid_until=date.fromisoformat(each["valid_until"]),
            basis=each["basis"],
        )


def _office(session: Session, office: Row, holidays: Mapping[str, str], since: date) -> None:
    office_id = office["id"]
    apart = {"units", "positions", "people", "numbering"}
    _add(session, tables.office, [{k: v for k, v in office.items() if k not in apart}])
    for rank, unit in enumerate(office["units"]):
        _add(session, tables.unit, [{**unit, "office": office_id, "rank": rank}])
    for rank, position in enumerate(office["positions"]):
        values = {k: v for k, v in position.items() if k != "duties"}
        _add(session, tables.position, [{**values, "office": office_id, "rank": rank}])
        duties = [{"position": position["id"], "duty": duty} for duty in position["duties"]]
        _add(session, tables.position_duty, duties)
    for person in office["people"]:
        _person(session, person, office_id)
        roles = [
            {"person": person["id"], "office": office_id, "role": role} for role in person["roles"]
        ]
        _add(session, tables.person_role, roles)
        appoint(session, person["id"], person["position"], kind="definitive", valid_from=since)
    days = [
        {"office": office_id, "day": date.fromisoformat(day), "name": name}
        for day, name in holidays.items()
    ]
    _add(session, tables.holiday, days)
    # The common scheme first, so that a kind's own scheme is compared with it.
    for scheme in sorted(office["numbering"], key=lambda each: str(each["kind"])):
        set_scheme(session, office_id, scheme["kind"], scheme["pattern"], scheme["scope"])


def _outsiders(session: Session, source: Row) -> None:
    offices = [office["id"] for office in source["offices"]]
    for person in source["outsiders"]:
        _person(session, person, None)
        roles = [
            {"person": person["id"], "office": office, "role": role}
            for office in offices
            for role in person["roles"]
        ]
        _add(session, tables.person_role, roles)


def _person(session: Session, person: Row, office: str | None) -> None:
    names = ("id", "username", "name", "nip", "rank", "job", "email")
    _add(session, tables.person, [{**{n: person[n] for n in names}, "office": office}])


def _destinations(session: Session, source: Row) -> None:
    _add(session, destination, source["destinations"])
    for group in source["groups"]:
        members = group["members"]
        _add(session, destination_group, [{k: v for k, v in group.items() if k != "members"}])
        rows = [
            {"group_id": group["id"], "destination_id": member, "rank": rank}
            for rank, member in enumerate(members)
        ]
        _add(session, destination_member, rows)


def _classification(session: Session, source: Row) -> None:
    for code_set in source["sets"]:
        until = code_set["valid_until"]
        rows = [
            {
                "code_set": code_set["id"],
                "code": code["code"],
                "name": code["name"],
                "level": code["level"],
                "valid_from": date.fromisoformat(code_set["valid_from"]),
                "valid_until": None if until is None else date.fromisoformat(until),
                "confirmed": code.get("confirmed", False),
                "active_years": code.get("active_years"),
                "inactive_years": code.get("inactive_years"),
                "disposal": code.get("disposal", ""),
            }
            for code in code_set["codes"]
        ]
        _add(session, classification, rows)


def _add(session: Session, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(insert(table), [dict(row) for row in rows])
