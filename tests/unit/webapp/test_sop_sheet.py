"""The SOP sheet: the printed SOP, read back from its diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from small_office import DIAGRAMS, KECAMATAN, SOP

from engine import Diagram
from webapp.languages import speak
from webapp.sop_sheet import SopSheet, sop_sheet, spoken


def sheet(process: str) -> SopSheet:
    return sop_sheet(Diagram.compile((DIAGRAMS / f"{process}.bpmn").read_bytes()))


def test_the_identity_stands_in_the_order_of_the_printed_sheet() -> None:
    identity = sheet(SOP).identity

    assert identity[0] == ("Nomor SOP", ["1.2.12"])
    assert [heading for heading, _ in identity][1:4] == ["Nama SOP", "Instansi", "Unit"]
    assert len(dict(identity)["Peringatan"]) == 3


@pytest.mark.parametrize("process", [SOP, KECAMATAN])
def test_every_activity_names_who_does_it_and_how_long_it_takes(process: str) -> None:
    activities = sheet(process).activities

    assert activities
    for each in activities:
        assert each.text
        assert each.lane
        assert each.time


def test_the_deadline_that_runs_stands_beside_the_printed_time() -> None:
    (review,) = (each for each in sheet(SOP).activities if each.element == "review_by_unit_head")

    assert review.limit == "15 menit"
    assert not review.printed


def test_a_step_that_was_just_added_stands_in_the_sheet_by_its_name() -> None:
    source = (DIAGRAMS / f"{SOP}.bpmn").read_text("utf-8")
    empty = '<camunda:property name="sop.activity" value="" />'
    written = re.compile(r'<camunda:property name="sop.activity" value="[^"]*" */>')
    for added in (written.sub("", source), written.sub(empty, source)):
        activities = sop_sheet(Diagram.compile(added.encode())).activities
        (review,) = (each for each in activities if each.element == "review_by_unit_head")
        assert review.text == "Memverifikasi konsep surat keluar"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        ("PT90M", "90 menit"),
        ("P1DT4H", "1 hari kerja 4 jam"),
        ("P2W", "2 minggu"),
        ("", ""),
        ("P", "P"),
        ("lusa", "lusa"),
    ],
)
def test_a_duration_is_said_in_words(duration: str, words: str) -> None:
    assert spoken(duration) == words


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    app = Flask(__name__)
    speak(app)
    with app.test_request_context():
        yield
