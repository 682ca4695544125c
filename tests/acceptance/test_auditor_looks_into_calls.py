"""An auditor follows a letter into the processes its SOP calls, and out of them, in a browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

import pytest
from acceptance.browser_office import served
from acceptance.conftest import pictures
from acceptance.desk import DESKTOP, PHONE, Desk, Desks
from acceptance.page_checks import hindrances, overhang
from diagrams_for_tests import DiagramBuilder
from drawing_for_tests import drawn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, expect
from staff_for_tests import DRAFT, DemoOffice, open_demo_office

from engine import SYSTEM
from handlers.composing import Composer
from handlers.demo import demo_plays
from webapp.diagram_files import forms_beside, shipped_diagrams

SUBJECT = "Surat lewat dua panggilan"
SOP = "outgoing_letter_sop_1_2_12"
CALLER, PREPARING = "SOP Surat singkat", "Menyiapkan surat"
CHAIN = [
    f"{CALLER}, versi 1",
    f"{PREPARING} (proses dipanggil, versi 2)",
    "Memeriksa konsep (proses dipanggil, versi 1)",
]


def preparing(check: str) -> bytes:
    """The process in the middle; ``check`` names the step that calls the innermost one."""
    diagram = (
        DiagramBuilder("prepared_letter", PREPARING)
        .start()
        .user("draft_letter", "drafter", form="draft_letter", operation="letter.draft")
        .call(check, "checked_draft")
        .decide("returned", default="go_on")
        .service("compose_letter", "letter.compose")
        .end()
    )
    diagram.path("begin", "draft_letter", check, "returned")
    diagram.flow("returned", "draft_letter", 'decision = "return"', "go_back")
    return (
        diagram.flow("returned", "compose_letter", name="go_on")
        .path("compose_letter", "done")
        .source()
    )


CHECKING = (
    DiagramBuilder("checked_draft", "Memeriksa konsep")
    .start()
    .user("review_letter", "unit_head", form="review_letter", operation="letter.review")
    .end()
    .path("begin", "review_letter", "done")
    .source()
)
BARE = (
    DiagramBuilder("bare_draft", "Konsep tanpa gambar")
    .start()
    .user("draft_letter", "drafter", form="draft_letter", operation="letter.draft")
    .end()
    .path("begin", "draft_letter", "done")
    .source()
)


def calling(process_id: str, name: str, called: str) -> bytes:
    """A process that does nothing but call another one."""
    diagram = DiagramBuilder(process_id, name).start().call("prepare", called).end()
    return diagram.path("begin", "prepare", "done").source()


CALLING = calling("short_letter", CALLER, "prepared_letter")


@dataclass(frozen=True)
class Replayed:
    """The replay of the letter, open in a browser."""

    desk: Desk
    path: str
    complaints: list[str]

    def open(self) -> None:
        self.desk.go(self.path)
        self.desk.settle()

    def go_to(self, words: str, *, nth: int = 0) -> None:
        """Choose an event by the words of its line."""
        self.desk.page.locator("[data-events] button", has_text=words).nth(nth).click()
        expect(self.desk.page.locator("[aria-current=step]")).to_contain_text(words)

    def shape(self, element: str) -> Locator:
        return self.desk.page.locator(f'[data-canvas] .djs-element[data-element-id="{element}"]')

    def part(self, title: str) -> Locator:
        return self.desk.page.get_by_role("navigation").get_by_role("button", name=title)

    def shows(self, chain: list[str], current: str) -> None:
        """Expect the chain of diagrams, and which of them is drawn."""
        parts = self.desk.page.locator("[data-chain] button")
        expect(parts).to_have_text(chain)
        expect(self.desk.page.locator("[data-chain] [aria-current]")).to_have_text(current)


def test_every_line_of_the_table_names_the_called_process(demo: DemoOffice, letter: str) -> None:
    auditor = demo.sign_in("inspektorat").get(f"/audit/{letter}")

    rows = auditor.page.xpath("//tr[starts-with(@id, 'kejadian-')]/td[3]")
    told = [tuple(text.strip() for text in each.itertext() if text.strip()) for each in rows]

    assert ("Tugas diselesaikan", "draft letter", f"dalam {CHAIN[1]}") in told
    assert ("Tugas diselesaikan", "review letter", f"dalam {CHAIN[2]}") in told
    assert ("Masuk langkah", "prepare") in told


def test_the_drawing_goes_into_the_calls_and_out_of_them(replay: Replayed) -> None:
    replay.open()
    page = replay.desk.page
    replay.shows(CHAIN[:1], CHAIN[0])
    expect(replay.shape("prepare")).to_be_visible()

    page.keyboard.press("ArrowRight")
    replay.shows(CHAIN[:2], CHAIN[1])
    expect(replay.shape("draft_letter")).to_have_class(re.compile("mark-now"))
    expect(replay.shape("check")).to_be_visible()
    expect(replay.shape("prepare")).to_have_count(0)
    expect(page.locator("[data-moment]")).to_contain_text(CHAIN[1])
    page.keyboard.press("ArrowRight")
    replay.shows(CHAIN, CHAIN[2])
    expect(replay.shape("review_letter")).to_have_class(re.compile("mark-now"))

    page.keyboard.press("ArrowLeft")
    replay.shows(CHAIN[:2], CHAIN[1])
    expect(replay.shape("draft_letter")).to_have_class(re.compile("mark-now"))
    page.keyboard.press("Home")
    replay.shows(CHAIN[:1], CHAIN[0])
    expect(replay.shape("prepare")).not_to_have_class(re.compile("mark-"))
    assert replay.complaints == []


def test_each_diagram_has_its_own_marks_and_counts(replay: Replayed) -> None:
    replay.open()
    page = replay.desk.page

    page.keyboard.press("End")

    replay.shows(CHAIN[:2], CHAIN[1])
    expect(page.locator(".mark-badge")).to_have_text(["✓ 2×", "✓ 2×", "✓ 2×", "! kendala"])
    expect(replay.shape("go_back")).to_have_class(re.compile("mark-flow"))
    expect(replay.shape("compose_letter")).to_have_class(re.compile("mark-trouble"))
    expect(replay.shape("after_prepare")).to_have_count(0)
    replay.desk.album.take(page, "calls-incident")
    page.locator("[data-range]").fill("2")
    expect(page.locator(".mark-badge-trouble")).to_have_count(0)


def test_the_chain_leads_to_the_calling_diagrams_and_back(replay: Replayed) -> None:
    replay.open()
    page = replay.desk.page
    replay.go_to("Kendala, menunggu operator")
    replay.shows(CHAIN[:2], CHAIN[1])

    replay.part(CALLER).click()
    replay.shows(CHAIN[:2], CHAIN[0])
    expect(replay.shape("prepare")).to_have_class(re.compile("mark-open"))
    expect(replay.shape("prepare")).to_have_class(re.compile("mark-now"))
    expect(page.locator(".mark-badge-trouble")).to_have_text("! kendala")
    expect(replay.part(CALLER)).to_be_focused()
    expect(page.locator("[aria-current=step]")).to_contain_text("Kendala")
    replay.desk.album.take(page, "calls-looking-at-the-caller")

    replay.part(PREPARING).click()
    replay.shows(CHAIN[:2], CHAIN[1])
    expect(replay.shape("compose_letter")).to_have_class(re.compile("mark-trouble"))


def test_a_choice_holds_until_another_process_is_at_work(replay: Replayed) -> None:
    replay.open()
    page = replay.desk.page
    page.get_by_label("Hanya tindakan dan kendala").uncheck()
    replay.go_to("Masuk langkah · draft letter")
    replay.part(CALLER).click()
    replay.shows(CHAIN[:2], CHAIN[0])

    page.keyboard.press("ArrowRight")
    replay.shows(CHAIN[:2], CHAIN[0])
    replay.go_to("Tugas diselesaikan · review letter")
    replay.shows(CHAIN, CHAIN[2])
    replay.part(PREPARING).click()
    expect(replay.shape("check")).to_have_class(re.compile("mark-now"))
    page.keyboard.press("Home")
    replay.go_to("Tugas diselesaikan · draft letter")
    replay.shows(CHAIN[:2], CHAIN[1])


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_playing_passes_through_every_call(
    replay: Replayed, motion: Literal["reduce", "no-preference"]
) -> None:
    page = replay.desk.page
    page.emulate_media(reduced_motion=motion)
    replay.open()
    page.locator("[data-speed]").select_option("4")

    page.get_by_role("button", name="Putar", exact=True).click()

    replay.shows(CHAIN, CHAIN[2])
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "false", timeout=60_000)
    replay.shows(CHAIN[:2], CHAIN[1])
    expect(replay.shape("compose_letter")).to_have_class(re.compile("mark-trouble"))
    assert replay.complaints == []


def test_a_moved_letter_is_drawn_as_each_version_pinned_it(
    demo: DemoOffice, letter: str, replay: Replayed
) -> None:
    engine = demo.office.engine
    before = engine.instance(letter)
    moved = begin(demo, "short_letter")
    second = engine.deploy(drawn(CALLING), engine.definition(before.definition_id).forms, SYSTEM)
    engine.moves.move(moved, second.id, SYSTEM, "Langkah pemeriksaan diganti.")
    replay = Replayed(replay.desk, f"/audit/{moved}", replay.complaints)
    replay.open()

    replay.desk.page.keyboard.press("End")
    changed = [f"{CALLER}, versi 2", f"{PREPARING} (proses dipanggil, versi 3)"]
    replay.shows(changed, changed[1])
    expect(replay.shape("third_check")).to_be_visible()
    expect(replay.shape("draft_letter")).to_have_class(re.compile("mark-open"))
    replay.desk.page.get_by_label("Hanya tindakan dan kendala").uncheck()
    replay.desk.page.get_by_role("button", name="Mundur satu kejadian").click()
    replay.shows(CHAIN[:2], CHAIN[1])
    expect(replay.shape("check")).to_be_visible()
    assert replay.complaints == []


def test_a_called_process_without_a_drawing_is_shown_at_its_call(
    demo: DemoOffice, replay: Replayed
) -> None:
    bare = begin(demo, "bare_letter")
    replay = Replayed(replay.desk, f"/audit/{bare}", replay.complaints)
    replay.open()

    replay.desk.page.keyboard.press("End")

    chain = ["Surat tanpa gambar, versi 1", "Konsep tanpa gambar (proses dipanggil, versi 1)"]
    replay.shows(chain, chain[0])
    expect(replay.part(chain[1])).to_be_disabled()
    expect(replay.shape("prepare")).to_have_class(re.compile("mark-open"))
    assert replay.complaints == []


def test_a_wide_called_sop_is_seen_from_near(demo: DemoOffice, replay: Replayed) -> None:
    wide = begin(demo, "wide_letter")
    replay = Replayed(replay.desk, f"/audit/{wide}", replay.complaints)
    replay.open()

    replay.desk.page.keyboard.press("End")

    expect(replay.shape("draft_letter")).to_have_class(re.compile("mark-open"))
    expect(replay.shape("draft_letter")).to_be_in_viewport()
    replay.desk.album.take(replay.desk.page, "calls-wide")
    replay.desk.page.keyboard.press("Home")
    expect(replay.shape("prepare")).to_be_in_viewport()
    assert replay.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chain_hinders_nobody_and_fits_a_phone(
    replay: Replayed, theme: Literal["light", "dark"]
) -> None:
    page = replay.desk.page
    page.emulate_media(color_scheme=theme)
    replay.open()
    replay.go_to("Tugas diselesaikan · review letter")
    replay.shows(CHAIN, CHAIN[2])

    replay.desk.album.take(page, f"calls-{theme}")
    assert hindrances(page) == []
    page.set_viewport_size(PHONE)
    replay.open()
    replay.go_to("Tugas diselesaikan · review letter")
    replay.shows(CHAIN, CHAIN[2])
    replay.desk.album.take(page, f"calls-{theme}-phone")
    assert overhang(page) == 0
    assert replay.complaints == []
    page.set_viewport_size(DESKTOP)


def begin(demo: DemoOffice, process_id: str) -> str:
    """Start the process with a draft to be written; return the instance."""
    [play] = [each for each in demo_plays() if each.name == "S01"]
    now = demo.office.clock.now()
    actor = demo.office.organisation.actor_for(play.drafter, play.drafter_position, now)
    start = demo.office.engine.start
    return start(process_id, uuid.uuid4().hex, play.office, play.start_data, actor)


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    """An office whose SOP calls the second of three versions of another process."""
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("calls") / "office")
    forms = forms_beside(shipped_diagrams()[0])
    first, second, third = (preparing(name) for name in ("first_check", "check", "third_check"))
    for source in (CHECKING, first, second, CALLING, third):
        opened.office.engine.deploy(drawn(source), forms, SYSTEM)
    opened.office.engine.deploy(BARE, forms, SYSTEM)
    for source in (
        calling("bare_letter", "Surat tanpa gambar", "bare_draft"),
        calling("wide_letter", "Surat panjang", SOP),
    ):
        opened.office.engine.deploy(drawn(source), forms, SYSTEM)
    yield opened
    opened.office.database.close()


@pytest.fixture(scope="module")
def letter(demo: DemoOffice) -> str:
    """A letter that was returned once inside the calls, and then came to an incident there."""
    found = begin(demo, "short_letter")
    drafter, reviewer = demo.sign_in("staf_yan"), demo.sign_in("kasi_usaha")
    drafter.answer("draft letter", **{**DRAFT, "subject": SUBJECT})
    reviewer.answer(SUBJECT, decision="return", reason="Tanggal belum ditulis.")
    drafter.answer(SUBJECT, **{**DRAFT, "subject": SUBJECT, "decision": "submit"})
    reviewer.answer(SUBJECT, decision="approve")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Composer, "compose", _break)
        demo.work()
    assert len(demo.office.engine.incidents()) == 1
    return found


def _break(*_arguments: object) -> NoReturn:
    raise RuntimeError("the disk is full")


@pytest.fixture(scope="module")
def replay(demo: DemoOffice, letter: str, browser: Chromium) -> Iterator[Replayed]:
    with served(demo) as address:
        desks = Desks(browser, address, pictures())
        yield Replayed(desks.of("inspektorat"), f"/audit/{letter}", desks.complaints)
