"""Random decision tables, and a second reading of what they decide: nothing of S-FEEL."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unit.engine import decision_board as board

#: Hit policy and aggregation, and how the result becomes process data.
POLICIES = {
    "UNIQUE": "singleEntry",
    "FIRST": "singleEntry",
    "PRIORITY": "singleEntry",
    "COLLECT": "collectEntries",
    "RULE ORDER": "collectEntries",
    "COLLECT SUM": "singleEntry",
    "COLLECT COUNT": "singleEntry",
}


@dataclass(frozen=True)
class Rule:
    """One row: it applies to some picks and to some numbers."""

    picks: str  #: one letter each; "": any
    least: int | None
    result: Any

    def applies(self, data: Mapping[str, Any]) -> bool:
        if self.picks and (data.get("pick") is None or data["pick"] not in self.picks):
            return False
        return self.least is None or (data.get("k") is not None and data["k"] >= self.least)

    def written(self) -> str:
        picks = ",".join(f'"{each}"' for each in self.picks) or "-"
        least = "-" if self.least is None else f">= {self.least}"
        result = f'"{self.result}"' if isinstance(self.result, str) else str(self.result)
        return f"{picks} ; {least} -> {result}"


@dataclass(frozen=True)
class Table:
    """Decides by what somebody picked, and by a number."""

    policy: str
    rules: tuple[Rule, ...]

    @property
    def mapping(self) -> str:
        return POLICIES[self.policy]

    @property
    def gives_letter(self) -> bool:
        """Whether the result is one that conditions of our diagrams understand."""
        return self.policy in ("UNIQUE", "FIRST", "PRIORITY")

    def decide(self, data: Mapping[str, Any]) -> Any:
        """What becomes process data."""
        results = [rule.result for rule in self.rules if rule.applies(data)]
        if self.policy == "COLLECT COUNT":
            return len(results)
        if self.mapping == "collectEntries":
            return results
        if not results:
            return None
        if self.policy == "COLLECT SUM":
            return sum(results)
        return max(results) if self.policy == "PRIORITY" else results[0]

    def file(self, name: str) -> str:
        """The table as a DMN file; of results that have an order the greatest comes first."""
        policy, _, aggregation = self.policy.partition(" ")
        if policy == "RULE":
            policy, aggregation = self.policy, ""
        kind = "string" if isinstance(self.rules[0].result, str) else "number"
        allowed = '"c","b","a"' if policy == "PRIORITY" else ""
        columns = [
            board.column("pick"),
            board.column("k", "number"),
            board.result("verdict", kind, allowed),
        ]
        written = [rule.written() for rule in self.rules]
        logic = board.table(columns, written, policy, aggregation)
        return board.dmn(board.decision(logic, name)).decode()


def random_table(chance: random.Random, policy: str = "") -> Table:
    """One table, of this policy if one is named, with up to five rules."""
    policy = policy or chance.choice(sorted(POLICIES))
    numbers = policy in ("COLLECT SUM", "COLLECT COUNT")
    rules = []
    for pick in ("a", "b", "c", "a", "b")[: chance.randint(1, 3 if policy == "UNIQUE" else 5)]:
        picks = pick if policy == "UNIQUE" else chance.choice(["", pick, "ab", "bc"])
        least = chance.choice([None, None, chance.randint(1, 20)])
        result = chance.randint(1, 9) if numbers else chance.choice("aaab")
        rules.append(Rule(picks, least, result))
    return Table(policy, tuple(rules))
