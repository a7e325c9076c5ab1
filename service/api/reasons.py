"""The shapes of reasons, one a kind; the engine builds them (`recommender.suggest.answers`)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from recommender.suggest.facts import About, Interest, Stance
from service.api.answer import Answer, Count, Money, Share


class BoughtReason(Answer):
    kind: Literal["bought"]
    product_id: str
    name: str
    share: Share


class PeersReason(Answer):
    kind: Literal["peers"]
    peers: Count
    peers_bought: Count


class PriceStepReason(Answer):
    kind: Literal["price_step"]
    category: str
    usual_price: Money
    price: Money


class PopularReason(Answer):
    kind: Literal["popular"]
    customers: Count
    days: Count


class StatedReason(Answer):
    kind: Literal["stated"]
    stance: Stance
    about: About
    value: str
    words: str | None
    said_on: date


class InterestReason(Answer):
    kind: Literal["interest"]
    event: Interest
    happened_on: date


class ResemblesReason(Answer):
    kind: Literal["resembles"]
    product_id: str
    name: str
    bought: Count
    alike: Count


class RhythmReason(Answer):
    kind: Literal["rhythm"]
    usual_gap_days: Annotated[float, Field(gt=0)]
    usual_quantity: Annotated[float, Field(gt=0)]
    last_on: date
    days_late: Annotated[int, Field(description="Below 0 while it is due soon.")]


class StoppedReason(Answer):
    kind: Literal["stopped"]
    usual_gap_days: Annotated[float, Field(gt=0)]
    last_on: date
    days_since: Count


class BuysLessReason(Answer):
    kind: Literal["buys_less"]
    peers: Count
    peers_bought: Annotated[Count, Field(description="Of these, those that buy it regularly.")]
    quantity_a_year: Annotated[float, Field(ge=0)]
    peers_quantity_a_year: Annotated[
        float, Field(ge=0, description="The median of those that buy it regularly.")
    ]


class BasketReason(Answer):
    kind: Literal["basket"]
    product_id: str
    name: str
    share: Share


class TogetherReason(Answer):
    kind: Literal["together"]
    product_id: str
    name: str
    customers_both: Count
    together: Annotated[Count, Field(description="Of these, in one order.")]


Reason = Annotated[
    BoughtReason
    | PeersReason
    | PriceStepReason
    | PopularReason
    | StatedReason
    | InterestReason
    | ResemblesReason
    | RhythmReason
    | StoppedReason
    | BuysLessReason
    | BasketReason
    | TogetherReason,
    Field(discriminator="kind"),
]
