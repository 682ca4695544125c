"""Hit policies: what the rules that apply add up to, as DMN 1.3 says in section 8.2.10."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.decisions.model import DecisionFailed, Rule, Table, place_among
from engine.feel import parse

Row = Mapping[str, Any]

#: Policies that give the result of one rule.
SINGLE = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
#: Policies that give a list with the result of every rule that applies.
MULTIPLE = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
#: Policies that need an order among the output values.
RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})

#: DMN computes the aggregations with the functions of FEEL of the same name.
AGGREGATORS = frozenset({"SUM", "MIN", "MAX", "COUNT"})


@dataclass(frozen=True)
class Hit:
    """A rule that applies, and its results by the names of the outputs."""

    rule: Rule
    row: Row


def combine(decision: str, table: Table, hits: Sequence[Hit]) -> list[Row]:
    """Return the rows the policy leaves; raise ``DecisionFailed`` where it forbids these hits.

    ``hits`` come in the order of the rules.
    """
    if table.policy == "UNIQUE" and len(hits) > 1:
        raise _failed(decision, hits, "apply together in a UNIQUE table", "berlaku bersamaan")
    if table.policy == "ANY" and any(hit.row != hits[0].row for hit in hits):
        raise _failed(decision, hits, "disagree in an ANY table", "memberi hasil yang berlainan")
    if table.aggregator:
        return [_aggregated(decision, table, hits)] if hits or table.aggregator == "COUNT" else []
    ordered = sorted(hits, key=_rank(table)) if table.policy in RANKED else hits
    return [hit.row for hit in (ordered[:1] if table.policy in SINGLE else ordered)]


def _rank(table: Table) -> Callable[[Hit], tuple[int, ...]]:
    """Sort by the first output, then the second; sorting keeps the order of rules for equals."""
    ranked = [output for output in table.outputs if output.allowed]

    def rank(hit: Hit) -> tuple[int, ...]:
        return tuple(place_among(output.allowed, hit.row[output.name]) for output in ranked)

    return rank


def _aggregated(decision: str, table: Table, hits: Sequence[Hit]) -> Row:
    name = table.outputs[0].name
    results = [hit.row[name] for hit in hits]
    value = parse(f"{table.aggregator.lower()}(results)").evaluate({"results": results})
    if value is None:
        raise _failed(
            decision,
            hits,
            f"give what {table.aggregator} cannot add up",
            f"memberi hasil yang tidak dapat dihitung dengan {table.aggregator}",
        )
    return {name: value}


def _failed(decision: str, hits: Sequence[Hit], english: str, sentence: str) -> DecisionFailed:
    numbers = ", ".join(str(hit.rule.number) for hit in hits[:10])
    return DecisionFailed(
        f"Decision {decision!r}: rules {numbers} {english}.",
        f"Keputusan «{decision}»: aturan {numbers} {sentence}.",
    )
