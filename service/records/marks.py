"""What was said to and by some customers lately, for the marks on the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.records.complaints import IS_OPEN
from service.records.schema import complaints, outcomes

REFUSALS = ("rejected", "lost")


@dataclass(frozen=True)
class MarkedOutcome:
    customer_id: str
    product_id: str
    outcome: str


@dataclass(frozen=True)
class MarkedComplaint:
    customer_id: str
    product_id: str | None
    category: str | None


def outcomes_of(
    connection: sa.Connection, customer_ids: Sequence[str], since: datetime
) -> list[MarkedOutcome]:
    """Oldest first."""
    asked = {"customers": list(customer_ids), "since": since}
    return [MarkedOutcome(*row) for row in connection.execute(_OUTCOMES, asked)]


def open_complaints_of(
    connection: sa.Connection, customer_ids: Sequence[str]
) -> list[MarkedComplaint]:
    found = connection.execute(_COMPLAINTS, {"customers": list(customer_ids)})
    return [MarkedComplaint(*row) for row in found]


def customers_with(connection: sa.Connection, state: str, since: datetime) -> list[str]:
    """All that have an open `complaint`, or were `offered` something or `declined` it lately."""
    if state == "complaint":
        return list(connection.scalars(_COMPLAINING))
    found = _TOLD.where(outcomes.c.outcome.in_(REFUSALS)) if state == "declined" else _TOLD
    return list(connection.scalars(found, {"since": since}))


def _one_of(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam("customers", expanding=True))


_LATELY = outcomes.c.recorded_at >= sa.bindparam("since")
_OUTCOMES = (
    sa.select(outcomes.c.customer_id, outcomes.c.product_id, outcomes.c.outcome)
    .where(_one_of(outcomes.c.customer_id), _LATELY)
    .order_by(outcomes.c.sequence)
)
_COMPLAINTS = sa.select(
    complaints.c.customer_id, complaints.c.product_id, complaints.c.category
).where(_one_of(complaints.c.customer_id), IS_OPEN)
_COMPLAINING = sa.select(complaints.c.customer_id).where(IS_OPEN).distinct()
_TOLD = (
    sa.select(outcomes.c.customer_id).where(outcomes.c.customer_id.is_not(None), _LATELY).distinct()
)
