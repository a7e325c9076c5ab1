"""The list of customers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.answers import Customers
from service.api.json_answer import json_answer
from service.api.parameters import CustomersQuery, invalid
from service.live import InUse, in_use
from service.sales.customers import CustomerPage, StaleCursorError, customers_asked

router = APIRouter(tags=["customers"])


async def asked_page(
    request: Request,
    query: Annotated[CustomersQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> CustomerPage:
    """The dependency that API and page share."""
    try:
        return await customers_asked(request, live, caller, query.asked())
    except StaleCursorError as error:
        raise invalid("query", "cursor", str(error)) from error


@router.get(
    "/customers",
    operation_id="list_customers",
    summary="Customers, searched and sorted",
    response_model=Customers,
    dependencies=[FOR_SALES],
)
async def list_customers(page: Annotated[CustomerPage, Depends(asked_page)]) -> Response:
    """The day in order of what is at stake, unless sorted otherwise.

    Words of `query` may occur in id, name or region; case and accents do not matter. A rep finds
    its own customers. Of one that does not let its purchases be used nothing is told that comes
    from them.
    """
    return json_answer({"customers": page.customers, "next": page.next})
