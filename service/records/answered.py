"""Answers kept for a day, so that a request that is sent again is not done again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from service.records.schema import answered
from service.records.times import now

KEPT = timedelta(hours=24)


class KeyReusedError(Exception):
    """The same caller used the same key for another request."""


@dataclass(frozen=True)
class Asked:
    """A write that may be sent again."""

    caller: str
    idempotency_key: str
    request_hash: bytes


@dataclass(frozen=True)
class Written:
    """What is answered once it is committed."""

    status: int
    body: bytes
    customer_id: str | None = None
    """Whose data the body holds."""


def find_answer(connection: sa.Connection, asked: Asked) -> Written | None:
    """Raises `KeyReusedError`; answers that are too old are swept away first."""
    connection.execute(answered.delete().where(answered.c.recorded_at < now() - KEPT))
    row = connection.execute(
        _FIND, {"caller": asked.caller, "idempotency_key": asked.idempotency_key}
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != asked.request_hash:
        raise KeyReusedError
    return Written(row.status, row.body, row.customer_id)


def keep_answer(connection: sa.Connection, asked: Asked, written: Written) -> None:
    """In the transaction of the write itself: both are there or neither."""
    connection.execute(answered.insert().values(**vars(asked), **vars(written), recorded_at=now()))


_FIND = sa.select(
    answered.c.request_hash, answered.c.status, answered.c.body, answered.c.customer_id
).where(
    answered.c.caller == sa.bindparam("caller"),
    answered.c.idempotency_key == sa.bindparam("idempotency_key"),
)
