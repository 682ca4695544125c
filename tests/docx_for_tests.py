"""Word files for tests: a letter with placeholders, and hostile ones made from it."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document

BODY, RELATIONS, TYPES = (
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "[Content_Types].xml",
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'

Edit = Callable[[str], str]


def word_document(*paragraphs: str, write: Callable[[Any], object] | None = None) -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if write:
        write(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@functools.cache
def a_letter() -> bytes:
    """A letter as a drafter uploads it; Word has cut its placeholders into runs."""

    def write(document: Any) -> None:
        number = document.add_paragraph("Nomor : $")
        for piece in ("{", "nomor", "_nas", "kah", "} tanggal $", "{tanggal", "_naskah}"):
            number.add_run(piece).bold = piece == "nomor"
        document.add_paragraph("Hal : ${hal}, sifat ${ sifat }")
        document.add_paragraph("Bersama ini kami sampaikan undangan rapat koordinasi.")
        cell = document.add_table(1, 2).cell(0, 1)
        cell.paragraphs[0].text = "${jabatan_pengirim},"
        for text in ("${ttd_pengirim}", "${nama_pengirim}", "NIP ${nip_pengirim}"):
            cell.add_paragraph(text)
        document.sections[0].header.paragraphs[0].text = "Kop: ${nomor_naskah}"

    return word_document(write=write)


def patched(
    edits: Mapping[str, Edit] | None = None,
    extra: Mapping[str, str | bytes] | None = None,
    base: bytes | None = None,
) -> bytes:
    """The letter with some of its parts edited and others added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or a_letter())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            content = old.read(info.filename)
            if edit := (edits or {}).get(info.filename):
                content = edit(content.decode()).encode()
            new.writestr(info.filename, content)
        for name, more in (extra or {}).items():
            new.writestr(name, more)
    return file.getvalue()


def relation(kind: str, target: str, mode: str = ' TargetMode="External"') -> Edit:
    new = f'<Relationship Id="rId90" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
    return lambda text: text.replace("</Relationships>", new + "</Relationships>")


def body(xml: str) -> Edit:
    return lambda text: text.replace("<w:body>", "<w:body>" + xml, 1)


