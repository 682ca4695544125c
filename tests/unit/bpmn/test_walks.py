"""Reference walks: what happens to a letter in each SOP, element by element."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import BusinessError
from engine.diagrams import LATER, Diagram, Element, Later, Walk, examine

FOLDER = Path(__file__).parents[3] / "bpmn"
MORNING = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)
QUEUED = {"letter.compose", "letter.send", "letter.sign"}


class Office:
    """Walks one letter; keeps the way of the tasks as people and handlers would see it."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.way: list[str] = []
        self.numbers = 0
        self.advance()

    def perform(self, element: Element, occurrence: int, data: Mapping[str, Any]) -> Any:
        if element.topic in QUEUED:
            return LATER
        self.way.append(element.id)
        if element.topic == "number.reserve":
            self.numbers += 1
            return {"numbered": True, "number": f"{self.numbers}"}
        return {}

    def due(self, element: Element, data: Mapping[str, Any]) -> datetime:
        return MORNING + timedelta(minutes=1)

    def now(self) -> datetime:
        return MORNING

    def advance(self) -> None:
        self.walk.advance(self)

    def task(self, element: str, decision: str = "", **outputs: Any) -> None:
        """A person completes the open task."""
        self.way.append(element)
        self.walk.complete(self._waiting(element, "task"), {"decision": decision, **outputs})
        self.advance()

    def job(self, element: str) -> None:
        """A job ends well."""
        self.way.append(element)
        self.walk.answer(self._waiting(element, "job"), {})
        self.advance()

    def fails(self, element: str, code: str) -> None:
        """A job ends with the error that the diagram foresees."""
        assert self.walk.throw_error(self._waiting(element, "job"), code, {})
        self.advance()

    def late(self, task: str) -> None:
        """The deadline of an open task passes."""
        self.walk.fire_timer(self._waiting(f"{task}_overdue", "timer"))
        self.advance()

    @property
    def open(self) -> list[str]:
        return [each.element for each in self.walk.waiting() if each.kind != "timer"]

    def _waiting(self, element: str, kind: str) -> str:
        return next(
            each.id for each in self.walk.waiting() if each.element == element and each.kind == kind
        )


def begin(name: str, **data: Any) -> Office:
    diagram = Diagram.compile((FOLDER / f"{name}.bpmn").read_bytes())
    known = {"signer_stage": "head", "signer_is_second_reviewer": False, "numbered": False}
    return Office(diagram.begin(known | data))


@pytest.fixture
def agency() -> Office:
    """A letter of SOP 1.2.12 whose draft was just asked for."""
    return begin("outgoing_letter_sop_1_2_12")


@pytest.fixture
def district() -> Office:
    """A letter of the kecamatan whose draft was just asked for."""
    return begin("outgoing_letter_kecamatan")


def reviewed(office: Office) -> None:
    office.task("draft_letter", "submit")
    office.task("review_by_unit_head", "approve")
    office.task("review_by_second_reviewer", "approve")


def composed(office: Office) -> None:
    reviewed(office)
    office.task("assign_number")
    office.job("compose_letter")


def signed(office: Office) -> None:
    composed(office)
    office.task("sign_letter", "approve")
    office.job("apply_signature")


def with_the_secretary(office: Office) -> None:
    office.task("draft_letter", "submit")
    office.task("assign_number")
    office.task("review_by_supervisor", "approve")
    office.job("compose_for_secretary")


def with_the_head(office: Office) -> None:
    with_the_secretary(office)
    office.task("review_by_secretary", "approve")
    office.job("compose_for_head")


def test_the_engine_finds_nothing_wrong_with_either_diagram(drawing: Any, forms: Any) -> None:
    assert examine(drawing.source, list(forms), None) == []


