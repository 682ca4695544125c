"""Owner and auditor in a real browser: the modeler, the replay, and the strict policy."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from small_office import OWNER, SOP, SmallOffice, returned_letter, signed_in, start
from werkzeug.serving import make_server

from engine import Database

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House:
    """The office behind a real server, and a browser that may enter."""

    office: SmallOffice
    address: str
    context: BrowserContext
    broken: list[str]  #: what the browser complained about

    def page(self, person: str, path: str) -> Page:
        app = self.office.app()
        cookie = signed_in(app, person).get_cookie("alur")
        assert cookie is not None
        self.context.add_cookies([{"name": "alur", "value": cookie.value, "url": self.address}])
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on(
            "console",
            lambda said: self.broken.append(said.text) if said.type == "error" else None,
        )
        page.goto(f"{self.address}{path}")
        return page


def test_the_owner_lengthens_a_deadline_and_publishes(house: House) -> None:
    running = start(house.office.engine, "letter-1")
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()

    page.locator('[data-element-id="review_by_unit_head_overdue"] .djs-hit').first.click()
    page.get_by_text("Pewaktu", exact=True).click()
    value = page.locator("#bio-properties-panel-timerEventDefinitionValue")
    expect(value).to_have_value("PT15M")
    value.fill("PT4H")
    value.press("Tab")
    expect(page.locator("[data-state]")).to_contain_text("belum diterbitkan")
    page.get_by_role("button", name="Terbitkan").click()
    page.get_by_role("button", name="Ya, terbitkan").click()

    expect(page.get_by_text("Versi 2 terbit")).to_be_visible()
    following = start(house.office.engine, "letter-2")
    assert house.office.engine.instance(running).definition_version == 1
    assert house.office.engine.instance(following).definition_version == 2
    assert deadline(house, 2) == "PT4H"
    assert house.broken == []


def test_findings_are_shown_at_the_element_and_stop_publishing(house: House) -> None:
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()

    page.locator('[data-element-id="after_draft_letter"] .djs-hit').first.click(force=True)
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Terbitkan").click()

    expect(page.get_by_text("Belum dapat diterbitkan")).to_be_visible()
    expect(page.locator(".modeler-finding.is-error").first).to_be_visible()
    finding = page.locator("[data-findings] button", has_text="draft_letter").first
    finding.click()
    expect(page.locator('.djs-element.selected[data-element-id="draft_letter"]')).to_be_visible()
    assert len(house.office.engine.versions(SOP)) == 1


def test_the_owner_adds_a_review_step_between_two_others(house: House) -> None:
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()

    page.locator('.djs-palette [data-action="create.task"]').click()
    page.mouse.move(*middle_of_flow(page, "unit_head_approved_yes", -40))
    page.mouse.move(*middle_of_flow(page, "unit_head_approved_yes", 0), steps=5)
    page.mouse.down()
    page.mouse.up()
    page.keyboard.press("Escape")
    page.locator('.djs-context-pad [data-action="replace"]').click()
    menu = page.locator(".djs-popup")
    menu.locator(".entry", has_text="Tugas manual").wait_for()
    assert untranslated(menu.inner_text()) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Periksa").click()
    expect(page.locator("[data-findings]")).to_contain_text("Isi Formulir (formKey)")

    page.get_by_role("button", name="Pilih", exact=True).click()
    page.locator(".djs-popup .entry", has_text="Tugas orang").click()
    for group, field, answer in (
        ("Pekerjaan", "Formulir", "review_letter"),
        ("Pekerjaan", "Pekerjaan yang dilakukan", "Memeriksa dan memaraf"),
        ("Pelaksana", "Kelompok pelaksana", "Sekretaris/Kabid unit asal surat"),
    ):
        choice = page.get_by_label(field, exact=True)
        if not choice.is_visible():
            page.locator(".bio-properties-panel-group-header", has_text=group).click()
        choice.select_option(label=answer)
    page.get_by_role("button", name="Terbitkan").click()
    page.get_by_role("button", name="Ya, terbitkan").click()

    expect(page.get_by_text("Versi 2 terbit")).to_be_visible()
    elements = house.office.engine.diagram(newest(house)).elements
    [added] = [each for key, each in elements.items() if key.startswith("Activity_")]
    assert (added.form_key, added.candidate_groups) == ("review_letter", ("second_reviewer",))


def test_an_sop_is_printed_whole_in_black_and_without_buttons(house: House) -> None:
    house.context.clear_cookies()
    page = house.page("owner", f"/processes/versions/{newest(house)}")
    page.emulate_media(color_scheme="dark")
    page.reload()
    drawing = page.locator("[data-where] .djs-container > svg")
    expect(drawing.locator('[data-element-id="draft_letter"]')).to_be_visible()
    on_screen = page.locator(".viewport").get_attribute("transform")

    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.get_by_role("link", name="Ubah diagram")).to_be_hidden()
    expect(page.get_by_role("heading", name="Surat yang sedang berjalan")).to_be_hidden()
    frame, pool = drawing.bounding_box(), page.locator(".viewport").bounding_box()
    assert frame is not None
    assert pool is not None
    assert frame["x"] <= pool["x"]
    assert pool["x"] + pool["width"] <= frame["x"] + frame["width"]

    page.emulate_media(media="screen")
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.locator(".viewport").get_attribute("transform") == on_screen
    assert drawing.get_attribute("viewBox") is None


def test_the_modeler_offers_only_what_is_executed(house: House) -> None:
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()

    for opened, prefix in (("draft_letter", "replace"), ("draft_letter", "append"), ("", "create")):
        offered = menu_entries(page, opened, prefix)
        by = "replace-with" if prefix == "replace" else prefix
        assert {f"{by}-service-task", f"{by}-call-activity"} <= offered
        refused = re.compile(
            "script|signal|compensation|conditional|link|cancel|complex|ad-hoc|transaction|loop"
            "|event-subprocess|none-intermediate|none-boundary|^(create|append|replace-with)-task$"
        )
        assert [each for each in sorted(offered) if refused.search(each)] == []
    assert "toggle-parallel-mi" in menu_entries(page, "draft_letter", "replace")
    assert {"append-timer-boundary", "append-inclusive-gateway"} <= menu_entries(
        page, "draft_letter", "append"
    )
    assert drawn_by(page, "create.task") == "bpmn:UserTask"
    assert drawn_by(page, "create.intermediate-event") == "bpmn:IntermediateCatchEvent"
    assert house.broken == []


def test_a_session_that_ended_is_told_from_a_server_that_is_silent(house: House) -> None:
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()

    house.context.clear_cookies()
    page.get_by_role("button", name="Periksa").click()

    expect(page.locator("[data-note]")).to_contain_text("Sesi Anda sudah berakhir")
    expect(page.locator("[data-note]")).to_contain_text("tersimpan di peramban ini")


def test_unpublished_changes_survive_in_the_browser(house: House) -> None:
    page = house.page("owner", f"/processes/versions/{newest(house)}/edit")
    expect(page.locator("[data-modeler][data-ready]")).to_be_visible()
    page.locator('[data-element-id="draft_letter"] .djs-hit').first.click()
    page.get_by_text("Umum", exact=True).click()
    page.locator("#bio-properties-panel-name").fill("Menyusun konsep bersama")
    page.locator("#bio-properties-panel-name").press("Tab")
    expect(page.locator("[data-state]")).to_contain_text("belum diterbitkan")
    page.wait_for_timeout(1500)  # the draft is kept a moment after the last change
    page.on("dialog", lambda asked: asked.accept())
    page.reload()

    page.get_by_role("button", name="Pulihkan").click()

    expect(page.locator('[data-element-id="draft_letter"]').first).to_contain_text("bersama")


def test_a_moved_letter_is_replayed_on_the_version_then_in_force(house: House) -> None:
    engine = house.office.engine
    letter = start(engine, "letter-1")
    renamed = engine.diagram(newest(house)).source.replace(
        b'name="Membuat konsep surat keluar"', b'name="Menulis konsep"'
    )
    second = engine.deploy(renamed, engine.versions(SOP)[0].forms, OWNER)
    engine.moves.move(letter, second.id, OWNER, "Nama langkah diperjelas.")
    page = house.page("auditor", f"/audit/{letter}")
    expect(page.locator("[data-replay][data-ready]")).to_be_visible()
    drawn = page.locator('[data-element-id="draft_letter"]').first
    expect(drawn).to_contain_text("Membuat")

    page.keyboard.press("End")
    expect(page.locator("[data-moment]")).to_contain_text("Nama langkah diperjelas.")
    expect(drawn).to_contain_text("Menulis")
    expect(page.locator('.mark-open[data-element-id="draft_letter"]')).to_be_visible()
    page.keyboard.press("Home")
    expect(drawn).to_contain_text("Membuat")
    assert house.broken == []


def test_the_auditor_goes_forwards_backwards_and_to_any_moment(house: House) -> None:
    instance = returned_letter(house.office.engine)
    page = house.page("auditor", f"/audit/{instance}")
    expect(page.locator("[data-replay][data-ready]")).to_be_visible()
    moment, current = page.locator("[data-moment]"), page.locator("[aria-current=step]")
    expect(current).to_contain_text("Surat dimulai")

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(moment).to_contain_text("Tanggal acara belum ditulis.")
    expect(moment).to_contain_text("Kepala Subbagian Umum")
    expect(page.locator('.mark-open[data-element-id="review_by_unit_head"]')).to_be_visible()

    page.keyboard.press("ArrowLeft")
    expect(current).to_contain_text("Membuat konsep")
    page.keyboard.press("End")
    expect(current).to_contain_text("Surat selesai")
    expect(page.locator(".mark-open")).to_have_count(0)
    page.locator("[data-range]").fill("14")
    expect(moment).to_contain_text("Tanggal acara belum ditulis.")
    page.keyboard.press("Home")
    page.get_by_label("Hanya tindakan dan kendala").uncheck()
    page.get_by_role("button", name="Maju satu kejadian").click()
    expect(page.locator("[data-count]")).to_have_text("2 / 131")
    assert house.broken == []


def test_the_replay_plays_to_the_end_by_itself(house: House) -> None:
    instance = start(house.office.engine, "letter-1")
    page = house.page("auditor", f"/audit/{instance}")
    expect(page.locator("[data-replay][data-ready]")).to_be_visible()

    page.locator("[data-speed]").select_option("4")
    page.get_by_role("button", name="Putar", exact=True).click()

    expect(page.locator("[data-count]")).to_have_text("6 / 6")
    expect(page.locator("[data-play]")).to_have_attribute("aria-pressed", "false")


def test_the_full_verdict_arrives_by_itself(house: House) -> None:
    instance = returned_letter(house.office.engine)

    page = house.page("auditor", f"/audit/{instance}")

    expect(page.locator("#verdict")).to_contain_text("tanda tangan elektronik")


def test_the_logo_of_the_diagrams_is_fully_visible(house: House) -> None:
    for person, path in (
        ("owner", f"/processes/versions/{newest(house)}/edit"),
        ("auditor", f"/audit/{start(house.office.engine, 'letter-1')}"),
    ):
        page = house.page(person, path)
        logo = page.locator(".bjs-powered-by")
        expect(logo).to_be_visible()
        box = logo.bounding_box()
        assert box is not None
        on_top = page.evaluate(
            "([x, y]) => !!document.elementFromPoint(x, y)?.closest('.bjs-powered-by')",
            [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
        )
        assert on_top


def test_the_speed_of_the_replay_is_written_as_the_language_writes_it(house: House) -> None:
    instance = start(house.office.engine, "letter-1")
    slow = house.page("auditor", f"/audit/{instance}").locator("[data-speed] option").first
    expect(slow).to_have_text("0,5×")
    slow.page.wait_for_load_state("networkidle")  # the server would be left with a file half sent

    house.context.add_cookies([{"name": "language", "value": "en", "url": house.address}])
    slow.page.reload()

    expect(slow).to_have_text("0.5×")
    slow.page.wait_for_load_state("networkidle")


def middle_of_flow(page: Page, flow: str, beside: int) -> tuple[float, float]:
    """Where on the screen the longest stretch of the flow has its middle."""
    x, y = page.evaluate(
        """([flow, beside]) => {
          const modeler = document.querySelector('[data-modeler]').desk.modeler;
          const way = modeler.get('elementRegistry').get(flow).waypoints;
          const length = i => Math.hypot(way[i + 1].x - way[i].x, way[i + 1].y - way[i].y);
          const [i] = [...way.keys()].slice(0, -1).sort((a, b) => length(b) - length(a));
          const box = modeler.get('canvas').viewbox();
          const place = modeler.get('canvas').getContainer().getBoundingClientRect();
          return [
            ((way[i].x + way[i + 1].x) / 2 + beside - box.x) * box.scale + place.x,
            ((way[i].y + way[i + 1].y) / 2 - box.y) * box.scale + place.y
          ];
        }""",
        [flow, beside],
    )
    return x, y


def menu_entries(page: Page, element: str, menu: str) -> set[str]:
    """The ids of what a menu offers, with those that only a search shows."""
    offered: list[str] = page.evaluate(
        """([id, menu]) => {
          const modeler = document.querySelector('[data-modeler]').desk.modeler;
          const root = modeler.get('canvas').getRootElement();
          const element = modeler.get('elementRegistry').get(id) ?? root;
          const popup = modeler.get('popupMenu');
          popup.open(element, `bpmn-${menu}`, { x: 300, y: 300 }, { search: true });
          const { entries, headerEntries } = popup._current;
          popup.close();
          return Object.keys({ ...entries, ...headerEntries });
        }""",
        [element, menu],
    )
    return set(offered)


def drawn_by(page: Page, action: str) -> str:
    """The type of what an entry of the palette draws."""
    page.locator(f'.djs-palette [data-action="{action}"]').click()
    drawn: str = page.evaluate(
        "document.querySelector('[data-modeler]').desk.modeler.get('dragging')"
        ".context().data.shape.type"
    )
    page.keyboard.press("Escape")
    return drawn


def untranslated(labels: str) -> list[str]:
    """The labels that the libraries still write in English."""
    english = re.compile(r"\b(event|task|boundary|start|end|gateway|sub-process)\b", re.IGNORECASE)
    return [label for label in labels.splitlines() if english.search(label)]


def newest(house: House) -> str:
    return house.office.engine.versions(SOP)[-1].id


def deadline(house: House, version: int) -> str:
    definition = house.office.engine.versions(SOP)[version - 1]
    diagram = house.office.engine.diagram(definition.id)
    return diagram.elements["review_by_unit_head_overdue"].timer


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> Iterator[House]:
    office = SmallOffice(tmp_path, sqlite_database)
    server = make_server("127.0.0.1", 0, office.app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            viewport={"width": 1400, "height": 950}, reduced_motion="reduce", locale="id-ID"
        )
        context.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        yield House(office, f"http://127.0.0.1:{server.port}", context, [])
        browser.close()
    server.shutdown()
    server.server_close()
