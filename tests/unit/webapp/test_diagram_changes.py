"""The difference of two versions, the properties that no drawing shows included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from small_office import DIAGRAMS, FORMS, SOP

from engine import Diagram
from webapp.diagram_changes import Detail, Difference, differences
from webapp.languages import speak

SOURCE = (DIAGRAMS / f"{SOP}.bpmn").read_text("utf-8")


def changed(before: str, after: str) -> list[Difference]:
    assert before in SOURCE
    edited = SOURCE.replace(before, after, 1)
    return compared(Diagram.compile(SOURCE.encode()), Diagram.compile(edited.encode()))


def compared(before: Diagram, after: Diagram) -> list[Difference]:
    return differences(before, after, FORMS, FORMS)


def test_the_same_diagram_has_no_difference() -> None:
    diagram = Diagram.compile(SOURCE.encode())

    assert compared(diagram, diagram) == []


def test_a_longer_deadline_is_told_with_both_values() -> None:
    (found,) = changed(">PT15M<", ">PT4H<")

    assert found.change == "changed"
    assert found.details == (Detail("Batas waktu", "PT15M", "PT4H"),)


def test_an_invisible_property_is_told_as_the_panel_calls_it() -> None:
    (found,) = changed('name="samePerson" value="refuse"', 'name="samePerson" value="warn"')

    assert found.details == (Detail("Bila orangnya sama", "refuse", "warn"),)


def test_a_flow_is_told_by_the_names_of_its_ends() -> None:
    found = changed(
        'id="after_draft_letter" sourceRef="draft_letter" targetRef="review_requested"',
        'id="after_draft_letter" sourceRef="draft_letter" targetRef="review_by_unit_head"',
    )

    flow = next(each for each in found if each.id == "after_draft_letter")
    assert flow.title == "Membuat konsep surat keluar → Memverifikasi konsep surat keluar"
    assert flow.details == (Detail("Ke", "Siap diverifikasi", "Memverifikasi konsep surat keluar"),)


def test_other_candidates_are_a_change() -> None:
    (found,) = changed(
        'camunda:candidateGroups="unit_head"', 'camunda:candidateGroups="office_admin"'
    )

    assert found.details == (Detail("Peran pelaksana", "unit_head", "office_admin"),)


def test_the_identity_of_the_sop_is_compared_too() -> None:
    (found,) = changed('name="sop.nomor" value="1.2.12"', 'name="sop.nomor" value="1.2.13"')

    assert (found.id, found.title) == ("", "Identitas SOP")
    assert found.details == (Detail("sop.nomor", "1.2.12", "1.2.13"),)


def test_added_and_removed_forms_are_told() -> None:
    diagram = Diagram.compile(SOURCE.encode())
    fewer = {key: text for key, text in FORMS.items() if key != "send_letter"}

    gone = differences(diagram, diagram, FORMS, fewer)
    come = differences(diagram, diagram, fewer, FORMS)

    assert [(each.title, each.change) for each in gone] == [("Formulir send_letter", "removed")]
    assert [(each.title, each.change) for each in come] == [("Formulir send_letter", "added")]


def test_an_edited_form_is_told() -> None:
    diagram = Diagram.compile(SOURCE.encode())

    found = differences(diagram, diagram, FORMS, {**FORMS, "send_letter": "{}"})

    assert [(each.title, each.change) for each in found] == [("Formulir send_letter", "changed")]


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        yield
