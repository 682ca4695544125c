"""Random well-typed expressions: everything our S-FEEL accepts, with data to evaluate them on.

Every kind of expression may turn out null: through a null, a missing name, a division by zero.
Numbers are multiples of a quarter, and quotients are exact, because the peer counts in binary.
Where the peer departs from the standard the places are marked ``sure``: what stands there is never
null. Each departure has a test of its own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

TEXTS = ("", "a", "ab", "b", "ba", "Biasa", "Segera", "é", "z9", 'say \\"x\\"', "a\\nb", "\\u00e9")
PLAIN = tuple(text for text in TEXTS if "\\" not in text)
DEEPEST = 4


@dataclass
class Author:
    """Writes expressions of a wanted kind; ``seed`` makes them again."""

    seed: int
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311  # a seed is to be repeated

    def data(self) -> dict[str, Any]:
        """Return data that fit the names: each may be null, ``gone`` names are missing."""
        pick = self.chance.choice
        values: dict[str, Any] = {
            **dict(zip(("n1", "n2"), sorted((self._value(), self._value())), strict=True)),
            **dict(zip(("s1", "s2"), sorted((pick(PLAIN), pick(PLAIN))), strict=True)),
            "n3": self._value(),
            "s3": pick(PLAIN),
            **{name: pick((True, False)) for name in ("b1", "b2")},
            "ln": [self._value() for _ in range(self.chance.randint(0, 4))],
            "ls": [pick((*PLAIN, None)) for _ in range(self.chance.randint(0, 4))],
            "c": {"n": self._value(), "s": pick(PLAIN), "deep": {"b": pick((True, False, None))}},
        }
        for name in ("n3", "s3", "b2", "ln", "ls", "c"):
            if self.chance.random() < 0.25:
                values[name] = None
        return values

    def _value(self) -> float:
        return self.chance.randint(-24, 24) / self.chance.choice((1, 1, 1, 2, 4))

    def any(self) -> str:
        """Return an expression of any kind."""
        kind = self.chance.choice(
            (self.truth, self.truth, self.truth, self.number, self.number, self.text, self.series)
        )
        return kind(0)

    # numbers -----------------------------------------------------------------------------------

    def sure_number(self) -> str:
        number = self._value()
        written = repr(abs(int(number) if number == int(number) else number))
        return self.chance.choice((f"-{written}" if number < 0 else written, "n1", "n2"))

    def number(self, depth: int) -> str:
        pick = self.chance.choice
        if depth >= DEEPEST or self.chance.random() < 0.3:
            return pick((self.sure_number(), self.sure_number(), "n3", "gone", "c.n", "c.gone"))
        deeper = depth + 1
        return pick(
            (
                lambda: f"({self.number(deeper)} {pick('+-*')} {self.number(deeper)})",
                lambda: f"{self.sure_number()} {pick('+-')} {self.sure_number()} * n1",
                lambda: f"{self.number(deeper)} / {pick((0, 1, 2, 4, 0.5, -2))}",
                lambda: f"-({self.number(deeper)})",
                lambda: f"string length({self.text(deeper)})",
                lambda: f"count({self.series(deeper)})",
                lambda: f"{pick(('sum', 'min', 'max'))}({self.numbers(deeper)})",
                lambda: (
                    f"{pick(('sum', 'min', 'max'))}({self.sure_number()}, {self.number(deeper)})"
                ),
                lambda: self._choice(self.number, deeper),
            )
        )()

    # texts -------------------------------------------------------------------------------------

    def sure_text(self) -> str:
        return self.chance.choice((f'"{self.chance.choice(TEXTS)}"', "s1", "s2"))

    def text(self, depth: int) -> str:
        pick = self.chance.choice
        if depth >= DEEPEST or self.chance.random() < 0.4:
            return pick((self.sure_text(), self.sure_text(), "s3", "gone", "c.s", "null"))
        deeper = depth + 1
        return pick(
            (
                lambda: f"({self.text(deeper)} + {self.text(deeper)})",
                lambda: f"{pick(('upper case', 'lower case'))}({self.text(deeper)})",
                lambda: self._choice(self.text, deeper),
            )
        )()

    # lists -------------------------------------------------------------------------------------

    def numbers(self, depth: int) -> str:
        if self.chance.random() < 0.4:
            return self.chance.choice(("ln", "gone"))
        return f"[{', '.join(self.number(depth + 1) for _ in range(self.chance.randint(0, 3)))}]"

    def texts(self, depth: int) -> str:
        if self.chance.random() < 0.4:
            return self.chance.choice(("ls", "null"))
        return f"[{', '.join(self.text(depth + 1) for _ in range(self.chance.randint(0, 3)))}]"

    def series(self, depth: int) -> str:
        pick = self.chance.choice
        return pick((self.numbers, self.texts))(depth)

    # truths ------------------------------------------------------------------------------------

    def truth(self, depth: int) -> str:
        pick = self.chance.choice
        if depth >= DEEPEST or self.chance.random() < 0.15:
            return pick(("true", "false", "b1", "b2", "gone", "c.deep.b", "null"))
        deeper = depth + 1
        return pick(
            (
                lambda: f"({self.truth(deeper)} {pick(('and', 'or'))} {self.truth(deeper)})",
                lambda: " and ".join(f"({self.truth(deeper)})" for _ in range(3)),
                lambda: f"not({self.truth(deeper)})",
                lambda: self._compared(deeper),
                lambda: self._compared(deeper),
                lambda: self._asked_of_texts(deeper),
                lambda: self._asked_of_lists(deeper),
                lambda: self._between(deeper),
                lambda: f"({self._member(deeper)})",
                lambda: f"({self._member(deeper)})",
                lambda: self._choice(self.truth, deeper),
            )
        )()

    def _compared(self, depth: int) -> str:
        pick = self.chance.choice
        if self.chance.random() < 0.2:
            same = pick((self.number, self.text, self.truth))
            return f"(({same(depth)}) {pick(('=', '!='))} {pick(('null', 'gone'))})"
        if self.chance.random() < 0.2:
            return f"(({self.truth(depth)}) {pick(('=', '!='))} ({self.truth(depth)}))"
        if self.chance.random() < 0.15:
            return f"([{self.sure_number()}, {self.sure_text()}] = [n1, s1])"
        kind = pick((self.number, self.text))
        return f"({kind(depth)} {pick(('=', '!=', '<', '<=', '>', '>='))} {kind(depth)})"

    def _asked_of_texts(self, depth: int) -> str:
        asked = self.chance.choice(("contains", "starts with", "ends with"))
        return f"{asked}({self.text(depth)}, {self.text(depth)})"

    def _asked_of_lists(self, depth: int) -> str:
        if self.chance.random() < 0.5:
            return f"list contains({self.numbers(depth)}, {self.number(depth)})"
        return f"list contains({self.texts(depth)}, {self.text(depth)})"

    def _between(self, depth: int) -> str:
        numeric = self.chance.random() < 0.5
        low, high = self._bounds(numeric)
        value = self.number(depth) if numeric else self.text(depth)
        return f"({value} between {low} and {high})"

    def _bounds(self, numeric: bool) -> tuple[str, str]:
        """Return two bounds, the lower first: the peer reads others backwards."""
        names = ("n1", "n2") if numeric else ("s1", "s2")
        if self.chance.random() < 0.4:
            return names
        if numeric:
            low, high = sorted((self._value(), self._value()))
            return f"{low:g}", f"{high:g}"
        low_text, high_text = sorted(self.chance.choices(PLAIN, k=2))
        return f'"{low_text}"', f'"{high_text}"'

    def _member(self, depth: int) -> str:
        if self.chance.random() < 0.5:
            return f"{self.number(depth)} in {self._tests(True, '[n1, n2, 3]')}"
        return f"{self.text(depth)} in {self._tests(False, '[s1, s2]')}"

    def _tests(self, numeric: bool, series: str) -> str:
        if self.chance.random() < 0.5:
            return self.chance.choice((self._interval(numeric), series, self._comparison(numeric)))
        return f"({', '.join(self._test(numeric) for _ in range(self.chance.randint(1, 3)))})"

    def _test(self, numeric: bool) -> str:
        sure = self.sure_number() if numeric else self.sure_text()
        return self.chance.choice((sure, self._comparison(numeric), self._interval(numeric)))

    def _comparison(self, numeric: bool) -> str:
        sure = self.sure_number() if numeric else self.sure_text()
        return f"{self.chance.choice(('<', '<=', '>', '>='))} {sure}"

    def _interval(self, numeric: bool) -> str:
        low, high = self._bounds(numeric)
        return f"{self.chance.choice('[](')}{low}..{high}{self.chance.choice('[])')}"

    def _choice(self, kind: Any, depth: int) -> str:
        return f"(if {self.truth(depth)} then {kind(depth)} else {kind(depth)})"

    # cells of decision tables ------------------------------------------------------------------

    def cell(self) -> tuple[str, object]:
        """Return a cell and an input value of its kind."""
        numeric = self.chance.random() < 0.5
        value = self._value() if numeric else self.chance.choice(PLAIN)
        roll = self.chance.random()
        if roll < 0.05:
            return "-", self.chance.choice((value, None))
        if roll < 0.1:
            return self.chance.choice(("null", "not(null)")), self.chance.choice((value, None))
        tests = ", ".join(self._test(numeric) for _ in range(self.chance.randint(1, 3)))
        if roll < 0.35:
            return f"not({tests})", value
        return tests, self.chance.choice((value, value, value, None))
