"""People answer faster than a slow line brings the scripts of a page."""

from __future__ import annotations

import time

import pytest
from acceptance.desk import Desks
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser

_SLOW = 1.0


def test_an_answer_before_the_scripts_still_asks_for_the_rest(desks: Desks) -> None:
    page = desks.of("kasi_usaha").page
    desks.of("kasi_usaha").go("/tasks")
    task = page.locator("th a").first.get_attribute("href")
    page.route("**/dist/app.js*", _late)

    page.goto(f"{desks.of('kasi_usaha').address}{task}", wait_until="commit")
    page.get_by_label("Kembalikan untuk diperbaiki").check()

    expect(page.get_by_label("Alasan pengembalian")).to_be_visible()
    expect(page.get_by_label("Kembalikan untuk diperbaiki")).to_be_checked()


def _late(route: Route) -> None:
    time.sleep(_SLOW)
    route.continue_()
