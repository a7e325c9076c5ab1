"""The rep's page: what is wrong, whether one may call, what to offer and why, what was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.suggest.wording import DONE as EVENTS_IN_WORDS
from recommender.suggest.wording import product_name
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.access.scope import known_customer_of
from service.api.parameters import CustomerId
from service.live import InUse, in_use
from service.pages.brief_words import MOST_BARS, asked, bars, figures, warning, why_no_potential
from service.pages.form import NOT_REFUSED, Refused
from service.pages.formats import count
from service.pages.observed import observed_in_words
from service.pages.page_answer import page_answer
from service.pages.words import (
    DONE,
    PURPOSES_IN_WORDS,
    REJECTIONS_IN_WORDS,
    held_in_words,
    reasons_in_words,
    rule_in_words,
    source_in_words,
)
from service.records.times import now
from service.sales.brief import Brief, brief_of
from service.sales.brief_answer import brief_answer

router = APIRouter()
MOST_NAMED = 12
"""Products and categories that a form proposes; any other may be typed."""


@router.get("/customers/{customer_id:path}", dependencies=[FOR_SALES])
async def customer_page(
    request: Request,
    customer_id: CustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    done: Annotated[str, Query()] = "",
) -> Response:
    """A rep who mistypes an id must not read the popular list as if it were this customer's."""
    row = known_customer_of(caller, live, customer_id)
    return shown(live, caller, await brief_of(request, live, row), done)


def shown(
    live: InUse, caller: Caller, brief: Brief, done: str = "", refused: Refused = NOT_REFUSED
) -> Response:
    """The page after something was `done`, or with a form that was refused in its place."""
    release, found = live.release, brief.offers.offer
    answer, currency = brief_answer(live, brief), live.release.manifest.currency
    return page_answer(
        live,
        caller,
        "customer.html",
        422 if refused else 200,
        brief=answer,
        figures=figures(brief.value, currency),
        warning=warning(brief.value),
        bars=bars(answer["potential"], currency),
        most_bars=MOST_BARS,
        no_potential=why_no_potential(answer["potential"]),
        questions=[asked(question) for question in answer["questions"]],
        is_personal=brief.is_personal,
        named=lambda product_id: product_name(release, product_id),
        observed=observed_in_words(brief.observed),
        sentences=sentences_of(live, brief),
        source=source_in_words(found),
        withheld=[f"{count(n)} {rule_in_words(rule)}" for rule, n in found.withheld.items()],
        held=held_in_words(release, found),
        purposes=PURPOSES_IN_WORDS,
        rejections=REJECTIONS_IN_WORDS,
        events=EVENTS_IN_WORDS,
        proposed=proposed(live, brief),
        today=now().date().isoformat(),
        done=DONE.get(done, ("", "")),
        refused=refused,
    )


def sentences_of(live: InUse, brief: Brief) -> dict[str, list[str]]:
    """Product id -> its reasons in words, over all its lists: a product is in one of them."""
    return {
        suggestion.product_id: reasons_in_words(live.release, suggestion.reasons)
        for found in brief.offers.lists
        for suggestion in found.suggestions
    }


def proposed(live: InUse, brief: Brief) -> dict[str, list[tuple[str, str]]]:
    """(what to send, what to read) of the products it knows or is offered, and of categories."""
    bought = [p.product_id for p in (*brief.purchases.last, *brief.purchases.most)]
    keys = dict.fromkeys([*bought, *(s.product_id for s in brief.offers.offer.suggestions)])
    names = [(key, product_name(live.release, key)) for key in keys]
    categories = [(name, "category") for name in live.catalogue.categories[:MOST_NAMED]]
    return {"products": names[:MOST_NAMED], "categories": categories}
