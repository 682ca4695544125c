"""A Word file as its parts: read within limits, written so that equal parts give equal bytes."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from lxml import etree

from handlers.composing.composed import DocxRefused

MAX_FILE, MAX_TOTAL, MAX_PART = 15 << 20, 120 << 20, 40 << 20
_MAX_PARTS, _MAX_RATIO = 800, 200
_MEBIBYTE = 1 << 20
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES_PART = "[Content_Types].xml"

_STORY = re.compile(r"(header|footer|footnotes|endnotes)\d*\.xml$")


def w(tag: str) -> str:
    """Return the qualified name of a WordprocessingML element or attribute."""
    return f"{{{WORD}}}{tag}"


def read_parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of the package. Raises ``DocxRefused`` for what no Word has written."""
    if len(data) > MAX_FILE:
        raise DocxRefused(f"Berkas terlalu besar: paling besar {MAX_FILE // _MEBIBYTE} MB.")
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise DocxRefused("Berkas ini .doc lama atau .docx bersandi; simpan sebagai .docx biasa.")
    if data[:4] != b"PK\x03\x04":
        raise DocxRefused("Isi berkas ini bukan .docx.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _read(package)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError) as problem:
        raise DocxRefused("Berkas .docx rusak dan tidak dapat dibuka.") from problem


def _read(package: zipfile.ZipFile) -> dict[str, bytes]:
    entries = package.infolist()
    if len(entries) > _MAX_PARTS:
        raise DocxRefused("Berkas .docx memuat terlalu banyak bagian.")
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    total = 0
    for entry in entries:
        _check_entry(entry, seen)
        with package.open(entry) as part:  # the directory may lie: read with a hard cap
            content = part.read(MAX_PART + 1)
        total += len(content)
        if len(content) > MAX_PART or total > MAX_TOTAL:
            raise DocxRefused("Isi berkas .docx terlalu besar setelah dibuka (bom zip?).")
        if not entry.filename.endswith("/"):
            parts[entry.filename] = content
    return parts


def _check_entry(entry: zipfile.ZipInfo, seen: set[str]) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise DocxRefused(f"Berkas .docx memuat nama bagian yang tidak wajar: {name[:60]}.")
    if name.lower() in seen:
        raise DocxRefused(f"Berkas .docx memuat bagian ganda: {name[:60]}.")
    seen.add(name.lower())
    if entry.flag_bits & 1:
        raise DocxRefused("Berkas .docx ini bersandi; simpan tanpa sandi.")
    if entry.compress_type not in _COMPRESSIONS:
        raise DocxRefused("Berkas .docx memakai cara kompresi yang tidak dikenal.")
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > MAX_PART or (entry.file_size > _MEBIBYTE and ratio > _MAX_RATIO):
        raise DocxRefused("Isi berkas .docx terlalu besar setelah dibuka (bom zip?).")


def write_parts(parts: Mapping[str, bytes]) -> bytes:
    """Return a package with sorted names and one date: equal parts give equal bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda one: (one != TYPES_PART, one)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, parts[name])
    return file.getvalue()


def parse(content: bytes) -> etree._Element:
    """Return the XML. A DTD is refused before any parser sees it: so end entity bombs and XXE."""
    text = content
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace").encode()
    if b"\x00" in text[:64] or re.search(rb"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise DocxRefused("Berkas .docx memuat DTD atau entitas XML; hal itu tidak diterima.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise DocxRefused("Berkas .docx memuat XML yang rusak.") from problem


def serialise(root: etree._Element) -> bytes:
    """Return the XML as a part of a package."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def remove(node: etree._Element) -> None:
    """Take the element out of its tree; text that follows it stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def relations_of(part: str) -> str:
    """Return the name of the part that holds the relations of ``part``."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_of(relations: str) -> str:
    """Return the part whose relations these are; an empty name is the package itself."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def target_of(source: str, target: str) -> str:
    """Return the part that a relation of ``source`` points to."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


def main_part(parts: Mapping[str, bytes]) -> str:
    """Return the part that holds the text. Raises ``DocxRefused`` when there is none."""
    if "_rels/.rels" in parts:
        for node in parse(parts["_rels/.rels"]):
            if str(node.get("Type", "")).endswith("/officeDocument"):
                name = target_of("", str(node.get("Target", "")))
                if name in parts:
                    return name
    raise DocxRefused("Berkas ini bukan dokumen Word.")


def stories(parts: Iterable[str], main: str) -> list[str]:
    """Return the parts with text that is printed: body, headers, footers, notes."""
    folder = posixpath.dirname(main)
    beside = [one for one in parts if posixpath.dirname(one) == folder and _STORY.search(one)]
    return [main, *sorted(beside)]
