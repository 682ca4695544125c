"""A letter whose steps stand in a called process: inbox, task page, letter page and replay."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.browser_office import served
from acceptance.conftest import pictures
from acceptance.desk import Desks
from diagrams_for_tests import DiagramBuilder
from drawing_for_tests import drawn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from staff_for_tests import DRAFT, Browser, DemoOffice, open_demo_office

from engine import SYSTEM
from handlers.demo import demo_plays
from webapp.diagram_files import forms_beside, shipped_diagrams

SUBJECT = "Surat dari proses lain"
STEPS = ("draft letter", "review letter")

CALLED = (
    DiagramBuilder("checked_draft", "Konsep yang diperiksa")
    .start()
    .user("draft_letter", "drafter", form="draft_letter", operation="letter.draft")
    .user("review_letter", "unit_head", form="review_letter", operation="letter.review")
    .end()
    .path("begin", "draft_letter", "review_letter", "done")
    .source()
)
CALLING = (
    DiagramBuilder("short_letter", "Surat singkat")
    .start()
    .call("prepare", "checked_draft")
    .end()
    .path("begin", "prepare", "done")
    .source()
)


def test_a_task_of_a_called_process_is_done_through_the_pages(demo: DemoOffice) -> None:
    instance = begin(demo)
    drafter = demo.sign_in("staf_yan")
    drafter.open("draft letter")
    assert drafter.page.xpath("//h1")[0].text_content() == "draft letter"

    drafter.submit(drafter.path, **{**DRAFT, "subject": SUBJECT})

    assert drafter.status == 200
    assert "Tersimpan." in drafter.text
    assert demo.office.engine.tasks_of(instance)[0].element == "prepare!review_letter"


def test_the_reviewer_of_a_called_process_reads_the_letter_and_decides(demo: DemoOffice) -> None:
    instance = begin(demo)
    hand_in(demo)
    reviewer = demo.sign_in("kasi_usaha")

    reviewer.open(SUBJECT)
    assert "review letter" in reviewer.text
    reviewer.submit(reviewer.path, decision="approve")

    assert "Tersimpan." in reviewer.text
    assert demo.office.engine.instance(instance).status == "completed"


def test_the_page_of_the_letter_marks_the_call_and_the_step_within_it(demo: DemoOffice) -> None:
    begin(demo)
    letter = hand_in(demo)

    calling, called = letter.page.xpath("//*[@data-where]")

    assert calling.get("data-open").split() == ["prepare"]
    assert "prepare" not in calling.get("data-visited").split()
    assert called.get("data-open").split() == ["review_letter"]
    assert "draft_letter" in called.get("data-visited").split()
    assert letter.text.count("Konsep yang diperiksa (proses dipanggil, versi 1)") == 2


def test_once_the_called_process_has_ended_only_the_calling_one_is_drawn(demo: DemoOffice) -> None:
    begin(demo)
    letter = hand_in(demo)
    demo.sign_in("kasi_usaha").answer(SUBJECT, decision="approve")

    (drawing,) = letter.get(letter.path).page.xpath("//*[@data-where]")

    assert drawing.get("data-open") == ""
    assert "prepare" in drawing.get("data-visited").split()


def test_the_replay_shows_the_steps_of_the_called_process(demo: DemoOffice) -> None:
    instance = begin(demo)
    hand_in(demo)
    auditor = demo.sign_in("inspektorat")

    auditor.get(f"/audit/{instance}")
    frames = auditor.client.get(f"/audit/{instance}/frames.json").get_json()["frames"]

    assert [name for name in STEPS if name not in auditor.text] == []
    done = [each for each in frames if each["kind"] == "TASK_COMPLETED"]
    assert [(each["element"], each["element_name"]) for each in done] == [
        ("prepare!draft_letter", "draft letter")
    ]
    assert (done[0]["inside"], done[0]["drawn_as"]) == ("prepare", "draft_letter")
    assert "review letter" in frames[-1]["open_names"]


@pytest.mark.browser
def test_a_browser_shows_the_step_on_the_diagram_of_the_called_process(
    demo: DemoOffice, browser: Chromium
) -> None:
    instance = begin(demo)
    letter = hand_in(demo)
    with served(demo) as address:
        desks = Desks(browser, address, pictures())
        auditor = desks.of("inspektorat")
        auditor.go(f"/audit/{instance}")
        auditor.settle()
        page = auditor.page
        page.locator("[data-events] button", has_text="draft letter").filter(
            has_text="Tugas diselesaikan"
        ).click()

        step = page.locator('[data-element-id="draft_letter"]')
        expect(page.locator("[data-moment]")).to_contain_text("draft letter")
        expect(step).to_have_class(re.compile("mark-now"))
        expect(step).to_have_class(re.compile("mark-open"))

        drafter = desks.of("staf_yan")
        drafter.go(letter.path)
        drafter.page.get_by_text("Tunjukkan pada diagram").click()
        for name in ("prepare", "review_letter"):
            where = drafter.page.locator(f'[data-where] [data-element-id="{name}"]')
            expect(where).to_have_class(re.compile("mark-open"))
        drafter.album.take(drafter.page, "letter-in-a-call")
        assert desks.complaints == []


def begin(demo: DemoOffice) -> str:
    """Start the process that calls, as nobody's SOP; return the instance."""
    [play] = [each for each in demo_plays() if each.name == "S01"]
    now = demo.office.clock.now()
    drafter = demo.office.organisation.actor_for(play.drafter, play.drafter_position, now)
    start = demo.office.engine.start
    return start("short_letter", uuid.uuid4().hex, play.office, play.start_data, drafter)


def hand_in(demo: DemoOffice) -> Browser:
    """The drafter writes the letter; the page of the letter is open then."""
    drafter = demo.sign_in("staf_yan")
    drafter.open("draft letter")
    return drafter.submit(drafter.path, **{**DRAFT, "subject": SUBJECT})


@pytest.fixture
def demo(prepared_demo: Path, tmp_path: Path) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path / "office")
    forms = forms_beside(shipped_diagrams()[0])
    for source in (CALLED, CALLING):
        opened.office.engine.deploy(drawn(source), forms, SYSTEM)
    yield opened
    opened.office.database.close()
