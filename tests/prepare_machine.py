"""Sees to the programs that the tests ask for: installs what is missing, or says so.

Chromium plays the people, LibreOffice converts, poppler and zbar read what we made, Node rebuilds
the front end. Where Debian packages may be installed they are; elsewhere a missing program is
named, and under ``CI=true`` it is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

#: program that must be found -> Debian packages that bring it
PROGRAMS = {
    "chromium": ("chromium",),
    "soffice": ("libreoffice-writer-nogui",),
    "pdfsig": ("poppler-utils",),
    "pdftoppm": ("poppler-utils",),
    "qpdf": ("qpdf",),
    "zbarimg": ("zbar-tools",),
    "node": ("nodejs",),
    "npm": ("npm",),
}


def main() -> int:
    if packages := _packages_of(_missing()):
        _install(packages)
    missing = _missing()
    if not missing:
        return 0
    sys.stderr.write(f"Expected on this machine, but not found: {', '.join(missing)}.\n")
    sys.stderr.write(f"Install them: apt-get install {' '.join(_packages_of(missing))}\n")
    return 1 if os.environ.get("CI") == "true" else 0


def _missing() -> list[str]:
    return [program for program in PROGRAMS if shutil.which(program) is None]


def _packages_of(programs: list[str]) -> list[str]:
    return sorted({package for program in programs for package in PROGRAMS[program]})


def _install(packages: list[str]) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(install, check=False, env=quiet, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
