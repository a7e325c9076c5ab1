"""Who was forgotten: a keyed hash each, so that no file brings a customer back."""

from __future__ import annotations

import hmac
import secrets as randomness
from dataclasses import dataclass

import sqlalchemy as sa

from service.records.schema import forgotten, secrets
from service.records.times import now

SECRET = "forgotten"  # noqa: S105  # the name of a secret, not one
KEY_BYTES = 32
DIGEST = "sha256"


@dataclass(frozen=True, repr=False)
class Forgotten:
    """Everyone who was forgotten, as of one sequence; asking costs a hash, and nothing for none."""

    key: bytes = b""
    hashes: frozenset[bytes] = frozenset()
    sequence: int = 0

    def __contains__(self, customer_id: object) -> bool:
        return (
            bool(self.hashes)
            and isinstance(customer_id, str)
            and customer_hash(self.key, customer_id) in self.hashes
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def __repr__(self) -> str:
        return f"Forgotten({len(self):,} customers)"


NOBODY = Forgotten()


def customer_hash(key: bytes, customer_id: str) -> bytes:
    """HMAC-SHA256 of an id."""
    return hmac.digest(key, customer_id.encode("utf-8", "surrogatepass"), DIGEST)


def forget_customer(connection: sa.Connection, customer_id: str) -> bytes:
    """Remembers by its hash, which it gives, that this customer is not to come back."""
    hashed = customer_hash(_key_made_once(connection), customer_id)
    if connection.execute(_FIND, {"customer_hash": hashed}).first() is None:
        connection.execute(forgotten.insert().values(customer_hash=hashed, forgotten_at=now()))
    return hashed


def is_forgotten(connection: sa.Connection, customer_id: str) -> bool:
    """For one question; who has many reads them all once."""
    key = _key(connection)
    if key is None:
        return False
    found = connection.execute(_FIND, {"customer_hash": customer_hash(key, customer_id)})
    return found.first() is not None


def read_forgotten(connection: sa.Connection, known: Forgotten = NOBODY) -> Forgotten:
    """`known` itself where nobody was added since; else also those who were."""
    added = connection.execute(_SINCE, {"sequence": known.sequence}).all()
    if not added:
        return known
    return Forgotten(
        key=known.key or _key(connection) or b"",
        hashes=known.hashes | {row.customer_hash for row in added},
        sequence=added[-1].sequence,
    )


_FIND = sa.select(forgotten.c.sequence).where(
    forgotten.c.customer_hash == sa.bindparam("customer_hash")
)
_SINCE = (
    sa.select(forgotten.c.sequence, forgotten.c.customer_hash)
    .where(forgotten.c.sequence > sa.bindparam("sequence"))
    .order_by(forgotten.c.sequence)
)
NEWEST = sa.select(sa.func.max(forgotten.c.sequence)).scalar_subquery()
"""None where nobody was."""
_KEY = sa.select(secrets.c.value).where(secrets.c.name == SECRET)


def _key(connection: sa.Connection) -> bytes | None:
    return connection.execute(_KEY).scalar()


def _key_made_once(connection: sa.Connection) -> bytes:
    """There is one writer at a time, so nobody else makes another one meanwhile."""
    key = _key(connection)
    if key is None:
        key = randomness.token_bytes(KEY_BYTES)
        connection.execute(secrets.insert().values(name=SECRET, value=key))
    return key
