"""The pattern language of letter numbers."""

from __future__ import annotations

import re
from datetime import date

import pytest

from handlers.errors import PatternRefused
from handlers.numbering import NumberParts, Pattern

PARTS = NumberParts("000.8.3.3", "DPMPTSP", "434.100", "KADIS", "B", "SE", date(2026, 5, 4))


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("{klasifikasi}/{urut}/{unit}/{tahun}", "000.8.3.3/15/DPMPTSP/2026"),
        ("{klasifikasi}/{urut:03}/{unit}/{bulan_romawi}/{tahun}", "000.8.3.3/015/DPMPTSP/V/2026"),
        ("{klasifikasi}/{urut}/{unit_angka}/{tahun}", "000.8.3.3/15/434.100/2026"),
        ("{sifat}/{urut}/{klasifikasi}/{unit}/{tahun}", "B/15/000.8.3.3/DPMPTSP/2026"),
        ("{sifat}-{klasifikasi}/{urut}/{unit}", "B-000.8.3.3/15/DPMPTSP"),
        ("{klasifikasi}/{urut:03} TAHUN {tahun}", "000.8.3.3/015 TAHUN 2026"),
        (
            "{sifat}-{urut}/{jabatan}/{klasifikasi}/{bulan:02}/{tahun}",
            "B-15/KADIS/000.8.3.3/05/2026",
        ),
        ("{jenis}.{urut}", "SE.15"),
    ],
)
def test_a_pattern_writes_the_number(pattern: str, written: str) -> None:
    assert Pattern.read(pattern).write(15, "", PARTS) == written


def test_an_insertion_is_written_behind_the_sequence() -> None:
    assert Pattern.read("{urut:03}/{tahun}").write(15, "01", PARTS) == "015.01/2026"


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{klasifikasi}/{tahun}", "tepat satu kali"),
        ("{urut}/{urut}", "tepat satu kali"),
        ("{urut}/{kota}", "{kota} yang tidak dikenal"),
        ("{urut}/{unit:03}", "hanya untuk urut dan bulan"),
        ("{klasifikasi}{urut}", "harus ada pemisah"),
        ("{urut}/{tahun", "tidak lengkap"),
        ("{urut}\n{tahun}", "tanpa baris baru"),
    ],
)
def test_an_unsound_pattern_is_refused_with_a_sentence(pattern: str, sentence: str) -> None:
    with pytest.raises(PatternRefused, match=re.escape(sentence)):
        Pattern.read(pattern)


def test_a_missing_code_is_told_when_the_number_is_written() -> None:
    parts = NumberParts("000.1", "", "", "", "B", "SD", date(2026, 5, 4))

    with pytest.raises(PatternRefused, match="unit"):
        Pattern.read("{urut}/{unit}").write(1, "", parts)
