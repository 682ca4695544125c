"""The presenters: what templates need beside the data, the same on every page."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from markupsafe import Markup

from webapp import labels
from webapp.access import Visitor, visitor_or_none
from webapp.config import LARGEST_REQUEST
from webapp.forms.rendering import INPUT_TYPES
from webapp.languages import LANGUAGES, language, lazy_gettext
from webapp.office import office

#: Endpoint, label, icon and permission of the main menu, in the order of the day's work.
MENU = (
    ("inbox.show", lazy_gettext("Kotak Tugas"), "inbox", "tasks.work"),
    ("letters.start", lazy_gettext("Surat"), "file-earmark-text", "letters.read"),
    ("register.show", lazy_gettext("Agenda Surat Keluar"), "journal-text", "register.read"),
    ("processes.overview", lazy_gettext("Alur Kerja"), "diagram-3", "processes.read"),
    ("audit.instances", lazy_gettext("Jejak Audit"), "clock-history", "audit.read"),
    ("incidents.show", lazy_gettext("Kendala"), "exclamation-triangle", "incidents.resolve"),
)


def furnish(app: Flask) -> None:
    """Give every template its tools."""
    marks = _marks(Path(app.static_folder or ""))

    def asset(name: str) -> str:
        """The address of a static file; it changes with the content, so browsers may keep it."""
        return url_for("static", filename=name, v=marks.get(name))

    def icon(name: str, label: str = "", size: str = "") -> Markup:
        """Draw an icon; without a label it is decoration."""
        spoken = Markup('role="img" aria-label="{}"').format(label) if label else "aria-hidden=true"
        return Markup('<svg class="bi {}" {}><use href="{}#{}"></use></svg>').format(
            size, spoken, asset("dist/icons.svg"), name
        )

    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        input_types=INPUT_TYPES,
        language=language,
        languages=LANGUAGES,
        largest_request=LARGEST_REQUEST,
        channel_labels=labels.CHANNELS,
        decision_labels=labels.DECISIONS,
        delivery_labels=labels.DELIVERIES,
        document_labels=labels.DOCUMENTS,
        number_labels=labels.NUMBERS,
        state_labels=labels.STATUSES,
        tone_of=labels.tone_of,
    )
    app.jinja_env.filters.update(slug=slug)
    app.context_processor(_frame)


def slug(value: object) -> str:
    """Turn a value into something an HTML id may be made of."""
    return re.sub(r"[^A-Za-z0-9]+", "-", str(value)).strip("-") or "x"


def _frame() -> dict[str, Any]:
    """What the frame of every page shows."""
    visitor = visitor_or_none()
    return {
        "visitor": visitor,
        "menu": _menu(visitor),
        "unread": office().notices.unread(visitor.id) if visitor else 0,
        "here": request.full_path.rstrip("?") if request.method == "GET" else "/",
    }


def _menu(visitor: Visitor | None) -> list[tuple[str, str, str, bool]]:
    if visitor is None:
        return []
    blueprint = request.blueprint
    return [
        (url_for(endpoint), str(label), icon, endpoint.split(".")[0] == blueprint)
        for endpoint, label, icon, permission in MENU
        if visitor.may(permission)
    ]


def _marks(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()[:10]
        for file in folder.rglob("*")
        if file.is_file()
    }
