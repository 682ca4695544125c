"""A person at a browser without scripts, who reloads and hands in again when a server dies."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

from lxml import html

from webapp.demo import DEMO_PASSWORD

_TIMEOUT = 60.0
_BREATH = 0.1
#: A page that asks to come back: the database is just dying.
_COME_BACK = 503


class Unreachable(Exception):
    """No answer, or an answer that says to come back: nobody knows whether it took effect."""


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    path: str
    tree: html.HtmlElement

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    def hidden(self, action: str) -> dict[str, str]:
        """Return the hidden fields of the form that leads to the address, its token included."""
        fields = self.tree.xpath(f"//form[@action='{action}']//input[@type='hidden']")
        token = self.tree.xpath("//meta[@name='csrf-token']/@content")
        named = {one.get("name"): one.get("value") or "" for one in fields if one.get("name")}
        return {"csrf_token": str(token[0]) if token else "", **named}


@dataclass
class Person:
    """One account at one browser."""

    username: str
    address: str
    _jar: CookieJar = field(default_factory=CookieJar)

    def sign_in(self, deadline: float) -> None:
        """Sign in, however often it takes."""
        while True:
            try:
                blank = self.read("/sign-in")
                values = {"username": self.username, "password": DEMO_PASSWORD}
                self.send("/sign-in", {**blank.hidden("/sign-in"), **values})
                return
            except Unreachable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_BREATH)

    def read(self, path: str) -> Page:
        """Open a page. Raises ``Unreachable``."""
        return self._ask(urllib.request.Request(self.address + path))

    def send(self, path: str, values: Mapping[str, Any]) -> Page:
        """Hand in a form. Raises ``Unreachable``: it may have taken effect or not."""
        body = urllib.parse.urlencode(values, doseq=True).encode()
        return self._ask(urllib.request.Request(self.address + path, data=body))

    def _ask(self, request: urllib.request.Request) -> Page:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar)
        )
        try:
            with opener.open(request, timeout=_TIMEOUT) as answer:
                return _page(answer.status, answer.url, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                if refused.code == _COME_BACK:
                    raise Unreachable(f"{refused.code} {request.full_url}") from refused
                return _page(refused.code, refused.url, refused.read())
        except (OSError, http.client.HTTPException) as silence:
            raise Unreachable(f"{type(silence).__name__} {request.full_url}") from silence


def _page(status: int, address: str, body: bytes) -> Page:
    tree = html.fromstring(body.decode() or "<html/>")
    return Page(status, urllib.parse.urlsplit(address).path, tree)
