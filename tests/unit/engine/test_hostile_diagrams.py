"""Hostile and mangled diagrams: a finding each, never an accident."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.engine.drawing_board import HEAD, choice, diagram, end, flow, node, path, start, user
from unit.engine.examining import CATALOG, FORMS, simple

from engine.diagrams import Diagram, examine
from engine.errors import DefinitionRejected

BPMN_FOLDER = Path(__file__).parents[3] / "bpmn"

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>'
)


def nested(depth: int) -> bytes:
    return HEAD.encode() + b"<bpmn:a>" * depth + b"</bpmn:a>" * depth + b"</bpmn:definitions>"


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (b"", "not-xml"),
        (b"not xml", "not-xml"),
        (b"\x00\xff" * 50, "not-xml"),
        (b"<a>", "not-xml"),
        (b"<a/>", "not-bpmn"),
        (b"%PDF-1.7", "not-xml"),
        (BOMB, "doctype"),
        (BOMB.decode().encode("utf-16"), "doctype"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "doctype"),
        (b"<a>&undefined;</a>", "not-xml"),
        (b" " * 2_000_001, "file-too-large"),
        (nested(200), "file-too-complex"),
        (nested(5000), "not-xml"),
        (HEAD.encode() + b"<a/>" * 50_000 + b"</bpmn:definitions>", "file-too-complex"),
        (HEAD.encode() + b"</bpmn:definitions>", "no-process"),
        (simple(*(user(f"t{n}") for n in range(250))), "too-many-elements"),
    ],
)
def test_a_hostile_or_broken_file_is_a_finding(source: bytes, rule: str) -> None:
    assert rule in {f.rule for f in examine(source, FORMS, CATALOG)}
    with pytest.raises(DefinitionRejected) as rejected:
        Diagram.compile(source)
    assert rejected.value.details["findings"]


OWN = (BPMN_FOLDER / "outgoing_letter_sop_1_2_12.bpmn").read_bytes()
TAGS = sorted(set(re.findall(rb"<bpmn:[A-Za-z]+|<camunda:[A-Za-z]+", OWN)))
VALUES = sorted(set(re.findall(rb'"[^"]{1,40}"', OWN)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mangled_diagram_is_compiled_or_refused_never_an_accident(data: st.DataObject) -> None:
    source = OWN
    for _ in range(data.draw(st.integers(1, 4))):
        cut = data.draw(st.sampled_from(["value", "tag", "cut"]))
        if cut == "value":
            old, new = (
                data.draw(st.sampled_from(VALUES)),
                data.draw(st.sampled_from([*VALUES, b'""'])),
            )
            source = source.replace(old, new, 1)
        elif cut == "tag":
            old, new = data.draw(st.sampled_from(TAGS)), data.draw(st.sampled_from(TAGS))
            closed = old.replace(b"<", b"</"), new.replace(b"<", b"</")
            source = source.replace(old + b" ", new + b" ").replace(
                closed[0] + b">", closed[1] + b">"
            )
        else:
            begin = data.draw(st.integers(0, len(source)))
            source = source[:begin] + source[begin + data.draw(st.integers(1, 300)) :]

    errors = [f for f in examine(source, None, None) if f.severity == "error"]

    compiled = True
    try:
        Diagram.compile(source)
    except DefinitionRejected:
        compiled = False

    assert compiled or errors


def test_a_diagram_made_to_keep_the_rules_busy_is_answered_soon() -> None:
    forks = "".join(node("parallelGateway", f"g{n}") for n in range(90))
    links = "".join(flow(f"g{a}", f"g{b}") for a in range(90) for b in range(a + 1, min(a + 6, 90)))
    tangle = diagram(start(), forks, links, end(), path("begin", "g0"), path("g89", "done"))
    conditions = "".join(
        flow("x", "done", " and ".join(f"v{v} = {n}" for v in range(12)), f"c{n}")
        for n in range(400)
    )
    choices = diagram(start(), choice("x", "d"), end(), path("begin", "x"), conditions)
    crowd = simple(*(user(f"t{n}") for n in range(6000)))

    for source in (tangle, choices, crowd):
        started = time.perf_counter()
        examine(source, FORMS, CATALOG)
        assert time.perf_counter() - started < 20
