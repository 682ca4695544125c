"""The forms of user tasks: form-js schemas, rendered and checked on the server."""

from webapp.forms.answers import Submission, read
from webapp.forms.choices import Choice, Choices
from webapp.forms.rendering import render
from webapp.forms.schema import Component, Form, FormUnsound

__all__ = [
    "Choice",
    "Choices",
    "Component",
    "Form",
    "FormUnsound",
    "Submission",
    "read",
    "render",
]
