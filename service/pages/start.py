"""The first page: what this is, how fresh it is, and where to begin."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.live import InUse, in_use
from service.pages.customers import words_of_lists
from service.pages.formats import count
from service.pages.page_answer import page_answer
from service.sales.customers import CustomersAsked, customers_asked
from service.sales.directory import Search
from service.sales.product import stock_is_known

router = APIRouter()

FIRST_CUSTOMERS = CustomersAsked(Search(sort="value_at_stake", limit=5))


@router.get("/", dependencies=[FOR_SALES])
async def start_page(
    request: Request,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    page = await customers_asked(request, live, caller, FIRST_CUSTOMERS)
    manifest = live.release.manifest
    return page_answer(
        live,
        caller,
        "start.html",
        page=page,
        counts=counts_of(live, caller),
        age=age_in_words(manifest.data_through, datetime.now(UTC).date()),
        **words_of_lists(live),
    )


def counts_of(live: InUse, caller: Caller) -> dict[str, int | None]:
    """A rep's own customers, all of them for others; products are everyone's."""
    products, bought = live.release.products, live.directory.products_bought
    if caller.role == "rep":
        bought = bought[live.directory.of_rep(caller.rep or "")]
    return {
        "customers": len(bought),
        "buyers": int((bought > 0).sum()),
        "products": int(products.in_catalogue.sum()),
        "in_stock": None
        if not stock_is_known(live.release)
        else int((products.in_catalogue & products.in_stock).sum()),
    }


def age_in_words(data_through: str, today: date) -> str:
    """How old the newest purchase is; nothing for data that ends in the future."""
    days = (today - date.fromisoformat(data_through[:10])).days
    if days < 0:
        return ""
    return {0: "today", 1: "yesterday"}.get(days, f"{count(days)} days ago")
