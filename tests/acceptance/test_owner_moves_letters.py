"""A process owner tries a move of a running letter, moves it with a reason, and takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_office import DIAGRAMS, OWNER, SOP, SmallOffice, do, signed_in, start

from engine import Database, Kind

SOURCE = (DIAGRAMS / f"{SOP}.bpmn").read_bytes()
#: The limit of the first review is longer.
LONGER = SOURCE.replace(b">PT15M<", b">PT4H<", 1)
#: The review at which letters wait has another id, so it is another step.
OTHER = SOURCE.replace(b"review_by_unit_head", b"review_by_somebody")


def at_review(office: SmallOffice, letter: str = "letter-1") -> str:
    instance = start(office.engine, letter)
    do(office.engine, instance, {"decision": "resubmit"})
    return instance


def publish(office: SmallOffice, source: bytes) -> str:
    return office.engine.deploy(source, office.engine.versions(SOP)[-1].forms, OWNER).id


def address(definition_id: str, instance_id: str, *more: str) -> str:
    return "/".join((f"/processes/versions/{definition_id}/moves/{instance_id}", *more))


def test_the_page_of_a_version_lists_what_runs_on_older_ones(
    office: SmallOffice, owner: FlaskClient
) -> None:
    letter = at_review(office)
    first = office.engine.versions(SOP)[0].id
    second = publish(office, LONGER)

    newer = owner.get(f"/processes/versions/{second}").text
    older = owner.get(f"/processes/versions/{first}").text

    assert address(second, letter) in newer
    assert "Undangan rapat koordinasi" in newer
    assert address(first, letter) not in older
    assert "Tidak ada surat pada versi yang lebih lama." in older


def test_a_dry_run_tells_what_stays_and_changes_nothing(
    office: SmallOffice, owner: FlaskClient
) -> None:
    letter = at_review(office)
    before = office.engine.history(letter)

    page = owner.get(address(publish(office, LONGER), letter)).text

    assert "Dapat dipindahkan" in page
    assert "tetap jatuh tempo seperti semula" in page
    assert office.engine.history(letter) == before


def test_a_letter_is_moved_with_a_reason_and_moved_back(
    office: SmallOffice, owner: FlaskClient
) -> None:
    letter = at_review(office)
    (task,) = office.engine.tasks_of(letter)
    second = publish(office, LONGER)

    page = owner.post(
        address(second, letter), data={"reason": "SLA diubah."}, follow_redirects=True
    ).text
    assert "Surat dipindahkan: sekarang mengikuti versi 2." in page
    assert address(second, letter, "undo") in page
    (same,) = office.engine.tasks_of(letter)
    assert (same.id, same.due_at, same.definition_version) == (task.id, task.due_at, 2)

    dry = owner.get(address(second, letter, "undo")).text
    assert "Kembalikan ke versi 1" in dry
    page = owner.post(
        address(second, letter, "undo"), data={"reason": "Keliru."}, follow_redirects=True
    ).text
    assert "Pemindahan dibatalkan: surat kembali mengikuti versi 1." in page
    moves = [e for e in office.engine.history(letter) if e.kind is Kind.INSTANCE_MOVED]
    assert [(e.name, e.reason) for e in moves] == [
        ("Owner Rekaan", "SLA diubah."), ("Owner Rekaan", "Keliru."),
    ]  # fmt: skip
    assert office.engine.verify_instance(letter) == []
    assert owner.get(address(second, letter, "undo")).status_code == 404
    again = owner.post(
        address(second, letter, "undo"), data={"reason": "Lagi."}, follow_redirects=True
    )
    assert "sudah dibatalkan" in again.text


def test_a_move_that_is_blocked_names_the_step_and_offers_no_button(
    office: SmallOffice, owner: FlaskClient
) -> None:
    letter = at_review(office)
    target = publish(office, OTHER)

    page = owner.get(address(target, letter)).text
    refused = owner.post(address(target, letter), data={"reason": "Tetap saja."})

    assert "Belum dapat dipindahkan" in page
    assert "review_by_unit_head" in page
    assert 'name="reason"' not in page
    assert refused.status_code == 409
    assert "lihat penghalangnya" in refused.text
    assert office.engine.instance(letter).definition_version == 1


def test_a_move_without_a_reason_is_refused_and_nothing_is_lost(
    office: SmallOffice, owner: FlaskClient
) -> None:
    letter = at_review(office)
    target = publish(office, LONGER)

    refused = owner.post(address(target, letter), data={"reason": "   "})

    assert refused.status_code == 422
    assert "Tuliskan alasannya." in refused.text
    assert office.engine.instance(letter).definition_version == 1


def test_the_subject_of_a_secret_letter_stays_secret(
    office: SmallOffice, owner: FlaskClient
) -> None:
    office.letters.subjects["letter-rahasia"] = "Pemeriksaan khusus"
    letter = at_review(office, "letter-rahasia")
    target = publish(office, LONGER)

    pages = [
        owner.get(f"/processes/versions/{target}").text,
        owner.get(address(target, letter)).text,
        owner.post(address(target, letter), data={"reason": "x"}, follow_redirects=True).text,
        owner.get(address(target, letter, "undo")).text,
    ]

    assert all("Rahasia: isi tidak ditampilkan" in page for page in pages)
    assert not any("Pemeriksaan khusus" in page for page in pages)


@pytest.mark.parametrize(
    ("person", "status"),
    [("admin", 200), ("staff", 403), ("auditor", 403), ("owner@kec", 404), ("admin@kec", 404)],
)
def test_only_owners_and_admins_of_its_office_move_a_letter(
    office: SmallOffice, person: str, status: int
) -> None:
    letter = at_review(office)
    target = publish(office, LONGER)
    visitor = signed_in(office.app(), person)

    asked = visitor.get(address(target, letter))
    version = visitor.get(f"/processes/versions/{target}").text

    assert asked.status_code == status
    assert (address(target, letter) in version) == (status == 200)
    assert ("Undangan rapat koordinasi" in version) == (status == 200)
    if status != 200:
        assert visitor.post(address(target, letter), data={"reason": "x"}).status_code == status
        assert office.engine.instance(letter).definition_version == 1


def test_the_auditor_reads_of_the_move_why_and_from_where_to_where(office: SmallOffice) -> None:
    letter = at_review(office)
    office.engine.moves.move(letter, publish(office, LONGER), OWNER, "SLA diubah.")
    do(office.engine, letter, {"decision": "approve"})

    page = signed_in(office.app(), "auditor").get(f"/audit/{letter}").text

    assert "Surat dipindahkan ke versi lain" in page
    assert "SLA diubah. · versi 1 → versi 2" in page
    assert "Utuh: surat ini sesuai dengan yang tertulis" in page


@pytest.fixture
def office(tmp_path: Path, sqlite_database: Database) -> SmallOffice:
    return SmallOffice(tmp_path, sqlite_database)


@pytest.fixture
def owner(office: SmallOffice) -> FlaskClient:
    return signed_in(office.app(), "owner")
