"""The pages: one module per audience, each with a blueprint called ``pages``."""

from __future__ import annotations

from flask import Blueprint

from webapp.pages import (
    audit,
    deliveries,
    documents,
    health,
    inbox,
    incidents,
    letters,
    messages,
    moving,
    notices,
    numbers,
    processes,
    register,
    sign_in,
    tasks,
    verification,
)


def blueprints() -> tuple[Blueprint, ...]:
    """Every page of the house."""
    return (
        sign_in.pages,
        inbox.pages,
        tasks.pages,
        letters.pages,
        documents.pages,
        deliveries.pages,
        register.pages,
        numbers.pages,
        notices.pages,
        processes.pages,
        moving.pages,
        audit.pages,
        incidents.pages,
        messages.pages,
        verification.pages,
        health.pages,
    )
