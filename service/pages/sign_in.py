"""Signing in with a key, and out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from service.access.address import SIGN_IN, SIGN_OUT, safe_next
from service.access.caller import Caller
from service.access.cookie import drop_token, set_token, token_of
from service.access.key import read_key
from service.access.proxy import address_of_caller, comes_by_https
from service.access.roles import EVERYONE
from service.access.throttle import Throttle
from service.pages.form import fields_of
from service.pages.render import render
from service.records.asking import read, write
from service.records.audit import note
from service.records.database import Database
from service.records.keys import find_caller
from service.records.sessions import begin_session, end_session
from service.settings import Settings

router = APIRouter(dependencies=[EVERYONE])

WRONG = "This key is not known here, it was revoked, or it is the public key of a widget."
WAIT = "Too many wrong keys came from your address. Try again in {seconds} seconds."


@router.get(SIGN_IN)
async def sign_in_page(
    request: Request, following: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    caller: Caller | None = request.state.caller
    if caller is not None and not caller.is_public:
        return _onwards(caller, safe_next(following))
    return _page(safe_next(following))


@router.post(SIGN_IN)
async def sign_in(request: Request) -> Response:
    """A new session each time: a token that someone planted before is worth nothing after it."""
    form, settings = await fields_of(request), _settings(request)
    following = safe_next(form.get("next", "/"))
    throttle: Throttle = request.app.state.throttle
    address = address_of_caller(request.scope, settings.proxy)
    if seconds := throttle.seconds_to_wait(address):
        said = WAIT.format(seconds=seconds)
        return _page(following, said, 429, {"retry-after": str(seconds)})
    began = await _begin(request, form.get("key", "").strip())
    if began is None:
        throttle.was_wrong(address)
        return _page(following, WRONG, 401, {"www-authenticate": "Bearer"})
    caller, token = began
    answer = _onwards(caller, following)
    set_token(answer, token, secure=_is_secure(request))
    return answer


@router.post(SIGN_OUT)
async def sign_out(request: Request) -> Response:
    """Ended here, not only forgotten by the browser."""
    await _end(request)
    answer = RedirectResponse(SIGN_IN, 303)
    drop_token(answer, secure=_is_secure(request))
    return answer


async def _begin(request: Request, shown: str) -> tuple[Caller, str] | None:
    key = read_key(shown)
    if key is None:
        return None
    database: Database = request.app.state.database
    # a wrong key must not make writers wait
    caller = await read(database, lambda c: find_caller(c, key))
    if caller is None or caller.is_public:
        return None
    old = token_of(request.scope, secure=_is_secure(request))
    return caller, await write(database, lambda c: _new_session(c, caller, old))


def _new_session(connection: sa.Connection, caller: Caller, old: str | None) -> str:
    if old:
        end_session(connection, old)
    note(connection, caller, "signed in", "session")
    return begin_session(connection, caller.name)


async def _end(request: Request) -> None:
    token = token_of(request.scope, secure=_is_secure(request))
    if token is None:
        return

    def end(connection: sa.Connection) -> None:
        if request.state.caller is not None:
            note(connection, request.state.caller, "signed out", "session")
        end_session(connection, token)

    await write(request.app.state.database, end)


def _page(
    following: str, said: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    page = render("sign_in.html", following=following, said=said, caller=None)
    return HTMLResponse(page, status, headers)


def _onwards(caller: Caller, following: str) -> RedirectResponse:
    """The start page is not for the shop; the documentation is."""
    is_home = following == "/" and not caller.is_in_sales
    return RedirectResponse("/docs" if is_home else following, 303)


def _is_secure(request: Request) -> bool:
    settings = _settings(request)
    return comes_by_https(request.scope, settings.proxy, tls=settings.tls)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.settings
    return settings
