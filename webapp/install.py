"""Prepares the virtual environment: the part of `make setup` that needs nothing but Python.

Run as a script (``python3 webapp/install.py [test]``); standard library only. Packages come from
the locked list with their hashes, and only again when the list has changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

_HOUSE = Path(__file__).resolve().parent.parent
_ENVIRONMENT = _HOUSE / ".venv"
_LOCKS = {"run": _HOUSE / "requirements.lock", "test": _HOUSE / "tests/requirements.lock"}
_OLDEST = (3, 11)


def main() -> int:
    if sys.version_info < _OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(
            f"Expected Python 3.11 or newer, found {found}. Install it and try again.\n"
        )
        return 1
    for_tests = sys.argv[1:] == ["test"]
    if not _stands(for_tests):
        _install(_LOCKS["test" if for_tests else "run"])
        _stamp("test" if for_tests else "run").write_text(_sum("test" if for_tests else "run"))
    return 0


def _stands(for_tests: bool) -> bool:
    """Tell whether the locked packages are there; those of the tests include the product's."""
    purposes = ("test",) if for_tests else ("run", "test")
    return _python().exists() and any(
        _stamp(purpose).exists() and _stamp(purpose).read_text() == _sum(purpose)
        for purpose in purposes
    )


def _sum(purpose: str) -> str:
    return hashlib.sha256(_LOCKS[purpose].read_bytes()).hexdigest()


def _install(lock: Path) -> None:
    if not _python().exists():
        _make_environment()
    sys.stdout.write("Installing the locked packages (once, about a minute) ...\n")
    sys.stdout.flush()
    _pip("install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock))
    packages = subprocess.run(  # noqa: S603  # our own interpreter
        [str(_python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(packages, "alur_surat.pth").write_text(f"{_HOUSE}\n")
    command = _python().parent / "alur"
    command.write_text(
        f"#!{_python()}\nimport sys\nfrom webapp.commands import main\nsys.exit(main())\n"
    )
    command.chmod(0o755)


def _make_environment() -> None:
    try:
        venv.create(_ENVIRONMENT, with_pip=True)
    except (subprocess.CalledProcessError, ImportError, SystemExit):
        # Debian ships Python without ensurepip; pip itself is often there.
        boot = _HOUSE / ".venv-boot"
        here = [sys.executable, "-m"]
        subprocess.run(  # noqa: S603  # our own interpreter
            [*here, "pip", "install", "-q", "--target", str(boot), "virtualenv"], check=True
        )
        subprocess.run(  # noqa: S603  # our own interpreter
            [*here, "virtualenv", "-q", "--clear", str(_ENVIRONMENT)],
            check=True,
            env={**os.environ, "PYTHONPATH": str(boot)},
        )


def _pip(*arguments: str) -> None:
    command = [str(_python()), "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    subprocess.run(command, check=True, cwd=_HOUSE)  # noqa: S603  # our own interpreter


def _python() -> Path:
    return _ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp(name: str) -> Path:
    return _ENVIRONMENT / f".installed-for-{name}"


if __name__ == "__main__":
    sys.exit(main())
