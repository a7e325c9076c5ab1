"""The page of a product: what it is, who buys it, what goes with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from recommender.release.opening import Release
from recommender.suggest.also_bought import product_also_bought
from recommender.suggest.answers import described, product_also_bought_answer
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.api.parameters import ProductId
from service.live import InUse, in_use
from service.pages.page_answer import page_answer

router = APIRouter()


@router.get("/products/{product_id:path}", dependencies=[FOR_SALES])
async def product_page(
    product_id: ProductId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    also = product_also_bought(live.release, product_id)
    return page_answer(
        live,
        caller,
        "product.html",
        product=describe_product(live.release, product_id),
        also=product_also_bought_answer(live.release, also),
    )


def describe_product(release: Release, product_id: str) -> dict[str, Any]:
    """What the catalogue and the purchases say of a product that the release knows."""
    products, column = release.products, release.products.ids.position(product_id)
    stock = "out of stock"
    if not products.in_catalogue[column]:
        stock = "no longer in the catalogue"
    elif products.in_stock[column]:
        stock = "in stock"
    return described(release, product_id) | {
        "brand": products.brand[column or 0] or None,
        "stock": stock,
        "buyers": int(products.buyers[column]),
        "recent_buyers": int(products.recent_buyers[column]),
    }
