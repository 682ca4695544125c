"""Settles a converted PDF before it is signed: our marks on every page, and no chance in its bytes.

Two conversions by LibreOffice differ in dates, identifiers and the date inside a colour profile.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from handlers.composing.printed_letter import foot_lines, is_secret
from handlers.composing.typefaces import FOLDER
from handlers.letters import LetterSheet

if TYPE_CHECKING:
    import pikepdf

_TEMPLATE = Path(__file__).with_name("templates") / "overlay.typ"
#: As in typed letters: the letter's own date is printed on it and signed with it.
WHEN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ICC_DATE, _ICC_ID = slice(24, 36), slice(84, 100)  # fields in the head of a colour profile
_FIXED_ICC_DATE = bytes([7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])


class Settler:
    """Marks and settles converted letters. Keeps the loaded fonts."""

    def __init__(self) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)]
        )

    def settle(self, pdf: bytes, sheet: LetterSheet) -> bytes:
        """Return the PDF with our marks; the same input gives the same bytes."""
        import pikepdf

        with pikepdf.open(io.BytesIO(pdf)) as document:
            self._mark(document, sheet)
            _fix_dates(document, sheet.subject or sheet.kind_label)
            _fix_profiles(document)
            out = io.BytesIO()
            document.save(
                out,
                deterministic_id=True,
                object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            )
        return out.getvalue()

    def _mark(self, document: pikepdf.Pdf, sheet: LetterSheet) -> None:
        """Not by pikepdf's own overlay: that gives the mark a random name."""
        import pikepdf

        marks: dict[tuple[float, float], pikepdf.Object] = {}
        for page in document.pages:
            left, bottom, right, top = (float(side) for side in page.mediabox)
            size = (right - left, top - bottom)
            if size not in marks:
                with pikepdf.open(io.BytesIO(self._overlay(size, sheet))) as overlay:
                    form = overlay.pages[0].as_form_xobject()
                    marks[size] = document.copy_foreign(form)
            mark = pikepdf.Name(f"/AlurMark{list(marks).index(size)}")
            # pages may share their resources: the same mark under the same name is no clash
            name = page.add_resource(marks[size], pikepdf.Name.XObject, mark, replace_existing=True)
            drawn = f"Q q /Artifact BMC 1 0 0 1 {left:g} {bottom:g} cm {name} Do EMC Q"
            page.contents_add(b"q", prepend=True)
            page.contents_add(drawn.encode(), prepend=False)

    def _overlay(self, size: tuple[float, float], sheet: LetterSheet) -> bytes:
        data = {
            "width": size[0],
            "height": size[1],
            "draft": not sheet.final,
            "secrecy": sheet.sifat_label.upper() if is_secret(sheet) else "",
            "simulated": sheet.simulated or sheet.signing.simulated,
            "foot": foot_lines(sheet),
        }
        return typst.compile(
            str(_TEMPLATE),
            format="pdf",
            font_paths=self._fonts,
            sys_inputs={"overlay": json.dumps(data, sort_keys=True)},
            timestamp=int(WHEN.timestamp()),
            pdf_tags=False,
        )


def _fix_dates(document: pikepdf.Pdf, title: str) -> None:
    import pikepdf

    stamp = pikepdf.String(WHEN.strftime("D:%Y%m%d%H%M%SZ"))
    document.docinfo["/CreationDate"] = document.docinfo["/ModDate"] = stamp
    document.docinfo["/Title"] = pikepdf.String(title)
    for key in ("/DocChecksum", "/ID"):
        if key in document.trailer:
            del document.trailer[key]
    if "/Metadata" in document.Root:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            for key in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
                metadata[key] = WHEN.strftime("%Y-%m-%dT%H:%M:%SZ")
            metadata["dc:title"] = title


def _fix_profiles(document: pikepdf.Pdf) -> None:
    for intent in document.Root.get("/OutputIntents", []):
        profile = intent.get("/DestOutputProfile")
        if profile is not None:
            content = bytearray(profile.read_bytes())
            content[_ICC_DATE], content[_ICC_ID] = _FIXED_ICC_DATE, bytes(16)
            profile.write(bytes(content))
