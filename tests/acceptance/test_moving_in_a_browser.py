"""The pages of moving in a real browser: without a script, on a phone, light and dark, for all."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from acceptance.conftest import chromium
from acceptance.page_checks import hindrances, overhang
from playwright.sync_api import Browser, Page, expect, sync_playwright
from small_office import DIAGRAMS, OWNER, SOP, SmallOffice, do, signed_in, start
from werkzeug.serving import make_server

from engine import Database

pytestmark = pytest.mark.browser

SOURCE = (DIAGRAMS / f"{SOP}.bpmn").read_bytes()
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1366, "height": 900}


class Moving:
    """An office with a letter at its first review, two newer versions, and a browser."""

    def __init__(self, office: SmallOffice, address: str, browser: Browser) -> None:
        self.office, self.address, self.browser = office, address, browser
        self.letter = start(office.engine, "letter-1")
        do(office.engine, self.letter, {"decision": "resubmit"})
        self.longer = self._publish(SOURCE.replace(b">PT15M<", b">PT4H<", 1))
        self.other = self._publish(SOURCE.replace(b"review_by_unit_head", b"review_by_somebody"))

    def _publish(self, source: bytes) -> str:
        forms = self.office.engine.versions(SOP)[-1].forms
        return self.office.engine.deploy(source, forms, OWNER).id

    def page(self, path: str, **how: Any) -> Page:
        cookie = signed_in(self.office.app(), "owner").get_cookie("alur")
        assert cookie is not None
        context = self.browser.new_context(locale="id-ID", reduced_motion="reduce", **how)
        context.add_cookies([{"name": "alur", "value": cookie.value, "url": self.address}])
        page = context.new_page()
        page.goto(f"{self.address}{path}")
        return page


def test_a_letter_is_moved_and_moved_back_without_a_script(moving: Moving) -> None:
    page = moving.page(f"/processes/versions/{moving.longer}", java_script_enabled=False)

    page.get_by_role("link", name=re.compile("Pindahkan.*Undangan rapat koordinasi")).click()
    expect(page.get_by_text("tetap jatuh tempo seperti semula")).to_be_visible()
    page.get_by_label("Alasan").fill("SLA diubah.")
    page.get_by_role("button", name="Pindahkan ke versi 2").click()
    expect(page.get_by_text("Surat dipindahkan: sekarang mengikuti versi 2.")).to_be_visible()
    assert moving.office.engine.instance(moving.letter).definition_version == 2

    page.get_by_role("link", name="Batalkan pemindahan").click()
    page.get_by_label("Alasan").fill("Keliru.")
    page.get_by_role("button", name="Kembalikan ke versi 1").click()
    expect(page.get_by_text("Pemindahan dibatalkan")).to_be_visible()
    assert moving.office.engine.instance(moving.letter).definition_version == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_hinders_whoever_moves_a_letter(
    moving: Moving, theme: Literal["light", "dark"], screen: dict[str, int]
) -> None:
    paths = (
        f"/processes/versions/{moving.longer}",
        f"/processes/versions/{moving.longer}/moves/{moving.letter}",
        f"/processes/versions/{moving.other}/moves/{moving.letter}",
    )
    for path in paths:
        page = moving.page(path, color_scheme=theme, viewport=screen)
        assert hindrances(page) == []
        assert overhang(page) == 0


@pytest.fixture
def moving(sqlite_database: Database, tmp_path: Path) -> Iterator[Moving]:
    office = SmallOffice(tmp_path, sqlite_database)
    server = make_server("127.0.0.1", 0, office.app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        expect.set_options(timeout=20_000)
        yield Moving(office, f"http://127.0.0.1:{server.port}", browser)
        browser.close()
    server.shutdown()
    server.server_close()
