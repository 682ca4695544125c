"""The ``${nama}`` placeholders of uploaded letters: found, checked, and filled. Never Jinja."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from handlers.composing.composed import DocxRefused
from handlers.composing.word_package import main_part, parse, read_parts, stories, w

#: What a letter may ask for. The first eight and ttd_pengirim1 are SRIKANDI's.
KNOWN = (
    *("nomor_naskah", "tanggal_naskah", "nama_pengirim", "nip_pengirim", "jabatan_pengirim"),
    *("sifat", "hal", "ttd_pengirim", "ttd_pengirim1", "pangkat_pengirim", "urgensi"),
    *("lampiran", "tempat", "tujuan", "tempat_tujuan", "tembusan", "tautan_periksa"),
)
#: The place of the visible signature.
SIGNATURES = ("ttd_pengirim", "ttd_pengirim1")

PATTERN = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}")
_BROKEN = re.compile(r"\$\s*\{[^}]{0,40}\}?")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HOLE = "\ue000"  # private use: marks the place inside the first run
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ue000\ufffe\uffff]")


def check_placeholders(data: bytes) -> tuple[str, ...]:
    """Return the names a guarded letter asks for. Raises ``DocxRefused`` for unusable ones."""
    parts = read_parts(data)
    main = main_part(parts)
    body: list[str] = []
    elsewhere: list[str] = []
    broken: list[str] = []
    for name in stories(parts, main):
        for paragraph in parse(parts[name]).iter(w("p")):
            text = joined(own_texts(paragraph))
            (body if name == main else elsewhere).extend(PATTERN.findall(text))
            broken += _BROKEN.findall(PATTERN.sub("", text))
    _refuse_unusable(body, elsewhere, broken)
    return tuple(sorted({*body, *elsewhere}))


def _refuse_unusable(body: list[str], elsewhere: list[str], broken: list[str]) -> None:
    if broken:
        shown = ", ".join(f"“{one.strip()[:30]}”" for one in sorted(set(broken)))
        raise DocxRefused(f"Penanda tidak lengkap: {shown}. Tulis seperti ${{nomor_naskah}}.")
    if unknown := sorted({*body, *elsewhere} - set(KNOWN)):
        shown = ", ".join(f"${{{one[:40]}}}" for one in unknown)
        known = ", ".join(f"${{{one}}}" for one in KNOWN)
        raise DocxRefused(f"Penanda tidak dikenal: {shown}. Yang dikenal: {known}.")
    if any(one in SIGNATURES for one in elsewhere):
        raise DocxRefused("Penanda ${ttd_pengirim} harus berada di isi surat, bukan di kop/kaki.")
    places = sum(one in SIGNATURES for one in body)
    if places != 1:
        raise DocxRefused(
            "Surat harus memuat tepat satu penanda ${ttd_pengirim} sebagai tempat tanda tangan "
            f"elektronik; ditemukan {places}."
        )
    if "nomor_naskah" not in {*body, *elsewhere}:
        raise DocxRefused(
            "Surat harus memuat penanda ${nomor_naskah}; tanpa itu nomor tidak tercetak."
        )


def own_texts(paragraph: etree._Element) -> list[etree._Element]:
    """Return the texts of this paragraph only, not those of a text box inside it."""
    return list(_own_texts(paragraph))


def _own_texts(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag == w("t"):
            yield child
        elif child.tag != w("p"):
            yield from _own_texts(child)


def joined(texts: Sequence[etree._Element]) -> str:
    """Return the text of a paragraph whatever runs it is cut into."""
    return "".join(text.text or "" for text in texts)


def fill_story(
    root: etree._Element, values: Mapping[str, str], drawing: etree._Element | None
) -> None:
    """Fill the placeholders of one part; ``drawing`` takes the place of the signature.

    A value can smuggle in no further placeholder, and no line of it gets lost.
    """
    for paragraph in root.iter(w("p")):
        texts = own_texts(paragraph)
        for found in reversed(list(PATTERN.finditer(joined(texts)))):  # earlier offsets stay valid
            if found[1] in SIGNATURES and drawing is not None:
                _put_drawing(_dig_hole(texts, found.start(), found.end()), drawing)
            elif found[1] in values:
                hole = _dig_hole(texts, found.start(), found.end())
                value = _UNPRINTABLE.sub("", values[found[1]]).replace("${", "$\u200b{")
                _put_text(hole, (hole.text or "").replace(_HOLE, value))


def _dig_hole(texts: Sequence[etree._Element], start: int, end: int) -> etree._Element:
    """Cut ``start:end`` out of all the runs; return the first one, with a mark in the place."""
    first: etree._Element | None = None
    place = 0
    for text in texts:
        content = text.text or ""
        low, high = max(start - place, 0), min(end - place, len(content))
        place += len(content)
        if low >= high:
            continue
        text.text = content[:low] + (_HOLE if first is None else "") + content[high:]
        text.set(_SPACE, "preserve")
        first = text if first is None else first
    if first is None:
        raise LookupError("The placeholder is not in these runs.")
    return first


def _put_text(node: etree._Element, value: str) -> None:
    """Newlines become line breaks; the run keeps its properties."""
    head, *rest = value.split("\n")
    node.text = head
    node.set(_SPACE, "preserve")
    last = node
    for line in rest:
        more = _text(line)
        last.addnext(more)
        last.addnext(etree.Element(w("br")))
        last = more


def _text(value: str) -> etree._Element:
    made = etree.Element(w("t"))
    made.text = value
    made.set(_SPACE, "preserve")
    return made


def _put_drawing(node: etree._Element, drawing: etree._Element) -> None:
    """The picture gets a run of its own; the text around it stays before and after."""
    run = node.getparent()
    if run is None:
        raise LookupError("A text without a run.")
    head, tail = (node.text or "").split(_HOLE)
    following = list(run)[run.index(node) + 1 :]
    node.text = head
    picture = etree.Element(w("r"))
    picture.append(drawing)
    run.addnext(picture)
    if tail or following:
        rest = etree.Element(w("r"))
        properties = run.find(w("rPr"))
        if properties is not None:
            rest.append(etree.fromstring(etree.tostring(properties)))
        rest.append(_text(tail))
        rest.extend(following)
        picture.addnext(rest)
