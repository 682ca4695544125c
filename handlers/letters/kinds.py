"""The kinds of outgoing letters, their shapes, and the two scales of sifat and urgency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.letters.sheet import Shape


@dataclass(frozen=True)
class Kind:
    """A kind of letter (jenis naskah dinas)."""

    id: str
    label: str
    shape: Shape
    code: str  #: {jenis} in a number
    font: Literal["arial", "bookman"] = "arial"

    @property
    def title(self) -> str:
        """Return what is printed above a centred letter."""
        return "" if self.shape == "kepala_kiri" else self.label.upper()


_CENTRED: Shape = "judul_tengah"

KINDS: tuple[Kind, ...] = (
    Kind("surat_dinas", "Surat Dinas", "kepala_kiri", "SD"),
    Kind("surat_undangan", "Surat Undangan", "kepala_kiri", "UND"),
    Kind("surat_edaran", "Surat Edaran", _CENTRED, "SE", "bookman"),
    Kind("surat_tugas", "Surat Tugas", _CENTRED, "ST"),
    Kind("surat_keterangan", "Surat Keterangan", _CENTRED, "KET"),
    Kind("surat_pengantar", "Surat Pengantar", "judul_tengah_dengan_tujuan", "SP"),
    Kind("surat_rekomendasi", "Rekomendasi", _CENTRED, "REK"),
    Kind("surat_izin", "Surat Izin", _CENTRED, "IZN"),
    Kind("surat_panggilan", "Surat Panggilan", "kepala_kiri", "PGL"),
    Kind("surat_kuasa", "Surat Kuasa", _CENTRED, "KUA"),
    Kind("pengumuman", "Pengumuman", _CENTRED, "PENG"),
    Kind(
        "surat_keterangan_melaksanakan_tugas",
        "Surat Keterangan Melaksanakan Tugas",
        _CENTRED,
        "SKMT",
    ),
)


@dataclass(frozen=True)
class Level:
    """A level on one of the scales."""

    id: str
    label: str
    code: str = ""


#: Who may read the letter.
SIFAT: tuple[Level, ...] = (
    Level("biasa", "Biasa", "B"),
    Level("terbatas", "Terbatas", "T"),
    Level("rahasia", "Rahasia", "R"),
    Level("sangat_rahasia", "Sangat Rahasia", "SR"),
)

#: Letters that are read only by those on their way.
SECRET = frozenset({"rahasia", "sangat_rahasia"})

#: How fast the letter goes.
URGENCY: tuple[Level, ...] = (
    Level("biasa", "Biasa"),
    Level("penting", "Penting"),
    Level("segera", "Segera"),
    Level("sangat_segera", "Sangat Segera"),
)

#: How the signer signs.
CAPACITIES: tuple[Level, ...] = (
    Level("direct", "Atas jabatan sendiri"),
    Level("an", "a.n. (atas nama kepala)"),
    Level("an_ub", "a.n. dan u.b. (untuk beliau)"),
)


def kind_of(kind_id: str) -> Kind:
    """Return the kind. Raises ``LookupError`` for an unknown id."""
    return next((each for each in KINDS if each.id == kind_id), None) or _unknown(kind_id)


def level_of(scale: tuple[Level, ...], level_id: str) -> Level:
    """Return the level of the scale. Raises ``LookupError`` for an unknown id."""
    found = next((each for each in scale if each.id == level_id), None)
    if found is None:
        raise LookupError(f"Expected one of {[each.id for each in scale]}, found {level_id!r}.")
    return found


def _unknown(kind_id: str) -> Kind:
    raise LookupError(f"Expected a kind of letter, found {kind_id!r}.")
