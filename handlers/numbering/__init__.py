"""The front door of numbering: schemes, and a book that gives each number once."""

from handlers.numbering.audit import audit_numbers
from handlers.numbering.book import (
    LetterNumber,
    NumberRequest,
    continue_from,
    last_number_of,
    next_in_series,
    number_of,
    numbers_of_year,
    reserve,
    seal_of_number,
    settled_numbers,
    state_of_number,
    use,
    void,
)
from handlers.numbering.patterns import SCOPES, NumberParts, Pattern
from handlers.numbering.schemes import Scheme, has_numbers, scheme_for, schemes_of, set_scheme

__all__ = [
    "SCOPES",
    "LetterNumber",
    "NumberParts",
    "NumberRequest",
    "Pattern",
    "Scheme",
    "audit_numbers",
    "continue_from",
    "has_numbers",
    "last_number_of",
    "next_in_series",
    "number_of",
    "numbers_of_year",
    "reserve",
    "scheme_for",
    "schemes_of",
    "seal_of_number",
    "set_scheme",
    "settled_numbers",
    "state_of_number",
    "use",
    "void",
]
