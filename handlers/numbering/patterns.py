"""The pattern language of letter numbers: ``{klasifikasi}/{urut:03}/{unit}/{tahun}``."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from handlers.errors import PatternRefused

SCOPES: dict[str, str] = {
    "instansi": "Satu deret untuk seluruh instansi",
    "unit": "Satu deret per unit",
    "jenis": "Satu deret per jenis naskah",
    "gabungan": "Satu deret per unit dan jenis naskah",
}

#: What may stand between braces; ``urut`` and ``bulan`` also with a width.
FIELDS = frozenset(
    {
        "klasifikasi",
        "urut",
        "unit",
        "unit_angka",
        "jabatan",
        "sifat",
        "jenis",
        "bulan_romawi",
        "bulan",
        "tahun",
    }
)

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_TOKEN = re.compile(r"\{([a-z_]+)(?::0?([1-9]))?\}")
#: A series per unit must print one of these.
UNIT_FIELDS = {"unit", "unit_angka"}


@dataclass(frozen=True)
class NumberParts:
    """What a number is made of, besides its sequence."""

    classification: str
    unit_code: str
    unit_numeric: str
    position_code: str
    sifat_code: str
    kind_code: str
    letter_date: date


@dataclass(frozen=True)
class Pattern:
    """A sound pattern. ``tokens`` alternates literal text and fields with their width."""

    source: str
    tokens: tuple[tuple[str, str, int], ...]  #: (literal before, field or "", width)

    @classmethod
    def read(cls, source: str) -> Pattern:
        """Read the pattern. Raises ``PatternRefused`` with a sentence that says what to mend."""
        tokens: list[tuple[str, str, int]] = []
        end = 0
        for match in _TOKEN.finditer(source):
            field, width = match.group(1), int(match.group(2) or 0)
            if field not in FIELDS:
                raise PatternRefused(f"Pola nomor memuat {{{field}}} yang tidak dikenal.")
            if width and field not in {"urut", "bulan"}:
                raise PatternRefused(f"Lebar angka hanya untuk urut dan bulan, bukan {field}.")
            tokens.append((source[end : match.start()], field, width))
            end = match.end()
        tokens.append((source[end:], "", 0))
        pattern = cls(source, tuple(tokens))
        pattern._refuse_unsound()
        return pattern

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(field for _, field, _ in self.tokens if field)

    @property
    def skeleton(self) -> str:
        """Return the pattern's literal text, with a blank for each field."""
        return "\x00".join(literal for literal, _, _ in self.tokens)

    def write(self, sequence: int, insertion: str, parts: NumberParts) -> str:
        """Return the number as printed. Raises ``PatternRefused`` when a code is missing."""
        month = parts.letter_date.month
        values = {
            "klasifikasi": parts.classification,
            "unit": parts.unit_code,
            "unit_angka": parts.unit_numeric,
            "jabatan": parts.position_code,
            "sifat": parts.sifat_code,
            "jenis": parts.kind_code,
            "bulan_romawi": _ROMAN[month - 1],
            "tahun": f"{parts.letter_date.year:04}",
        }
        written = []
        for literal, field, width in self.tokens:
            written.append(literal)
            if field == "urut":
                written.append(f"{sequence:0{width or 1}}" + (f".{insertion}" if insertion else ""))
            elif field == "bulan":
                written.append(f"{month:0{width or 1}}")
            elif field:
                if not values[field]:
                    raise PatternRefused(f"Kode {field} untuk nomor surat belum diisi.")
                written.append(values[field])
        return "".join(written)

    def _refuse_unsound(self) -> None:
        literals = "".join(literal for literal, _, _ in self.tokens)
        if "{" in literals or "}" in literals:
            raise PatternRefused(f"Kurung kurawal pola nomor tidak lengkap: {self.source}")
        if sum(field == "urut" for _, field, _ in self.tokens) != 1:
            raise PatternRefused("Pola nomor harus memuat {urut} tepat satu kali.")
        for (_, before, _), (literal, after, _) in zip(self.tokens, self.tokens[1:], strict=False):
            if before and after and not literal:
                raise PatternRefused(
                    f"Antara {{{before}}} dan {{{after}}} harus ada pemisah, misalnya garis miring."
                )
        if len(self.source) > 120 or not self.source.isprintable():
            raise PatternRefused("Pola nomor paling panjang 120 huruf, tanpa baris baru.")


def refuse_unclear_series(
    kind: str, pattern: Pattern, scope: str, others: Collection[tuple[Pattern, str]]
) -> None:
    """Refuse a separate series whose distinguishing code is not printed in its numbers.

    ``kind`` is empty for the scheme of all kinds; ``others`` are the patterns and scopes of the
    office's other schemes. Two letters would get the same number otherwise, one of each series.
    """
    if scope not in SCOPES:
        raise PatternRefused(f"Cakupan nomor harus salah satu dari: {', '.join(SCOPES)}.")
    if scope in {"unit", "gabungan"} and not pattern.fields & UNIT_FIELDS:
        raise PatternRefused("Deret per unit harus mencetak {unit} atau {unit_angka}.")
    if scope in {"jenis", "gabungan"} and not kind and "jenis" not in pattern.fields:
        raise PatternRefused("Deret per jenis naskah harus mencetak {jenis}.")
    for other, other_scope in others:
        one_series = scope == other_scope == "instansi"
        told_apart = "jenis" in pattern.fields & other.fields
        if other.skeleton == pattern.skeleton and not one_series and not told_apart:
            raise PatternRefused(
                f"Pola {pattern.source} dan {other.source} dapat mencetak nomor yang sama dari"
                " dua deret; cetak {jenis} atau bedakan bentuknya."
            )
