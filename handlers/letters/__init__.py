"""The front door of the letters: what neighbours may use of them."""

from handlers.letters.agreement import audit_letter_history
from handlers.letters.classification import Classification, code_is_valid, codes_on
from handlers.letters.delivery import (
    Attachment,
    Delivery,
    attachments_of,
    delivery_list,
    release_note,
)
from handlers.letters.draft import Draft, OtherRecipient, other_recipients, read_draft
from handlers.letters.kinds import (
    CAPACITIES,
    KINDS,
    SECRET,
    SIFAT,
    URGENCY,
    Kind,
    Level,
    kind_of,
    level_of,
)
from handlers.letters.letters import LetterQuery, Letters
from handlers.letters.markup import format_blocks, parse
from handlers.letters.numbering_steps import request_number, reserve_number
from handlers.letters.parties import add_party, may_follow, may_read, on_its_way, readable_by
from handlers.letters.record import (
    Consent,
    LetterDocument,
    consent_given,
    current_document,
    documents_of,
    find_document,
    record_document,
    record_sent,
    record_signed,
)
from handlers.letters.sealing import seal_of_signature, seals_of_composed
from handlers.letters.sheet import Block, Letterhead, LetterSheet, Shape, SigningBlock
from handlers.letters.sheets import Sheets, addressed, written_date
from handlers.letters.signature import SigningOption, signing_block, signing_options
from handlers.letters.standing import sendings_told
from handlers.letters.steps import (
    ConsentToSign,
    DraftLetter,
    ReviewLetter,
    ReviewOrConsent,
    cancel_letter,
    file_letter,
    release_letter,
)
from handlers.letters.verification import audit_letters
from handlers.letters.views import ApprovalView, LetterRow, LetterView, PublicLetter, VersionView
from handlers.letters.writing import (
    SIGNED_STATES,
    STATUS_LABELS,
    draft_of,
    instances_of_letters,
    letter_row,
)

__all__ = [
    "CAPACITIES",
    "KINDS",
    "SECRET",
    "SIFAT",
    "SIGNED_STATES",
    "STATUS_LABELS",
    "URGENCY",
    "ApprovalView",
    "Attachment",
    "Block",
    "Classification",
    "Consent",
    "ConsentToSign",
    "Delivery",
    "Draft",
    "DraftLetter",
    "Kind",
    "LetterDocument",
    "LetterQuery",
    "LetterRow",
    "LetterSheet",
    "LetterView",
    "Letterhead",
    "Letters",
    "Level",
    "OtherRecipient",
    "PublicLetter",
    "ReviewLetter",
    "ReviewOrConsent",
    "Shape",
    "Sheets",
    "SigningBlock",
    "SigningOption",
    "VersionView",
    "add_party",
    "addressed",
    "attachments_of",
    "audit_letter_history",
    "audit_letters",
    "cancel_letter",
    "code_is_valid",
    "codes_on",
    "consent_given",
    "current_document",
    "delivery_list",
    "documents_of",
    "draft_of",
    "file_letter",
    "find_document",
    "format_blocks",
    "instances_of_letters",
    "kind_of",
    "letter_row",
    "level_of",
    "may_follow",
    "may_read",
    "on_its_way",
    "other_recipients",
    "parse",
    "read_draft",
    "readable_by",
    "record_document",
    "record_sent",
    "record_signed",
    "release_letter",
    "release_note",
    "request_number",
    "reserve_number",
    "seal_of_signature",
    "seals_of_composed",
    "sendings_told",
    "signing_block",
    "signing_options",
    "written_date",
]
