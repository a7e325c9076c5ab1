"""Of whom the records hold anything that changes its list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from service.records.complaints import IS_OPEN
from service.records.events import INTEREST, TRADES
from service.records.facts import WORDS, Since
from service.records.schema import complaints, events, outcomes, preferences


def those_with_facts(
    connection: sa.Connection, customer_ids: Sequence[str], since: Since
) -> frozenset[str]:
    """One statement; for all others a list is what the release says."""
    asked = {
        "customers": list(customer_ids),
        "data_until": since.data_until,
        "interest": since.interest,
    }
    return frozenset(connection.scalars(_WITH_FACTS, asked))


def _of(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    is_one = table.c.customer_id.in_(sa.bindparam("customers", expanding=True))
    return sa.select(table.c.customer_id).where(is_one, condition)


_FRESH = events.c.event.in_(TRADES) & (events.c.happened_at >= sa.bindparam("data_until"))
_LATE = events.c.event.in_(INTEREST) & (events.c.happened_at >= sa.bindparam("interest"))
_WITH_FACTS = sa.union(
    _of(preferences, preferences.c.withdrawn_at.is_(None)),
    _of(complaints, IS_OPEN),
    _of(outcomes, outcomes.c.outcome.in_(WORDS)),
    _of(events, _FRESH | _LATE),
)
