"""The list of customers: search, filters, fifty a page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.customers import asked_page
from service.api.parameters import CustomersQuery, refuse_repetitions
from service.live import InUse, in_use
from service.pages.page_answer import page_answer
from service.sales.customers import CustomerPage
from service.sales.directory import SORTS

router = APIRouter(dependencies=[Depends(the_caller), Depends(refuse_repetitions)])


@router.get("/customers", dependencies=[FOR_SALES])
async def customers_page(
    query: Annotated[CustomersQuery, Query()],
    page: Annotated[CustomerPage, Depends(asked_page)],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    return page_answer(
        live,
        caller,
        "customers.html",
        query=query,
        page=page,
        reps=[] if caller.role == "rep" else live.directory.reps,
        segments=live.directory.segments,
        sorts=SORTS,
        next_address=address(query, page.next) if page.next else None,
        first_address=address(query, None) if page.found.first else None,
    )


def address(query: CustomersQuery, cursor: str | None) -> str:
    """The same search at another place; what stands at its default is left out."""
    asked = query.model_dump(exclude_defaults=True, exclude={"cursor"})
    filled = {name: value for name, value in (asked | {"cursor": cursor}).items() if value}
    return f"/customers?{urlencode(filled)}" if filled else "/customers"
