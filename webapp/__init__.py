"""The web application: where people come in."""

from __future__ import annotations

from flask import Flask

from webapp import languages, office, presenters, problems, security
from webapp.access import public, recognise
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
    app.before_request(recognise)
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
