"""Whose complaints are open, of all customers at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from service.records.complaints import IS_OPEN
from service.records.schema import complaints


@dataclass(frozen=True)
class Complaining:
    """The open complaints of one customer."""

    opened_on: date
    """The oldest."""
    due_on: date
    """The first."""
    overdue_since: date | None
    """The first date that was not kept: to acknowledge one, or to resolve one."""


def all_complaining(connection: sa.Connection, today: date) -> dict[str, Complaining]:
    """One statement over the index of open ones."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for customer_id, *dates in connection.execute(_OPEN):
        rows[customer_id].append(dates)
    return {customer_id: _together(found, today) for customer_id, found in rows.items()}


def _together(found: list[Any], today: date) -> Complaining:
    missed = [
        day
        for _, due_on, acknowledge_by, acknowledged_at in found
        for day in (due_on, *([acknowledge_by] if acknowledged_at is None else []))
        if day < today
    ]
    return Complaining(
        opened_on=min(row[0] for row in found),
        due_on=min(row[1] for row in found),
        overdue_since=min(missed, default=None),
    )


_OPEN = sa.select(
    complaints.c.customer_id,
    complaints.c.opened_on,
    complaints.c.due_on,
    complaints.c.acknowledge_by,
    complaints.c.acknowledged_at,
).where(IS_OPEN)
