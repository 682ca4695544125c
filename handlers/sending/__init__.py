"""The front door of sending: what neighbours may use of it."""

from handlers.sending.audit import audit_deliveries
from handlers.sending.contract import (
    Channel,
    Enclosure,
    PaperChannel,
    Parcel,
    Receipt,
    Recipient,
    Undeliverable,
)
from handlers.sending.dispatch import Delivery, deliveries
from handlers.sending.email_channel import EmailChannel, MailServer
from handlers.sending.folders import HandDeliveryChannel, OutboxChannel
from handlers.sending.notices import Notice, Notices, reword, tell
from handlers.sending.paper_receipts import (
    PaperReceipt,
    delivery_by_hand,
    note_paper_receipt,
    paper_receipts,
)
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
    "PaperChannel",
    "PaperReceipt",
    "Parcel",
    "Receipt",
    "Recipient",
    "RemindPerformer",
    "SendLetter",
    "SendingBooks",
    "SendingOrder",
    "TaskDesk",
    "Undeliverable",
    "audit_deliveries",
    "deliveries",
    "delivery_by_hand",
    "note_paper_receipt",
    "paper_receipts",
    "reword",
    "tell",
]
