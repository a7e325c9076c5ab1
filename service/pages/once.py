"""A token in every form that writes, so that it counts once however often it is sent."""

from __future__ import annotations

import re
import secrets

from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

TOKEN = "once"  # noqa: S105  # the name of a field
_WRITING_FORM = re.compile(r'<form\b[^>]* method="post" action="(?!/sign-)[^>]*>')


class TokenInForms(Extension):
    """Every form that writes gets a token as its page is rendered, so that none is forgotten."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["token_field"] = token_field

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _WRITING_FORM.sub(r"\g<0>{{ token_field() }}", source)


def token_field() -> Markup:
    """Another one each time: what is typed once more into a new page counts once more."""
    token = secrets.token_urlsafe(12)  # of letters that mean nothing in HTML
    return Markup(f'<input type="hidden" name="{TOKEN}" value="{token}" autocomplete="off">')  # noqa: S704
