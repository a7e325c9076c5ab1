"""Who changed what, and when; what was written is not repeated here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.access.caller import Caller
from service.records.schema import audit
from service.records.times import now

COMMAND_LINE = Caller("command line", "admin")
"""Who has the machine has the database."""


@dataclass(frozen=True)
class Entry:
    sequence: int
    at: datetime
    caller: str
    """The name of its key."""
    action: str
    """`created`, `changed`, `deleted`, `revoked`, `signed in`, ..."""
    noun: str
    """`key`, `session`, `permission`, `complaint`, ..."""
    about: str | None
    """The id or name of what was changed."""
    customer_id: str | None


def note(
    connection: sa.Connection,
    caller: Caller,
    action: str,
    noun: str,
    about: str | None = None,
    customer_id: str | None = None,
) -> None:
    """In the transaction of the change itself: neither is kept without the other."""
    connection.execute(
        audit.insert().values(
            at=now(),
            caller=caller.name,
            action=action,
            noun=noun,
            about=about,
            customer_id=customer_id,
        )
    )


def read_audit(connection: sa.Connection, before: int | None, limit: int) -> list[Entry]:
    """The newest first; `before` is the sequence of the last one of the page before."""
    columns = [audit.c[name] for name in Entry.__dataclass_fields__]
    chosen = sa.select(*columns).order_by(audit.c.sequence.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(audit.c.sequence < before)
    return [Entry(*row) for row in connection.execute(chosen)]
