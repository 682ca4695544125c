"""The steps of a letter: what a task's answers do to it, inside the step that completes the task.

Each is called with the step's session and returns the process data it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine import JsonObject, StepCall, sha256_of
from handlers.destinations import find_destinations
from handlers.errors import ConsentMissing, DecisionUnknown, DraftIncomplete, ReasonMissing
from handlers.letters.classification import code_is_valid
from handlers.letters.draft import (
    Draft,
    misspelt_addresses,
    other_recipients,
    plain_text,
    read_draft,
)
from handlers.letters.numbering_steps import refuse_other_number
from handlers.letters.parties import may_read
from handlers.letters.record import current_document, record_sent
from handlers.letters.sealing import seal_of_release
from handlers.letters.signature import refuse_capacity
from handlers.letters.tables import approval, letter, letter_document, letter_release
from handlers.letters.writing import (
    CANCELLED,
    FILED,
    REVIEW,
    REVISION,
    begin_letter,
    change_letter,
    draft_of,
    letter_row,
    open_letter,
    record_decision,
    refuse_unread,
    set_status,
)
from handlers.numbering import number_of, void
from handlers.organisation import OrganisationBook, review_path

#: Says whether a document with this SHA-256 is in the store.
InStore = Callable[[str], bool]


class DraftLetter:
    """letter.draft: writes the first version of a letter, and every later one of its drafter."""

    def __init__(self, in_store: InStore) -> None:
        self._in_store = in_store

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        decision = str(call.answers.get("decision") or "submit")
        if decision not in {"submit", "resubmit", "cancel"}:
            raise DecisionUnknown(f"Keputusan {decision!r} tidak dikenal pada langkah ini.")
        known = session.execute(select(letter.c.id).where(letter.c.id == call.business_key)).first()
        if decision == "cancel":
            if known is None:
                raise DecisionUnknown("Konsep yang belum disimpan tidak perlu dibatalkan.")
            return decide(call, session, "cancel")
        if known is None:
            draft = self._checked(call, session, read_draft(call.answers))
            version = begin_letter(session, call, draft)
        else:
            row = open_letter(session, call.business_key)
            refuse_unread(row, call.answers, required=False)
            before = draft_of(session, call.business_key)
            draft = self._checked(call, session, read_draft(call.answers, before))
            refuse_other_number(session, call, draft)
            version = change_letter(session, call, draft)
            set_status(session, call, REVIEW, reason="")
        return {
            **process_data(session, call, draft),
            "version": version,
            "content_hash": draft.content_hash,
            "decision": decision,
        }

    def _checked(self, call: StepCall, session: Session, draft: Draft) -> Draft:
        refused = flaws_in_office(session, call.scope, draft)
        if draft.source == "docx" and not self._in_store(draft.docx):
            refused["docx"] = "Berkas .docx tidak ada di penyimpanan; unggah kembali."
        files = {each["sha256"] for each in draft.attachments}
        if not all(map(self._in_store, files)) or _from_hidden_letters(session, call, files):
            refused["attachments"] = "Lampiran tidak ada di penyimpanan; unggah kembali."
        if refused:
            raise DraftIncomplete(fields=refused)
        return draft


class ReviewLetter:
    """letter.review: approves the version that was read, returns it, or amends and approves it."""

    def __init__(self, in_store: InStore) -> None:
        self._in_store = in_store

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        decision = _decision(call, {"approve", "return", "amend"})
        refuse_unread(open_letter(session, call.business_key), call.answers)
        if decision == "amend":
            return _amend(call, session, self._in_store)
        return decide(call, session, decision)


class ConsentToSign:
    """letter.consent: the signer agrees to the very document shown, returns, amends or cancels."""

    def __init__(self, in_store: InStore) -> None:
        self._in_store = in_store

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        decision = _decision(call, {"approve", "return", "amend", "cancel"})
        row = open_letter(session, call.business_key)
        refuse_unread(row, call.answers)
        if decision == "amend":
            return _amend(call, session, self._in_store)
        if decision != "approve":
            return decide(call, session, decision)
        composed = current_document(session, call.business_key, "composed")
        shown = str(call.answers.get("read_document") or "")
        if call.answers.get("consent") not in (True, "true", "on", "1"):
            raise ConsentMissing("Nyatakan persetujuan Anda atas naskah yang ditampilkan.")
        if composed is None or shown != composed.sha256 or composed.version != row.version:
            raise ConsentMissing("Naskah yang ditampilkan bukan naskah yang berlaku; muat ulang.")
        if composed.signer != call.actor.person:
            name = OrganisationBook(session).person(composed.signer).name
            raise ConsentMissing(
                f"Naskah ini disusun untuk ditandatangani {name}; kembalikan agar disusun ulang."
            )
        sealed = record_decision(session, call, "sign", document=shown)
        return {"decision": "approve", **sealed}


class ReviewOrConsent:
    """letter.review_or_consent: a review, or the signature where this position signs a.n."""

    def __init__(self, in_store: InStore) -> None:
        self._review = ReviewLetter(in_store)
        self._consent = ConsentToSign(in_store)

    def __call__(self, call: StepCall, session: Session) -> JsonObject:
        if call.data.get("signer_stage") == "secretary":
            return self._consent(call, session)
        return self._review(call, session)


def release_letter(call: StepCall, session: Session) -> JsonObject:
    """letter.release: notes how the sender wants the letter to go to each recipient."""
    row = letter_row(session, call.business_key)
    given = call.answers.get("channels")
    channels = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
    channels |= {str(each): "hand" for each in call.answers.get("by_hand") or ()}
    session.execute(delete(letter_release).where(letter_release.c.letter_id == row.id))
    session.execute(
        insert(letter_release).values(
            letter_id=row.id,
            channels=channels,
            note=plain_text(call.answers.get("recipient_notes")),
            person=call.actor.person,
            at=call.at,
        )
    )
    return {
        "decision": str(call.answers.get("decision") or "send"),
        "release_seal": seal_of_release(session, row.id),
    }


def file_letter(call: StepCall, session: Session) -> JsonObject:
    """letter.file: closes the file of a letter that has been sent."""
    record_sent(session, call.business_key, call.at)
    set_status(session, call, FILED, filed_at=call.at)
    return {}


def cancel_letter(call: StepCall, session: Session) -> JsonObject:
    """letter.cancel: closes the letter and voids its number, both for the recorded reason."""
    query = (
        select(approval.c.reason, approval.c.person)
        .where(approval.c.letter_id == call.business_key, approval.c.decision == "cancel")
        .order_by(approval.c.id.desc())
    )
    found = session.execute(query).first()
    if found is None:
        raise ReasonMissing("Pembatalan surat memerlukan alasan.")
    void(session, call.business_key, found.reason, found.person, call.at)
    set_status(session, call, CANCELLED, reason=found.reason)
    return {}


def decide(call: StepCall, session: Session, decision: str) -> JsonObject:
    """Record approve, return or cancel on the current version; the latter two need a reason."""
    reason = plain_text(call.answers.get("reason"))
    if decision in {"return", "cancel"} and not reason:
        raise ReasonMissing(
            "Tuliskan alasan pengembalian." if decision == "return" else "Tuliskan alasan."
        )
    open_letter(session, call.business_key)
    sealed = record_decision(session, call, decision, reason=reason)
    if decision == "return":
        set_status(session, call, REVISION, reason=reason)
    return {"decision": decision, **sealed}


def process_data(session: Session, call: StepCall, draft: Draft) -> dict[str, Any]:
    """Return the control values of the process that follow from the draft."""
    row = letter_row(session, call.business_key)
    book = OrganisationBook(session)
    day = book.today(row.office, call.at)
    path = review_path(book, row.unit, row.drafter_position)
    signers = {each.person for each in book.in_charge(draft.signer, day)}
    seconds = {each.person for each in book.in_charge(path.second, day)} if path.second else signers
    number = number_of(session, call.business_key)
    return {
        "unit": row.unit,
        "drafter": row.drafter,
        "drafter_position": row.drafter_position,
        "kind": draft.kind,
        "sifat": draft.sifat,
        "urgency": draft.urgency,
        "signer_position": draft.signer,
        "signer_stage": _signer_stage(book, row.office, draft.signer),
        "signer_is_second_reviewer": bool(signers & seconds),
        "numbered": number is not None,
        "number": "" if number is None else number.text,
        "token_seal": sha256_of(row.token.encode()),
    }


def flaws_in_office(session: Session, office: str, draft: Draft) -> dict[str, str]:
    """Return a sentence per field that does not agree with the books of the office."""
    refused: dict[str, str] = {}
    if not code_is_valid(session, draft.classification, draft.date):
        refused["classification"] = "Kode klasifikasi tidak berlaku pada tanggal surat."
    if sentence := refuse_capacity(OrganisationBook(session), office, draft.signer, draft.capacity):
        refused["capacity" if "menandatangani surat" not in sentence else "signer"] = sentence
    unknown = set(draft.recipients) - find_destinations(session, draft.recipients).keys()
    if unknown:
        refused["recipients"] = f"Tujuan tidak dikenal: {', '.join(sorted(unknown))}."
    if any(not each.addressee for each in other_recipients(draft.other_recipients)):
        refused["other_recipients"] = "Setiap baris tujuan lain diawali nama yang dituju."
    if wrong := misspelt_addresses(draft.other_recipients):
        refused["other_recipients"] = f"Alamat pos-el tidak dikenali: {', '.join(wrong)}."
    return refused


def _from_hidden_letters(session: Session, call: StepCall, files: set[str]) -> bool:
    """Say whether a file is a document of a letter that the drafter may not read.

    A hash is printed on the public page; naming it here must not open the document.
    """
    book = OrganisationBook(session)
    reader = book.reader(call.actor.person, book.today(call.scope, call.at))
    query = select(letter_document.c.letter_id).where(letter_document.c.sha256.in_(files))
    owners = set(session.execute(query).scalars())
    return not all(may_read(session, each, reader) for each in owners)


def _signer_stage(book: OrganisationBook, office: str, signer: str) -> str:
    """Say at which stage of the kecamatan's diagram the signer sits."""
    return "secretary" if signer in book.with_duty(office, "office_secretary") else "head"


