"""The markup of a letter's body: what a clerk types is what is printed, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.errors import MarkupRefused
from handlers.letters.markup import format_blocks, parse

WORDS = (
    st.text(alphabet=st.sampled_from("abzAZ019 .:|#=-\\()/,“”"), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
CELLS = WORDS | st.just("")


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    width = draw(st.integers(1, 4))
    row = st.lists(CELLS, min_size=width, max_size=width)
    return {"type": "table", "columns": draw(row), "rows": draw(st.lists(row, max_size=3))}


BLOCKS = st.one_of(
    st.builds(lambda text: {"type": "paragraph", "text": text}, WORDS),
    st.builds(lambda text: {"type": "heading", "text": text}, WORDS),
    st.builds(lambda text: {"type": "phrase", "text": text}, WORDS),
    st.builds(
        lambda style, items: {"type": "list", "style": style, "items": items},
        st.sampled_from(["1", "a", "-"]),
        st.lists(WORDS, min_size=1, max_size=5),
    ),
    st.builds(
        lambda rows: {"type": "details", "rows": [list(row) for row in rows]},
        st.lists(st.tuples(WORDS, CELLS), min_size=1, max_size=4),
    ),
    tables(),
)


@given(st.lists(BLOCKS, max_size=5))
def test_blocks_written_and_read_again_are_the_same(blocks: list[dict[str, Any]]) -> None:
    assert list(parse(format_blocks(blocks))) == blocks


@given(st.text(alphabet=st.sampled_from("ab1 .:|#=-\\\n\t"), max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_line_number(text: str) -> None:
    try:
        blocks = parse(text)
    except MarkupRefused as refused:
        told = "line" in refused.details
    else:
        told = parse(format_blocks(blocks)) == blocks

    assert told


def test_an_invitation_is_read_as_paragraph_details_and_paragraph() -> None:
    typed = (
        "Rapat dilaksanakan\npada:\n\nHari, tanggal : Selasa, 10 Februari 2026\n"
        "Waktu : pukul 09.00 WIB\n  sampai selesai\n\nMohon hadir."
    )

    blocks = parse(typed)

    assert blocks == (
        {"type": "paragraph", "text": "Rapat dilaksanakan pada:"},
        {
            "type": "details",
            "rows": [
                ["Hari, tanggal", "Selasa, 10 Februari 2026"],
                ["Waktu", "pukul 09.00 WIB sampai selesai"],
            ],
        },
        {"type": "paragraph", "text": "Mohon hadir."},
    )


def test_a_list_right_below_its_sentence_is_a_list() -> None:
    blocks = parse("Mohon menyampaikan:\n1. data investasi;\n2. tenaga kerja.")

    assert [block["type"] for block in blocks] == ["paragraph", "list"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1. satu\n3. tiga", "Baris 2: butir seharusnya diawali “2”"),
        ("1. satu\nlanjutan", "Baris 2: bukan butir daftar"),
        ("| a | b |\n| c |", "tabel mempunyai 2 kolom"),
        ("| a | b |\n| c | d", "diawali dan diakhiri"),
        ("#", "Judul bagian masih kosong"),
    ],
)
def test_a_slip_is_told_with_its_line(typed: str, sentence: str) -> None:
    with pytest.raises(MarkupRefused, match="Baris") as refused:
        parse(typed)

    assert sentence in str(refused.value)
