"""The source of the demonstration: JSON files that travel with the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def read_source(name: str) -> dict[str, Any]:
    """Return the content of one of the files, e.g. ``offices``."""
    text = files("handlers.demo").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def read_attachment(name: str) -> bytes:
    """Return one of the files that go with the sample letters."""
    return files("handlers.demo").joinpath("data", name).read_bytes()


def example_files() -> dict[str, bytes]:
    """Return the files that describe the demo offices: an office starts its own from them."""
    names = ("offices.json", "destinations.json", "classification.json")
    return {name: files("handlers.demo").joinpath("data", name).read_bytes() for name in names}
