"""Definitions: deployed versions of processes, never changed, and their compiled diagrams."""

from __future__ import annotations

import threading
import uuid
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.orm import Session

from engine.canonical import canonical_json, sha256_of
from engine.catalog import JsonObject
from engine.decisions import Decision
from engine.diagrams import WITHIN, Diagram, called_processes
from engine.errors import EngineError, HistoryBroken, UnknownDefinition, UnknownProcess
from engine.feel import Expression, parse
from engine.messages import set_starts
from engine.tables import definition

_REMEMBERED = 64


@dataclass(frozen=True)
class Definition:
    """One version of a process, as it was deployed."""

    id: str
    process_id: str
    version: int
    name: str
    source: bytes
    content_hash: str  #: over the diagram, all its forms and all its decisions
    forms: Mapping[str, str]  #: form key to form-js schema, as text
    decisions: Mapping[str, str]  #: name of the file to DMN, as text
    deployed_by: str
    deployed_at: datetime
    callees: Mapping[str, str]  #: id of each called process -> id of the version that is used


@dataclass(frozen=True)
class Deployed:
    """A definition and what its diagram compiles to; shared between threads."""

    definition: Definition
    diagram: Diagram
    parameters: Mapping[str, Mapping[str, str | Expression]]  #: per element, expressions parsed
    decisions: Mapping[str, Decision]  #: by id; those of a called process behind its call
    callees: Mapping[str, Definition]  #: by id of the process

    def arguments(self, element_id: str, data: JsonObject) -> dict[str, Any]:
        """Return the input parameters of an element: texts as written, expressions evaluated."""
        return {
            name: value.evaluate(data) if isinstance(value, Expression) else value
            for name, value in self.parameters.get(element_id, {}).items()
        }

    def form(self, form_key: str) -> str | None:
        """Return a form that was deployed with the diagram, or with a process it calls."""
        call, _, plain = form_key.rpartition(WITHIN)
        if not call:
            return self.definition.forms.get(form_key)
        return self.callees[self.diagram.elements[call].called].forms.get(plain)


