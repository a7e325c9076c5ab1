"""The page of a product: what it is bought with, and who should be called about it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.listing.csv_lines import csv_lines
from recommender.listing.rows import LIST_COLUMNS, target_rows
from recommender.suggest.also_bought import product_also_bought
from recommender.suggest.answers import product_also_bought_answer, targets_answer
from recommender.suggest.targets import TargetList
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.parameters import Count, ProductId, QueryParameters, refuse_repetitions
from service.live import InUse, in_use
from service.pages.page_answer import page_answer
from service.pages.selling_chart import selling_chart
from service.pages.words import (
    OUTCOMES_IN_WORDS,
    PURPOSES_IN_WORDS,
    passed_over_in_words,
    reasons_in_words,
)
from service.sales.product import describe_product, selling_of
from service.sales.targets import targets_for

router = APIRouter(dependencies=[Depends(the_caller), Depends(refuse_repetitions)])
TARGETS = 10
MORE_TARGETS = 50


class ProductQuery(QueryParameters):
    n: Count = TARGETS


@router.get("/products/{product_id:path}/targets.csv", dependencies=[FOR_SALES])
async def targets_file(
    request: Request,
    product_id: ProductId,
    query: Annotated[ProductQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """The targets that the page shows, with the columns of the lists that are written at night."""
    found = await targets_for(request, live, caller, product_id, query.n)
    lines = "".join(csv_lines(LIST_COLUMNS, target_rows(live.release, found)))
    name = quote(f"targets-{product_id}.csv", safe="")
    return Response(
        lines.encode("utf-8"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.get("/products/{product_id:path}", dependencies=[FOR_SALES])
async def product_page(
    request: Request,
    product_id: ProductId,
    query: Annotated[ProductQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    release, also = live.release, product_also_bought(live.release, product_id)
    found = await targets_for(request, live, caller, product_id, query.n)
    selling = selling_of(release, product_id)
    return page_answer(
        live,
        caller,
        "product.html",
        product=describe_product(release, product_id),
        also=product_also_bought_answer(release, also),
        targets=targets_answer(release, found),
        reasons=[reasons_in_words(release, target.reasons)[0] for target in found.targets],
        passed_over=passed_over_in_words(found.withheld),
        selling=selling,
        chart=selling_chart(selling),
        channels=PURPOSES_IN_WORDS,
        outcomes=OUTCOMES_IN_WORDS,
        more=MORE_TARGETS if _may_have_more(found) else None,
    )


def _may_have_more(found: TargetList) -> bool:
    return found.returned == found.requested < MORE_TARGETS
