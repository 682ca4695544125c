"""Reasons: what somebody writes who decides against the usual way, as a page sent it."""

from __future__ import annotations

from flask import request

#: The longest reason that a page takes.
MOST_LETTERS = 1000


def given_reason() -> str:
    """Return what was typed, cut to the longest; whether it says anything the engine judges."""
    return request.form.get("reason", "")[:MOST_LETTERS]
