"""The drawing of versions: any version of a letter as a PDF, for those who may read it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.letters import Draft
from handlers.organisation import Reader
from webapp.bootstrap import Office


@dataclass(frozen=True)
class Drawn:
    """A PDF and its number of pages."""

    pdf: bytes
    pages: int


def drawn_version(office: Office, letter_id: str, version: int, reader: Reader) -> Drawn:
    """
    Return the version as it would be printed today, marked as a draft.

    Raises ``UnknownLetter`` for whoever may not read the letter, and
    ``CompositionRefused`` or ``SignerUnknown`` with a sentence.
    """
    sheet = office.letters.sheet(letter_id, reader, office.clock.now(), version=version)
    content = next(
        each.content
        for each in office.letters.versions(letter_id, reader)
        if each.version == version
    )
    draft = Draft.of(content)
    docx = office.documents.get(draft.docx) if draft.source == "docx" else None
    pdf = office.previews.of_sheet(sheet, docx)
    return Drawn(pdf, office.previews.pages(pdf))
