"""A desk: one person at a browser of his or her own, who does what the pages offer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

PASSWORD = "wanajaya-2026"
PASSPHRASE = "tanda-tangan-2026"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1366, "height": 900}

_PATIENCE = 60.0
#: A refused form is answered with 422, and the browser says so; the test asks for it.
_ASKED_FOR = "the server responded with a status of 422"


@dataclass(frozen=True)
class Album:
    """Where pictures of pages are laid for whoever wants to look; without a folder none is made."""

    folder: Path | None

    def take(self, page: Page, name: str) -> None:
        """Keep the page as it is now."""
        if self.folder is not None:
            page.screenshot(path=self.folder / f"{name}.png", full_page=True)


class Desk:
    """One person, signed in; ``complaints`` collects what the browser has to say."""

    def __init__(
        self, context: BrowserContext, address: str, complaints: list[str], album: Album
    ) -> None:
        self.address = address
        self.album = album
        context.on("weberror", lambda said: complaints.append(str(said.error)))
        context.on("console", lambda said: _listen(said, complaints))
        self.page = context.new_page()

    def sign_in(self, username: str) -> None:
        self.go("/sign-in")
        self.page.get_by_label("Nama pengguna").fill(username)
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.page.get_by_role("button", name="Masuk").click()
        expect(self.page.get_by_role("button", name="Keluar", exact=True)).to_be_attached()

    @property
    def path(self) -> str:
        """Where this person is, without the address of the server."""
        return self.page.url.removeprefix(self.address)

    def settle(self) -> None:
        """Wait until the page is complete, its diagram included."""
        for slow in self.page.locator("[data-replay], [data-modeler]").all():
            expect(slow).to_have_attribute("data-ready", "true")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def begin_letter(self) -> None:
        """Start a letter after the SOP of one's office; the form of the draft opens."""
        self.go("/tasks")
        self.page.get_by_role("link", name="Buat surat").click()
        self.page.get_by_role("button", name="Mulai surat").click()
        expect(self.page.get_by_text("Surat baru dimulai")).to_be_visible()

    def open_task(self, step: str, subject: str) -> None:
        """Open a task from the inbox; background work may have to finish before it is there."""
        row = self.page.get_by_role("row").filter(has_text=step).filter(has_text=subject)
        self._come_back("/tasks", lambda: row.count() == 1, f"the task {step!r}")
        row.get_by_role("link").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(step)

    def write(self, answers: Mapping[str, Any]) -> None:
        """Fill in the fields of a form by their names."""
        for name, value in answers.items():
            field = self.page.locator(f'[name="{name}"]')
            if isinstance(value, list):
                for one in value:
                    self.page.locator(f'[name="{name}"][value="{one}"]').check()
            elif isinstance(value, Path):
                field.set_input_files(value)
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def hand_in(self, button: str) -> None:
        """Press the button of the form and read who has the letter now."""
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status").filter(has_text="Tersimpan.")).to_be_visible()

    def approve(self) -> None:
        self.page.get_by_label("Setujui", exact=True).check()
        self.hand_in("Kirim keputusan")

    def send_back(self, reason: str) -> None:
        self.page.get_by_label("Kembalikan untuk diperbaiki").check()
        self.page.get_by_label("Alasan pengembalian").fill(reason)
        self.hand_in("Kirim keputusan")

    def consent(self, passphrase: str) -> None:
        """Agree to sign and press the button; what comes of it is read by the caller."""
        self.page.get_by_label("Setujui dan tanda tangani").check()
        self.page.get_by_label("Saya telah membaca naskah ini").check()
        self.page.get_by_label("Passphrase").fill(passphrase)
        self.page.get_by_role("button", name="Kirim keputusan").click()

    def open_letter(self, subject: str, *, sentence: str = "") -> None:
        """Open the page of a letter from the list, and wait until it says the sentence."""
        self.go("/letters")
        self.page.get_by_role("link", name=subject).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(subject)
        if sentence:
            said = self.page.get_by_text(sentence)
            self._come_back(self.path, lambda: said.count() > 0, f"the sentence {sentence!r}")

    def download(self, link: str, to: Path) -> Path:
        """Save what stands behind the link."""
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name=link).first.click()
        saved.value.save_as(to)
        return to

    def fetch(self, path: str) -> bytes:
        """Return the bytes at an address, asked for by this browser."""
        answer = self.page.request.get(f"{self.address}{path}")
        assert answer.ok
        return answer.body()

    def _come_back(self, path: str, arrived: Any, what: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.go(path)
            if arrived():
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"Expected {what} on {path}.")
            self.page.wait_for_timeout(300)


class Desks:
    """The desks of everybody who takes part, each with a browser profile of its own."""

    def __init__(self, browser: Browser, address: str, album: Album) -> None:
        self.complaints: list[str] = []
        self.album = album
        self._browser = browser
        self._address = address
        self._standing: dict[str, Desk] = {}

    def of(self, username: str) -> Desk:
        """Return the desk of a person, who signs in the first time."""
        if username not in self._standing:
            desk = self.anonymous()
            desk.sign_in(username)
            self._standing[username] = desk
        return self._standing[username]

    def anonymous(self) -> Desk:
        """Return a desk at which nobody has signed in."""
        context = self._browser.new_context(
            viewport=DESKTOP, locale="id-ID", timezone_id="Asia/Jakarta", reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        return Desk(context, self._address, self.complaints, self.album)


def _listen(said: ConsoleMessage, complaints: list[str]) -> None:
    if said.type == "error" and _ASKED_FOR not in said.text:
        complaints.append(f"{said.location['url']}: {said.text}")
