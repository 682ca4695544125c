"""The office and the letter that the tests of the books begin with."""

from __future__ import annotations

import pytest
from engine_for_tests import DRAFTER, HEAD, REVIEWING, SmallOffice, review_loop

from engine import Database


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return SmallOffice(database, **REVIEWING)


@pytest.fixture
def letter(office: SmallOffice) -> str:
    """A letter that was drafted, returned, and drafted again."""
    begun = office.begin(review_loop(), {"unit": "umum"})
    office.engine.complete_task(office.task(begun), DRAFTER, {"decision": "resubmit"})
    office.engine.complete_task(office.task(begun), HEAD, {"decision": "return"}, reason="Salah.")
    office.engine.complete_task(office.task(begun), DRAFTER, {"decision": "resubmit"})
    assert office.engine.verify_instance(begun) == []
    return begun
