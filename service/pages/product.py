"""The page of a product: what it is bought with, and who should be called about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.listing.csv_lines import csv_lines
from recommender.listing.rows import LIST_COLUMNS, target_rows
from recommender.release.opening import Release
from recommender.suggest.also_bought import product_also_bought
from recommender.suggest.answers import product_also_bought_answer, targets_answer
from recommender.suggest.targets import TargetList
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.parameters import Count, ProductId, QueryParameters, refuse_repetitions
from service.live import InUse, in_use
from service.pages.formats import day
from service.pages.page_answer import page_answer
from service.pages.selling_chart import selling_chart
from service.pages.words import (
    OUTCOMES_IN_WORDS,
    PURPOSES_IN_WORDS,
    passed_over_in_words,
    reasons_in_words,
)
from service.records.asking import read
from service.records.products import CHANGING, ProductWords, words_about
from service.records.times import now
from service.sales.changed import word_about
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
    said = await read(request.app.state.database, lambda c: words_about(c, product_id))
    found = await targets_for(request, live, caller, product_id, query.n)
    selling = selling_of(release, product_id)
    return page_answer(
        live,
        caller,
        "product.html",
        product=describe_product(release, product_id),
        changes=_changes(release, said),
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


def _changes(release: Release, said: ProductWords) -> dict[str, dict[str, Any] | None]:
    """What is otherwise now than at the training, with the day since when; else None."""
    words = {name: word_about(release, said, name) for name in CHANGING}
    return {
        name: word | {"since": _day(word["recorded_at"])}
        if word and word["holds"] and word["value"] != word["catalogue"]
        else None
        for name, word in words.items()
    }


def _day(moment: str) -> str:
    """Of today as today."""
    said_on = datetime.fromisoformat(moment).date()
    return "today" if said_on == now().date() else f"on {day(said_on)}"


def _may_have_more(found: TargetList) -> bool:
    return found.returned == found.requested < MORE_TARGETS
