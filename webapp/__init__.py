"""The web application: where people come in."""

from __future__ import annotations

from flask import Flask, g, session

from webapp import languages, office, presenters, problems, security
from webapp.access import Visitor, public
from webapp.bootstrap import Office, build_office
from webapp.config import Settings
from webapp.pages import blueprints

__all__ = ["Office", "Settings", "build_office", "create_app"]


def create_app(built: Office) -> Flask:
    """
    Return the application that serves this office.

    The application holds no state of its own: several processes may serve the
    same office.
    """
    app = Flask(__name__)
    office.install(app, built)
    security.protect(app, built.settings)
    languages.speak(app)
    problems.explain(app)
    presenters.furnish(app)
    app.before_request(_recognise)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    security.limit(
        app,
        {
            "sign_in.attempt": f"{built.settings.sign_ins_a_minute}/minute",
            "verification.check": "20/minute",  # judging a stranger's file costs seconds
            "verification.letter": "60/minute",
        },
    )
    app.view_functions["static"] = public(app.view_functions["static"])
    return app


def _recognise() -> None:
    """Find out who is asking; a session whose account changed meanwhile has ended."""
    person, version = session.get("person"), session.get("version")
    if not isinstance(person, str) or not isinstance(version, int):
        return
    at_home = office.office()
    if not at_home.accounts.standing(person, version):
        session.clear()
        return
    g.visitor = Visitor(
        at_home.organisation.person(person),
        at_home.organisation.reader(person, at_home.clock.now()),
    )
