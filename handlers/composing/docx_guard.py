"""Guards an uploaded Word file: refuses what is hostile, removes what reaches out of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from handlers.composing.composed import DocxRefused
from handlers.composing.docx_fields import flatten_fields
from handlers.composing.placeholders import check_placeholders
from handlers.composing.word_package import (
    RELATIONS,
    TYPES_PART,
    main_part,
    parse,
    read_parts,
    remove,
    serialise,
    source_of,
    target_of,
    w,
    write_parts,
)

_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MAIN_TYPES = frozenset({f"{_KIND}.document.main+xml", f"{_KIND}.template.main+xml"})
_BAD_PART = re.compile(
    r"(vbaProject|vbaData|activeX/|\.bin$|oleObject|embeddings/|attachedToolbars|customUI/|"
    r"_xmlsignatures/|\.(exe|dll|js|vbs|cmd|bat|ps1|svg|mht|mhtml|html?|rtf)$|afchunk|subDocument|"
    r"(^|/)comments\w*\.xml$|(^|/)people\.xml$|(^|/)recipientData\w*\.xml$)",
    re.IGNORECASE,
)
_BAD_RELATION = frozenset(
    {
        *("vbaProject", "wordVbaData", "oleObject", "package", "control", "attachedTemplate"),
        *("aFChunk", "subDocument", "frame", "mailMergeSource", "mailMergeHeaderSource"),
        *("recipientData", "extensibility", "keyMapCustomizations", "attachedToolbars"),
        *("transform", "origin", "signature", "printerSettings", "activeXControlBinary"),
        *("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people"),
    }
)
#: Elements that reach out of the file, and what the uploader is told of each.
_BAD_ELEMENT = {
    "altChunk": "Sisipan dokumen lain dihapus.",
    "subDoc": "Sisipan dokumen lain dihapus.",
    "object": "Objek OLE (misalnya lembar Excel) dihapus.",
    "control": "Kontrol ActiveX dihapus.",
    "attachedTemplate": "Tautan ke templat dihapus.",
    "mailMerge": "Sumber data mail merge dihapus.",
    "framesets": "Bingkai halaman web dihapus.",
    "dataBinding": "Ikatan data pada kontrol isi dihapus.",
    "docVars": "Variabel dokumen dihapus.",
    "saveThroughXslt": "Tautan ke XSLT dihapus.",
    "commentRangeStart": "Komentar dihapus.",
    "commentRangeEnd": "Komentar dihapus.",
    "commentReference": "Komentar dihapus.",
    # a word broken at the line's end would look like a lost word afterwards
    "autoHyphenation": "Pemenggalan kata otomatis dimatikan.",
}
_TRACKED = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")
_FORMAT_CHANGES = ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange",
                   "tcPrChange", "tblGridChange", "numberingChange")  # fmt: skip
_ADDRESS = re.compile(r"(https?://|mailto:|tel:|#)", re.IGNORECASE)


@dataclass(frozen=True)
class GuardedDocx:
    """A Word file that is safe to fill and convert."""

    data: bytes
    placeholders: tuple[str, ...]  #: names, without ${ and }
    notes: tuple[str, ...]  #: what was removed, as sentences for the uploader


def guard_docx(data: bytes) -> GuardedDocx:
    """Return a safe copy of an uploaded letter.

    Raises ``DocxRefused``, with a sentence for the uploader, for a hostile or broken file, for
    tracked changes, and for placeholders that are unknown, broken or missing.
    """
    cleaned, notes = clean_docx(data)
    return GuardedDocx(cleaned, check_placeholders(cleaned), notes)


def clean_docx(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a copy that reaches nowhere and runs nothing, and what was removed."""
    parts = read_parts(data)
    types = _check_types(parts)
    main_part(parts)
    dropped = {name for name in parts if _BAD_PART.search(name)}
    notes = {_part_note(name) for name in dropped}
    kept = {name: content for name, content in parts.items() if name not in dropped}
    killed = _clean_relations(kept, dropped, notes)
    for name in [one for one in kept if one.lower().endswith((".xml", ".vml"))]:
        if name != TYPES_PART:
            kept[name] = _clean_part(name, kept[name], killed.get(name, set()), notes)
    for node in list(types):
        if (node.get("PartName") or "").lstrip("/") in dropped:
            types.remove(node)
    kept[TYPES_PART] = serialise(types)
    return write_parts(kept), tuple(sorted(notes))


