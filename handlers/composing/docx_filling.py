"""Fills a guarded Word file with the values of its letter and keeps room for the signature."""

from __future__ import annotations

import io
from collections.abc import Mapping

from lxml import etree
from PIL import Image

from handlers.composing.placeholders import fill_story
from handlers.composing.printed_letter import NUMBER_TO_FOLLOW
from handlers.composing.word_package import (
    PACKAGE_RELATIONS,
    RELATIONS,
    TYPES_PART,
    main_part,
    parse,
    read_parts,
    relations_of,
    serialise,
    stories,
    target_of,
    write_parts,
)
from handlers.letters import LetterSheet

#: The white picture that keeps room: nobody else's has this size, so it is found in the PDF again.
ANCHOR_PIXELS = (211, 223)
#: Its size on paper in millimetres; narrower than a typed letter's, for cells of half a page.
DOCX_ANCHOR_MM = (66, 26)

_ANCHOR_PART = "media/alur_anchor.png"
_ANCHOR_RELATION = "rIdAlurAnchor"
_EMU = 36000  # English metric units in a millimetre
_DRAWING = """<w:drawing
  xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">
  <wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{x}" cy="{y}"/>
  <wp:docPr id="90210" name="Tanda tangan" descr="Tempat tanda tangan elektronik"/>
  <wp:cNvGraphicFramePr/><a:graphic>
  <a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
  <pic:nvPicPr><pic:cNvPr id="0" name="anchor.png"/><pic:cNvPicPr/></pic:nvPicPr>
  <pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
  <pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{x}" cy="{y}"/></a:xfrm>
  <a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>
  </wp:inline></w:drawing>"""


def placeholder_values(sheet: LetterSheet) -> dict[str, str]:
    """Return the value of every placeholder but that of the signature."""
    signing = sheet.signing
    return {
        "nomor_naskah": sheet.number or NUMBER_TO_FOLLOW,
        "tanggal_naskah": sheet.date_text,
        "nama_pengirim": signing.name,
        "nip_pengirim": signing.nip,
        "jabatan_pengirim": "\n".join(signing.lines).rstrip(","),
        "pangkat_pengirim": signing.rank,
        "sifat": sheet.sifat_label,
        "urgensi": sheet.urgency_label,
        "hal": sheet.subject,
        "lampiran": sheet.attachment_text or "-",
        "tempat": sheet.place,
        "tujuan": _listed(sheet.recipients),
        "tempat_tujuan": sheet.recipients_place,
        "tembusan": _listed(sheet.copies),
        "tautan_periksa": sheet.verification_url,
    }


def _listed(items: tuple[str, ...]) -> str:
    if len(items) < 2:
        return "".join(items)
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))


def fill_docx(data: bytes, sheet: LetterSheet) -> bytes:
    """Return the letter with its values and with the white picture where it is signed."""
    return fill_parts(data, placeholder_values(sheet))


def fill_parts(data: bytes, values: Mapping[str, str]) -> bytes:
    """Return the filled file; the same values give the same bytes."""
    parts = read_parts(data)
    main = main_part(parts)
    for name in stories(parts, main):
        root = parse(parts[name])
        fill_story(root, values, _drawing() if name == main else None)
        parts[name] = serialise(root)
    _add_picture(parts, main)
    return write_parts(parts)


def _drawing() -> etree._Element:
    width, height = (side * _EMU for side in DOCX_ANCHOR_MM)
    return etree.fromstring(_DRAWING.format(x=width, y=height, relation=_ANCHOR_RELATION))


def _add_picture(parts: dict[str, bytes], main: str) -> None:
    file = io.BytesIO()
    Image.new("L", ANCHOR_PIXELS, 255).save(file, "PNG")
    parts[target_of(main, _ANCHOR_PART)] = file.getvalue()
    relations = relations_of(main)
    empty = f'<Relationships xmlns="{PACKAGE_RELATIONS}"/>'.encode()
    root = parse(parts.get(relations, empty))
    made = etree.SubElement(root, f"{{{PACKAGE_RELATIONS}}}Relationship")
    made.set("Id", _ANCHOR_RELATION)
    made.set("Type", f"{RELATIONS}/image")
    made.set("Target", _ANCHOR_PART)
    parts[relations] = serialise(root)
    types = parse(parts[TYPES_PART])
    if not any((node.get("Extension") or "").lower() == "png" for node in types):
        kind = etree.Element(f"{{{types.nsmap[None]}}}Default", Extension="png")
        kind.set("ContentType", "image/png")
        types.insert(0, kind)
    parts[TYPES_PART] = serialise(types)
