"""Security of the pages: policy headers, session cookies, forged forms, guessed passwords."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from webapp.asking import refuse_unwritable
from webapp.config import LARGEST_REQUEST, LARGEST_TEXT, Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # form controls of Bootstrap draw their marks from data addresses
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "object-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",  # the task page frames the PDF of its letter
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def protect(app: Flask, settings: Settings) -> None:
    """Make every answer carry the headers, and every form the token of its own page."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="alur",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.encrypted,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=10),  # a working day
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_TEXT,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a half-written letter must not be lost
        WTF_CSRF_HEADERS=["X-CSRFToken"],
        WTF_CSRF_SSL_STRICT=settings.encrypted,
    )
    CSRFProtect(app)
    app.before_request(refuse_unwritable)
    if count := settings.proxies:
        # Without it every reader behind a proxy would share one address, and one limit.
        behind = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = behind  # type: ignore[method-assign]
    app.after_request(_with_headers(encrypted=settings.encrypted))


def limit(app: Flask, limits: Mapping[str, str]) -> None:
    """Let one address call a route only so often; counted in this process (route -> limit)."""
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=[],
        storage_uri="memory://",
        headers_enabled=False,
    )
    for endpoint, allowance in limits.items():
        limited: Callable[..., Any] = limiter.limit(allowance)(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def _with_headers(*, encrypted: bool) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if encrypted:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            # Letters may be confidential: no copy stays in a shared browser.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return add
