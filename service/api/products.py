"""What goes with a product."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.suggest.also_bought import product_also_bought
from recommender.suggest.answers import product_also_bought_answer, targets_answer
from service.access.caller import Caller
from service.access.roles import FOR_PAGES_TOO, FOR_SALES, the_caller
from service.access.shown import shown
from service.api.answers import ProductAlsoBought, Targets
from service.api.kept import STILL_HOLDS, kept_answer
from service.api.parameters import HowMany, ProductId, ProductsQuery
from service.live import InUse, in_use
from service.problems import FOREIGN_PAGE, NOT_ALLOWED, UNKNOWN_PRODUCT, documented
from service.sales.targets import targets_for

router = APIRouter(tags=["products"])


@router.get(
    "/products/{product_id:path}/also-bought",
    operation_id="list_product_also_bought",
    summary="What the buyers of a product also bought",
    response_model=ProductAlsoBought,
    responses=documented(NOT_ALLOWED, FOREIGN_PAGE, UNKNOWN_PRODUCT) | STILL_HOLDS,
    dependencies=[FOR_PAGES_TOO],
)
async def list_product_also_bought(
    request: Request,
    product_id: ProductId,
    query: Annotated[ProductsQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """At least five customers stand behind each product listed."""
    found = product_also_bought(live.release, product_id, query.n, query.filter())
    return kept_answer(
        request.scope, shown(product_also_bought_answer(live.release, found), caller)
    )


@router.get(
    "/products/{product_id:path}/targets",
    operation_id="list_targets",
    summary="The customers for a product",
    response_model=Targets,
    responses=documented(UNKNOWN_PRODUCT) | STILL_HOLDS,
    dependencies=[FOR_SALES],
)
async def list_targets(
    request: Request,
    product_id: ProductId,
    query: Annotated[HowMany, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """Most likely first, each with what its own list says of the product; a rep gets its own."""
    found = await targets_for(request, live, caller, product_id, query.n)
    return kept_answer(request.scope, targets_answer(live.release, found))
