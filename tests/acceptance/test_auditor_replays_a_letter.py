"""An auditor finds a letter, replays its way, and reads the verdict beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_office import SmallOffice, returned_letter, signed_in, start
from sqlalchemy import text

from engine import Database


def test_the_list_is_narrowed_by_state_year_and_words(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    office.letters.subjects["letter-2"] = "Permohonan data pegawai"
    returned_letter(office.engine, "letter-1")
    start(office.engine, "letter-2")

    assert subjects(auditor, "") == {"Undangan rapat koordinasi", "Permohonan data pegawai"}
    assert subjects(auditor, "?status=completed") == {"Undangan rapat koordinasi"}
    assert subjects(auditor, "?text=PEGAWAI") == {"Permohonan data pegawai"}
    assert subjects(auditor, "?text=017/DPM") == {"Undangan rapat koordinasi"}
    assert subjects(auditor, "?year=2025") == set()
    assert subjects(auditor, "?process=nothing") == set()
    assert subjects(auditor, "?page=nonsense") == subjects(auditor, "")


def test_the_table_tells_every_event_without_javascript(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    instance = returned_letter(office.engine)

    page = auditor.get(f"/audit/{instance}").text

    assert page.count('id="kejadian-') == len(office.engine.history(instance))
    assert "Tanggal acara belum ditulis." in page
    assert "Plh. Kepala Dinas" in page
    assert "Passphrase salah; silakan ulangi." in page


def test_the_frames_of_the_diagram_say_what_the_table_says(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    instance = returned_letter(office.engine)

    frames = auditor.get(f"/audit/{instance}/frames.json").get_json()["frames"]

    assert [each["number"] for each in frames] == list(range(1, len(frames) + 1))
    assert frames[-1]["open"] == []
    assert any(each["reason"] == "Tanggal acara belum ditulis." for each in frames)


def test_the_document_of_a_moment_is_the_one_that_was_stored(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    instance = returned_letter(office.engine)
    signed = str(office.engine.instance(instance).data["signed_document"])

    shown = auditor.get(f"/audit/{instance}/documents/{signed}.pdf")

    assert shown.data == office.documents.get(signed)
    assert shown.mimetype == "application/pdf"


def test_a_document_of_another_letter_is_not_handed_out(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    instance = start(office.engine, "letter-1")
    foreign = office.documents.put(b"%PDF another letter")

    assert auditor.get(f"/audit/{instance}/documents/{foreign}.pdf").status_code == 404


def test_an_untouched_letter_is_found_whole(office: SmallOffice, auditor: FlaskClient) -> None:
    instance = returned_letter(office.engine)

    assert "Utuh" in auditor.get(f"/audit/{instance}").text


def test_a_forged_history_is_named_on_the_page(office: SmallOffice, auditor: FlaskClient) -> None:
    instance = returned_letter(office.engine)
    with office.database.transaction() as session:
        for (trigger,) in session.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'")
        ).all():
            session.execute(text(f'DROP TRIGGER "{trigger}"'))
        session.execute(
            text("UPDATE history SET name = 'diganti' WHERE sequence <= 15 AND last >= 15")
        )

    page = auditor.get(f"/audit/{instance}").text

    assert "Utuh" not in page
    assert "diubah setelah dicatat" in page


def test_the_verdict_of_the_books_comes_as_a_piece_or_as_a_page(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    instance = returned_letter(office.engine)

    piece = auditor.get(f"/audit/{instance}/verdict", headers={"HX-Request": "true"}).text
    page = auditor.get(f"/audit/{instance}/verdict").text

    assert piece.startswith("<section")
    assert "Utuh" in piece
    assert "tanda tangan elektronik" in page
    assert "</html>" in page


def test_a_lost_document_is_named_on_the_page(office: SmallOffice, auditor: FlaskClient) -> None:
    instance = returned_letter(office.engine)
    office.documents.path(str(office.engine.instance(instance).data["document"])).unlink()

    assert "tidak ada di penyimpanan" in auditor.get(f"/audit/{instance}").text


def test_a_confidential_letter_shows_its_path_and_nothing_else(
    office: SmallOffice, auditor: FlaskClient
) -> None:
    office.letters.subjects["rahasia-1"] = "Hasil pemeriksaan khusus"
    instance = returned_letter(office.engine, "rahasia-1", sifat="rahasia")
    signed = office.engine.instance(instance).data["signed_document"]

    listed = auditor.get("/audit/").text
    page = auditor.get(f"/audit/{instance}").text
    frames = auditor.get(f"/audit/{instance}/frames.json").text

    for told in (listed, page, frames):
        assert "Hasil pemeriksaan khusus" not in told
        assert "Tanggal acara belum ditulis." not in told
    assert "Budi Rekaan" in page
    assert auditor.get(f"/audit/{instance}/documents/{signed}.pdf").status_code == 404
    assert instance not in auditor.get("/audit/?text=khusus").text


def test_the_auditor_of_another_office_sees_nothing(office: SmallOffice) -> None:
    instance = returned_letter(office.engine)
    stranger = signed_in(office.app(), "auditor@kec")

    assert instance not in stranger.get("/audit/").text
    assert stranger.get(f"/audit/{instance}").status_code == 404
    assert stranger.get(f"/audit/{instance}/frames.json").status_code == 404


def test_staff_and_owners_have_no_business_here(office: SmallOffice) -> None:
    instance = start(office.engine, "letter-1")

    for role in ("staff", "owner"):
        assert signed_in(office.app(), role).get(f"/audit/{instance}").status_code == 403


def test_an_unknown_letter_is_not_found(auditor: FlaskClient) -> None:
    assert auditor.get("/audit/nothing").status_code == 404


def subjects(auditor: FlaskClient, query: str) -> set[str]:
    page = auditor.get(f"/audit/{query}").text
    known = ("Undangan rapat koordinasi", "Permohonan data pegawai")
    return {each for each in known if f">{each}</a>" in page}


@pytest.fixture
def auditor(office: SmallOffice) -> FlaskClient:
    return signed_in(office.app(), "auditor")


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path, sqlite_database)
