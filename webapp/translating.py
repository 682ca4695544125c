"""The translating: collects every sentence of the pages, and compiles the English of each.

Run ``python -m webapp.translating`` after writing sentences; what still lacks English is printed.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).parent
PO = HOME / "translations" / "en" / "LC_MESSAGES" / "messages.po"

_SOURCES = [
    ("frontend/**", "ignore"),
    ("migrations/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
]
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def sentences() -> Catalog:
    """Return every sentence that pages say, in Indonesian."""
    found = Catalog()
    sources = extract_from_dir(
        str(HOME),
        method_map=_SOURCES,
        options_map={"templates/**.html": {"trimmed": "true"}},
        keywords=_KEYWORDS,
    )
    for _file, _line, message, _comments, context in sources:
        found.add(message, context=context)
    return found


def english() -> Catalog:
    """Return the English of the sentences, as it stands in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def missing(catalogue: Catalog) -> list[str]:
    """Return the sentences that lack English."""
    return [str(each.id) for each in catalogue if each.id and not _said(each.string)]


def compiled(catalogue: Catalog, file: Path) -> None:
    """Write the catalogue in the form that pages read; the same sentences give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    with file.open("wb") as target:
        write_mo(target, catalogue)


def _said(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _renew() -> list[str]:
    standing = english() if PO.exists() else Catalog(locale="en")
    standing.update(sentences(), no_fuzzy_matching=True)
    standing.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, standing, width=100, no_location=True, omit_header=True, sort_output=True)
    compiled(standing, PO.with_suffix(".mo"))
    return missing(standing)


if __name__ == "__main__":
    for sentence in _renew():
        sys.stdout.write(sentence + "\n")
