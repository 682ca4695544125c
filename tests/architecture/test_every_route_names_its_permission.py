"""Every route of the running app names its permission; what nobody granted is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from engine import DirectQueue
from webapp import Settings, build_office, create_app
from webapp.access import EVERYBODY, PERMISSIONS, permissions_of

PUBLIC = {
    "static",
    "sign_in.home",
    "sign_in.show",
    "sign_in.attempt",
    "sign_in.choose_language",
    "verification.ask",
    "verification.letter",
    "verification.signed",
    "verification.check",
    "health.health",
}


def test_every_route_names_its_permission(app: Flask) -> None:
    unnamed = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], "permission", "")
    ]

    assert unnamed == []


def test_every_permission_asked_for_is_granted_to_some_role(app: Flask) -> None:
    granted = EVERYBODY.union(*PERMISSIONS.values())
    asked = {getattr(view, "permission", "") for view in app.view_functions.values()} - {"public"}

    assert asked <= granted


def test_only_the_listed_routes_are_public(app: Flask) -> None:
    found = {
        name
        for name, view in app.view_functions.items()
        if getattr(view, "permission", "") == "public"
    }

    assert found == PUBLIC


def test_nobody_signed_in_is_let_through_a_guarded_route(app: Flask) -> None:
    browser = app.test_client()
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC or "GET" not in (rule.methods or ()):
            continue
        wanted = {name: 1 if name in {"page", "version"} else "x" for name in rule.arguments}
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **wanted)

        answer = browser.get(address)

        assert answer.status_code == 303, rule.endpoint
        assert "/sign-in" in answer.headers["Location"]


def test_an_unknown_role_grants_nothing() -> None:
    assert permissions_of(frozenset({"stranger"})) == EVERYBODY


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    home = tmp_path_factory.mktemp("office")
    settings = Settings(home, f"sqlite:///{Path(home) / 'alur.db'}", secret_key="a key for tests")
    return create_app(build_office(settings, jobs=DirectQueue()))
