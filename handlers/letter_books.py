"""The letters' books as composing, signing and sending want to read and write them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine import Database, JsonObject, StepCall
from handlers.composing import Anchor, LetterToCompose
from handlers.errors import ConsentMissing, DocumentMissing
from handlers.letters import (
    SECRET,
    Sheets,
    attachments_of,
    consent_given,
    delivery_list,
    draft_of,
    find_document,
    letter_row,
    record_document,
    record_sent,
    record_signed,
    release_note,
    seal_of_signature,
    seals_of_composed,
    signing_block,
)
from handlers.organisation import OrganisationBook
from handlers.register import note_sent
from handlers.sending import Recipient, SendingOrder
from handlers.signing import SigningOrder, field_name


class LetterBooks:
    """Answers the three steps that touch the world, from one set of books."""

    def __init__(self, database: Database, sheets: Sheets) -> None:
        self._database = database
        self._sheets = sheets

    def read(self, call: StepCall) -> LetterToCompose:
        """Return the current version as it is to be printed, for composing."""
        with self._database.reading() as session:
            sheet = self._sheets.sheet(session, call.business_key, call.at)
            draft = draft_of(session, call.business_key)
            return LetterToCompose(sheet, draft.docx if draft.source == "docx" else None)

    def enter_composed(self, call: StepCall, outcome: JsonObject, session: Session) -> JsonObject:
        """Enter the composed document, with whose name is printed on it; return its seal."""
        # The step's moment is the same on every attempt, so this is the signer of the sheet.
        row = letter_row(session, call.business_key)
        book = OrganisationBook(session)
        day = book.today(row.office, call.at)
        block = signing_block(
            book, row.signer_position, row.capacity, day, simulated=self._sheets.simulated
        )
        record_document(
            session,
            call.business_key,
            "composed",
            outcome["document"],
            at=call.at,
            version=outcome["version"],
            pages=outcome["pages"],
            anchor=outcome["anchor"],
            signer=block.person,
            details={
                "producer": outcome["producer"],
                "content_hash": outcome["content_hash"],
                "name": block.name,
                "position": block.position,
            },
        )
        return {"document_seal": seals_of_composed(session, call.business_key)[-1]}

    def signing_order(self, session: Session, letter_id: str, document: str) -> SigningOrder:
        """Return what the signer agreed to. Raises ``ConsentMissing`` or ``DocumentMissing``."""
        composed = find_document(session, letter_id, document)
        if composed is None or composed.anchor is None:
            raise DocumentMissing(sha256=document)
        consent = consent_given(session, letter_id, document)
        if consent is None:
            raise ConsentMissing
        row = letter_row(session, letter_id)
        return SigningOrder(
            consented_document=consent.document,
            consented_by=consent.person,
            field=field_name(row.signer_position),
            reason=f"Menandatangani surat nomor {row.number}",
            location=OrganisationBook(session).office(row.office).place,
            anchor=Anchor(**composed.anchor),
            stamp_lines=(
                composed.details["position"],
                composed.details["name"],
            ),
            verification_url=self._sheets.verification_base + row.token,
        )

    def enter_signed(
        self, session: Session, letter_id: str, document: str, signed: JsonObject, call: StepCall
    ) -> JsonObject:
        """Enter the signed document; entering it again changes nothing. Return its seal."""
        at = datetime.fromisoformat(signed["signed_at"]) if signed["signed_at"] else call.at
        record_signed(
            session,
            letter_id,
            signed["signed_document"],
            composed=document,
            person=call.actor.person,
            at=at,
            details={"level": signed["level"], "subject": signed["subject"]},
        )
        return {"signature_seal": seal_of_signature(session, letter_id)}

    def sending_order(self, session: Session, letter_id: str, document: str) -> SendingOrder:
        """Return who gets the signed document. Raises ``DocumentMissing`` for another one."""
        signed = find_document(session, letter_id, document)
        if signed is None or signed.role != "signed":
            raise DocumentMissing(sha256=document)
        row = letter_row(session, letter_id)
        return SendingOrder(
            office=OrganisationBook(session).office(row.office).name,
            number=row.number or "",
            subject=row.subject,
            secret=row.sifat in SECRET,
            recipients=tuple(
                Recipient(each.recipient, each.addressee, each.email, each.channel)
                for each in delivery_list(session, letter_id)
            ),
            attachments=tuple(
                (each.sha256, each.name, each.media_type)
                for each in attachments_of(session, letter_id)
            ),
            note=release_note(session, letter_id),
        )

    def enter_sent(
        self, session: Session, letter_id: str, document: str, outcome: JsonObject, call: StepCall
    ) -> None:
        """Enter that the letter went out; entering it again changes nothing."""
        record_sent(session, letter_id, call.at)
        note_sent(session, letter_id, call.at)
