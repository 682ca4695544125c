"""Half-filled forms are kept, whoever else keeps one at the same moment."""

from __future__ import annotations

from racing_for_tests import Racers

from engine import SystemClock
from webapp.drafts import Drafts


def test_of_two_tabs_that_save_at_once_the_later_counts(racers: Racers) -> None:
    one, other = (Drafts(each, SystemClock()) for each in (racers.one, racers.other))

    saved = racers.in_order(
        lambda: one.keep("task", "ani", {"subject": "Hal satu"}),
        lambda: other.keep("task", "ani", {"subject": "Hal dua"}),
    )

    kept = one.of("task", "ani")
    assert kept is not None
    assert (kept.values, kept.saved_at) == ({"subject": "Hal dua"}, saved[1])


def test_saving_again_replaces_what_was_kept(racers: Racers) -> None:
    drafts = Drafts(racers.one, SystemClock())
    drafts.keep("task", "ani", {"subject": "Hal satu"})
    drafts.keep("task", "budi", {"subject": "Hal budi"})

    drafts.keep("task", "ani", {"subject": "Hal dua"})

    kept = [drafts.of("task", each) for each in ("ani", "budi")]
    assert [each and each.values["subject"] for each in kept] == ["Hal dua", "Hal budi"]
