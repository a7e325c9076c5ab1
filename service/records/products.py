"""What is told of products between two trainings: the last word on each, by whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from recommender.release.changes import ToldProduct
from service.records.schema import products
from service.records.times import now

Changing = Literal["in_stock", "price", "active"]
CHANGING: tuple[Changing, ...] = get_args(Changing)
AT_ONCE = 500
"""Ids in one statement; databases bound how many it may have."""


@dataclass(frozen=True)
class ProductWord:
    """The last word on one thing about a product."""

    value: bool | float
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class ProductWords:
    """All that was said of one product."""

    told: ToldProduct
    words: dict[Changing, ProductWord]


def record_products(
    connection: sa.Connection, said: Mapping[str, Mapping[Changing, bool | float]], by: str
) -> None:
    """What is left out of a product stays as it was last said.

    There is one writer at a time, so numbers ascend in the order of commits and none is used twice:
    rows are only ever added and changed.
    """
    moment, last = now(), newest_sequence(connection)
    known = _among(connection, list(said))
    added, changed = [], []
    for sequence, (product_id, words) in enumerate(said.items(), last + 1):
        row = dict(known.get(product_id, _NOTHING_SAID)) | {"sequence": sequence}
        for name, value in words.items():
            row |= {name: value, f"{name}_by": by, f"{name}_at": moment}
        if product_id in known:
            changed.append(row | {"changed_id": product_id})
        else:
            added.append(row | {"product_id": product_id})
    if added:
        connection.execute(products.insert(), added)
    if changed:
        connection.execute(_CHANGE, changed)


def newest_sequence(connection: sa.Connection) -> int:
    return connection.execute(sa.select(NEWEST)).scalar() or 0


def told_after(connection: sa.Connection, sequence: int) -> tuple[list[ToldProduct], int]:
    """Products of which something was said since that number, and the newest number."""
    rows = connection.execute(_AFTER, {"sequence": sequence}).all()
    return [ToldProduct(*row[1:]) for row in rows], rows[-1].sequence if rows else sequence


def words_about(connection: sa.Connection, product_id: str) -> ProductWords:
    row = connection.execute(_ONE, {"product_id": product_id}).mappings().first()
    if row is None:
        return ProductWords(ToldProduct(product_id), {})
    words: dict[Changing, ProductWord] = {
        name: ProductWord(row[name], row[f"{name}_by"], row[f"{name}_at"])
        for name in CHANGING
        if row[name] is not None
    }
    return ProductWords(ToldProduct(*(row[name] for name in _TOLD)), words)


def _among(connection: sa.Connection, product_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for first in range(0, len(product_ids), AT_ONCE):
        asked = {"ids": product_ids[first : first + AT_ONCE]}
        for row in connection.execute(_SOME, asked).mappings():
            found[row["product_id"]] = {name: row[name] for name in _COLUMNS}
    return found


_TOLD = tuple(ToldProduct.__dataclass_fields__)
_COLUMNS = tuple(f"{name}{part}" for name in CHANGING for part in ("", "_by", "_at"))
_NOTHING_SAID: dict[str, Any] = dict.fromkeys(_COLUMNS)
NEWEST = sa.select(sa.func.max(products.c.sequence)).scalar_subquery()
_ONE = sa.select(products).where(products.c.product_id == sa.bindparam("product_id"))
_SOME = sa.select(products).where(products.c.product_id.in_(sa.bindparam("ids", expanding=True)))
_AFTER = (
    sa.select(products.c.sequence, *(products.c[name] for name in _TOLD))
    .where(products.c.sequence > sa.bindparam("sequence"))
    .order_by(products.c.sequence)
)
_CHANGE = (
    products.update()
    .where(products.c.product_id == sa.bindparam("changed_id"))
    .values({name: sa.bindparam(name) for name in ("sequence", *_COLUMNS)})
)
