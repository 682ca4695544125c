"""What independent tools say of a signed letter: poppler, a second verifier, and a code reader."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any


def pdfsig(letter: Path) -> str:
    """Return what poppler says of the signatures, without asking whom to trust."""
    return _said("pdfsig", "-nocert", str(letter))


def second_opinion(letter: Path, roots: Path) -> dict[str, Any]:
    """Return the report of a verifier that shares no code with our signer."""
    import pdfsigner

    report: dict[str, Any] = pdfsigner.verify_pdf_report(str(letter), roots=str(roots))
    return report


def printed_text(letter: Path) -> str:
    """Return the words of the letter in reading order, with single spaces."""
    return " ".join(_said("pdftotext", "-layout", str(letter), "-").split())


def scanned_code(letter: Path, folder: Path) -> str:
    """Return what a phone reads from the code on the pages."""
    _said("pdftoppm", "-r", "150", "-png", str(letter), str(folder / "page"))
    pages = sorted(str(page) for page in folder.glob("page*.png"))
    return _said("zbarimg", "--quiet", "--raw", *pages).strip()


def manipulated(letter: Path, copy: Path) -> Path:
    """Write a copy in which one byte of the printed letter is another."""
    changed = bytearray(letter.read_bytes())
    place = changed.index(b"stream", len(changed) // 8) + 20
    changed[place] ^= 1
    copy.write_bytes(changed)
    return copy


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
