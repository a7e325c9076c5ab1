"""Permissions: a log that only grows, of who agreed to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recommender.suggest.facts import Purpose
from service.records.schema import permissions
from service.records.times import now


@dataclass(frozen=True)
class Permission:
    """One line of the log."""

    purpose: Purpose
    granted: bool
    source: str | None
    """Through what it was said, such as `newsletter form`."""
    wording: str | None
    """To which words the customer agreed."""
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Said:
    """What a customer granted or withdrew at once, and how we know."""

    granted: Mapping[Purpose, bool]
    source: str | None
    wording: str | None


def record_permissions(connection: sa.Connection, customer_id: str, said: Said, by: str) -> None:
    moment = now()
    rows = [
        {
            "customer_id": customer_id,
            "purpose": purpose,
            "granted": granted,
            "source": said.source,
            "wording": said.wording,
            "recorded_by": by,
            "recorded_at": moment,
        }
        for purpose, granted in said.granted.items()
    ]
    connection.execute(permissions.insert(), rows)


def permissions_of(connection: sa.Connection, customer_id: str) -> list[Permission]:
    """The log, newest first."""
    rows = connection.execute(_LOG, {"customer_id": customer_id})
    return [Permission(*row) for row in rows]


_LOG = (
    sa.select(*(permissions.c[name] for name in Permission.__dataclass_fields__))
    .where(permissions.c.customer_id == sa.bindparam("customer_id"))
    .order_by(permissions.c.sequence.desc())
)
