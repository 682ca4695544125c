"""A compiled decision: one version of it, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.decisions.deciding import Data, rows_of, value_of
from engine.decisions.examination import inspect
from engine.decisions.model import DecisionFailed, DecisionModel
from engine.decisions.policies import Row
from engine.errors import DefinitionRejected

#: How a result becomes process data, as Camunda's mapDecisionResult calls it.
MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


class Decision:
    """Immutable, and shared between instances and threads; compile once a version and keep it."""

    id: str
    name: str

    def __init__(self, model: DecisionModel, models: Mapping[str, DecisionModel]) -> None:
        self.id, self.name = model.id, model.name
        self._model = model
        self._models = MappingProxyType(dict(models))

    @classmethod
    def compile(cls, source: bytes, decision_id: str) -> Decision:
        """Return the decision; raise ``DefinitionRejected`` with the findings that forbid it.

        ``KeyError`` when the file is sound and has no decision of this id.
        """
        return cls.compile_all(source)[decision_id]

    @classmethod
    def compile_all(cls, source: bytes) -> dict[str, Decision]:
        """Return every decision of a file by its id; raise ``DefinitionRejected``."""
        models, findings = inspect(source)
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            raise DefinitionRejected(
                "; ".join(f"{each.element}: {each.message_en}" for each in errors[:5]),
                findings=errors,
            )
        return {each.id: cls(each, models) for each in models.values()}

    def decide(self, data: Data) -> Any:
        """Return the result as DMN has it: a value, a context, or a list; null without a rule.

        Raises ``DecisionFailed`` where the table does not cover the data as it promises.
        """
        return value_of(self._model, self._rows(data))

    def outputs(self, data: Data, mapping: str) -> Any:
        """Return the result in the form that ``mapping``, one of ``MAPPINGS``, asks for.

        Raises ``DecisionFailed`` as ``decide``, or when the result has more than the form holds.
        """
        rows = self._rows(data)
        if mapping == "resultList":
            return [dict(row) for row in rows]
        if mapping == "singleResult":
            return dict(self._only(rows)) if rows else None
        entries = [self._only(list(row.values())) for row in rows]
        if mapping == "collectEntries":
            return entries
        return self._only(entries) if entries else None

    def _only(self, found: list[Any]) -> Any:
        if len(found) != 1:
            raise DecisionFailed(
                f"Decision {self.id!r} gave {len(found)} results where one is expected.",
                f"Keputusan «{self.id}» memberi {len(found)} hasil, padahal diminta satu.",
            )
        return found[0]

    def _rows(self, data: Data) -> list[Row]:
        known: dict[str, Any] = dict(data)
        rows: list[Row] = []
        for model in self._in_order():
            rows = rows_of(model, known)
            known[model.variable] = value_of(model, rows)
        return rows

    def _in_order(self) -> list[DecisionModel]:
        """What is required first, each decision once, this one last."""
        ordered: list[DecisionModel] = []
        pending = [self._model]
        while pending:
            model = pending[-1]
            missing = [
                self._models[each] for each in model.requires if self._models[each] not in ordered
            ]
            pending.extend(missing)
            if not missing:
                pending.pop()
                if model not in ordered:
                    ordered.append(model)
        return ordered


def decision_ids(source: bytes) -> tuple[str, ...]:
    """Return the ids of the decisions in a file; none where it cannot be read."""
    return tuple(inspect(source)[0])
