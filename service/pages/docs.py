"""The API's documentation, written from its own OpenAPI document; nothing comes from elsewhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_ALL_KEYS, the_caller
from service.api.json_answer import json_answer
from service.live import InUse, in_use
from service.pages.operations import operations
from service.pages.page_answer import page_answer
from service.problems import PROBLEM_KINDS

router = APIRouter()

ROLES_IN_WORDS = {
    "shop": "Suggestions and also bought, for the web shop's server: no names of customers, no "
    "`expected_value`, and what a customer told us only as a count, `not_now`.",
    "rep": "Everything about the rep's own customers.",
    "manager": "Everything about all customers.",
    "admin": "As manager; and who changed what.",
}


@router.get("/openapi.json", dependencies=[FOR_ALL_KEYS])
async def openapi_document(request: Request) -> Response:
    return json_answer(request.app.openapi())


@router.get("/docs", dependencies=[FOR_ALL_KEYS])
async def docs_page(
    request: Request,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    return page_answer(
        live,
        caller,
        "docs.html",
        operations=operations(request.app.openapi(), str(request.base_url)),
        problems=PROBLEM_KINDS,
        roles=ROLES_IN_WORDS,
    )
