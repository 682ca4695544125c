"""A session ends while somebody writes: the words wait until the person is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_for_tests import DRAFT, PASSPHRASE, Browser, DemoOffice, open_demo_office

WORDS = "Tanggal acara belum ditulis, tempatnya juga."


def test_what_was_typed_waits_behind_the_sign_in(demo: DemoOffice) -> None:
    reviewer = open_review(demo)
    task = reviewer.path
    reviewer.client.delete_cookie("alur")

    reviewer.submit(task, decision="return", reason=WORDS, passphrase=PASSPHRASE)

    assert "Sesi Anda sudah berakhir" in reviewer.text
    assert reviewer.page.xpath(f"//input[@type='hidden'][@value='{WORDS}']")
    assert PASSPHRASE not in reviewer.client.get("/sign-in").text
    assert not reviewer.page.xpath(f"//input[@value='{PASSPHRASE}']")
    reviewer.submit("/sign-in", username="kasi_usaha", password="bukan ini")
    assert "salah" in reviewer.errors
    reviewer.submit("/sign-in", username="kasi_usaha", password="wanajaya-2026")
    assert reviewer.path == task
    assert WORDS in reviewer.text
    assert "Isian Anda dipulihkan" in reviewer.text
    assert reviewer.page.xpath("//input[@name='decision'][@value='return'][@checked]")


def test_words_of_a_page_older_than_the_sign_in_are_kept(demo: DemoOffice) -> None:
    reviewer = open_review(demo)
    task, old = reviewer.path, reviewer.token
    reviewer.client.delete_cookie("alur")
    reviewer.submit("/sign-in", username="kasi_usaha", password="wanajaya-2026")

    answer = reviewer.client.post(
        task, data={"csrf_token": old, "decision": "return", "reason": WORDS}, headers=SAME_ORIGIN
    )

    assert answer.status_code == 303
    assert WORDS in reviewer.get(task).text
    assert "Isian Anda dipulihkan" in reviewer.text


def test_a_form_from_elsewhere_is_not_carried_through_the_sign_in(demo: DemoOffice) -> None:
    reviewer = open_review(demo)
    stranger = demo.app.test_client()
    for headers in ({}, {"Origin": "https://elsewhere.example"}):
        answer = stranger.post(reviewer.path, data={"reason": WORDS}, headers=headers)
        assert WORDS not in answer.text
    answer = reviewer.client.post(
        reviewer.path, data={"reason": WORDS}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 400
    assert WORDS not in reviewer.get(reviewer.path).text


def test_a_colleague_at_the_same_screen_gets_nothing_of_a_strangers_task(demo: DemoOffice) -> None:
    reviewer = open_review(demo)
    task = reviewer.path
    reviewer.client.delete_cookie("alur")
    reviewer.submit(task, decision="return", reason=WORDS)

    reviewer.submit("/sign-in", username="kasubag_umum", password="wanajaya-2026")

    assert reviewer.status == 403
    assert WORDS not in reviewer.text
    assert demo.office.drafts.of(task.removeprefix("/tasks/"), "kasubag_umum") is None


def test_other_forms_lead_back_to_their_page(demo: DemoOffice) -> None:
    reviewer = open_review(demo)
    reviewer.client.delete_cookie("alur")

    answer = reviewer.client.post(
        f"{reviewer.path}/claim",
        headers={**SAME_ORIGIN, "Referer": "http://localhost/tasks?q=rapat"},
    )

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/tasks?q%3Drapat"


def test_a_part_of_a_page_says_its_problem_above_the_page_and_leaves_the_form(
    demo: DemoOffice,
) -> None:
    reviewer = open_review(demo)
    part = {"HX-Request": "true", "X-CSRFToken": reviewer.token, **SAME_ORIGIN}
    fields = f"{reviewer.path}/fields"
    demo.sign_in("kasi_usaha").answer("Undangan sela", decision="approve")

    late = reviewer.client.post(fields, headers=part)

    assert late.status_code == 409
    assert (late.headers["HX-Retarget"], late.headers["HX-Reswap"]) == ("#trouble", "innerHTML")
    assert "sudah diselesaikan oleh" in late.text
    assert "<html" not in late.text
    reviewer.client.delete_cookie("alur")
    ended = reviewer.client.post(fields, headers=part)
    assert ended.status_code == 401
    assert ended.headers["HX-Retarget"] == "#trouble"
    assert "isian Anda tetap ada" in ended.text
    assert "HX-Redirect" not in ended.headers


SAME_ORIGIN = {"Origin": "http://localhost"}


def open_review(demo: DemoOffice) -> Browser:
    """A reviewer in front of a letter, at a browser that says where its forms come from."""
    drafter = demo.sign_in("staf_yan").get("/letters/new")
    drafter.submit("/letters/new")
    drafter.submit(drafter.path, **{**DRAFT, "subject": "Undangan sela"})
    reviewer = demo.sign_in("kasi_usaha").open("Undangan sela")
    reviewer.client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    return reviewer


@pytest.fixture
def demo(prepared_demo: Path, tmp_path: Path) -> Iterator[DemoOffice]:
    office = open_demo_office(prepared_demo, tmp_path)
    yield office
    office.office.database.close()