def _check_types(parts: dict[str, bytes]) -> etree._Element:
    if TYPES_PART not in parts:
        raise DocxRefused("Isi berkas ini bukan .docx.")
    root = parse(parts[TYPES_PART])
    kinds = {node.get("ContentType") or "" for node in root}
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in kinds):
        raise DocxRefused("Dokumen bermakro tidak diterima; simpan sebagai .docx biasa.")
    if not _MAIN_TYPES & kinds:
        raise DocxRefused("Berkas ini bukan dokumen Word (.docx).")
    return root


def _clean_relations(
    parts: dict[str, bytes], dropped: set[str], notes: set[str]
) -> dict[str, set[str]]:
    """Return, for each part, the ids of relations that were removed."""
    killed: dict[str, set[str]] = {}
    for name in [one for one in parts if one.endswith(".rels")]:
        root, source = parse(parts[name]), source_of(name)
        for node in list(root):
            if _is_bad_relation(node, source, dropped):
                root.remove(node)
                killed.setdefault(source, set()).add(node.get("Id") or "")
                notes.add(_relation_note(node))
        parts[name] = serialise(root)
    return killed


def _is_bad_relation(node: etree._Element, source: str, dropped: set[str]) -> bool:
    kind = (node.get("Type") or "").rsplit("/", 1)[-1]
    target = node.get("Target") or ""
    if kind in _BAD_RELATION:
        return True
    if node.get("TargetMode") == "External":
        return kind != "hyperlink" or not _ADDRESS.match(target)
    return target_of(source, target) in dropped


def _part_note(name: str) -> str:
    if re.search(r"comments|people", name):
        return "Komentar dihapus."
    return "Makro dihapus." if "vba" in name.lower() else "Bagian yang tidak dicetak dihapus."


def _relation_note(node: etree._Element) -> str:
    kind = (node.get("Type") or "").rsplit("/", 1)[-1]
    if kind.startswith(("comments", "people")):
        return "Komentar dihapus."
    if kind == "attachedTemplate":
        return "Tautan ke templat dihapus."
    if node.get("TargetMode") == "External":
        return "Tautan ke luar dokumen dihapus."
    return "Bagian yang tidak dicetak dihapus."


def _clean_part(name: str, content: bytes, killed: set[str], notes: set[str]) -> bytes:
    root = parse(content)
    if any(root.find(f".//{w(tag)}") is not None for tag in _TRACKED):
        raise DocxRefused(
            "Dokumen masih memuat perubahan terlacak (track changes). Terima atau tolak semua "
            "perubahan di Word, simpan, lalu unggah kembali."
        )
    for tag, note in _BAD_ELEMENT.items():
        for node in list(root.iter(w(tag))):
            remove(node)
            notes.add(note)
    for tag in _FORMAT_CHANGES:
        for node in list(root.iter(w(tag))):
            remove(node)
    if "/" in name:
        notes.update(flatten_fields(root))
    if killed:
        _drop_references(root, killed, notes)
    return serialise(root)


def _drop_references(root: etree._Element, killed: set[str], notes: set[str]) -> None:
    """Remove what pointed to a removed relation; a picture goes away as a whole."""
    for node in list(root.iter(etree.Element)):
        for name, value in list(node.attrib.items()):
            if not (str(name).startswith(f"{{{RELATIONS}}}") and value in killed):
                continue
            del node.attrib[name]
            if str(node.tag).endswith("}svgBlip"):
                remove(node)  # the picture beside it is the one that is printed
            elif str(node.tag).endswith(("}blip", "}imagedata")):
                _drop_picture(node)
                notes.add("Gambar tertaut dihapus.")


def _drop_picture(node: etree._Element) -> None:
    holder: etree._Element | None = node
    while holder is not None and holder.tag not in (w("drawing"), w("pict")):
        holder = holder.getparent()
    if holder is not None:
        remove(holder)
