"""Pages answer truly: what is made of a letter, the supervisor's question, two languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plants_for_tests import without_triggers
from sqlalchemy import delete
from staff_for_tests import DRAFT, DemoOffice, file, open_demo_office

from engine import DirectQueue, metadata
from webapp import Settings, build_office, create_app


def test_the_supervisor_is_told_when_there_are_no_tables(tmp_path: Path, database_url: str) -> None:
    office = build_office(Settings(tmp_path, database_url, secret_key="x"), jobs=DirectQueue())

    answer = create_app(office).test_client().get("/health")

    assert answer.status_code == 503
    office.database.close()


def test_only_what_was_made_of_a_letter_is_a_document(demo: DemoOffice) -> None:
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    picture = (Path(__file__).parents[2] / "webapp" / "pictures" / "task.png").read_bytes()
    drafter.submit(
        drafter.path,
        **{**DRAFT, "subject": "Undangan berlampiran", "attachments": file(picture, "peta.png")},
    )
    letter_id = drafter.path.rpartition("/")[2]
    (link,) = drafter.page.xpath("//a[contains(@href, '/attachments/')]/@href")
    attached = link.rpartition("/")[2]

    made = drafter.client.get(f"/letters/{letter_id}/documents/{attached}.pdf")
    page = drafter.client.get(f"/letters/{letter_id}/documents/{attached}/pages/1.png")

    assert drafter.client.get(link).mimetype == "image/png"
    assert (made.status_code, page.status_code) == (404, 404)


def test_a_wrong_pattern_is_explained_in_the_language_of_the_reader(demo: DemoOffice) -> None:
    hand_in(demo, "Undangan bersisipan")
    officer = demo.sign_in("pengelola_surat").open("Undangan bersisipan")

    officer.submit(officer.path, insertion="?", insertion_reason="Terlewat.")
    assert "Tulis seperti 01" in officer.text
    officer.client.set_cookie("language", "en")
    officer.submit(officer.path, insertion="?", insertion_reason="Terlewat.")

    assert "Write it like 01" in officer.text
    assert "Tulis seperti" not in officer.text


def test_pages_of_a_letter_bear_that_its_history_is_gone(demo: DemoOffice) -> None:
    hand_in(demo, "Undangan tanpa riwayat")
    colleague = demo.sign_in("kabid_pm").get("/letters")
    (path,) = colleague.page.xpath("//a[contains(., 'Undangan tanpa riwayat')]/@href")
    instance = demo.office.letters.instances()[path.rpartition("/")[2]]

    with demo.office.database.transaction() as session:
        without_triggers(session, demo.office.database, "history")
        history = metadata.tables["history"]
        session.execute(delete(history).where(history.c.instance_id == instance))

    assert colleague.get(path).status == 200
    assert demo.sign_in("inspektorat").get(f"/audit/{instance}").status == 200


def hand_in(demo: DemoOffice, subject: str) -> None:
    """A letter that waits for its number."""
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "subject": subject})
    for reviewer in ("kasi_usaha", "kabid_yan"):
        demo.sign_in(reviewer).answer(subject, decision="approve")


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("demo"))
    yield opened
    opened.office.database.close()
