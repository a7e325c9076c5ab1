"""The rep's page: who this is, what it buys, what to offer and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends
from starlette.responses import Response

from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.answers import customer_also_bought_answer, suggestions_answer
from recommender.suggest.observed import observed_of
from recommender.suggest.reasons import Reason
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import FallbackReason, SuggestionList
from recommender.suggest.wording import product_name, sentence
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.access.scope import known_customer_of
from service.api.parameters import CustomerId
from service.customers import day_of, describe_customer
from service.live import InUse, in_use
from service.pages.observed import observed_in_words
from service.pages.page_answer import page_answer
from service.portrait import portrait

router = APIRouter()

PURCHASES_SHOWN = 6
SOURCES_IN_WORDS = {
    "personal": "From what this customer and others like it bought.",
    "fold_in": "From what it bought, the purchases since the last training among it.",
    "segment": "It has bought nothing yet: this is what customers of its segment buy.",
    "popular": "It has bought nothing yet: this is what most customers buy.",
}
REASONS_IN_WORDS: dict[FallbackReason, str] = {
    "no_permission": "It does not let its purchases be used: this is what most customers buy.",
    "purchases_since_release": SOURCES_IN_WORDS["fold_in"],
}
"""Where the source alone would say something else."""
RULES_IN_WORDS = {
    "owned": "it has bought before",
    "returned": "it gave back",
    "complaint": "under an open complaint",
    "disliked": "it does not like",
    "rejected": "it refused lately",
    "lost": "it bought elsewhere",
    "snoozed": "it asked to hear of later",
    "accepted": "it has agreed to",
    "won": "it was sold lately",
    "not_in_catalogue": "no longer in the catalogue",
    "out_of_stock": "out of stock",
}


@dataclass(frozen=True)
class Purchased:
    """One product that the customer bought."""

    product_id: str
    name: str
    times: int
    last_bought_on: date


@router.get("/customers/{customer_id:path}", dependencies=[FOR_SALES])
async def customer_page(
    customer_id: CustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    """A rep who mistypes an id must not read the popular list as if it were this customer's."""
    release, row = live.release, known_customer_of(caller, live, customer_id)
    found = suggest(release, customer_id)
    also = customer_also_bought(release, customer_id)
    return page_answer(
        live,
        caller,
        "customer.html",
        customer=describe_customer(live, row),
        portrait=portrait(release, row, live.portrait_fields),
        observed=observed_in_words(observed_of(release, row)),
        bought_last=purchased(release, row, lambda times, last_day: (-times, -last_day)),
        bought_most=purchased(release, row, lambda times, last_day: (-last_day, -times)),
        answer=suggestions_answer(release, found),
        sentences=[reasons_in_words(release, s.reasons) for s in found.suggestions],
        source=source_in_words(found),
        withheld=[f"{n:,} {rule_in_words(rule)}" for rule, n in found.withheld.items()],
        held=held_in_words(release, found),
        also=customer_also_bought_answer(release, also),
    )


def purchased(
    release: Release, row: int, sort_keys: Callable[[Any, Any], tuple[Any, ...]]
) -> list[Purchased]:
    """The first few of what the customer bought; the last sort key counts most."""
    first, end = release.bought.starts[row : row + 2]
    times, last_day = release.bought.times[first:end], release.bought.last_day[first:end]
    order = np.lexsort(sort_keys(times, last_day))[:PURCHASES_SHOWN]
    products = release.bought.products[first:end][order]
    ids = [release.products.ids[int(product)] for product in products]
    return [
        Purchased(key, product_name(release, key), int(times[i]), day_of(int(last_day[i])))
        for key, i in zip(ids, order, strict=True)
    ]


def reasons_in_words(release: Release, reasons: tuple[Reason, ...]) -> list[str]:
    """Each reason as a sentence of its own."""
    said = [sentence(release, reason) for reason in reasons] or ["ranked by the model"]
    return [s[:1].upper() + s[1:] for s in said]


def source_in_words(found: SuggestionList) -> str:
    """Where the list comes from, as a sentence."""
    said = found.fallback_reason and REASONS_IN_WORDS.get(found.fallback_reason)
    return said or SOURCES_IN_WORDS[found.source]


def rule_in_words(rule: str) -> str:
    return RULES_IN_WORDS.get(rule, rule.replace("_", " "))


def held_in_words(release: Release, found: SuggestionList) -> list[tuple[str, str, str]]:
    """(product_id, name, why) of what would stand in this list, had no rule held it back."""
    return [(key, product_name(release, key), rule_in_words(rule)) for key, rule in found.held]
