"""A letter whose steps stand in a called process: inbox, task page, letter page and replay."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from acceptance.browser_office import served
from acceptance.conftest import pictures
from acceptance.desk import Desks
from diagrams_for_tests import DiagramBuilder
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
#: Where the shapes of the caller lie on the page.
BOXES = {"begin": (80, 100, 36, 36), "prepare": (180, 78, 100, 80), "done": (340, 100, 36, 36)}


def drawn(source: bytes, boxes: Mapping[str, tuple[int, int, int, int]]) -> bytes:
    """The diagram with shapes, as a browser needs it to show one."""
    shapes = "".join(
        f'<di:BPMNShape id="{name}_shape" bpmnElement="{name}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></di:BPMNShape>'
        for name, (x, y, width, height) in boxes.items()
    )
    page = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="page">'
        f'<di:BPMNPlane id="plane" bpmnElement="short_letter">{shapes}</di:BPMNPlane>'
        "</di:BPMNDiagram></bpmn:definitions>"
    )
    return source.replace(b"</bpmn:definitions>", page.encode())


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


def test_the_diagram_of_the_letter_marks_the_call_while_its_steps_are_open(
    demo: DemoOffice,
) -> None:
    begin(demo)
    letter = hand_in(demo)

    (drawing,) = letter.page.xpath("//*[@data-where]")

    assert "prepare" in drawing.get("data-open").split()
    assert "prepare" not in drawing.get("data-visited").split()


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
    assert done[0]["drawn_as"] == "prepare"
    assert "review letter" in frames[-1]["open_names"]


@pytest.mark.browser
def test_a_browser_follows_the_steps_of_the_called_process_at_its_call(
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

        call = page.locator('[data-element-id="prepare"]')
        expect(page.locator("[data-moment]")).to_contain_text("draft letter")
        expect(call).to_have_class(re.compile("mark-now"))
        expect(call).to_have_class(re.compile("mark-open"))
        auditor.album.take(page, "replay-of-a-call")

        drafter = desks.of("staf_yan")
        drafter.go(letter.path)
        drafter.page.get_by_text("Tunjukkan pada diagram").click()
        where = drafter.page.locator('[data-where] [data-element-id="prepare"]')
        expect(where).to_have_class(re.compile("mark-open"))
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
    for source in (CALLED, drawn(CALLING, BOXES)):
        opened.office.engine.deploy(source, forms, SYSTEM)
    yield opened
    opened.office.database.close()
