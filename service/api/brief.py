"""All that the rep's page shows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from recommender.suggest.facts import About, Channel, Interest, OutcomeName, Stance, StatedIn
from service.access.caller import Caller
from service.access.roles import FOR_SALES, the_caller
from service.access.scope import known_customer_of
from service.api.answer import Answer, Count, Share
from service.api.answers import CatalogueProduct, Customer, CustomerAlsoBought, Suggestions
from service.api.complaints import FiledComplaint
from service.api.insight_answers import (
    Peers,
    Portrait,
    Potential,
    Question,
    Referral,
    Value,
)
from service.api.json_answer import json_answer
from service.api.notes import WrittenNote
from service.api.parameters import CustomerId, NoParameters
from service.api.permissions import FourPermissions
from service.api.preferences import StatedPreference
from service.live import InUse, in_use
from service.problems import UNKNOWN_CUSTOMER, documented
from service.sales.brief import brief_of
from service.sales.brief_answer import brief_answer

router = APIRouter(tags=["customers"])


class Favourite(Answer):
    name: str
    lines: Count
    """Purchases of it."""
    share: Share
    lift: float
    """Times everyone's share."""


class FavouriteValue(Favourite):
    """Of an attribute of the catalogue, such as the size of a pack."""

    attribute: str


class PriceBand(Answer):
    """The middle half of its purchases, in times the usual price of the category."""

    low: float
    middle: float
    high: float
    purchases: Count


class Rhythm(Answer):
    usual_days: float
    orders: Count


class UsualChannel(Answer):
    """A way it orders."""

    name: str
    orders: Count
    share: Share
    """Of its orders of which the way is known."""


class Observed(Answer):
    categories: list[Favourite]
    brands: list[Favourite]
    attributes: list[FavouriteValue]
    price_band: PriceBand | None
    rhythm: Rhythm | None
    channels: list[UsualChannel]
    """The one it uses most first; empty where the purchases do not tell."""


class Contradiction(Answer):
    """A dislike that the last orders speak against."""

    about: About
    value: str
    stance: Stance
    words: str | None
    said_on: date
    source: StatedIn
    orders: Count
    """With such a product in them,"""
    of: Count
    """of so many that were looked at."""
    since_said: Count
    last_on: date


class ProductOutcome(Answer):
    product_id: str
    name: str
    outcome: OutcomeName
    reason: str | None
    until: date | None
    recorded_at: datetime


class WarmLead(CatalogueProduct):
    event: Interest
    happened_on: date


class Purchased(Answer):
    product_id: str
    name: str
    times: Count
    last_bought_on: date


class Purchases(Answer):
    last: list[Purchased]
    most: list[Purchased]


class Brief(Answer):
    """Without permission to personalise nothing in it is drawn from what the customer does."""

    customer: Customer
    complaints: list[FiledComplaint]
    """Open ones first, then newest first."""
    permissions: FourPermissions
    may_contact: list[Channel]
    portrait: Portrait
    peers: Peers
    value: Value
    potential: Potential
    reorder: Suggestions | None
    """Bought regularly and due; null where that is not looked at."""
    lapsed: Suggestions | None
    """Bought regularly, and no more."""
    more: Suggestions | None
    """Bought regularly, but far less than customers like it take."""
    observed: Observed
    stated: list[StatedPreference]
    contradictions: list[Contradiction]
    suggestions: Suggestions
    notes: list[WrittenNote]
    """The last ones, newest first."""
    questions: list[Question]
    """At most two, the one that changes most in front."""
    referral: Referral | None
    """Null unless it took something lately, has no open complaint, and may be spoken to."""
    last_outcomes: list[ProductOutcome]
    """The newest word on each product."""
    warm_leads: list[WarmLead]
    """Viewed, carted or quoted, and not bought."""
    also_bought: CustomerAlsoBought
    purchases: Purchases


@router.get(
    "/customers/{customer_id:path}/brief",
    operation_id="show_brief",
    summary="All that the customer's page shows",
    response_model=Brief,
    responses=documented(UNKNOWN_CUSTOMER),
    dependencies=[FOR_SALES],
)
async def show_brief(
    request: Request,
    customer_id: CustomerId,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
    query: Annotated[NoParameters, Query()],  # noqa: ARG001
) -> Response:
    """Its list of suggestions is the one that `list_suggestions` gives."""
    row = known_customer_of(caller, live, customer_id)
    return json_answer(brief_answer(live, await brief_of(request, live, row)))
