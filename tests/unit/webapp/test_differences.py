"""Differences between two versions of a letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.differences import Difference, differences


def test_only_fields_that_changed_are_shown() -> None:
    found = differences({"subject": "Rapat", "copies": "a"}, {"subject": "Apel", "copies": "a"})

    assert [each.key for each in found] == ["subject"]


def test_a_changed_word_stands_between_words_that_stayed() -> None:
    change = Difference("body", "rapat hari Senin pagi", "rapat hari Selasa pagi")

    assert change.pieces == [
        ("same", "rapat hari "),
        ("removed", "Senin"),
        ("added", "Selasa"),
        ("same", " pagi"),
    ]


def test_lists_are_compared_line_by_line() -> None:
    found = differences({"recipients": ["dinkes"]}, {"recipients": ["dinkes", "dlh"]})

    assert found[0].pieces == [("same", "dinkes"), ("added", "\ndlh")]


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_give_back_both_texts(before: str, after: str) -> None:
    pieces = Difference("body", before, after).pieces

    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "removed") == after