def test_a_letter_of_the_agency_goes_straight_through(agency: Office) -> None:
    signed(agency)
    agency.task("send_letter")
    agency.job("dispatch_letter")

    assert agency.way == [
        "draft_letter",
        "review_by_unit_head",
        "review_by_second_reviewer",
        "assign_number",
        "reserve_number",
        "compose_letter",
        "sign_letter",
        "apply_signature",
        "register_letter",
        "send_letter",
        "dispatch_letter",
        "file_letter",
    ]
    assert agency.walk.completed


def test_a_signer_who_is_the_second_reviewer_does_not_review_first() -> None:
    office = begin("outgoing_letter_sop_1_2_12", signer_is_second_reviewer=True)

    office.task("draft_letter", "submit")
    office.task("review_by_unit_head", "approve")

    assert office.open == ["assign_number"]


@pytest.mark.parametrize("stage", ["review_by_unit_head", "review_by_second_reviewer"])
def test_a_returned_letter_is_revised_and_reviewed_from_the_beginning(
    agency: Office, stage: str
) -> None:
    agency.task("draft_letter", "submit")
    if stage == "review_by_second_reviewer":
        agency.task("review_by_unit_head", "approve")

    agency.task(stage, "return")
    assert agency.open == ["revise_letter"]
    agency.task("revise_letter", "resubmit")

    assert agency.open == ["review_by_unit_head"]


def test_a_letter_returned_by_the_head_keeps_its_number_through_full_review(
    agency: Office,
) -> None:
    composed(agency)
    agency.task("sign_letter", "return")
    agency.task("revise_letter", "resubmit")
    agency.task("review_by_unit_head", "approve")
    agency.task("review_by_second_reviewer", "approve")

    assert agency.open == ["compose_letter"]
    assert agency.numbers == 1


def test_the_drafter_can_cancel_instead_of_revising(agency: Office) -> None:
    agency.task("draft_letter", "submit")
    agency.task("review_by_unit_head", "return")
    agency.task("revise_letter", "cancel")

    assert agency.way[-1] == "cancel_letter"
    assert agency.walk.completed


def test_the_head_can_cancel(agency: Office) -> None:
    composed(agency)
    agency.task("sign_letter", "cancel")

    assert agency.way[-1] == "cancel_letter"
    assert agency.walk.completed


def test_a_text_that_cannot_be_composed_goes_back_to_the_drafter(agency: Office) -> None:
    reviewed(agency)
    agency.task("assign_number")
    agency.fails("compose_letter", "COMPOSE_REFUSED")

    assert agency.open == ["revise_letter"]


def test_a_failed_signature_returns_to_the_signer(agency: Office) -> None:
    composed(agency)
    agency.task("sign_letter", "approve")
    agency.fails("apply_signature", "SIGNING_FAILED")
    assert agency.open == ["sign_letter"]

    agency.task("sign_letter", "approve")
    agency.job("apply_signature")

    assert agency.open == ["send_letter"]
    assert agency.way.count("register_letter") == 1


def test_a_failed_dispatch_returns_to_the_sender(agency: Office) -> None:
    signed(agency)
    agency.task("send_letter")
    agency.fails("dispatch_letter", "SENDING_FAILED")

    assert agency.open == ["send_letter"]


def test_a_deadline_reminds_once_and_leaves_the_task_open(agency: Office) -> None:
    agency.late("draft_letter")

    assert agency.open == ["draft_letter"]
    assert agency.way == ["remind_to_draft"]
    assert [each for each in agency.walk.waiting() if each.kind == "timer"] == []


def test_every_wait_survives_a_freeze(agency: Office) -> None:
    diagram = Diagram.compile((FOLDER / "outgoing_letter_sop_1_2_12.bpmn").read_bytes())
    composed(agency)

    agency.walk = diagram.resume(agency.walk.freeze())
    agency.task("sign_letter", "approve")

    assert agency.open == ["apply_signature"]


