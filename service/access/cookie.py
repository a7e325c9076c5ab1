"""The cookie that holds the token of a session."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from service.records.sessions import LASTS

NAME = "recommender_session"
SECURE_NAME = f"__Host-{NAME}"
"""A browser takes it only from this very host, by https."""


def token_of(scope: Scope, *, secure: bool) -> str | None:
    """By https the plain cookie, which a neighbour may have set, does not count."""
    return cookie_parser(Headers(scope=scope).get("cookie", "")).get(_name(secure))


def set_token(answer: Response, token: str, *, secure: bool) -> None:
    answer.set_cookie(
        _name(secure),
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_token(answer: Response, *, secure: bool) -> None:
    answer.delete_cookie(_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


def _name(secure: bool) -> str:
    return SECURE_NAME if secure else NAME
