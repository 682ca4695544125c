"""Converts guarded Word files to PDF: with LibreOffice where there is one, else with word2pdf.

Both run as a process of their own, with a limit of time and memory, and are killed as a group.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from handlers.composing.composed import CompositionRefused
from handlers.composing.typefaces import FOLDER, SUBSTITUTES

_HARDENED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_EXPORT = {
    "SelectPdfVersion": 2,  # PDF/A-2b
    "UseTaggedPDF": True,
    "ExportFormFields": False,
    "ExportBookmarks": False,
    "ReduceImageResolution": False,  # the white picture is found by its number of pixels
    "UseLosslessCompression": True,
}
_MEMORY_KIB = 4 << 20
_TOO_SLOW = "Surat ini tidak selesai diubah menjadi PDF dalam {seconds} detik; sederhanakan isinya."
_FAILED = "Surat ini tidak dapat diubah menjadi PDF; simpan ulang di Word lalu unggah kembali."


class DocxConverter(Protocol):
    """Turns a guarded and filled Word file into a PDF."""

    @property
    def name(self) -> str:
        """The name of the producer."""
        ...

    def convert(self, docx: bytes) -> bytes:
        """Return the PDF. Raises ``CompositionRefused``."""
        ...


def find_converter(seconds: float = 60) -> DocxConverter:
    """Return LibreOffice where it is installed, otherwise the converter that came with us."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program and os.name == "posix":
        return LibreOffice(program, seconds)
    return WheelConverter(seconds)


@dataclass(frozen=True)
class _Ended:
    code: int
    output: bytes


def _run(
    command: Sequence[str], seconds: float, given: bytes, environment: Mapping[str, str] | None
) -> _Ended:
    """Run a process to its end; nothing of its group is left when this returns."""
    process = subprocess.Popen(  # noqa: S603 -- the command is ours, the file is on its input
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(given, timeout=seconds)
        return _Ended(process.returncode, output)
    except subprocess.TimeoutExpired as problem:
        raise CompositionRefused(_TOO_SLOW.format(seconds=round(seconds))) from problem
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        process.kill()
    process.communicate()


class LibreOffice:
    """A fresh LibreOffice for each letter: hardened profile of its own, no network, no macros."""

    name = "libreoffice"

    def __init__(self, program: str, seconds: float = 60, at_once: int = 2) -> None:
        self._program = program
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(at_once)
        self._apart = _without_network()

    def convert(self, docx: bytes) -> bytes:
        """Return the PDF, a PDF/A-2b with tags."""
        with self._places, tempfile.TemporaryDirectory(prefix="alur-letter-") as name:
            folder = Path(name)
            (folder / "letter.docx").write_bytes(docx)
            _make_profile(folder)
            _make_font_list(folder)
            made = folder / "out" / "letter.pdf"
            for _ in range(2):  # it may die on its first start of a new profile
                _run(self._command(folder), self._seconds, b"", _environment(folder))
                if made.is_file():
                    return made.read_bytes()
            raise CompositionRefused(_FAILED)

    def _command(self, folder: Path) -> list[str]:
        options = {
            key: {"type": "boolean" if isinstance(value, bool) else "long", "value": str(value)}
            for key, value in _EXPORT.items()
        }
        export = json.dumps(options).replace('"True"', '"true"').replace('"False"', '"false"')
        limits = f'ulimit -v {_MEMORY_KIB}; ulimit -t {round(self._seconds)}; exec "$@"'
        return [
            *("/bin/sh", "-c", limits, "sh", *self._apart, self._program),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
            *("--convert-to", f"pdf:writer_pdf_Export:{export}", "--outdir", str(folder / "out")),
            str(folder / "letter.docx"),
        ]


def _make_profile(folder: Path) -> None:
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_HARDENED, encoding="utf-8")


def _make_font_list(folder: Path) -> None:
    """Name our fonts first, and what stands in for the ones that Word files ask for."""
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{escape(asked)}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{escape(ours)}</string></edit>'
        "</match>"
        for asked, ours in SUBSTITUTES.items()
    )
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{escape(str(FOLDER))}'
        f"</dir>{aliases}<cachedir>{escape(str(folder / 'fontcache'))}</cachedir></fontconfig>"
    )
    (folder / "fonts.conf").write_text(text, encoding="utf-8")


def _environment(folder: Path) -> dict[str, str]:
    """Only what is needed: no display, no proxy, no variable of ours."""
    home = str(folder)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _without_network() -> tuple[str, ...]:
    """Return the prefix that takes the network away, where this machine allows it."""
    program = shutil.which("unshare")
    for options in ("-n", "-rn"):
        if program is None:
            break
        tried = subprocess.run(  # noqa: S603 -- asks the system what it allows
            [program, options, "true"], capture_output=True, check=False, timeout=10
        )
        if tried.returncode == 0:
            return (program, options)
    return ()


class WheelConverter:
    """word2pdf, pure Python, with our fonts only: the same bytes on every machine."""

    name = "word2pdf"

    def __init__(self, seconds: float = 60) -> None:
        self._seconds = seconds

    def convert(self, docx: bytes) -> bytes:
        """Return the PDF; it has no tags and does not claim to be PDF/A."""
        child = Path(__file__).with_name("word2pdf_child.py")
        substitutes = {asked.lower(): ours.lower() for asked, ours in SUBSTITUTES.items()}
        command = [sys.executable, "-I", str(child), str(FOLDER), json.dumps(substitutes)]
        ended = _run(command, self._seconds, docx, None)
        if ended.code or not ended.output.startswith(b"%PDF-"):
            raise CompositionRefused(_FAILED)
        return ended.output
