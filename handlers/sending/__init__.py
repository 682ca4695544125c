"""The front door of sending: what neighbours may use of it."""

from handlers.sending.contract import (
    Channel,
    Enclosure,
    Parcel,
    Receipt,
    Recipient,
    Undeliverable,
)
from handlers.sending.dispatch import Delivery, deliveries
from handlers.sending.email_channel import EmailChannel, MailServer
from handlers.sending.folders import HandDeliveryChannel, OutboxChannel
from handlers.sending.notices import Notice, Notices, tell
from handlers.sending.remind import Mailer, OverdueTask, RemindPerformer, TaskDesk
from handlers.sending.send_letter import SendingBooks, SendingOrder, SendLetter

__all__ = [
    "Channel",
    "Delivery",
    "EmailChannel",
    "Enclosure",
    "HandDeliveryChannel",
    "MailServer",
    "Mailer",
    "Notice",
    "Notices",
    "OutboxChannel",
    "OverdueTask",
    "Parcel",
    "Receipt",
    "Recipient",
    "RemindPerformer",
    "SendLetter",
    "SendingBooks",
    "SendingOrder",
    "TaskDesk",
    "Undeliverable",
    "deliveries",
    "tell",
]
