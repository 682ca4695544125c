"""Channels into folders: the outbox that needs no setting up, and letters carried by hand."""

from __future__ import annotations

import html
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine import Clock, SystemClock, TemporaryFailure
from handlers.sending.contract import Parcel, Receipt, one_line, safe_name
from handlers.sending.mail import mail_of


class OutboxChannel:
    """Lays parcels into a folder instead of sending them: one folder each, whole or not at all."""

    name = "outbox"

    def __init__(
        self, folder: Path, clock: Clock | None = None, sender: str = "surat@localhost.invalid"
    ) -> None:
        self._folder = folder
        self._clock = clock or SystemClock()
        self._sender = sender

    def deliver(self, parcel: Parcel) -> Receipt:
        """Lay the message and the PDF down; a parcel that lies there already stays as it is."""
        message = mail_of(parcel, self._sender, self._clock.now())
        files = {"surat.eml": bytes(message), safe_name(parcel.letter.name): parcel.letter.data}
        _lay_down(self._folder / parcel.mark, files)
        return Receipt(self.name, parcel.mark)


class HandDeliveryChannel:
    """Letters that a courier, the post or the addressee carries: a tanda terima is made out.

    Nobody knows yet whether the letter arrives; what is recorded is that it was handed out.
    """

    name = "hand"

    def __init__(
        self, folder: Path, clock: Clock | None = None, zone: ZoneInfo | None = None
    ) -> None:
        self._folder = folder
        self._clock = clock or SystemClock()
        self._zone = zone or ZoneInfo("Asia/Jakarta")

    def deliver(self, parcel: Parcel) -> Receipt:
        """Make out the tanda terima, once."""
        page = _tanda_terima(parcel, self._clock.now().astimezone(self._zone))
        files = {"tanda-terima.html": page.encode(), safe_name(parcel.letter.name): _pdf(parcel)}
        _lay_down(self._folder / parcel.mark, files)
        return Receipt(self.name, parcel.mark)

    def receipt_page(self, reference: str) -> str:
        """Return the tanda terima to be printed. Raises ``LookupError`` for an unknown one."""
        page = self._folder / reference / "tanda-terima.html"
        if not reference.isalnum() or not page.is_file():
            raise LookupError(reference)
        return page.read_text(encoding="utf-8")


def _pdf(parcel: Parcel) -> bytes:
    return parcel.letter.data


def _lay_down(target: Path, files: Mapping[str, bytes]) -> None:
    if target.is_dir():
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        basket = Path(tempfile.mkdtemp(dir=target.parent, prefix=".incoming-"))
        try:
            for name, data in files.items():
                (basket / name).write_bytes(data)
            basket.chmod(0o750)
            basket.rename(target)
        finally:
            shutil.rmtree(basket, ignore_errors=True)
    except OSError as problem:
        if not target.is_dir():
            raise TemporaryFailure(f"Folder tidak dapat ditulisi ({problem.strerror}).") from None


def _tanda_terima(parcel: Parcel, at: datetime) -> str:
    rows = {
        "Nomor tanda terima": parcel.mark[:12].upper(),
        "Pengirim": parcel.sender,
        "Kepada": parcel.recipient.name,
        "Perihal": parcel.subject,
        "Diserahkan untuk diantar": f"{at:%d-%m-%Y %H.%M}",
        "Diterima oleh (nama jelas)": "",
        "Tanggal dan jam": "",
        "Tanda tangan": "",
    }
    cells = "".join(
        f"<tr><th scope=row>{html.escape(name)}</th><td>{html.escape(one_line(value))}</td></tr>"
        for name, value in rows.items()
    )
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><title>Tanda Terima</title>'
        f"<h1>TANDA TERIMA SURAT</h1><table border=1 cellpadding=8>{cells}</table></html>"
    )
