"""The props of a rehearsal: a clock that can be set, a channel that fails when told to."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.sending import Channel, Parcel, Receipt, Undeliverable


class StageClock:
    """A clock that stands where it was set."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        """Put the clock to the moment."""
        self._now = moment

    def advance(self, time: timedelta) -> None:
        """Let so much time pass."""
        self._now += time


class RefusingOnce:
    """A channel whose named recipients cannot be reached the first time."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._refused: set[str] = set()
        self.name = channel.name

    def refuse_once(self, recipients: tuple[str, ...]) -> None:
        """Fail the next delivery to each of these recipients."""
        self._refused.update(recipients)

    def deliver(self, parcel: Parcel) -> Receipt:
        """Deliver, or raise ``Undeliverable`` for a recipient that is to fail."""
        if parcel.recipient.id in self._refused:
            self._refused.remove(parcel.recipient.id)
            raise Undeliverable("Kotak surat penerima menolak pesan (latihan).")
        return self._channel.deliver(parcel)
