"""The tables. What changes here needs a migration beside it; a test holds the two together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.records.times import UtcTime

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Ascends in the order of commits, because there is one writer at a time; never used twice."""


def _sequence() -> sa.Column[int]:
    return sa.Column("sequence", SEQUENCE, primary_key=True, autoincrement=True)


def _told() -> tuple[sa.Column[str], sa.Column[datetime]]:
    """Who wrote it down, and when."""
    return (
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
    )


def _said(name: str, kind: sa.types.TypeEngine[Any]) -> tuple[sa.Column[Any], ...]:
    """The last word on one thing, by whom and when; all three null where nothing was said."""
    return (
        sa.Column(name, kind),
        sa.Column(f"{name}_by", sa.Text),
        sa.Column(f"{name}_at", UtcTime()),
    )


keys = sa.Table(
    "keys",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False, unique=True),
    sa.Column("secret_hash", sa.LargeBinary, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("rep", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("revoked_at", UtcTime),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("key_name", sa.ForeignKey("keys.name", ondelete="CASCADE"), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False, index=True),
)

permissions = sa.Table(
    "permissions",
    metadata,
    _sequence(),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("granted", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("wording", sa.Text),
    *_told(),
    sqlite_autoincrement=True,
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("preference_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("stance", sa.Text, nullable=False),
    sa.Column("words", sa.Text),
    sa.Column("said_on", sa.Date, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    *_told(),
    sa.Column("withdrawn_at", UtcTime),
)

complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("complaint_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("product_id", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("acknowledge_by", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("acknowledged_at", UtcTime),
    sa.Column("resolved_at", UtcTime),
    sa.Column("resolution", sa.Text),
    *_told(),
    sa.Index("ix_complaints_resolved_at_due_on", "resolved_at", "due_on"),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("product_id", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("said_on", sa.Date, nullable=False),
    *_told(),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    _sequence(),
    sa.Column("recommendation_id", sa.Text, nullable=False, index=True),
    sa.Column("customer_id", sa.Text),
    sa.Column("product_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("until", sa.Date),
    sa.Column("kind", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("release", sa.Text),
    sa.Column("rep", sa.Text),
    *_told(),
    sa.Index("ix_outcomes_customer_id_outcome", "customer_id", "outcome"),
    sa.Index("ix_outcomes_recorded_at", "recorded_at"),
    sqlite_autoincrement=True,
)

events = sa.Table(
    "events",
    metadata,
    _sequence(),
    sa.Column("customer_id", sa.Text),
    sa.Column("visitor_id", sa.Text),
    sa.Column("product_id", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("quantity", sa.Float, nullable=False),
    sa.Column("happened_at", UtcTime, nullable=False),
    *_told(),
    sa.Index("ix_events_customer_id_happened_at", "customer_id", "happened_at"),
    sa.Index("ix_events_visitor_id_happened_at", "visitor_id", "happened_at"),
    sqlite_autoincrement=True,
)

products = sa.Table(
    "products",
    metadata,
    sa.Column("product_id", sa.Text, primary_key=True),
    sa.Column("sequence", SEQUENCE, nullable=False, unique=True),
    *_said("in_stock", sa.Boolean()),
    *_said("price", sa.Float()),
    *_said("active", sa.Boolean()),
)

answered = sa.Table(
    "answered",
    metadata,
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("idempotency_key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("recorded_at", UtcTime, nullable=False, index=True),
)

audit = sa.Table(
    "audit",
    metadata,
    _sequence(),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("caller", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("noun", sa.Text, nullable=False),
    sa.Column("about", sa.Text),
    sa.Column("customer_id", sa.Text, index=True),
    sqlite_autoincrement=True,
)

forgotten = sa.Table(
    "forgotten",
    metadata,
    _sequence(),
    sa.Column("customer_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("forgotten_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

lists = sa.Table(
    "lists",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("release", sa.Text, nullable=False),
    sa.Column("written_at", UtcTime, nullable=False),
)
