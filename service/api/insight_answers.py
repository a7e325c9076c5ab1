"""What the brief says beside lists: portrait, customers alike, value, potential, what to ask."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from recommender.suggest.asking.question import AskedAbout
from recommender.suggest.facts import OutcomeName
from service.api.answer import Answer, Count, Share


class Portrait(Answer):
    fields: dict[str, Any]
    missing: list[str]
    """Fields that other customers have."""
    changed_on: dict[str, date]
    """Of the fields of which it is known when they were last changed."""
    known: Count
    of: Count
    source: str
    as_of: date
    """When the table was read; what has no day of its own was so then."""


class Peer(Answer):
    customer_id: str
    name: str
    shared_portrait: dict[str, str]
    """Field -> what both have."""
    shared_categories: list[str]
    shared_products: Count


class DescribedPeers(Answer):
    """Of a segment and region that five customers or more are of."""

    segment: str
    region: str
    customers: Count


class Peers(Answer):
    """Customers alike by what they buy; none without permission, and none that gave none."""

    customers: Count
    named: list[Peer]
    """Those the caller may see, nearest first."""
    described: list[DescribedPeers]
    counted: Count
    """Those the caller may not see."""


class Lifetime(Answer):
    """Within the horizon."""

    horizon_days: Count
    chance_alive: Share | None
    """Null where it is the same for all."""
    orders: float
    revenue: float | None
    margin: float | None
    """Null where the cost of most that it bought is not known."""
    value: float | None
    """Margin where it is known, else revenue."""


class OrderRhythm(Answer):
    usual_days: float | None
    last_on: date
    days_since: int
    lateness: Share
    """Of waits like it, those that were shorter; as of the training."""
    chance_silent: Share
    """That no order comes in the 90 days after the training."""
    is_warned: bool
    """Silent for longer than usual, and likelier to stay so than one in three."""


class Value(Answer):
    lifetime: Lifetime | None
    lifetime_withheld: str | None
    """Why it is not told of anybody, or `no_permission`."""
    rhythm: OrderRhythm | None


class CategoryPotential(Answer):
    """Money of the last year."""

    category: str
    actual: float
    expected: float | None
    low: float | None
    """95 % interval of what is expected."""
    high: float | None
    peers_buying: Count | None
    gap: float
    has_gap: bool
    """Even the low end lies above what it buys."""
    withheld: Literal["few_buy"] | None


class Potential(Answer):
    """The widest gaps first."""

    size: float | None
    peers: Count
    withheld: str | None
    """`no_size`, `few_peers`, `no_permission`, or why it is not told of anybody."""
    categories: list[CategoryPotential]


class QuestionAnswer(Answer):
    answer: str
    customers: Count
    """Of those alike."""
    product_ids: list[str]
    """The list that it leads to."""


class Question(Answer):
    """Does it want this category or brand; or what is this field of its portrait."""

    about: AskedAbout
    value: str
    changes: Count
    """Places of the list in which two answers differ at most."""
    of: Count
    expected_change: float
    """Places that differ between two customers alike, drawn at random."""
    customers: Count
    answers: list[QuestionAnswer]


class ReferralReason(Answer):
    product_id: str
    name: str
    outcome: OutcomeName
    recorded_at: datetime


class Acquaintance(Answer):
    customer_id: str
    name: str
    is_prospect: bool


class Referral(Answer):
    """Customers of its kind nearby that the caller may see, prospects first."""

    because: ReferralReason
    segment: str
    region: str
    ask_about: list[Acquaintance]
