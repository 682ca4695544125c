"""The two languages of the pages: Indonesian is written in the code, English in the catalogue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, request
from flask_babel import Babel, get_locale  # type: ignore[import-untyped]
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy_gettext
from flask_babel import ngettext as _ngettext

__all__ = [
    "LANGUAGES",
    "day",
    "duration",
    "gettext",
    "language",
    "lazy_gettext",
    "moment",
    "ngettext",
    "speak",
    "time_of_day",
]

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "language"

#: The zone of the fictional offices; both lie in western Indonesia.
ZONE = ZoneInfo("Asia/Jakarta")


def speak(app: Flask) -> None:
    """Let every page choose the language of its reader."""
    app.config.update(BABEL_DEFAULT_LOCALE="id", BABEL_TRANSLATION_DIRECTORIES="translations")
    Babel(app, locale_selector=_chosen)
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        duration=duration,
        time_of_day=time_of_day,
        before_period=before_period,
    )


def gettext(text: str, **values: object) -> str:
    """Say the text in the language of the reader."""
    return str(_gettext(text, **values))


def lazy_gettext(text: str) -> object:
    """Say the text later, in the language of whoever reads it then; ``str()`` says it."""
    found: object = _lazy_gettext(text)
    return found


def ngettext(one: str, several: str, number: int, **values: object) -> str:
    """Say how many, in the language of the reader."""
    return str(_ngettext(one, several, number, **values))


def language() -> str:
    """The language of this page, "id" or "en"."""
    return str(get_locale() or "id")[:2]


def day(value: date | datetime | str | None) -> str:
    """Write a day as people of the office do: 21 November 2026."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return format_date(value, "d MMMM y", locale=language())


def moment(value: datetime | None) -> str:
    """Write a moment: 21 November 2026 pukul 14.30 WIB."""
    if value is None:
        return ""
    pattern = "d MMMM y 'at' HH:mm" if language() == "en" else "d MMMM y 'pukul' HH.mm"
    return format_datetime(value.astimezone(ZONE), pattern, locale=language()) + " WIB"


def time_of_day(value: datetime | None) -> str:
    """Write a time of the day: 14.30."""
    if value is None:
        return ""
    return value.astimezone(ZONE).strftime("%H:%M" if language() == "en" else "%H.%M")


def before_period(name: str) -> str:
    """Write a name that ends a sentence, whose period follows: "Rini, M.P.A"."""
    return name.removesuffix(".")


def duration(value: timedelta) -> str:
    """Write a stretch of time in its largest unit: 5 menit, 3 jam, 2 hari."""
    minutes = max(int(abs(value.total_seconds()) // 60), 1)
    if minutes < 60:
        return ngettext("%(num)s menit", "%(num)s menit", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s jam", "%(num)s jam", minutes // 60)
    return ngettext("%(num)s hari", "%(num)s hari", minutes // (24 * 60))


def _chosen() -> str:
    wanted: Any = request.cookies.get(COOKIE)
    return wanted if wanted in LANGUAGES else "id"
