"""Notes: what was said in a talk and is nothing else, in free words."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from service.records.schema import notes
from service.records.times import now


@dataclass(frozen=True)
class Note:
    note_id: str
    customer_id: str
    product_id: str | None
    """Of the product that was talked about."""
    text: str
    said_on: date
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Noting:
    """What is to be written down."""

    product_id: str | None
    text: str
    said_on: date


COLUMNS = [notes.c[name] for name in Note.__dataclass_fields__]


def write_note(connection: sa.Connection, customer_id: str, noting: Noting, by: str) -> Note:
    found = Note(
        note_id=secrets.token_hex(8),
        customer_id=customer_id,
        product_id=noting.product_id,
        text=noting.text,
        said_on=noting.said_on,
        recorded_by=by,
        recorded_at=now(),
    )
    connection.execute(notes.insert().values(**vars(found)))
    return found


def notes_of(connection: sa.Connection, customer_id: str, most: int | None = None) -> list[Note]:
    """Newest first; all of them unless a number is given."""
    rows = connection.execute(_OF_CUSTOMER.limit(most), {"customer_id": customer_id})
    return [Note(*row) for row in rows]


_OF_CUSTOMER = (
    sa.select(*COLUMNS)
    .where(notes.c.customer_id == sa.bindparam("customer_id"))
    .order_by(notes.c.said_on.desc(), notes.c.recorded_at.desc(), notes.c.note_id)
)
