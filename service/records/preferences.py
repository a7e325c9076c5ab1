"""Preferences that customers stated: in their words, until withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from recommender.suggest.facts import About, Stance, Stated, StatedIn
from service.records.schema import preferences
from service.records.times import now


@dataclass(frozen=True)
class Preference:
    """As it was written down."""

    preference_id: str
    customer_id: str
    about: About
    value: str
    stance: Stance
    words: str | None
    said_on: date
    source: StatedIn
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None


COLUMNS = [preferences.c[name] for name in Preference.__dataclass_fields__]
NEWEST_FIRST = (preferences.c.said_on.desc(), preferences.c.recorded_at.desc())


def record_preference(
    connection: sa.Connection, customer_id: str, stated: Stated, by: str
) -> Preference:
    """What was said before about the same thing stays in the records; the newest word counts."""
    found = Preference(
        preference_id=secrets.token_hex(8),
        customer_id=customer_id,
        about=stated.about,
        value=stated.value,
        stance=stated.stance,
        words=stated.words,
        said_on=stated.said_on,
        source=stated.source,
        recorded_by=by,
        recorded_at=now(),
        withdrawn_at=None,
    )
    connection.execute(preferences.insert().values(**vars(found)))
    return found


def preferences_of(connection: sa.Connection, customer_id: str) -> list[Preference]:
    """Newest first; what was withdrawn is left out."""
    rows = connection.execute(_OF_CUSTOMER, {"customer_id": customer_id})
    return [Preference(*row) for row in rows]


def find_preference(connection: sa.Connection, preference_id: str) -> Preference | None:
    """None for one that never was, or was withdrawn."""
    row = connection.execute(_ONE, {"preference_id": preference_id}).one_or_none()
    return Preference(*row) if row else None


def withdraw_preference(connection: sa.Connection, preference_id: str) -> None:
    one = preferences.c.preference_id == preference_id
    connection.execute(preferences.update().where(one).values(withdrawn_at=now()))


_HELD = sa.select(*COLUMNS).where(preferences.c.withdrawn_at.is_(None))
_OF_CUSTOMER = _HELD.where(preferences.c.customer_id == sa.bindparam("customer_id")).order_by(
    *NEWEST_FIRST, preferences.c.preference_id
)
_ONE = _HELD.where(preferences.c.preference_id == sa.bindparam("preference_id"))
