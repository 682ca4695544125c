"""People of the demo offices at their browsers: a real app, real pages, no JavaScript."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import html
from werkzeug.test import TestResponse

from engine import DirectQueue, metadata
from webapp import Office, Settings, build_office, create_app
from webapp.bootstrap import Channels
from webapp.demo import DEMO_PASSPHRASE, DEMO_PASSWORD, prepare_demo

PASSPHRASE = DEMO_PASSPHRASE

#: A letter that any drafter of the first office may hand in.
DRAFT: Mapping[str, Any] = {
    "kind": "surat_undangan",
    "classification": "500.16.7.2",
    "subject": "Undangan Rapat Koordinasi",
    "sifat": "biasa",
    "urgency": "segera",
    "letter_date": "2026-11-23",
    "signer": "dpmptsp:kadis",
    "capacity": "direct",
    "recipients": ["opd-dinkes"],
    "source": "typed",
    "body": "Kami mengundang Saudara.\n\nHari, tanggal : Selasa, 24 November 2026",
    "closing": "Terima kasih.",
}


@dataclass(frozen=True)
class DemoOffice:
    """The demo offices with an app in front and a queue that works when it is told to."""

    office: Office
    app: Flask
    queue: DirectQueue

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> Browser:
        browser = Browser(self.app)
        browser.submit("/sign-in", username=username, password=password)
        return browser

    def work(self) -> None:
        """Let the machines do what waits for them."""
        self.queue.run_pending(self.office.engine)


class Browser:
    """Reads pages and sends forms with the token of the page, as a browser without scripts."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: html.HtmlElement = html.fromstring("<html/>")
        self.status = 0
        self.path = ""

    def get(self, path: str) -> Browser:
        return self._read(self.client.get(path, follow_redirects=True))

    def submit(self, path: str, **values: Any) -> Browser:
        """Send the form that leads to the path; its page is opened when it is not open yet."""
        if not self.page.xpath(f"//form[@action='{path}']"):
            self.get(path)
        sent: dict[str, Any] = {"csrf_token": self.token, **self._hidden(path), **values}
        return self._read(
            self.client.post(
                path, data=sent, follow_redirects=True, content_type="multipart/form-data"
            )
        )

    def answer(self, words: str, **values: Any) -> Browser:
        """Open the task of the letter with these words, and hand it in."""
        self.open(words)
        return self.submit(self.path, **values)

    def open(self, words: str) -> Browser:
        """Open the task of the letter with these words in its title."""
        self.get("/tasks")
        for link in self.page.xpath("//tr[@data-href]"):
            if words in link.text_content():
                return self.get(link.get("data-href"))
        raise LookupError(f"No task about {words!r} in the inbox.")

    @property
    def token(self) -> str:
        return str(self.page.xpath("//meta[@name='csrf-token']/@content")[0])

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    @property
    def errors(self) -> str:
        return " ".join(
            " ".join(each.text_content().split())
            for each in self.page.xpath("//*[@data-error-summary]")
        )

    def _hidden(self, path: str) -> dict[str, str]:
        forms = self.page.xpath(f"//form[@action='{path}']")
        return {
            field.get("name"): field.get("value")
            for form in forms[:1]
            for field in form.xpath(".//input[@type='hidden']")
            if field.get("name")
        }

    def _read(self, answer: TestResponse) -> Browser:
        self.status = answer.status_code
        self.path = answer.request.path
        if answer.mimetype == "text/html":
            self.page = html.fromstring(answer.get_data(as_text=True))
        return self


def prepare_demo_office(home: Path) -> None:
    """Set both demo offices up in the folder: books, accounts, keys and diagrams, no letters."""
    office = _office(home, DirectQueue(), None)
    metadata.create_all(office.database.connections)
    prepare_demo(office)
    office.database.close()


def open_demo_office(prepared: Path, home: Path, channels: Channels | None = None) -> DemoOffice:
    """The demo offices in a fresh folder, copied from where they were prepared."""
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    queue = DirectQueue()
    office = _office(home, queue, channels)
    return DemoOffice(office, create_app(office), queue)


def _office(home: Path, queue: DirectQueue, channels: Channels | None) -> Office:
    settings = Settings(
        home,
        f"sqlite:///{home / 'alur.db'}",
        secret_key="a key for tests",
        sign_ins_a_minute=1000,
    )
    return build_office(settings, jobs=queue, channels=channels)


def file(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name
