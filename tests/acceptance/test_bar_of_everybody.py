"""The bar on top of every page has room for somebody who may do everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.browser_office import served
from acceptance.conftest import pictures
from acceptance.desk import Desk, Desks
from acceptance.page_checks import overhang
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert
from staff_for_tests import open_demo_office

from handlers.organisation.tables import person_role
from webapp.access import PERMISSIONS
from webapp.presenters import MENU

pytestmark = pytest.mark.browser

WIDTHS = (1440, 1366, 1280, 1200, 1024, 390)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(everybody: Desk, scheme: str) -> None:
    page, found = everybody.page, {}
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for language in ("id", "en"):
        everybody.go("/tasks")
        speak(page, language)
        for width in WIDTHS:
            resize(page, width)
            everybody.album.take(page, f"bar-{width}-{language}-{scheme}")
            found[language, width] = (overhang(page), lines(page))

    assert page.locator("#menu .nav-item").count() == len(MENU)
    assert found == dict.fromkeys(found, (0, 1))


def resize(page: Page, width: int) -> None:
    """Give the window another width, and the page the time to be laid out in it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def speak(page: Page, language: str) -> None:
    """Have the pages in the language, if they are not."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f'button[name="language"][value="{language}"]').click()
        expect(page.locator(f'html[lang="{language}"]')).to_be_attached()


def lines(page: Page) -> int:
    """How many lines the labels of the menu take, at most; one also where the menu is closed."""
    count = """all => Math.max(1, ...all.map(one => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 12))).size;
    }))"""
    return int(page.eval_on_selector_all(".alur-brand, #menu .nav-link, #menu .btn", count))


@pytest.fixture(scope="module")
def everybody(
    prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Desk]:
    """The desk of somebody with every role."""
    demo = open_demo_office(prepared_demo, tmp_path_factory.mktemp("everybody"))
    roles = sorted({*PERMISSIONS, "mail_officer"} - {"staff"})
    with demo.office.database.transaction() as session:
        rows = [{"person": "kasi_usaha", "office": "dpmptsp", "role": each} for each in roles]
        session.execute(insert(person_role), rows)
    with served(demo) as address:
        yield Desks(browser, address, pictures()).of("kasi_usaha")
    demo.office.database.close()
