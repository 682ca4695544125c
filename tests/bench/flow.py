"""The flow that is measured: the SOP 1.2.12 of an office, in the dialect of each engine."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from engine import JsonObject

_BPMN = Path(__file__).resolve().parents[2] / "bpmn"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_MODEL = f"{{{MODEL}}}"
_LAYOUT = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

#: what an engine other than ours may leave unread: nothing of it is executed
_UNREAD = ("documentation", "extensionElements", "textAnnotation", "association")

PROCESS = "outgoing_letter_sop_1_2_12"

#: a user task as the person leaves it: its element, and what it gives to the process data
Stop = tuple[str, JsonObject]


def source() -> bytes:
    """Return the diagram as the office deploys it."""
    return (_BPMN / f"{PROCESS}.bpmn").read_bytes()


def forms() -> dict[str, str]:
    """Return the forms that are deployed with it."""
    return {path.stem: path.read_text("utf-8") for path in (_BPMN / "forms").glob("*.json")}


def groups() -> dict[str, str]:
    """Return the group that each user task is offered to."""
    return _attribute_of("candidateGroups", "userTask")


def _attribute_of(name: str, *kinds: str) -> dict[str, str]:
    """Return what the elements of these kinds say in an attribute of Camunda."""
    tasks = etree.fromstring(source()).iter(*(_MODEL + kind for kind in kinds))
    return {str(task.get("id")): str(task.get(_CAMUNDA + name)) for task in tasks}


# What is said of a letter: ids, decisions and hashes, never its text, as our handlers give them


def _hash(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


#: what a letter is started with
STARTED: JsonObject = {
    "unit": "dinas.sekretariat.umum",
    "drafter": "staf_umum",
    "drafter_position": "dinas:staf_umum",
}

#: what the handler of each topic gives to the process data
SERVED: dict[str, dict[str, Any]] = {
    "number.reserve": {
        "numbered": True,
        "number": "B/000.1/12/DPMPTSP/2026",
        "number_seal": _hash("reserved"),
    },
    "letter.compose": {
        "document": _hash("composed"),
        "document_seal": _hash("composed", 1),
    },
    "letter.sign": {"signed_document": _hash("signed"), "signature_seal": _hash("signature")},
    "letter.register": {"number_seal": _hash("used"), "register_seal": _hash("line")},
    "letter.send": {"undelivered": 0, "dispatch_seal": _hash("sent")},
    "letter.file": {},
    "letter.cancel": {},
}


def served() -> dict[str, dict[str, Any]]:
    """Return what each element that works by itself gives; reminders give nothing."""
    topics = _attribute_of("topic", "serviceTask", "sendTask")
    return {element: SERVED.get(topic, {}) for element, topic in topics.items()}


def _written(element: str, decision: str, version: int) -> Stop:
    given = {
        **STARTED,
        "content_hash": _hash("content", version),
        "decision": decision,
        "kind": "surat_undangan",
        "number": "",
        "numbered": False,
        "sifat": "biasa",
        "signer_is_second_reviewer": False,
        "signer_position": "dinas:kepala",
        "signer_stage": "head",
        "token_seal": _hash("token"),
        "urgency": "segera",
        "version": version,
    }
    return element, given


def _decided(element: str, decision: str, version: int) -> Stop:
    given = {
        "content_hash": _hash("content", version),
        "decision": decision,
        "decision_seal": _hash(element, decision, version),
        "version": version,
    }
    return element, given


def draft() -> Stop:
    """Return the first step of every letter."""
    return _written("draft_letter", "submit", 1)


def revision(number: int) -> list[Stop]:
    """Return the steps of a letter that is returned, and revised, for the n-th time."""
    return [
        _decided("review_by_unit_head", "return", number),
        _written("revise_letter", "resubmit", number + 1),
    ]


def path_with(revisions: int) -> list[Stop]:
    """Return the user tasks of one letter, from its draft to its end, with so many revisions."""
    loops = [stop for number in range(1, revisions + 1) for stop in revision(number)]
    version = revisions + 1
    return [
        draft(),
        *loops,
        _decided("review_by_unit_head", "approve", version),
        _decided("review_by_second_reviewer", "approve", version),
        ("assign_number", {"decision": "number", "request_seal": _hash("request")}),
        _decided("sign_letter", "approve", version),
        ("send_letter", {"decision": "send", "release_seal": _hash("release")}),
    ]


def check_end(data: JsonObject, revisions: int) -> None:
    """Raise ``AssertionError`` unless the process data are those of a letter at its end."""
    wanted = dict(STARTED)
    for given in (*(given for _, given in path_with(revisions)), *SERVED.values()):
        wanted |= given
    other = {name for name, value in wanted.items() if data.get(name) != value}
    if other:
        raise AssertionError(f"Expected the data of a letter at its end, not so: {sorted(other)}.")


# The dialects


@dataclass(frozen=True)
class Dialect:
    """How an engine wants the same flow to be written."""

    equal: str  #: a comparison of process data with a text
    true: str  #: a comparison of process data with true
    duration: str = "{}"
    implementation: str = ""  #: what a service task names


STOCK = Dialect('{} == "{}"', "{} == True", duration='"{}"')
BPMN_ENGINE = Dialect(
    "${{environment.services.equal(environment.variables.{},'{}')}}",
    "${{environment.variables.{}}}",
    implementation="${environment.services.serve}",
)
BPMN_SERVER = Dialect("data.{} == '{}'", "data.{} == true", implementation="serve")

_CONDITION = re.compile(r'(\w+) = (?:"(\w+)"|true)')


def diagram(dialect: Dialect) -> bytes:
    """Return the flow as another engine reads it: nothing of what is executed is left out."""
    root = etree.fromstring(source())
    for each in list(root.iter(_LAYOUT, *(_MODEL + name for name in _UNREAD))):
        above = each.getparent()
        if above is not None:
            above.remove(each)
    for each in root.iter(etree.Element):
        for name in [str(name) for name in each.attrib if str(name).startswith(_CAMUNDA)]:
            del each.attrib[name]
    for each in root.iter(f"{_MODEL}conditionExpression"):
        each.text = _condition(each.text or "", dialect)
    for each in root.iter(f"{_MODEL}timeDuration"):
        each.text = dialect.duration.format(each.text)
    for each in root.iter(f"{_MODEL}sendTask", f"{_MODEL}serviceTask"):
        each.tag = f"{_MODEL}serviceTask"
        if dialect.implementation:
            each.set("implementation", dialect.implementation)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _condition(text: str, dialect: Dialect) -> str:
    found = _CONDITION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"Expected a comparison with a text or with true, found {text!r}.")
    name, wanted = found.groups()
    return dialect.true.format(name) if wanted is None else dialect.equal.format(name, wanted)
