"""The pages: one module per audience, each with a blueprint called ``pages``."""

from __future__ import annotations

from flask import Blueprint

from webapp.pages import sign_in


def blueprints() -> tuple[Blueprint, ...]:
    """Every page of the house."""
    return (sign_in.pages,)