def picture(attribute: str) -> Edit:
    """A picture whose file is the relation rId90."""
    return body(
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing">'
        '<wp:extent cx="900000" cy="900000"/><wp:docPr id="9" name="x"/>'
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="0" name="x"/>'
        f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{OFFICE}" '
        f'r:{attribute}="rId90"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
        '<a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def field(code: str, result: str = "hasil", *, ended: bool = True) -> Edit:
    """A complex field with its stored result."""

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    text = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    shown = f"<w:r><w:t>{result}</w:t></w:r>"
    end = mark("end") if ended else ""
    return body(f"<w:p>{mark('begin')}{text}{mark('separate')}{shown}{end}</w:p>")


def doctype(entities: str, text: str) -> Edit:
    def edit(xml: str) -> str:
        xml = xml.replace("?>", f"?>\n<!DOCTYPE w [{entities}]>", 1)
        return xml.replace("undangan rapat", text)

    return edit


@functools.cache
def zip_bomb(megabytes: int = 60) -> bytes:
    """A small file whose text fills the memory."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_letter())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename != BODY:
                new.writestr(info.filename, old.read(info.filename))
        with new.open(BODY, "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b"A" * 1_000_000)
    return file.getvalue()


def with_lying_directory(size: int) -> bytes:
    """A package whose directory calls a large part small."""
    data = bytearray(zip_bomb())
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(BODY.encode()))
    data[place + 24 : place + 28] = size.to_bytes(4, "little")
    return bytes(data)


def refused_files() -> dict[str, bytes]:
    """Hostile and broken files that no letter can be made of."""
    chain = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    document = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    utf16 = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY x "y">]><w/>'
    return {
        "empty": b"",
        "pdf-renamed": b"%PDF-1.7\n" + b"0" * 500,
        "old-doc": b"\xd0\xcf\x11\xe0" + b"0" * 500,
        "cut-off": a_letter()[: len(a_letter()) // 2],
        "not-office": _zip({"a.txt": b"x"}),
        "macro-renamed": patched({TYPES: lambda text: text.replace(document, macro)}),
        "workbook-renamed": patched({TYPES: lambda text: text.replace(document, workbook)}),
        "xxe": patched({BODY: doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")}),
        "entity-bomb": patched({BODY: doctype(f'<!ENTITY a "aaaaaaaaaa">{chain}', "&i;")}),
        "entity-utf16": patched({}, {"word/extra.xml": utf16.encode("utf-16")}),
        "broken-xml": patched({BODY: lambda text: text[:-20]}),
        "deep-xml": patched({}, {"word/deep.xml": "<a>" * 5000 + "</a>" * 5000}),
        "path-traversal": patched({}, {"../../escape.txt": "x"}),
        "absolute-path": patched({}, {"/etc/escape.txt": "x"}),
        "backslash": patched({}, {"word\\escape.xml": "x"}),
        "drive": patched({}, {"C:escape.xml": "x"}),
        "twin": patched({}, {"WORD/Document.xml": "<x/>"}),
        "zip-bomb": zip_bomb(),
        "lying-directory": with_lying_directory(1000),
        "too-many-parts": patched({}, {f"word/x{number}.xml": "<x/>" for number in range(900)}),
        "tracked-insertion": patched(
            {
                BODY: body(
                    '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>baru</w:t></w:r></w:ins></w:p>'
                )
            }
        ),
        "tracked-deletion": patched(
            {BODY: body('<w:p><w:del w:id="1"><w:r><w:delText>a</w:delText></w:r></w:del></w:p>')}
        ),
    }


def cleaned_files(url: str, local: str) -> dict[str, bytes]:
    """Files that reach out; after the guard they are ordinary letters."""
    template = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{OFFICE}/attachedTemplate" '
        f'Target="{url}/template.dotm" TargetMode="External"/></Relationships>'
    )
    ole = (
        f'<w:p><w:r><w:object><v:shape {_VML} id="s1"/><o:OLEObject xmlns:o="urn:schemas-microsoft-'
        f'com:office:office" xmlns:r="{OFFICE}" Type="Link" ProgID="Excel.Sheet.12" ShapeID="s1" '
        'DrawAspect="Content" r:id="rId90" UpdateMode="Always"/></w:object></w:r></w:p>'
    )
    vml = (
        f'<w:p><w:r><w:pict><v:shape {_VML} style="width:80pt;height:80pt"><v:imagedata '
        f'xmlns:r="{OFFICE}" r:id="rId90"/></v:shape></w:pict></w:r></w:p>'
    )
    chunk = f'<w:altChunk xmlns:r="{OFFICE}" r:id="rId90"/>'
    simple = (
        f'<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;{url}/x.docx&quot; "><w:r><w:t>tetap</w:t>'
        "</w:r></w:fldSimple></w:p>"
    )
    return {
        "linked-picture-http": patched(
            {RELATIONS: relation("image", f"{url}/linked.png"), BODY: picture("link")}
        ),
        "linked-picture-file": patched(
            {RELATIONS: relation("image", local), BODY: picture("link")}
        ),
        "embedded-external": patched(
            {RELATIONS: relation("image", f"{url}/embedded.png"), BODY: picture("embed")}
        ),
        "field-includepicture": patched({BODY: field(f'INCLUDEPICTURE "{url}/field.png" \\d')}),
        "field-includetext": patched({BODY: body(simple)}),
        "field-dde": patched({BODY: field('DDEAUTO cmd.exe "/k calc.exe"')}),
        "field-unended": patched({BODY: field('DDEAUTO cmd.exe "/k calc.exe"', ended=False)}),
        "field-hyperlink-file": patched({BODY: field('HYPERLINK "file:///etc/passwd"')}),
        "attached-template": patched({}, {"word/_rels/settings.xml.rels": template}),
        "altchunk-html": patched(
            {RELATIONS: relation("aFChunk", "afchunk.html", ""), BODY: body(chunk)},
            {"word/afchunk.html": f'<img src="{url}/chunk.png">'},
        ),
        "ole-link": patched({RELATIONS: relation("oleObject", f"{url}/x.xlsx"), BODY: body(ole)}),
        "vml-external": patched({RELATIONS: relation("image", f"{url}/vml.png"), BODY: body(vml)}),
        "hidden-macro": patched({}, {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    }


def _zip(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()
