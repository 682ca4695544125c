"""Builds the parts of an expression while the parser reads it, and keeps it shallow."""

from __future__ import annotations

import re
import sys
from typing import Any

from lark import Token, Transformer

from engine.feel import nodes
from engine.feel.functions import ARITY
from engine.feel.values import ARITHMETIC, finite

#: How deep parts may be nested: far more than a person reads, far less than the stack holds.
DEEPEST = 30

_ESCAPED = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class TooDeep(ValueError):
    """The expression is nested too deeply."""


class WrongArguments(ValueError):
    """A function is given too few or too many arguments."""

    def __init__(self, name: str, position: int) -> None:
        super().__init__(name)
        self.name = name
        self.position = position


class Build(Transformer[Token, nodes.Node]):
    """One method for each rule of the grammar.

    The parser calls it while it reads, so that no tree is walked by recursion; depth is counted
    here, so that evaluation, which does recurse, stays shallow.
    """

    def __init__(self) -> None:
        super().__init__(visit_tokens=False)

    def number(self, found: list[Token]) -> nodes.Node:
        return nodes.Literal(finite(ARITHMETIC.create_decimal(found[0])))

    def string(self, found: list[Token]) -> nodes.Node:
        return nodes.Literal(_ESCAPED.sub(_escaped, found[0][1:-1]))

    def true(self, found: list[Token]) -> nodes.Node:
        return nodes.Literal(True)

    def false(self, found: list[Token]) -> nodes.Node:
        return nodes.Literal(False)

    def null(self, found: list[Token]) -> nodes.Node:
        return nodes.Literal(None)

    def path(self, found: list[Token]) -> nodes.Node:
        return nodes.Path(tuple(str(name) for name in found))

    def series(self, found: list[Any]) -> nodes.Node:
        return _checked(nodes.ListOf(tuple(item for item in found if item is not None)))

    def choice(self, found: list[Any]) -> nodes.Node:
        condition, then, otherwise = _without_tokens(found)
        return _checked(nodes.Choice(condition, then, otherwise))

    def disjunction(self, found: list[Any]) -> nodes.Node:
        return _checked(nodes.Disjunction(tuple(_without_tokens(found))))

    def conjunction(self, found: list[Any]) -> nodes.Node:
        return _checked(nodes.Conjunction(tuple(_without_tokens(found))))

    def compare(self, found: list[Any]) -> nodes.Node:
        left, operator, right = found
        return _checked(nodes.Compare(str(operator), left, right))

    def between(self, found: list[Any]) -> nodes.Node:
        value, low, high = _without_tokens(found)
        return _checked(nodes.Member(value, (nodes.Range(">=", low, "<=", high),)))

    def member(self, found: list[Any]) -> nodes.Node:
        value, tests = found[0], found[-1]
        return _checked(nodes.Member(value, tests))

    def one_test(self, found: list[Any]) -> tuple[Any, ...]:
        return (found[0],)

    def in_value(self, found: list[Any]) -> tuple[Any, ...]:
        return (nodes.Test("=", found[0]),)

    equal_test = in_value

    def comparing_test(self, found: list[Any]) -> tuple[Any, ...]:
        return (nodes.Test(str(found[0]), found[1]),)

    def some_tests(self, found: list[Any]) -> tuple[Any, ...]:
        return tuple(test for tests in found for test in tests)

    def anything(self, found: list[Any]) -> nodes.Node:
        return nodes.Cell()

    def cell_tests(self, found: list[Any]) -> nodes.Node:
        return _checked(nodes.Cell(tuple(test for tests in found for test in tests)))

    def none_of(self, found: list[Any]) -> nodes.Node:
        return nodes.Cell(found[-1].tests, negated=True)

    def interval(self, found: list[Any]) -> nodes.Node:
        opening, low, _dots, high, closing = found
        above, below = (">=" if opening == "[" else ">"), ("<=" if closing == "]" else "<")
        return _checked(nodes.Range(above, low, below, high))

    def arithmetic(self, found: list[Any]) -> nodes.Node:
        steps = tuple(
            (str(operator), node) for operator, node in zip(found[1::2], found[2::2], strict=True)
        )
        return _checked(nodes.Arithmetic(found[0], steps))

    def negative(self, found: list[Any]) -> nodes.Node:
        return _checked(nodes.Negative(found[0]))

    def call(self, found: list[Any]) -> nodes.Node:
        name = " ".join(found[0].split())
        arguments = tuple(found[1:])
        least, most = ARITY[name]
        if not least <= len(arguments) <= most:
            raise WrongArguments(name, found[0].column)
        return _checked(nodes.Call(name, arguments))


def _escaped(match: re.Match[str]) -> str:
    """Return the character that is meant; half a pair of surrogates is none."""
    name = match[1]
    if len(name) == 1:
        return _ESCAPES.get(name, name)
    point = int(name[1:], 16)
    return chr(point) if point <= sys.maxunicode and not 0xD800 <= point <= 0xDFFF else "\ufffd"


def _without_tokens(found: list[Any]) -> list[Any]:
    return [item for item in found if not isinstance(item, Token)]


def _checked(node: nodes.Node) -> nodes.Node:
    level: tuple[nodes.Node, ...] = (node,)
    for _ in range(DEEPEST):
        level = tuple(part for above in level for part in above.parts)
        if not level:
            return node
    raise TooDeep
