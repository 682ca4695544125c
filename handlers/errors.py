"""The errors of the handlers: refusals a person can act on, each named as the sentence it tells."""

from __future__ import annotations

from engine import Refusal


class LetterError(Refusal):
    """The books of the office refuse this: nothing was changed."""


class UnknownLetter(LetterError):
    """No letter has this id, or you are not among those who may read it."""


class LetterChangedMeanwhile(LetterError):
    """The letter was changed after you read it; read the current version first."""


class LetterClosed(LetterError):
    """The letter was cancelled or has been signed; it does not change any more."""


class DraftIncomplete(LetterError):
    """Something is missing in the draft; see the sentences per field."""

    def __init__(self, message: str = "", **details: object) -> None:
        fields = details.get("fields")
        if not message and isinstance(fields, dict) and fields:
            message = " ".join(str(sentence) for sentence in fields.values())
        super().__init__(message, **details)


class ReasonMissing(LetterError):
    """A letter is returned, cancelled or numbered by insertion only with a reason."""


class DecisionUnknown(LetterError):
    """The step does not know the decision."""


class ConsentMissing(LetterError):
    """The signer has not declared consent to the document shown."""


class MarkupRefused(LetterError):
    """The text of the letter cannot be read."""


class DocumentMissing(LetterError):
    """The document is not in the store."""


class DocumentDamaged(LetterError):
    """The document in the store is not the one that was put there."""


class PatternRefused(LetterError):
    """The pattern of letter numbers is unsound."""


class NumberRefused(LetterError):
    """The number cannot be given."""


class NumberTaken(NumberRefused):
    """The number stands in the books already."""


class ReceiptRefused(LetterError):
    """The paper receipt cannot be noted like this."""


class SignerUnknown(LetterError):
    """Nobody holds the position of the signer today."""


class UnknownPlace(LetterError):
    """No such office, unit, position or person stands in the books of the organisation."""


class FoundingRefused(LetterError):
    """The files that describe an office are incomplete."""
