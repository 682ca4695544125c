"""Random variations of a diagram: the next version of its process, which is sound as well."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, replace

from oracle.drawn import Drawn
from oracle.drawn_elements import ANSWERS, awaited, clock
from oracle.random_diagrams import Draughtsman
from oracle.random_tables import random_table
from oracle.reference_drawing import BPMN, CAMUNDA
from unit.engine import drawing_board as board

ET.register_namespace("bpmn", BPMN.strip("{}"))
ET.register_namespace("camunda", CAMUNDA.strip("{}"))
_WATCHED = ("userTask", "manualTask", "subProcess", "callActivity")


def versions(seed: int, depth: int, forks: int) -> tuple[Drawn, list[Drawn]]:
    """Return a random diagram, and two variations of it."""
    drawn, chance = Draughtsman(seed, depth, forks).drawn(), random.Random(seed)  # noqa: S311
    return drawn, [varied(drawn, chance, number) for number in (1, 2)]


def varied(drawn: Drawn, chance: random.Random, number: int) -> Drawn:
    """Return another version: tasks put in between, names and limits changed, others called.

    ``number`` tells the new elements from those of other variations.
    """
    called = dict(drawn.called)
    for name, source in called.items():
        if chance.random() < 0.5:
            called[name] = _edited(source, chance, number)
    tables = dict(drawn.tables)
    for name, table in tables.items():
        if chance.random() < 0.3:
            tables[name] = random_table(chance, table.policy)
    return replace(
        drawn, source=_edited(drawn.source, chance, number), called=called, tables=tables
    )


def _edited(source: bytes, chance: random.Random, number: int) -> bytes:
    sheet = _Sheet(ET.fromstring(source), chance)  # noqa: S314  # drawn by the test itself
    edits: list[Callable[[str], None]] = [
        sheet.insert, sheet.insert, sheet.rename, sheet.watch, sheet.watch, sheet.unwatch,
    ]  # fmt: skip
    for edit in range(chance.randint(1, 4)):
        chance.choice(edits)(f"new_{number}_{edit}")
    return ET.tostring(sheet.root, encoding="utf-8", xml_declaration=True)


@dataclass
class _Sheet:
    """A file that is edited."""

    root: ET.Element
    chance: random.Random

    @property
    def around(self) -> dict[ET.Element, ET.Element]:
        return {inner: node for node in self.root.iter() for inner in node}

    @property
    def nodes(self) -> dict[str, ET.Element]:
        return {node.get("id", ""): node for node in self.root.iter() if node.get("id")}

    def all(self, *kinds: str) -> list[ET.Element]:
        return [node for node in self.root.iter() if node.tag.removeprefix(BPMN) in kinds]

    def insert(self, name: str) -> None:
        """Put a task of a person on the way."""
        nodes = self.nodes
        flows = [each for each in self.all("sequenceFlow") if self._bears(nodes, each)]
        flow = self.chance.choice(flows)
        scope, target = self.around[flow], flow.get("targetRef", "")
        task = board.user(name, board.properties(outputs=ANSWERS))
        scope.extend(_read(task + board.flow(name, target)))
        flow.set("targetRef", name)

    def rename(self, name: str) -> None:
        """Give an element another label."""
        self.chance.choice(self.all("userTask", "manualTask", "endEvent")).set("name", name)

    def watch(self, name: str) -> None:
        """Let an event wait at an activity."""
        host = self.chance.choice(self.all(*_WATCHED))
        known, nodes = host.get("id", ""), self.nodes
        ways = [each for each in self.all("sequenceFlow") if each.get("sourceRef") == known]
        [after] = [each.get("targetRef", "") for each in ways]
        timed = clock(self.chance.randint(1, 9))
        event, interrupting = self.chance.choice([timed, awaited()]), False
        if nodes[after].tag == f"{BPMN}exclusiveGateway" and not nodes[after].get("default"):
            interrupting = self.chance.random() < 0.5
        kept = {"attachedToRef": known, "cancelActivity": str(interrupting).lower()}
        drawn = board.node("boundaryEvent", name, event, **kept)
        if interrupting:
            drawn += board.flow(name, after)
        else:
            drawn += board.notice(f"{name}_notice") + board.end(f"{name}_over")
            drawn += board.path(name, f"{name}_notice", f"{name}_over")
        self.around[host].extend(_read(drawn))

    def unwatch(self, _name: str) -> None:
        """Take away an event that waits at an activity, with what follows a reminder."""
        flows = self.all("sequenceFlow")
        needed = {f.get("sourceRef") for f in flows if f.get("targetRef", "").startswith("new_")}
        late = [each for each in self.all("boundaryEvent") if "late" in each.get("id", "")]
        events = [each for each in late if each.get("id") not in needed]
        if not events:
            return
        event = self.chance.choice(events)
        gone = {event.get("id", "")}
        if event.get("cancelActivity") == "false":
            for _ in range(2):
                gone |= {f.get("targetRef", "") for f in flows if f.get("sourceRef") in gone}
        for node, scope in self.around.items():
            if node.get("id") in gone or node.get("sourceRef") in gone:
                scope.remove(node)

    def _bears(self, nodes: dict[str, ET.Element], flow: ET.Element) -> bool:
        """Tell whether a task may stand on the flow: no race, and nobody who only reminds."""
        source = nodes[flow.get("sourceRef", "")]
        reminds = source.get("cancelActivity") == "false" or source.tag == f"{BPMN}sendTask"
        return source.tag != f"{BPMN}eventBasedGateway" and not reminds


def _read(drawn: str) -> list[ET.Element]:
    return list(ET.fromstring(f"{board.HEAD}{drawn}</bpmn:definitions>"))  # noqa: S314
