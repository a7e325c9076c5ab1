"""A token in every form that writes, so that it counts once however often it is sent."""

from __future__ import annotations

import re
import secrets

from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

TOKEN = "once"  # noqa: S105  # the name of a field
_FIELD = Markup('<input type="hidden" name="{}" value="{}" autocomplete="off">')
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
    return _FIELD.format(TOKEN, secrets.token_urlsafe(12))
