"""What the database holds about one customer: read for an export, removed for an erasure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from service.records.schema import answered, audit, metadata

LINKS = {"events": "visitor_id", "outcomes": "recommendation_id"}
"""Rows without a customer are this one's where a row of its own has the same visitor or list."""


@dataclass(frozen=True)
class ErasedRecords:
    """How many rows there were."""

    removed: dict[str, int]
    """By table."""
    anonymous: int
    """Audit entries that lost the id."""


def records_of(connection: sa.Connection, customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """Rows as JSON, by table; tables without any are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in tables_about_customers():
        for condition in _conditions(connection, table, customer_id):
            rows = connection.execute(table.select().where(condition)).mappings()
            found.setdefault(table.name, []).extend(
                {name: _as_json(value) for name, value in row.items()} for row in rows
            )
    return {name: rows for name, rows in found.items() if rows}


def erase_records(
    connection: sa.Connection, customer_id: str, customer_hash: bytes
) -> ErasedRecords:
    """Removes rows, by table; the audit keeps what was done, about a hash instead of an id."""
    counts: Counter[str] = Counter()
    anonymous = {"customer_id": None, "about": customer_hash.hex()}
    for table in tables_about_customers():
        change = audit.update().values(anonymous) if table is audit else table.delete()
        for condition in _conditions(connection, table, customer_id):
            counts[table.name] += connection.execute(change.where(condition)).rowcount
    nameless = counts.pop(audit.name)
    return ErasedRecords({name: n for name, n in counts.items() if n}, nameless)


def tables_about_customers() -> list[sa.Table]:
    """Every table with a column for the customer, also one that is added after this was written."""
    return [table for table in metadata.sorted_tables if "customer_id" in table.c]


Condition = sa.ColumnElement[bool]


def _conditions(
    connection: sa.Connection, table: sa.Table, customer_id: str
) -> Iterator[Condition]:
    """Each for other rows; the customer's own last, because they lead to some of the others."""
    own = table.c.customer_id == customer_id
    if table.name in LINKS:
        yield _is_linked(table, LINKS[table.name], customer_id)
    if table is answered:
        yield from _unfiled_answers(connection, customer_id)
    if table is audit:
        own |= audit.c.about == customer_id
    yield own


def _is_linked(table: sa.Table, link: str, customer_id: str) -> Condition:
    own = table.alias()
    links = sa.select(own.c[link]).where(own.c.customer_id == customer_id, own.c[link].is_not(None))
    return table.c.customer_id.is_(None) & table.c[link].in_(links)


def _unfiled_answers(connection: sa.Connection, customer_id: str) -> Iterator[Condition]:
    """Answers kept for repeated requests that hold the id, but are filed under another or none."""
    named = json.dumps(customer_id).encode(), json.dumps(customer_id, ensure_ascii=False).encode()
    keys = (answered.c.caller, answered.c.idempotency_key)
    filed = sa.func.coalesce(answered.c.customer_id, "") == customer_id
    rows = connection.execute(sa.select(*keys, answered.c.body).where(~filed)).all()
    for caller, key, body in rows:
        if any(name in body for name in named):
            yield (keys[0] == caller) & (keys[1] == key)


def _as_json(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return _readable(value)
    return value


def _readable(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.hex()
