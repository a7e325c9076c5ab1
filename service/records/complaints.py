"""Complaints: filed with two dates to keep, acknowledged, resolved, opened again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recommender.config import ComplaintsSection
from service.records.schema import complaints
from service.records.times import now


@dataclass(frozen=True)
class Filing:
    """What a customer complains about: a product, a category, or neither."""

    product_id: str | None
    category: str | None
    text: str
    opened_on: date


@dataclass(frozen=True)
class Complaint:
    """What was filed, and how far it got."""

    complaint_id: str
    customer_id: str
    product_id: str | None
    category: str | None
    text: str
    opened_on: date
    acknowledge_by: date
    due_on: date
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    resolution: str | None
    recorded_by: str
    recorded_at: datetime

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    def is_overdue(self, today: date) -> bool:
        """Not acknowledged in time, or not resolved in time."""
        waits = self.acknowledged_at is None and self.acknowledge_by < today
        return self.is_open and (waits or self.due_on < today)


COLUMNS = [complaints.c[name] for name in Complaint.__dataclass_fields__]
IS_OPEN = complaints.c.resolved_at.is_(None)


def file_complaint(
    connection: sa.Connection, customer_id: str, filing: Filing, days: ComplaintsSection, by: str
) -> Complaint:
    found = Complaint(
        complaint_id=secrets.token_hex(8),
        customer_id=customer_id,
        product_id=filing.product_id,
        category=filing.category,
        text=filing.text,
        opened_on=filing.opened_on,
        acknowledge_by=filing.opened_on + timedelta(days.acknowledge_days),
        due_on=filing.opened_on + timedelta(days.resolve_days),
        acknowledged_at=None,
        resolved_at=None,
        resolution=None,
        recorded_by=by,
        recorded_at=now(),
    )
    connection.execute(complaints.insert().values(**vars(found)))
    return found


def complaints_of(connection: sa.Connection, customer_id: str) -> list[Complaint]:
    """Open ones first, then newest first."""
    rows = connection.execute(_OF_CUSTOMER, {"customer_id": customer_id})
    return [Complaint(*row) for row in rows]


def open_complaints(connection: sa.Connection) -> list[Complaint]:
    """Of all customers, the one due first in front."""
    return [Complaint(*row) for row in connection.execute(_OPEN)]


def find_complaint(connection: sa.Connection, complaint_id: str) -> Complaint | None:
    row = connection.execute(_ONE, {"complaint_id": complaint_id}).one_or_none()
    return Complaint(*row) if row else None


def acknowledge(connection: sa.Connection, complaint_id: str) -> None:
    """The first time counts."""
    moment = sa.func.coalesce(complaints.c.acknowledged_at, now())
    _change(connection, complaint_id, acknowledged_at=moment)


def resolve(connection: sa.Connection, complaint_id: str, resolution: str) -> None:
    """What is resolved is acknowledged too."""
    acknowledge(connection, complaint_id)
    _change(connection, complaint_id, resolved_at=now(), resolution=resolution)


def reopen(connection: sa.Connection, complaint_id: str) -> None:
    """Its dates stay: whoever opens it again has waited since the beginning."""
    _change(connection, complaint_id, resolved_at=None, resolution=None)


def _change(connection: sa.Connection, complaint_id: str, **values: Any) -> None:
    one = complaints.c.complaint_id == complaint_id
    connection.execute(complaints.update().where(one).values(**values))


_ALL = sa.select(*COLUMNS)
_OF_CUSTOMER = _ALL.where(complaints.c.customer_id == sa.bindparam("customer_id")).order_by(
    complaints.c.resolved_at.is_not(None), complaints.c.opened_on.desc(), complaints.c.complaint_id
)
_OPEN = _ALL.where(IS_OPEN).order_by(complaints.c.due_on, complaints.c.complaint_id)
_ONE = _ALL.where(complaints.c.complaint_id == sa.bindparam("complaint_id"))
