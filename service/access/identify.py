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

ASK_NOBODY = ("/health/", "/static/", "/widget/")
"""Answered without the database, also while it cannot be reached."""

BEAT = "beat"
"""Of an embedded database when the key was looked up: within one request it need not be asked
again, until something is awaited."""


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
                scope["state"]["caller"] = await self._caller(scope, credentials)
        await self.app(scope, receive, send)

    async def _caller(self, scope: Scope, credentials: Credentials) -> Caller | None:
        bearer, known = credentials.bearer, self.known
        has_seen = known is not None and bearer is not None and known.has_seen(bearer)
        if not has_seen and not credentials.are_worth_asking:
            return None
        if known is not None and bearer is not None:
            beat = scope["state"][BEAT] = known.beat()
            return known.caller(beat, bearer)
        return await run_in_threadpool(self._find, credentials)

    def _find(self, credentials: Credentials) -> Caller | None:
        with self.database.reading() as connection:
            return credentials.find(connection)

    def _credentials(self, scope: Scope) -> Credentials:
        """With a key nothing else counts, so nothing else is looked for."""
        bearer = _bearer(scope)
        if bearer is not None:
            return Credentials(bearer)
        proxy = self.settings.proxy
        secure = comes_by_https(scope, proxy, tls=self.settings.tls)
        token = token_of(scope, secure=secure)
        return Credentials(user=user_named(scope, proxy), token=token)


def _bearer(scope: Scope) -> str | None:
    return bearer_in(Headers(scope=scope).get("authorization", ""))


def bearer_in(authorization: str) -> str | None:
    """The key that the header shows; None where it shows something else."""
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _is_forged(scope: Scope, credentials: Credentials) -> bool:
    """No page of another site can add a key of ours: calls with nothing but a key are exempt."""
    has_cookie = any(name == b"cookie" for name, _ in scope["headers"])
    if credentials.bearer is not None and not has_cookie:
        return False
    signed = has_cookie or credentials.user is not None
    return is_from_another_site(scope, signed_by_browser=signed)
