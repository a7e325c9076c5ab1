"""Sessions of people who signed in on the page: kept here, so that they can be ended here."""

from __future__ import annotations

import hashlib
import secrets as random
from datetime import timedelta

import sqlalchemy as sa

from service.access.caller import Caller
from service.records.schema import keys, sessions
from service.records.times import now

LASTS = timedelta(hours=12)


def begin_session(connection: sa.Connection, key_name: str) -> str:
    """Its token, 256 bits, of which only the hash is kept; sweeps up what has expired."""
    token, at = random.token_urlsafe(32), now()
    connection.execute(sessions.delete().where(sessions.c.expires_at <= at))
    connection.execute(
        sessions.insert().values(
            token_hash=_hash(token), key_name=key_name, created_at=at, expires_at=at + LASTS
        )
    )
    return token


def find_session(connection: sa.Connection, token: str) -> Caller | None:
    """Who signed in; None for one that ended or expired, or whose key was revoked."""
    asked = {"token_hash": _hash(token), "now": now()}
    row = connection.execute(_FIND, asked).one_or_none()
    return Caller(row.name, row.role, row.rep, by_session=True) if row else None


_FIND = (
    sa.select(keys.c.name, keys.c.role, keys.c.rep)
    .join(sessions, sessions.c.key_name == keys.c.name)
    .where(
        sessions.c.token_hash == sa.bindparam("token_hash"),
        sessions.c.expires_at > sa.bindparam("now"),
        keys.c.revoked_at.is_(None),
    )
)


def end_session(connection: sa.Connection, token: str) -> None:
    connection.execute(sessions.delete().where(sessions.c.token_hash == _hash(token)))


def end_sessions_of(connection: sa.Connection, key_name: str) -> None:
    connection.execute(sessions.delete().where(sessions.c.key_name == key_name))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
