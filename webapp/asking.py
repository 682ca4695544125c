"""The asking: what may stand in a request at all, before any page looks at it."""

from __future__ import annotations

from flask import abort, request

#: No page, year or version of any office has a larger number, and no database takes an endless one.
LARGEST = 1_000_000


def whole(text: str) -> int:
    """Read a number of an address. Raises ``ValueError`` for one that nothing can have."""
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


def refuse_unwritable() -> None:
    """Refuse the one sign that PostgreSQL can neither store nor look for; nobody types it."""
    fields = (*request.args.lists(), *request.form.lists())
    if "\0" in request.path or any("\0" in text for _, texts in fields for text in texts):
        abort(400)
