"""Paragraphs, tables and rules of a Word file: what python-docx leaves to its callers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_LONGEST_TITLE = 255  # python-docx refuses a longer property
_SLOTS = ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia")
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
#: Elements of paragraph properties that must come after the border.
_AFTER_BORDER = (
    *("shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct"),
    *("topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid"),
    *("spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc"),
    *("textDirection", "textAlignment", "outlineLvl", "rPr", "sectPr"),
)


def set_up(document: Any, font: str, paper: tuple[int, int], title: str) -> None:
    """Give the document its paper, its typeface, its language and page numbers from page 2."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(paper[0]), Mm(paper[1])
    section.top_margin, section.bottom_margin = Mm(20), Mm(25)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    section.different_first_page_header_footer = True
    section.first_page_header.is_linked_to_previous = False  # explicit and empty
    _page_number(section.header.paragraphs[0])
    _set_font(document, font)
    properties = document.core_properties
    properties.title, properties.author, properties.language = title[:_LONGEST_TITLE], "", "id-ID"
    properties.created = properties.modified = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    properties.comments = ""


def _set_font(document: Any, font: str) -> None:
    """python-docx starts from Calibri 11 in American English, in two places."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = font, Pt(12)
    properties = style.element.get_or_add_rPr()
    for slot in _SLOTS:
        properties.find(qn("w:rFonts")).set(qn(slot), font)
    properties.append(_element("lang", val="id-ID"))
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for found in defaults.find(qn("w:rPrDefault")).find(qn("w:rPr")):
        if found.tag in (qn("w:sz"), qn("w:szCs")):
            found.set(qn("w:val"), "24")
        elif found.tag == qn("w:lang"):
            found.set(qn("w:val"), "id-ID")
        elif found.tag == qn("w:rFonts"):
            found.attrib.clear()
            for slot in _SLOTS:
                found.set(qn(slot), font)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = 1
    for kind in ("begin", "", "separate", "text", "end"):
        run = paragraph.add_run("2" if kind == "text" else "")
        if kind in ("begin", "separate", "end"):
            run._r.append(_element("fldChar", fldCharType=kind))
        elif not kind:
            code = _element("instrText")
            code.text = " PAGE "
            run._r.append(code)


def add(place: Any, text: str, *, first_of_cell: bool = False, **style: Any) -> Any:
    """Add a paragraph to the document or to a cell; newlines become line breaks.

    ``style``: align, bold, size, before, after, indent, first, tab, keep.
    """
    is_cell = first_of_cell and hasattr(place, "_tc")
    paragraph = place.paragraphs[0] if is_cell else place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = style.get("bold") or None
    if style.get("size"):
        run.font.size = Pt(style["size"])
        if not text:
            paragraph.paragraph_format.line_spacing = Pt(style["size"])
    paragraph.alignment = style.get("align")
    layout = paragraph.paragraph_format
    layout.space_before, layout.space_after = Pt(style.get("before", 0)), Pt(style.get("after", 0))
    layout.left_indent, layout.first_line_indent = style.get("indent"), style.get("first")
    layout.keep_with_next = style.get("keep") or None
    if style.get("tab"):
        layout.tab_stops.add_tab_stop(style["tab"])
    return paragraph


def rule(document: Any) -> None:
    """Close the head of the paper with its thick and thin rule."""
    paragraph = add(document, "", after=8)
    paragraph.paragraph_format.line_spacing = Pt(4)
    box = _element("pBdr")
    box.append(_element("bottom", val="thickThinSmallGap", sz=24, space=1, color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(box, *(f"w:{tag}" for tag in _AFTER_BORDER))


def plain_table(
    document: Any, rows: int, widths: Sequence[float], *, whole_rows: bool = False
) -> Any:
    """Add a table without rules, for layout; widths in millimetres."""
    table = document.add_table(rows, len(widths))
    _set_rules(table, "nil")
    _set_widths(table, widths)
    _align_with_text(table)
    if whole_rows:
        for row in table.rows:
            row._tr.get_or_add_trPr().append(_element("cantSplit"))
    return table


def ruled_table(document: Any, weights: Sequence[int], width: float) -> Any:
    """Add a table with rules and a head that is repeated; a weight of 0 is a narrow column."""
    narrow = 11
    room = width - narrow * sum(not weight for weight in weights)
    total = sum(weights) or 1
    table = document.add_table(1, len(weights))
    _set_rules(table, "single")
    _set_widths(table, [room * weight / total if weight else narrow for weight in weights])
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(_element("cantSplit"))
    properties.append(_element("tblHeader"))
    return table


def add_row(table: Any) -> Any:
    """Add a row that is not split over pages."""
    row = table.add_row()
    row._tr.get_or_add_trPr().append(_element("cantSplit"))
    return row


def _set_rules(table: Any, kind: str) -> None:
    """The borders have a fixed place among the properties of a table."""
    box = _element("tblBorders")
    for side in _SIDES:
        box.append(_element(side, val=kind, sz=4, space=0, color="000000"))
    properties = table._tbl.tblPr
    for tag in ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"):
        found = properties.find(qn(tag))
        if found is not None:
            found.addprevious(box)
            return
    properties.append(box)


def _align_with_text(table: Any) -> None:
    """Without Word's inner margins, columns stand exactly below the paragraphs."""
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=0, type="dxa"))
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is None:
        table._tbl.tblPr.append(margins)
    else:
        look.addprevious(margins)


def _set_widths(table: Any, widths: Sequence[float]) -> None:
    table.autofit = False
    for number, width in enumerate(widths):
        table.columns[number].width = Mm(width)
        for cell in table.columns[number].cells:
            cell.width = Mm(width)


def _element(tag: str, **attributes: object) -> Any:
    made = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made
