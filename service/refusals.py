"""How an error is answered: as a page to a person with a browser, as a problem to a program."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from recommender.errors import RecommenderError
from service.access.address import sign_in_address
from service.access.foreign_pages import ForeignPageError
from service.access.roles import NotAllowedError, NotSignedInError, caller_of, check_allowed
from service.api.parameters import WrongMediaTypeError
from service.pages.render import render
from service.problems import (
    BAD_REQUEST,
    FOREIGN_PAGE,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_SIGNED_IN,
    PROBLEM_TYPE,
    TOO_LARGE,
    UNAVAILABLE,
    UNKNOWN_CUSTOMER,
    UNKNOWN_PRODUCT,
    WRONG_MEDIA_TYPE,
    Mistake,
    Problem,
    ProblemError,
    ProblemKind,
    kind_of_error,
    kind_of_status,
)

log = logging.getLogger(__name__)

PROGRAMS_ONLY = ("/v1/", "/health/", "/openapi.json")
LONGEST_NAME = 60
MOST_MISTAKES = 20
SECONDS_TO_WAIT = "5"
"""Before asking again for what is not available now."""
_SAID = {
    NOT_FOUND: "there is nothing at this address; /docs lists all there are",
    METHOD_NOT_ALLOWED: "this address does not take this method; the header Allow names those",
    TOO_LARGE: "the body is larger than this address takes",
    UNKNOWN_CUSTOMER: "there is no customer of this id, or it is another rep's",
    UNKNOWN_PRODUCT: "there is no product of this id in the release in use; a new one comes with "
    "the next training",
    UNAVAILABLE: "this cannot be answered now; the log says why",
}
"""What was asked for is not repeated, nor where things lie."""


def refuse(
    scope: Scope,
    kind: ProblemKind,
    detail: str,
    errors: list[Mistake] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a request that gets nothing else."""
    if kind is UNAVAILABLE:
        headers = {"retry-after": SECONDS_TO_WAIT} | dict(headers or {})
    problem = Problem.of(kind, detail, scope["state"]["request_id"], errors)
    if _wants_page(scope):
        caller = scope["state"].get("caller")
        page = render("error.html", problem=problem, remedy=kind.remedy, caller=caller)
        return HTMLResponse(page, kind.status, headers)
    return Response(problem.json_bytes(), kind.status, headers, PROBLEM_TYPE)


def install_refusals(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(RequestValidationError, _refuse_invalid)
    app.add_exception_handler(RecommenderError, _refuse_engine)
    app.add_exception_handler(WrongMediaTypeError, _refuse_media)
    app.add_exception_handler(NotSignedInError, _refuse_nobody)
    app.add_exception_handler(NotAllowedError, _refuse_role)
    app.add_exception_handler(ForeignPageError, _refuse_page)
    app.add_exception_handler(ProblemError, _refuse_problem)
    app.add_exception_handler(Exception, _refuse_unforeseen)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # tells the type checker what is certain
    kind = kind_of_status(error.status_code)
    if kind is BAD_REQUEST and (refusal := await _refuse_who_may_not(request)):
        return refusal
    return refuse(request.scope, kind, _SAID.get(kind, error.detail), headers=error.headers)


async def _refuse_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    if refusal := await _refuse_who_may_not(request):
        return refusal
    mistakes = [mistake_in(dict(e)) for e in error.errors()[:MOST_MISTAKES]]
    detail = "; ".join(f"{m.name}: {m.detail}" for m in mistakes)
    return refuse(request.scope, INVALID_REQUEST, detail, mistakes)


async def _refuse_who_may_not(request: Request) -> Response | None:
    """A body that cannot be read is noticed before anybody asks who sent it."""
    try:
        check_allowed(request)
    except NotSignedInError as error:
        return await _refuse_nobody(request, error)
    except NotAllowedError as error:
        return await _refuse_role(request, error)
    except ForeignPageError as error:
        return await _refuse_page(request, error)
    return None


async def _refuse_engine(request: Request, error: Exception) -> Response:
    assert isinstance(error, RecommenderError)  # noqa: S101
    kind = kind_of_error(error)
    if kind is INTERNAL_ERROR:
        raise error
    if kind is UNAVAILABLE:
        log.error("request %s: %s", request.state.request_id, error)
    return refuse(request.scope, kind, _SAID.get(kind, str(error)))


async def _refuse_nobody(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """A person is led to the sign-in page, and back again."""
    if _wants_page(request.scope) and request.method == "GET":
        return RedirectResponse(sign_in_address(request.scope), 303)
    detail = "show a key that is in use: Authorization: Bearer KEY"
    return refuse(request.scope, NOT_SIGNED_IN, detail, headers={"www-authenticate": "Bearer"})


async def _refuse_role(request: Request, error: Exception) -> Response:  # noqa: ARG001
    role = caller_of(request).role
    return refuse(request.scope, NOT_ALLOWED, f"this is not for the role `{role}`")


async def _refuse_page(request: Request, error: Exception) -> Response:  # noqa: ARG001
    detail = (
        "a widget key counts only in pages of the shop, and this is none that is known: add its "
        'origin to recommender.toml, such as [service] origins = ["https://shop.example"]'
    )
    return refuse(request.scope, FOREIGN_PAGE, detail)


async def _refuse_media(request: Request, error: Exception) -> Response:  # noqa: ARG001
    detail = "the header Content-Type must say application/json"
    return refuse(request.scope, WRONG_MEDIA_TYPE, detail)


async def _refuse_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101
    return refuse(request.scope, error.kind, error.detail)


async def _refuse_unforeseen(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Says nothing of what happened; the log does, under the same request id."""
    return refuse(request.scope, INTERNAL_ERROR, "the service could not answer; this is logged")


def mistake_in(error: dict[str, object]) -> Mistake:
    """Keeps the name and what was expected; what the caller sent stays with the caller."""
    loc = error["loc"]
    where, *name = loc if isinstance(loc, tuple) else ("query",)
    detail = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        detail = "unknown parameter; /docs lists the known ones"
    names = ".".join(_plain(str(part)) for part in name)[:LONGEST_NAME]
    return Mistake(where=str(where), name=names, detail=detail[:1].lower() + detail[1:])


def _plain(name: str) -> str:
    """The name of an unknown field comes from the caller; only one that could be ours is said."""
    return name if re.fullmatch(r"[\w.-]+", name, re.ASCII) else "?"


def _wants_page(scope: Scope) -> bool:
    if scope["path"].startswith(PROGRAMS_ONLY):
        return False
    return any(
        name == b"accept" and b"text/html" in value.lower() for name, value in scope["headers"]
    )
