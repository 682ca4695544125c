"""The number book under load: two processes, many threads, steps that fail; no gap, no twin."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from letters_for_tests import NOW

from engine import Database
from handlers.errors import NumberRefused, NumberTaken, PatternRefused, ReasonMissing
from handlers.numbering import (
    NumberParts,
    NumberRequest,
    audit_numbers,
    continue_from,
    number_of,
    numbers_of_year,
    reserve,
    scheme_for,
    set_scheme,
    use,
    void,
)

ROOT = Path(__file__).parents[3]


def asked(letter_id: str, day: date = date(2026, 3, 5), **more: str) -> NumberRequest:
    parts = NumberParts("000.1", "DPM", "100", "KADIS", "B", "SD", day)
    return NumberRequest(
        letter_id=letter_id, kind="surat_dinas", parts=parts, person="dewi", at=NOW, **more
    )


def give(database: Database, request: NumberRequest) -> str:
    with database.transaction() as session:
        return reserve(session, scheme_for(session, "dpm", "surat_dinas"), request).text


@pytest.fixture
def book(database: Database) -> Database:
    with database.transaction() as session:
        set_scheme(session, "dpm", "", "{klasifikasi}/{urut:03}/{unit}/{tahun}", "instansi")
    return database


def flaws(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return list(audit_numbers(session))


def test_numbers_follow_each_other_and_start_again_each_year(book: Database) -> None:
    given = [
        give(book, asked("a", date(2026, 12, 30))),
        give(book, asked("b", date(2026, 12, 31))),
        give(book, asked("c", date(2027, 1, 4))),
    ]

    assert given == ["000.1/001/DPM/2026", "000.1/002/DPM/2026", "000.1/001/DPM/2027"]
    assert flaws(book) == []


def test_a_letter_is_numbered_once(book: Database) -> None:
    assert give(book, asked("a")) == give(book, asked("a"))


def test_a_step_that_fails_gives_its_number_back(book: Database) -> None:
    with pytest.raises(StepFailed):
        give_and_fail(book, "a")

    assert give(book, asked("b")) == "000.1/001/DPM/2026"


def test_a_void_number_is_never_given_again(book: Database) -> None:
    give(book, asked("a"))
    with book.transaction() as session:
        void(session, "a", "Surat tidak jadi.", "dewi", NOW)

    assert give(book, asked("b")) == "000.1/002/DPM/2026"
    with book.reading() as session:
        assert number_of(session, "a") is None
    assert flaws(book) == []


def test_a_number_is_voided_only_with_a_reason_and_only_before_its_use(book: Database) -> None:
    give(book, asked("a"))
    with pytest.raises(ReasonMissing), book.transaction() as session:
        void(session, "a", " ", "dewi", NOW)
    with book.transaction() as session:
        use(session, "a", "dewi", NOW)

    with pytest.raises(NumberRefused), book.transaction() as session:
        void(session, "a", "Menyesal.", "dewi", NOW)


def test_an_earlier_date_is_refused_and_asks_for_an_insertion(book: Database) -> None:
    give(book, asked("a", date(2026, 3, 2)))
    give(book, asked("b", date(2026, 3, 5)))

    with pytest.raises(NumberRefused, match="sisipan"):
        give(book, asked("c", date(2026, 3, 4)))


def test_a_date_before_every_number_is_told_which_date_to_set(book: Database) -> None:
    give(book, asked("a", date(2026, 3, 2)))
    give(book, asked("b", date(2026, 3, 4)))

    for insertion in ("", "auto"):
        early = asked("c", date(2026, 3, 1), insertion=insertion, insertion_reason="Lalai.")
        with pytest.raises(NumberRefused, match="ubah Tanggal surat menjadi 2026-03-02"):
            give(book, early)


def test_an_insertion_into_an_empty_series_is_told_to_take_an_ordinary_number(
    book: Database,
) -> None:
    with pytest.raises(NumberRefused, match="kosongkan Nomor sisipan"):
        give(book, asked("a", insertion="auto", insertion_reason="Lalai."))


def test_an_insertion_stands_between_its_neighbours_and_leaves_the_counter(book: Database) -> None:
    give(book, asked("a", date(2026, 3, 2)))
    give(book, asked("b", date(2026, 3, 5)))

    inserted = give(book, asked("c", date(2026, 3, 3), insertion="auto", insertion_reason="Lalai."))
    lettered = give(book, asked("d", date(2026, 3, 4), insertion="a", insertion_reason="Lalai."))
    following = give(book, asked("e", date(2026, 3, 5)))

    assert inserted == "000.1/001.01/DPM/2026"
    assert lettered == "000.1/001.A/DPM/2026"
    assert following == "000.1/003/DPM/2026"
    assert flaws(book) == []


@pytest.mark.parametrize(
    ("day", "insertion", "error"),
    [
        (date(2026, 3, 3), "x9", NumberRefused),
        (date(2026, 3, 1), "01", NumberRefused),  # before the first number
        (date(2026, 3, 6), "01", NumberRefused),  # after the last number
        (date(2026, 3, 3), "2.01", NumberRefused),  # number 2 is dated later
        (date(2026, 3, 3), "00", NumberRefused),
        (date(2026, 3, 3), "B", NumberTaken),
    ],
)
def test_an_insertion_at_a_wrong_place_is_refused(
    book: Database, day: date, insertion: str, error: type[Exception]
) -> None:
    give(book, asked("a", date(2026, 3, 2)))
    give(book, asked("b", date(2026, 3, 5)))
    give(book, asked("c", date(2026, 3, 3), insertion="B", insertion_reason="Lalai."))

    with pytest.raises(error):
        give(book, asked("d", day, insertion=insertion, insertion_reason="Lalai."))


def test_an_insertion_needs_a_reason(book: Database) -> None:
    with pytest.raises(ReasonMissing):
        give(book, asked("a", insertion="01"))


def test_a_paper_book_is_continued(book: Database) -> None:
    with book.transaction() as session:
        continue_from(session, "dpm", "instansi", 2026, 118)

    assert give(book, asked("a")) == "000.1/119/DPM/2026"
    assert flaws(book) == []


def test_a_series_of_its_own_must_print_its_code(book: Database) -> None:
    with book.transaction() as session, pytest.raises(PatternRefused):
        set_scheme(session, "dpm", "", "{klasifikasi}/{urut}/{tahun}", "unit")
    with book.transaction() as session, pytest.raises(PatternRefused):
        set_scheme(session, "dpm", "surat_edaran", "{klasifikasi}/{urut}/{unit}/{tahun}", "jenis")
    with book.transaction() as session:
        set_scheme(session, "dpm", "surat_edaran", "{klasifikasi}/{urut} TAHUN {tahun}", "jenis")


def test_two_processes_hammering_the_book_leave_no_gap_and_no_twin(book: Database) -> None:
    """Each of two processes has four threads; one step in four fails after taking its number."""
    runs = [
        subprocess.Popen(
            [sys.executable, __file__, book.url, name],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]

    outcomes = [run.communicate(timeout=120) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], [errors for _, errors in outcomes]
    with book.reading() as session:
        numbers = numbers_of_year(session, "dpm", 2026)
    committed = sum(int(said.strip()) for said, _ in outcomes)
    assert committed >= 50
    assert [each.sequence for each in numbers] == list(range(1, committed + 1))
    assert flaws(book) == []


class StepFailed(Exception):
    """The step fails after it took its number."""


def give_and_fail(database: Database, letter_id: str) -> None:
    with database.transaction() as session:
        reserve(session, scheme_for(session, "dpm", "surat_dinas"), asked(letter_id))
        raise StepFailed


def hammer(database: Database, name: str, thread: int, committed: list[str]) -> None:
    chance = random.Random(f"{name}{thread}")  # noqa: S311  # the same run every time
    for turn in range(15):
        letter_id = f"{name}-{thread}-{turn}"
        if chance.random() < 0.25:
            with suppress(StepFailed):
                give_and_fail(database, letter_id)
        else:
            give(database, asked(letter_id))
            committed.append(letter_id)


def main(url: str, name: str) -> None:
    database = Database(url)
    committed: list[str] = []
    threads = [
        threading.Thread(target=hammer, args=(database, name, thread, committed))
        for thread in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    print(len(committed))  # noqa: T201  # told to the test that waits for it


if __name__ == "__main__":
    main(*sys.argv[1:])
