"""The shapes of all answers, for the OpenAPI document and the tests that hold answers to it.

The engine builds its answers itself (`recommender.suggest.answers`); validating them again on
every request would only cost time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from recommender.suggest.facts import Channel, OutcomeName
from recommender.suggest.suggestion import FallbackReason, Kind, Source
from service.api.answer import Answer, Count, Money, Share
from service.api.reasons import Reason

Withheld = Annotated[
    dict[str, Count],
    Field(
        description="Products that may not be offered now, by rule; for the shop, what the "
        "customer told us counts under `not_now`; empty for the widget."
    ),
]
NOT_PUBLIC = Field(description="Null for the widget.")


class CatalogueProduct(Answer):
    product_id: str
    name: str
    category: str | None
    price: Money | None


class Suggestion(CatalogueProduct):
    kind: Kind
    rank: Annotated[int, Field(ge=1)]
    chance: Annotated[Share | None, NOT_PUBLIC]
    expected_value: Annotated[Money | None, Field(description="Null for the shop and the widget.")]
    reasons: list[Reason]


class ListForCustomer(Answer):
    recommendation_id: str
    customer_id: str
    release: str
    data_through: date
    fallback_reason: FallbackReason | None
    requested: Count
    returned: Count
    withheld: Withheld


class Suggestions(ListForCustomer):
    source: Source
    suggestions: list[Suggestion]


class PeerProduct(CatalogueProduct):
    rank: Annotated[int, Field(ge=1)]
    peers: Count
    peers_bought: Count


class CustomerAlsoBought(ListForCustomer):
    peers: Count
    also_bought: list[PeerProduct]


class Target(Answer):
    customer_id: str
    name: str
    segment: str | None
    region: str | None
    rep: str | None
    contact: Annotated[
        list[Channel] | None,
        Field(description="Channels it may be contacted through; null where none was asked."),
    ]
    kind: Kind
    rank: Annotated[int, Field(ge=1)]
    chance: Annotated[
        Share | None, Field(description="Null where too few bought the product to foretell it.")
    ]
    expected_value: Money | None
    reasons: list[Reason]
    last_outcome: OutcomeName | None
    recommendation_id: Annotated[
        str, Field(description="To tell what became of it: `POST /v1/outcomes`.")
    ]


class Targets(Answer):
    product_id: str
    name: str
    release: str
    data_through: date
    requested: Count
    returned: Count
    withheld: Annotated[
        dict[str, Count], Field(description="Customers passed over on the way, by rule.")
    ]
    targets: list[Target]


class Companion(CatalogueProduct):
    rank: Annotated[int, Field(ge=1)]
    customers_both: Annotated[Count | None, NOT_PUBLIC]
    together: Annotated[Count | None, NOT_PUBLIC]
    share: Annotated[Share | None, NOT_PUBLIC]


class ProductAlsoBought(Answer):
    product_id: str
    name: str
    release: str
    data_through: date
    requested: Count
    returned: Count
    customers: Annotated[Count | None, NOT_PUBLIC]
    withheld: Withheld
    also_bought: list[Companion]


class Customer(Answer):
    customer_id: str
    name: str
    segment: str | None
    region: str | None
    rep: str | None
    products_bought: Count
    last_bought_on: date | None


class OpenComplaints(Answer):
    opened_on: Annotated[date, Field(description="Of the oldest open one.")]
    due_on: Annotated[date, Field(description="Of the one due first.")]
    overdue_since: Annotated[
        date | None, Field(description="The first date that was not kept; null where all were.")
    ]


class Silence(Answer):
    days: Annotated[int, Field(ge=0, description="Since its last order, on the training's day.")]
    usual_days: Annotated[float, Field(gt=0, description="From one of its orders to the next.")]
    chance: Annotated[Share, Field(description="That no order comes in the next 90 days.")]


class TopOffer(Answer):
    product_id: str
    name: str
    chance: Share


class ListedCustomer(Customer):
    """What is at stake is as of the training; the offer and the complaints are as of now."""

    allowed: Annotated[bool, Field(description="Whether its purchases may be used.")]
    value_at_stake: Annotated[
        Money | None, Field(description="`offer_value` and `churn_value`; null where not known.")
    ]
    offer_value: Annotated[
        Money | None, Field(description="Expected value of its first eight suggestions.")
    ]
    churn_value: Annotated[
        Money | None,
        Field(
            description="Where a warning stands: chance of silence times chance of an order "
            "times what it spends in 90 days."
        ),
    ]
    expected_purchases: Annotated[
        float | None, Field(ge=0, description="Of these suggestions, within 28 days.")
    ]
    offers: Count | None
    silence: Annotated[Silence | None, Field(description="Of whom is silent longer than usual.")]
    top_offer: TopOffer | None
    complaint: OpenComplaints | None
    may_contact: list[Channel]


class Customers(Answer):
    customers: list[ListedCustomer]
    next: Annotated[str | None, Field(description="`cursor` of the next page; null on the last.")]


class ReleaseAnswer(Answer):
    model_config = ConfigDict(extra="forbid", title="Release")

    name: str
    created_at: datetime
    data_through: date
    parent: str | None
    currency: str
    counts: dict[str, int]
    settings: dict[str, Any]


class AuditEntry(Answer):
    at: datetime
    caller: Annotated[str, Field(description="The name of the key, or `command line`.")]
    action: str
    noun: str
    about: str | None
    customer_id: str | None


class Audit(Answer):
    entries: list[AuditEntry]
    next: Annotated[str | None, Field(description="`cursor` of the next page; null on the last.")]


class Live(Answer):
    status: Literal["live"]


class Ready(Answer):
    status: Literal["ready"]
    release: str
    warning: Annotated[
        str | None, Field(description="Set when a newer release cannot be used; else null.")
    ]
