"""A drawing board for decision tables: short calls that add up to a DMN file."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
    ' id="file" name="file" namespace="urn:test">'
)


def text(tag: str, body: str, **attributes: str) -> str:
    """An element with a text in it."""
    return f"<{tag}{_written(attributes)}><text>{escape(body)}</text></{tag}>"


def column(expression: str, kind: str = "string", allowed: str = "") -> str:
    """An input column."""
    values = text("inputValues", allowed) if allowed else ""
    return (
        f"<input id={quoteattr('in_' + expression)} label={quoteattr(expression)}>"
        f"{text('inputExpression', expression, typeRef=kind)}{values}</input>"
    )


def result(name: str, kind: str = "string", allowed: str = "", default: str = "") -> str:
    """An output column."""
    values = text("outputValues", allowed) if allowed else ""
    otherwise = text("defaultOutputEntry", default) if default else ""
    return (
        f'<output id={quoteattr("out_" + name)} name={quoteattr(name)} typeRef="{kind}">'
        f"{values}{otherwise}</output>"
    )


def table(
    columns: list[str], rows: list[str], policy: str = "UNIQUE", aggregation: str = ""
) -> str:
    """A decision table; a row is written ``"cell" ; cell -> result ; result``."""
    written = "".join(_row(number, row) for number, row in enumerate(rows, 1))
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decisionTable id="table" hitPolicy="{policy}"{aggregated}>'
        f"{''.join(columns)}{written}</decisionTable>"
    )


def decision(
    logic: str, name: str = "d", variable: str = "", requires: tuple[str, ...] = ()
) -> str:
    """A decision around its logic."""
    named = f'<variable name="{variable}"/>' if variable else ""
    links = "".join(
        f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>'
        for each in requires
    )
    return f'<decision id="{name}" name="{name}">{named}{links}{logic}</decision>'


def literal(expression: str) -> str:
    """The logic of a decision that is one expression."""
    return text("literalExpression", expression)


def dmn(*decisions: str) -> bytes:
    """A whole file."""
    return f"{HEAD}{''.join(decisions)}</definitions>".encode()


def one_table(
    columns: list[str], rows: list[str], policy: str = "UNIQUE", aggregation: str = ""
) -> bytes:
    """A file with one table, in a decision called ``d``."""
    return dmn(decision(table(columns, rows, policy, aggregation)))


def _row(number: int, row: str) -> str:
    tests, _, results = row.rpartition("->")
    cells = "".join(text("inputEntry", each.strip()) for each in tests.split(";") if each.strip())
    values = "".join(text("outputEntry", each.strip()) for each in results.split(";"))
    return f'<rule id="r{number}">{cells}{values}</rule>'


def _written(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
