"""The parts of a parsed expression: values that know how to evaluate themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import functions
from engine.feel.values import (
    ARITHMETIC,
    Value,
    calculate,
    compare,
    conjunction,
    disjunction,
    equal,
    finite,
    from_json,
)

Data = Mapping[str, object]


class Node(ABC):
    """One part of an expression; ``parts`` are the parts it is made of."""

    @abstractmethod
    def evaluate(self, data: Data) -> Value:
        """Return its value for these data; what DMN calls an error is ``None``, null in FEEL.

        A test, which has a value only beside another one (``holds``), gives ``None``.
        """

    @property
    def parts(self) -> tuple[Node, ...]:
        """The expressions directly inside it, in the order in which they are written."""
        return ()


@dataclass(frozen=True)
class Literal(Node):
    """A number, a text, ``true``, ``false`` or ``null``."""

    value: Value

    def evaluate(self, data: Data) -> Value:
        return self.value


@dataclass(frozen=True)
class Path(Node):
    """A name, or a way through nested contexts: ``error.code``. What is missing is null."""

    names: tuple[str, ...]

    def evaluate(self, data: Data) -> Value:
        value: object = data
        for name in self.names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return from_json(value)


@dataclass(frozen=True)
class ListOf(Node):
    """``[a, b]``: a list of the values of its items."""

    items: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.items

    def evaluate(self, data: Data) -> Value:
        return [item.evaluate(data) for item in self.items]


@dataclass(frozen=True)
class Choice(Node):
    """``if`` without a true condition takes the other branch, as FEEL says."""

    condition: Node
    then: Node
    otherwise: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.condition, self.then, self.otherwise

    def evaluate(self, data: Data) -> Value:
        chosen = self.then if self.condition.evaluate(data) is True else self.otherwise
        return chosen.evaluate(data)


@dataclass(frozen=True)
class Conjunction(Node):
    """``a and b``, in the three-valued logic of DMN."""

    terms: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.terms

    def evaluate(self, data: Data) -> Value:
        return conjunction([term.evaluate(data) for term in self.terms])


@dataclass(frozen=True)
class Disjunction(Node):
    """``a or b``, in the three-valued logic of DMN."""

    terms: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.terms

    def evaluate(self, data: Data) -> Value:
        return disjunction([term.evaluate(data) for term in self.terms])


@dataclass(frozen=True)
class Compare(Node):
    """``a < b`` and its like; null where DMN defines no order or equality."""

    operator: str
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.left, self.right

    def evaluate(self, data: Data) -> Value:
        return compare(self.operator, self.left.evaluate(data), self.right.evaluate(data))


@dataclass(frozen=True)
class Range(Node):
    """The right-hand side of ``in [a..b]``; ``low`` and ``high`` are the comparisons it makes."""

    low_operator: str
    low: Node
    high_operator: str
    high: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.low, self.high

    def evaluate(self, data: Data) -> Value:
        return None

    def holds(self, value: Value, data: Data) -> bool | None:
        return conjunction(
            [
                compare(self.low_operator, value, self.low.evaluate(data)),
                compare(self.high_operator, value, self.high.evaluate(data)),
            ]
        )


@dataclass(frozen=True)
class Test(Node):
    """``= value`` or ``< value`` as the right-hand side of ``in``.

    ``in`` a list means equal to one of its items.
    """

    operator: str
    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)

    def evaluate(self, data: Data) -> Value:
        return None

    def holds(self, value: Value, data: Data) -> bool | None:
        operand = self.operand.evaluate(data)
        if self.operator == "=" and isinstance(operand, list):
            return any(equal(value, item) is True for item in operand)
        return compare(self.operator, value, operand)


@dataclass(frozen=True)
class Member(Node):
    """``value in tests``: true when one of the tests holds."""

    value: Node
    tests: tuple[Range | Test, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.value, *self.tests

    def evaluate(self, data: Data) -> Value:
        value = self.value.evaluate(data)
        return disjunction([test.holds(value, data) for test in self.tests])


@dataclass(frozen=True)
class Cell(Node):
    """The tests in one cell of a decision table; no tests at all hold for every value."""

    tests: tuple[Range | Test, ...] = ()
    negated: bool = False

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.tests

    def evaluate(self, data: Data) -> Value:
        return None

    def holds(self, value: Value, data: Data) -> bool | None:
        if not self.tests:
            return True
        held = disjunction([test.holds(value, data) for test in self.tests])
        return (not held) if self.negated and held is not None else held


@dataclass(frozen=True)
class Arithmetic(Node):
    """A chain of operations of one rank, from left to right."""

    first: Node
    steps: tuple[tuple[str, Node], ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.first, *(node for _, node in self.steps)

    def evaluate(self, data: Data) -> Value:
        value = self.first.evaluate(data)
        for operator, node in self.steps:
            value = calculate(operator, value, node.evaluate(data))
        return value


@dataclass(frozen=True)
class Negative(Node):
    """``-a``, of numbers only."""

    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)

    def evaluate(self, data: Data) -> Value:
        value = self.operand.evaluate(data)
        return finite(ARITHMETIC.minus(value)) if isinstance(value, Decimal) else None


@dataclass(frozen=True)
class Call(Node):
    """A function of the closed list in ``functions``."""

    name: str
    arguments: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.arguments

    def evaluate(self, data: Data) -> Value:
        return functions.call(self.name, [part.evaluate(data) for part in self.arguments])
