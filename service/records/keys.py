"""Keys: shown once, kept as a hash, found by their id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.access.caller import PUBLIC, Caller, Role
from service.access.key import Key
from service.records.schema import keys
from service.records.times import now


@dataclass(frozen=True)
class KnownKey:
    """What may be said of a key; its secret is not kept."""

    name: str
    key_id: str
    role: Role
    rep: str | None
    created_at: datetime
    revoked_at: datetime | None


def add_key(connection: sa.Connection, name: str, role: Role, rep: str | None, key: Key) -> None:
    """Raises `IntegrityError` where the name is taken, also by a revoked key."""
    connection.execute(
        keys.insert().values(
            name=name,
            key_id=key.key_id,
            secret_hash=key.secret_hash,
            role=role,
            rep=rep,
            created_at=now(),
        )
    )


def find_caller(connection: sa.Connection, key: Key) -> Caller | None:
    """Whose key this is; None for an unknown, wrong or revoked one, in the same time."""
    row = connection.execute(_FIND, {"key_id": key.key_id}).one_or_none()
    expected = row.secret_hash if row else bytes(32)
    if not key.matches(expected) or row is None or row.revoked_at is not None:
        return None
    return Caller(row.name, row.role, row.rep)


def find_named_caller(connection: sa.Connection, name: str) -> Caller | None:
    """Who has the key of this name, where it is in use; for a proxy that has checked who it is.

    Nobody is a public key.
    """
    row = connection.execute(_FIND_NAMED, {"name": name}).one_or_none()
    return Caller(row.name, row.role, row.rep) if row else None


_FIND = sa.select(
    keys.c.name, keys.c.role, keys.c.rep, keys.c.secret_hash, keys.c.revoked_at
).where(keys.c.key_id == sa.bindparam("key_id"))
_FIND_NAMED = sa.select(keys.c.name, keys.c.role, keys.c.rep).where(
    keys.c.name == sa.bindparam("name"),
    keys.c.revoked_at.is_(None),
    keys.c.role != PUBLIC,
)


def all_keys(connection: sa.Connection) -> list[KnownKey]:
    """By name."""
    columns = [keys.c[name] for name in KnownKey.__dataclass_fields__]
    rows = connection.execute(sa.select(*columns).order_by(keys.c.name))
    return [KnownKey(*row) for row in rows]


def find_key(connection: sa.Connection, name: str) -> KnownKey | None:
    """Also a revoked one."""
    return next((key for key in all_keys(connection) if key.name == name), None)


def remove_key(connection: sa.Connection, name: str) -> None:
    """Frees its name; its sessions go with it."""
    connection.execute(keys.delete().where(keys.c.name == name))


def any_key_in_use(connection: sa.Connection) -> bool:
    in_use = sa.select(keys.c.name).where(keys.c.revoked_at.is_(None)).limit(1)
    return connection.execute(in_use).first() is not None


def revoke_key(connection: sa.Connection, name: str) -> bool:
    """False where no key in use has this name."""
    in_use = (keys.c.name == name) & keys.c.revoked_at.is_(None)
    return connection.execute(keys.update().where(in_use).values(revoked_at=now())).rowcount > 0
