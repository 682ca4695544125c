"""Opens XML that may be hostile: everything that reaches beyond the file is switched off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.findings import Finding

#: The largest file, in bytes: an SOP with its layout has some 100 KB.
LARGEST = 2_000_000
#: How deep XML may be nested: BPMN and DMN need about ten levels.
DEEPEST = 60
#: How many XML elements a file may have.
MOST_NODES = 40_000

#: How a file may be encoded; in others, such as UTF-7, a text can look like another one.
_ENCODINGS = frozenset({"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII"})

XmlNode = Any  #: an lxml element


@dataclass(frozen=True)
class Opened:
    """The root of the file, or why it cannot be read."""

    root: XmlNode | None
    findings: tuple[Finding, ...] = ()


def open_hostile_xml(source: bytes) -> Opened:
    """Parse the file; broken or hostile ones become findings, never exceptions."""
    if len(source) > LARGEST:
        return refuse(
            "file-too-large",
            f"Berkas lebih besar dari {LARGEST // 1_000_000} MB. Simpan hanya satu SOP per berkas.",
            f"The file is larger than {LARGEST // 1_000_000} MB. Keep one SOP per file.",
        )
    if b"<!DOCTYPE" in source.replace(b"\0", b""):
        return _doctype()
    try:
        root = etree.fromstring(source, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        return refuse(
            "not-xml",
            f"Berkas ini bukan XML yang benar ({error}). Buka dan simpan lagi dengan penyunting"
            " diagram.",
            f"The file is not well-formed XML ({error}). Open and save it with a diagram editor.",
        )
    document: Any = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        return _doctype()
    if (document.encoding or "UTF-8").upper() not in _ENCODINGS:
        return refuse(
            "encoding",
            f"Berkas ditulis dengan penyandian {document.encoding!r:.40}. Simpan sebagai UTF-8.",
            f"The file is encoded in {document.encoding!r:.40}. Save it as UTF-8.",
        )
    return _within_limits(root)


def refuse(rule: str, message: str, message_en: str) -> Opened:
    """Return a file that cannot be read, and why."""
    return Opened(None, (Finding("", rule, message, message_en),))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _within_limits(root: XmlNode) -> Opened:
    level, count = [root], 0
    for _ in range(DEEPEST):
        count += len(level)
        if count > MOST_NODES:
            break
        level = [child for node in level for child in node]
        if not level:
            return Opened(root)
    return refuse(
        "file-too-complex",
        "Berkas bersarang terlalu dalam atau berisi terlalu banyak unsur. Pisahkan menjadi"
        " beberapa SOP.",
        "The file is nested too deeply or has too many parts. Split it into several SOPs.",
    )


def _doctype() -> Opened:
    return refuse(
        "doctype",
        "Berkas berisi DOCTYPE atau entitas XML, yang tidak diterima. Hapus bagian itu.",
        "The file contains a DOCTYPE or XML entities, which are not accepted. Remove them.",
    )
