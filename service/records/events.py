"""Events: views, carts, quotes, purchases and returns as they happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from recommender.suggest.facts import Interest
from service.records.schema import events
from service.records.times import now

EventName = Literal["view", "cart", "quote", "purchase", "return"]
TRADES: tuple[EventName, ...] = ("purchase", "return")
INTEREST: tuple[Interest, ...] = get_args(Interest)


@dataclass(frozen=True)
class Event:
    """Of a customer, or of a visitor nobody knows yet."""

    customer_id: str | None
    visitor_id: str | None
    product_id: str
    event: EventName
    quantity: float
    """Above 0, for a return too."""
    happened_at: datetime


def record_events(connection: sa.Connection, happened: Sequence[Event], by: str) -> None:
    """In the order they are given."""
    told = {"recorded_by": by, "recorded_at": now()}
    connection.execute(events.insert(), [vars(event) | told for event in happened])


def purchases_since(
    connection: sa.Connection, moment: datetime
) -> dict[tuple[str | None, str], list[datetime]]:
    """When each customer bought each product."""
    bought = defaultdict(list)
    for customer_id, product_id, happened_at in connection.execute(_BOUGHT, {"moment": moment}):
        bought[customer_id, product_id].append(happened_at)
    return dict(bought)


_BOUGHT = sa.select(events.c.customer_id, events.c.product_id, events.c.happened_at).where(
    events.c.customer_id.is_not(None),
    events.c.event == "purchase",
    events.c.happened_at >= sa.bindparam("moment"),
)
