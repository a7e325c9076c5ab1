"""What to offer a customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.answers import customer_also_bought_answer, suggestions_answer
from recommender.suggest.suggest import suggest
from service.access.caller import Caller
from service.access.roles import FOR_ALL_KEYS, the_caller
from service.access.scope import customer_of
from service.access.shown import shown
from service.api.answers import CustomerAlsoBought, Suggestions
from service.api.kept import STILL_HOLDS, kept_answer
from service.api.parameters import CustomerId, ProductsQuery, SuggestionsQuery
from service.knowing import facts_about
from service.live import InUse, in_use
from service.problems import UNKNOWN_CUSTOMER, documented

router = APIRouter(tags=["suggestions"])


@router.get(
    "/customers/{customer_id:path}/suggestions",
    operation_id="list_suggestions",
    summary="What to offer a customer",
    response_model=Suggestions,
    responses=documented(UNKNOWN_CUSTOMER) | STILL_HOLDS,
    dependencies=[FOR_ALL_KEYS],
)
async def list_suggestions(
    request: Request,
    customer_id: CustomerId,
    query: Annotated[SuggestionsQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """For a customer nobody knows the shop gets the popular list, and `fallback_reason` says so."""
    customer_of(caller, live, customer_id)
    facts, wish = await facts_about(request, live.release, customer_id), query.wish()
    request.app.state.queries.remember(request.scope["query_string"], wish)
    found = suggest(live.release, customer_id, wish, facts)
    return kept_answer(request.scope, shown(suggestions_answer(live.release, found), caller))


@router.get(
    "/customers/{customer_id:path}/also-bought",
    operation_id="list_customer_also_bought",
    summary="What customers like this one also bought",
    response_model=CustomerAlsoBought,
    responses=documented(UNKNOWN_CUSTOMER) | STILL_HOLDS,
    dependencies=[FOR_ALL_KEYS],
)
async def list_customer_also_bought(
    request: Request,
    customer_id: CustomerId,
    query: Annotated[ProductsQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """Empty for a customer without purchases: nobody is known to be like it."""
    customer_of(caller, live, customer_id)
    facts = await facts_about(request, live.release, customer_id)
    found = customer_also_bought(live.release, customer_id, query.n, facts, among=query.filter())
    return kept_answer(
        request.scope, shown(customer_also_bought_answer(live.release, found), caller)
    )
