"""Pages bear nonsense: whatever stands in an address or a form, the answer is no defect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_for_tests import DRAFT, Browser, DemoOffice, open_demo_office

ENDLESS = "9" * 30


@pytest.mark.parametrize("number", [ENDLESS, "9" * 5000, "-1", "0", "x", "%F0%9F%98%80"])
def test_a_number_that_no_book_has_is_nothing_asked(
    demo: DemoOffice, letter: str, number: str
) -> None:
    reader = demo.sign_in("inspektorat").client

    for page in (
        f"/letters?page={number}",
        f"/register?page={number}&year={number}",
        f"/register.xlsx?year={number}",
        f"/processes/outgoing_letter_sop_1_2_12/compare?before={number}&after={number}",
    ):
        assert reader.get(page).status_code == 200, page
    compared = reader.get(f"{letter}/compare?before={number}&after={number}")
    assert compared.status_code in {200, 404}


def test_a_task_that_cannot_be_is_not_open(demo: DemoOffice) -> None:
    staff = demo.sign_in("staf_umum").client

    for occurrence in (ENDLESS, "0", "-1", "1.1"):
        assert staff.get(f"/tasks/abc.draft_letter.{occurrence}").status_code == 409


def test_a_sign_that_no_database_takes_is_refused(demo: DemoOffice, letter: str) -> None:
    browser = demo.sign_in("staf_umum")

    assert browser.client.get("/letters?q=%00").status_code == 400
    assert browser.client.get(f"{letter}%00").status_code == 400
    assert Browser(demo.app).submit("/sign-in", username="a\0b", password="x").status == 400


@pytest.fixture(scope="module")
def letter(demo: DemoOffice) -> str:
    """The path of a letter that waits for its first reviewer."""
    drafter = demo.sign_in("staf_yan").get("/letters/new").submit("/letters/new")
    drafter.submit(drafter.path, **DRAFT)
    return drafter.path


@pytest.fixture(scope="module")
def demo(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoOffice]:
    opened = open_demo_office(prepared_demo, tmp_path_factory.mktemp("demo"))
    yield opened
    opened.office.database.close()