class Definitions:
    """Reads and adds definitions; remembers the compiled diagrams of those in use."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._remembered: OrderedDict[str, Deployed] = OrderedDict()

    def deployed(self, session: Session, definition_id: str) -> Deployed:
        """Return a version ready to run. Raises ``HistoryBroken`` when it is not what it was."""
        with self._guard:
            if found := self._remembered.get(definition_id):
                self._remembered.move_to_end(definition_id)
                return found
        standing = self.read(session, definition_id)
        if not unchanged(standing):
            raise HistoryBroken(
                f"Version {standing.version} of {standing.process_id} was changed after it was "
                "deployed."
            )
        callees = {name: self.read(session, used) for name, used in standing.callees.items()}
        if not all(map(unchanged, callees.values())):
            raise HistoryBroken(f"A process that {standing.process_id} calls was changed.")
        return self._remember(_compiled(standing, callees))

    def callees(self, session: Session, source: bytes) -> dict[str, Definition]:
        """Return the newest versions of the processes that a file calls, and of those they call.

        What is not deployed is left out: the examination names it.
        """
        found: dict[str, Definition] = {}
        pending = list(called_processes(source))
        while pending:
            name = pending.pop()
            newest = None if name in found else self.newest(session, name)
            if newest is not None:
                found[name] = newest
                pending += called_processes(newest.source)
        return found

    def latest(self, session: Session, process_id: str) -> Deployed:
        """Return the newest version. Raises ``UnknownProcess`` when there is none."""
        newest = (
            select(definition.c.id)
            .where(definition.c.process_id == process_id)
            .order_by(definition.c.version.desc())
            .limit(1)
        )
        definition_id = session.execute(newest).scalar_one_or_none()
        if definition_id is None:
            raise UnknownProcess(f"No process {process_id!r} is deployed.", process_id=process_id)
        return self.deployed(session, definition_id)

    def add(
        self,
        session: Session,
        diagram: Diagram,
        forms: Mapping[str, str],
        decisions: Mapping[str, str],
        *,
        deployed_by: str,
        at: datetime,
        callees: Mapping[str, Definition] | None = None,
    ) -> Definition:
        """Store the next version; the same content as the newest one gives that one back."""
        pinned = {name: used.id for name, used in sorted((callees or {}).items())}
        content = _content_hash(diagram.source, forms, decisions, pinned)
        newest = self.newest(session, diagram.process_id)
        if newest is not None and newest.content_hash == content:
            return newest
        added = Definition(
            id=uuid.uuid4().hex,
            process_id=diagram.process_id,
            version=newest.version + 1 if newest else 1,
            name=diagram.name or diagram.process_id,
            source=diagram.source,
            content_hash=content,
            forms=dict(forms),
            decisions=dict(decisions),
            deployed_by=deployed_by,
            deployed_at=at,
            callees=pinned,
        )
        session.execute(insert(definition).values(**vars(added)))
        set_starts(session, added.process_id, added.id, diagram.starts)
        return added

    def newest(self, session: Session, process_id: str) -> Definition | None:
        """Return the newest version, or ``None``."""
        query = _of_process(process_id).order_by(definition.c.version.desc()).limit(1)
        return next(iter(_read(session, query)), None)

    def versions(self, session: Session, process_id: str) -> list[Definition]:
        """Return every version of the process, oldest first."""
        return _read(session, _of_process(process_id).order_by(definition.c.version))

    def processes(self, session: Session) -> list[Definition]:
        """Return the newest version of every process, by name."""
        newest = (
            select(definition.c.process_id, func.max(definition.c.version).label("version"))
            .group_by(definition.c.process_id)
            .subquery()
        )
        return _read(
            session,
            select(definition)
            .join(
                newest,
                (definition.c.process_id == newest.c.process_id)
                & (definition.c.version == newest.c.version),
            )
            .order_by(definition.c.name, definition.c.process_id),
        )

    def read(self, session: Session, definition_id: str) -> Definition:
        """Return the version as it stands in the database. Raises ``UnknownDefinition``."""
        found = _read(session, select(definition).where(definition.c.id == definition_id))
        if not found:
            raise UnknownDefinition(definition_id=definition_id)
        return found[0]

    def changed(self, session: Session) -> list[Definition]:
        """Return the versions that are not what was deployed, those nobody uses included."""
        order = (definition.c.process_id, definition.c.version)
        every = _read(session, select(definition).order_by(*order))
        numbered: Counter[str] = Counter()
        found = []
        for each in every:
            numbered[each.process_id] += 1
            if each.version != numbered[each.process_id] or not self._stands(session, each):
                found.append(each)
        return found

    def _stands(self, session: Session, each: Definition) -> bool:
        if not unchanged(each):
            return False
        try:
            diagram = self.deployed(session, each.id).diagram
        except EngineError:  # a version that it calls, and that is named itself
            return True
        told = (diagram.process_id, diagram.name or diagram.process_id)
        return told == (each.process_id, each.name)

    def _remember(self, deployed: Deployed) -> Deployed:
        with self._guard:
            self._remembered[deployed.definition.id] = deployed
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return deployed


def unchanged(standing: Definition) -> bool:
    """Return whether a version is what was deployed: diagram, forms and decisions."""
    content = _content_hash(standing.source, standing.forms, standing.decisions, standing.callees)
    return content == standing.content_hash


def _content_hash(
    source: bytes,
    forms: Mapping[str, str],
    decisions: Mapping[str, str],
    callees: Mapping[str, str],
) -> str:
    content: dict[str, Any] = {"source": sha256_of(source), "forms": dict(forms)}
    content["decisions"] = dict(decisions)
    if callees:
        content["callees"] = dict(callees)
    return sha256_of(canonical_json(content))


def _compiled(standing: Definition, callees: Mapping[str, Definition]) -> Deployed:
    diagram = Diagram.compile(
        standing.source, {name: used.source for name, used in callees.items()}
    )
    parameters = {
        element.id: {
            name: parse(text) if text.startswith("=") else text
            for name, text in element.parameters.items()
        }
        for element in diagram.elements.values()
        if element.parameters
    }
    decisions = _decisions(standing)
    for element in diagram.elements.values():
        if element.called:
            inner = _decisions(callees[element.called])
            decisions |= {f"{element.id}{WITHIN}{name}": each for name, each in inner.items()}
    return Deployed(standing, diagram, parameters, decisions, callees)


def _decisions(standing: Definition) -> dict[str, Decision]:
    return {
        name: decision
        for text in standing.decisions.values()
        for name, decision in Decision.compile_all(text.encode()).items()
    }


def _of_process(process_id: str) -> Select[Any]:
    return select(definition).where(definition.c.process_id == process_id)


def _read(session: Session, query: Select[Any]) -> list[Definition]:
    return [Definition(**row) for row in session.execute(query).mappings()]
