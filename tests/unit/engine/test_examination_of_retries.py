"""The examination of retries: what a diagram says of failures can be read."""

from __future__ import annotations

import pytest
from unit.engine.drawing_board import properties, service
from unit.engine.examining import found, inserted


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("retries", "often", "retries"),
        ("retries", "-1", "retries"),
        ("retries", "21", "retries"),
        ("retries", "9" * 5000, "retries"),
        ("retryAfter", "soon", "retry-after"),
        ("retryAfter", "PT0S", "retry-after"),
        ("retryAfter", "P2D", "retry-after"),
        ("skip", "yes", "skip"),
    ],
)
def test_what_cannot_be_meant_is_a_finding(name: str, value: str, rule: str) -> None:
    assert ("odd", rule) in found(inserted(service("odd", inner=properties(**{name: value}))))


@pytest.mark.parametrize(
    ("name", "value"),
    [("retries", "0"), ("retries", "20"), ("retryAfter", "PT30S"), ("skip", "refuse")],
)
def test_what_is_within_bounds_passes(name: str, value: str) -> None:
    findings = found(inserted(service("odd", inner=properties(**{name: value}))))

    assert not {rule for _, rule in findings} & {"retries", "retry-after", "skip"}