def _decision(call: StepCall, known: set[str]) -> str:
    decision = str(call.answers.get("decision") or "")
    if decision not in known:
        raise DecisionUnknown(
            f"Pilih salah satu keputusan: {', '.join(sorted(known))}.", found=decision
        )
    return decision


#: What a reviewer may change; whom the letter is from and how secret it is stays the drafter's.
AMENDABLE = frozenset({"subject", "opening", "body", "closing", "docx", "copies"})


def _amend(call: StepCall, session: Session, in_store: InStore) -> JsonObject:
    """Append the reviewer's version and approve it in the same breath."""
    before = draft_of(session, call.business_key)
    changes = {name: value for name, value in call.answers.items() if name in AMENDABLE}
    if not changes.get("docx"):
        changes.pop("docx", None)
    draft = read_draft(changes, before)
    if draft == before:
        raise DraftIncomplete("Belum ada yang diperbaiki; pilih Setujui bila naskah sudah benar.")
    if draft.source == "docx" and not in_store(draft.docx):
        raise DraftIncomplete(fields={"docx": "Berkas .docx tidak ada di penyimpanan."})
    change_letter(session, call, draft)
    reason = plain_text(call.answers.get("reason"))
    return {"decision": "amend", **record_decision(session, call, "amend", reason=reason)}
