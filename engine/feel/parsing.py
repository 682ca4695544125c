"""Reads a text as an expression, or says at which character it is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from engine.feel import nodes
from engine.feel.building import Build, TooDeep, WrongArguments
from engine.feel.grammar import GRAMMAR
from engine.feel.values import from_json, to_json

#: The longest expression, in characters.
LONGEST = 1000


class FeelError(ValueError):
    """The text is no expression.

    ``position`` counts characters from 1; ``sentence`` is Indonesian, ``str(error)`` English.
    """

    def __init__(self, english: str, sentence: str, position: int) -> None:
        super().__init__(english)
        self.sentence = sentence
        self.position = position


@dataclass(frozen=True)
class Expression:
    """A parsed expression; shared between threads, evaluated without side effects."""

    text: str
    root: nodes.Node = field(compare=False, repr=False)

    def evaluate(self, data: Mapping[str, object]) -> Any:
        """Return a JSON value. Unknown names and values of a wrong kind give ``None``.

        Never raises for data made of JSON types; a condition holds when the result ``is True``.
        """
        return to_json(self.root.evaluate(data))

    @property
    def names(self) -> frozenset[str]:
        """The names of the data that it reads."""
        found, pending = set[str](), [self.root]
        while pending:
            node = pending.pop()
            pending.extend(node.parts)
            if isinstance(node, nodes.Path):
                found.add(node.names[0])
        return frozenset(found)


@dataclass(frozen=True)
class CellTests:
    """The parsed tests of one cell of a decision table."""

    text: str
    root: nodes.Cell = field(compare=False, repr=False)

    def hold(self, value: object, data: Mapping[str, object]) -> bool:
        """Return whether the JSON value passes; an unknown answer is no. Never raises."""
        return self.root.holds(from_json(value), data) is True


def parse(text: str) -> Expression:
    """Return the expression, or raise ``FeelError`` with the position of what is wrong.

    A leading ``=``, as some modelers write it, is allowed.
    """
    body = text.strip().removeprefix("=")
    return Expression(text, _read(text, body, "start"))


def parse_tests(text: str) -> CellTests:
    """Return the tests of a cell, or raise ``FeelError`` with the position of what is wrong.

    A cell compares with values; functions have no place in it, as S-FEEL says.
    """
    root = _read(text, text.strip(), "unary_tests")
    pending: list[nodes.Node] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Call):
            raise FeelError(
                f"A cell cannot call {node.name}(); call it in the input expression.",
                f"Sel tabel tidak dapat memanggil {node.name}(); panggil dalam ungkapan masukan.",
                1,
            )
        pending.extend(node.parts)
    return CellTests(text, root)


def _read(text: str, body: str, start: str) -> Any:
    shift = text.index(body) if body else 0
    if not body.strip():
        raise FeelError("The expression is empty.", "Ungkapan kosong.", 1)
    if len(body) > LONGEST:
        raise FeelError(
            f"The expression is longer than {LONGEST} characters.",
            f"Ungkapan lebih panjang dari {LONGEST} karakter.",
            LONGEST + 1,
        )
    try:
        return _parser().parse(body, start=start)
    except UnexpectedInput as error:
        raise _unexpected(error, body, shift) from None
    except (TooDeep, WrongArguments) as error:
        raise _refused(error, shift) from None


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        start=["start", "unary_tests"],
        parser="lalr",
        lexer="contextual",
        transformer=Build(),
    )


def _unexpected(error: UnexpectedInput, body: str, shift: int) -> FeelError:
    at = error.pos_in_stream
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended or at is None or not 0 <= at < len(body):
        return FeelError(
            "The expression ends too early.",
            "Ungkapan berakhir terlalu cepat.",
            shift + len(body) + 1,
        )
    found = body[at : at + 12]
    return FeelError(
        f"Unexpected {found!r} at position {shift + at + 1}.",
        f"Tidak dimengerti pada karakter ke-{shift + at + 1}: {found!r}.",
        shift + at + 1,
    )


def _refused(error: Exception, shift: int) -> FeelError:
    if isinstance(error, WrongArguments):
        return FeelError(
            f"Wrong number of arguments for {error.name}().",
            f"Jumlah argumen untuk {error.name}() tidak tepat.",
            shift + error.position,
        )
    return FeelError("The expression is nested too deeply.", "Ungkapan bersarang terlalu dalam.", 1)