def test_a_letter_of_the_district_is_numbered_before_it_is_reviewed(district: Office) -> None:
    with_the_head(district)
    district.task("sign_by_head", "approve")
    district.job("apply_signature")
    district.task("send_letter")
    district.job("dispatch_letter")

    assert district.way == [
        "draft_letter",
        "assign_number",
        "reserve_number",
        "review_by_supervisor",
        "compose_for_secretary",
        "review_by_secretary",
        "compose_for_head",
        "sign_by_head",
        "apply_signature",
        "register_letter",
        "send_letter",
        "dispatch_letter",
        "file_letter",
    ]
    assert district.walk.completed


def test_a_letter_returned_in_the_district_keeps_its_number(district: Office) -> None:
    with_the_secretary(district)
    district.task("review_by_secretary", "return")
    district.task("revise_letter", "resubmit")

    assert district.open == ["review_by_supervisor"]
    assert district.numbers == 1


def test_a_supervisor_who_amends_passes_the_letter_on(district: Office) -> None:
    district.task("draft_letter", "submit")
    district.task("assign_number")
    district.task("review_by_supervisor", "amend")

    assert district.open == ["compose_for_secretary"]


def test_what_the_secretary_amends_is_composed_for_the_head(district: Office) -> None:
    with_the_secretary(district)
    district.task("review_by_secretary", "amend")

    assert district.open == ["compose_for_head"]


def test_what_the_head_amends_is_composed_and_seen_again(district: Office) -> None:
    with_the_head(district)
    district.task("sign_by_head", "amend")
    district.job("compose_for_head")

    assert district.open == ["sign_by_head"]


def test_the_secretary_signs_for_the_head_and_the_head_is_not_asked() -> None:
    office = begin("outgoing_letter_kecamatan", signer_stage="secretary")
    with_the_secretary(office)
    office.task("review_by_secretary", "approve")
    office.job("apply_signature")

    assert office.open == ["send_letter"]
    assert "sign_by_head" not in office.way


def test_what_the_signing_secretary_amends_is_composed_and_seen_again() -> None:
    office = begin("outgoing_letter_kecamatan", signer_stage="secretary")
    with_the_secretary(office)
    office.task("review_by_secretary", "amend")
    office.job("compose_for_secretary")

    assert office.open == ["review_by_secretary"]


@pytest.mark.parametrize(
    ("stage", "signer"), [("head", "sign_by_head"), ("secretary", "review_by_secretary")]
)
def test_a_failed_signature_in_the_district_returns_to_whoever_signed(
    stage: str, signer: str
) -> None:
    office = begin("outgoing_letter_kecamatan", signer_stage=stage)
    with_the_secretary(office)
    office.task("review_by_secretary", "approve")
    if stage == "head":
        office.job("compose_for_head")
        office.task("sign_by_head", "approve")
    office.fails("apply_signature", "SIGNING_FAILED")

    assert office.open == [signer]


def test_the_head_of_the_district_can_return_and_cancel(district: Office) -> None:
    with_the_head(district)
    district.task("sign_by_head", "return")
    assert district.open == ["revise_letter"]
    district.task("revise_letter", "cancel")

    assert district.way[-1] == "cancel_letter"
    assert district.walk.completed


def test_an_error_thrown_while_a_task_is_performed_takes_its_boundary() -> None:
    class Refusing(Office):
        def perform(
            self, element: Element, occurrence: int, data: Mapping[str, Any]
        ) -> dict[str, Any] | Later:
            if element.topic == "letter.compose":
                raise BusinessError("COMPOSE_REFUSED", "Isi terlalu panjang.")
            found: dict[str, Any] | Later = super().perform(element, occurrence, data)
            return found

    diagram = Diagram.compile((FOLDER / "outgoing_letter_kecamatan.bpmn").read_bytes())
    office = Refusing(diagram.begin({"signer_stage": "head"}))

    office.task("draft_letter", "submit")
    office.task("assign_number")
    office.task("review_by_supervisor", "approve")

    assert office.open == ["revise_letter"]
