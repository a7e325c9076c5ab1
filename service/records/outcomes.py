"""Outcomes: what became of each suggestion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from recommender.suggest.facts import OutcomeName
from service.records.schema import outcomes
from service.records.times import now

ReasonCode = Literal[
    "price", "quality", "has_supplier", "no_need", "not_now", "wrong_product", "other"
]


@dataclass(frozen=True)
class Outcome:
    """One word on one product of one list."""

    recommendation_id: str
    customer_id: str | None
    """None where the list was for somebody the release did not know."""
    product_id: str
    outcome: OutcomeName
    reason: ReasonCode | None
    until: date | None
    kind: str | None
    source: str
    release: str
    """The hash of its content."""
    rep: str | None
    """Who looked after the customer then."""


@dataclass(frozen=True)
class RecordedOutcome(Outcome):
    sequence: int
    recorded_by: str
    recorded_at: datetime


COLUMNS = [outcomes.c[name] for name in RecordedOutcome.__dataclass_fields__]


def record_outcome(connection: sa.Connection, outcome: Outcome, by: str) -> RecordedOutcome:
    """Saying the same again changes nothing: a list that is shown on every page counts once."""
    last = _last_word(connection, outcome)
    if last is not None and all(getattr(last, n) == v for n, v in vars(outcome).items()):
        return last
    values = vars(outcome) | {"recorded_by": by, "recorded_at": now()}
    row = connection.execute(outcomes.insert().values(values).returning(*COLUMNS)).one()
    return RecordedOutcome(*row)


def outcomes_since(
    connection: sa.Connection, moment: datetime, rep: str | None = None
) -> Iterator[RecordedOutcome]:
    """Oldest first; with `rep`, only of the customers it looked after then."""
    found = sa.select(*COLUMNS).where(outcomes.c.recorded_at >= moment)
    if rep is not None:
        found = found.where(outcomes.c.rep == rep)
    for row in connection.execute(found.order_by(outcomes.c.sequence)):
        yield RecordedOutcome(*row)


def _last_word(connection: sa.Connection, outcome: Outcome) -> RecordedOutcome | None:
    """Whether it was shown is asked apart: it stays true whatever is said later."""
    about = {"recommendation_id": outcome.recommendation_id, "product_id": outcome.product_id}
    found = _SHOWN if outcome.outcome == "shown" else _SAID
    row = connection.execute(found, about).first()
    return RecordedOutcome(*row) if row else None


_ABOUT = (
    sa.select(*COLUMNS)
    .where(
        outcomes.c.recommendation_id == sa.bindparam("recommendation_id"),
        outcomes.c.product_id == sa.bindparam("product_id"),
    )
    .order_by(outcomes.c.sequence.desc())
    .limit(1)
)
_SHOWN = _ABOUT.where(outcomes.c.outcome == "shown")
_SAID = _ABOUT.where(outcomes.c.outcome != "shown")
