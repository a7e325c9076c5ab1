"""What to offer beside a basket."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from recommender.suggest.answers import suggestions_answer
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.baskets import NOBODY, suggest_for_basket
from recommender.suggest.facts import NOTHING_KNOWN
from recommender.suggest.suggestion import CROSS_SELL_KINDS, MOST, Kind, Wish
from service.access.caller import Caller
from service.access.roles import FOR_ALL_KEYS, the_caller
from service.access.scope import customer_of
from service.access.shown import shown
from service.api.answers import Suggestions
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters
from service.api.told_parameters import Id, Told
from service.api.told_parameters import shown as example
from service.knowing import facts_about
from service.live import InUse, in_use
from service.problems import BAD_REQUEST, TOO_LARGE, UNKNOWN_CUSTOMER, documented

router = APIRouter(tags=["suggestions"])
MOST_PRODUCTS = 200
"""In one basket."""


class BasketBody(Told):
    """Of a customer, or of a visitor nobody knows."""

    model_config = example({"product_ids": ["P2", "P5"], "customer_id": None, "n": 8})

    product_ids: Annotated[list[Id], Field(max_length=MOST_PRODUCTS)]
    """In any order; one that is named twice counts once."""
    customer_id: Id | None = None
    n: Annotated[int, Field(ge=1, le=MOST)] = 8
    """How many to list at most."""
    kinds: Annotated[list[Kind], Field(min_length=1)] = sorted(CROSS_SELL_KINDS, reverse=True)
    """Left out: what the customer never bought."""
    category: Annotated[str | None, Field(max_length=500)] = None
    """Only products of this category."""
    min_price: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """Only products with a known price of at least this one."""
    max_price: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """Only products with a known price up to this one."""
    exclude: Annotated[list[Id], Field(max_length=2000, default_factory=list)]
    """Product ids."""

    def wish(self) -> Wish:
        return Wish(
            n=self.n,
            kinds=frozenset(self.kinds),
            category=self.category,
            min_price=self.min_price,
            max_price=self.max_price,
            exclude=frozenset(self.exclude),
        )


class BasketSuggestions(Suggestions):
    customer_id: str | None  # type: ignore[assignment]
    unknown_product_ids: Annotated[
        list[str],
        Field(
            description="Of the basket: the release has never heard of them, so they say nothing."
        ),
    ]


@router.post(
    "/baskets/suggestions",
    operation_id="list_basket_suggestions",
    summary="What to offer beside a basket",
    response_model=BasketSuggestions,
    responses=documented(BAD_REQUEST, UNKNOWN_CUSTOMER, TOO_LARGE),
    dependencies=[FOR_ALL_KEYS],
)
async def list_basket_suggestions(
    request: Request,
    body: BasketBody,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Writes nothing. An empty basket leaves a customer its own list, a visitor the popular one."""
    release, facts = live.release, NOTHING_KNOWN
    if body.customer_id is not None:
        customer_of(caller, live, body.customer_id)
        facts = await facts_about(request, release, body.customer_id)
    basket = Basket.of(release, body.product_ids)
    found = suggest_for_basket(release, body.customer_id or NOBODY, basket, body.wish(), facts)
    answer = suggestions_answer(release, found) | {
        "customer_id": body.customer_id,
        "unknown_product_ids": list(basket.unknown),
    }
    return json_answer(shown(answer, caller))
