"""Finds out who is asking, before anything else looks at the request."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.access.caller import Caller
from service.access.cookie import token_of
from service.access.key import read_key
from service.access.proxy import comes_by_https, user_named
from service.access.same_site import is_from_another_site
from service.known import Known
from service.problems import CROSS_SITE
from service.records.database import Database
from service.records.keys import find_caller, find_named_caller
from service.records.sessions import find_session
from service.refusals import refuse
from service.settings import Settings

ASK_NOBODY = ("/health/", "/static/")
"""Answered without the database, also while it cannot be reached."""


@dataclass(frozen=True)
class Credentials:
    """What a request shows; the first that there is counts, even where it is wrong."""

    bearer: str | None = None
    user: str | None = None
    """Named by the proxy."""
    token: str | None = None
    """Of a session."""

    def find(self, connection: sa.Connection) -> Caller | None:
        if self.bearer is not None:
            key = read_key(self.bearer)
            return find_caller(connection, key) if key else None
        if self.user is not None:
            return find_named_caller(connection, self.user)
        return find_session(connection, self.token) if self.token else None

    @property
    def are_worth_asking(self) -> bool:
        """A mistyped key is known to be wrong without the database."""
        if self.bearer is not None:
            return read_key(self.bearer) is not None
        return bool(self.user or self.token)


@dataclass(frozen=True)
class Identified:
    """Sets `request.state.caller`, None for nobody; whether somebody must be there, routes say.

    The database is asked at every request, so that a key which was revoked is so everywhere at
    once; and in a thread, so that a slow one delays nobody else. An embedded one is asked whether
    anything was written since the key was looked up.
    """

    app: ASGIApp
    database: Database
    settings: Settings
    known: Known | None = None
    """What an embedded database said before; asking it needs no thread."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["state"]["caller"] = None
            if not scope["path"].startswith(ASK_NOBODY):
                credentials = self._credentials(scope)
                if _is_forged(scope, credentials):
                    answer = refuse(
                        scope, CROSS_SITE, "this was not sent by a page of this service"
                    )
                    await answer(scope, receive, send)
                    return
                if credentials.are_worth_asking:
                    scope["state"]["caller"] = await self._caller(credentials)
        await self.app(scope, receive, send)

    async def _caller(self, credentials: Credentials) -> Caller | None:
        if self.known is not None and credentials.bearer is not None:
            return self.known.caller(credentials.bearer)
        return await run_in_threadpool(self._find, credentials)

    def _find(self, credentials: Credentials) -> Caller | None:
        with self.database.reading() as connection:
            return credentials.find(connection)

    def _credentials(self, scope: Scope) -> Credentials:
        proxy = self.settings.proxy
        secure = comes_by_https(scope, proxy, tls=self.settings.tls)
        return Credentials(
            _bearer(Headers(scope=scope).get("authorization", "")),
            user_named(scope, proxy),
            token_of(scope, secure=secure),
        )


def _bearer(authorization: str) -> str | None:
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _is_forged(scope: Scope, credentials: Credentials) -> bool:
    """No page of another site can add a key of ours: calls with nothing but a key are exempt."""
    has_cookie = "cookie" in Headers(scope=scope)
    if credentials.bearer is not None and not has_cookie:
        return False
    signed = has_cookie or credentials.user is not None
    return is_from_another_site(scope, signed_by_browser=signed)
