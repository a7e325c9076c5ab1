"""The columns of a release without one customer.

What is said of products stays: they are counts and medians over all who bought them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from recommender.release.columns import Array
from recommender.release.contents import Alike, Contents, Customers, Model, Numbers
from recommender.release.evidence import COUNT_ANEW, Evidence
from recommender.release.insight import CustomerRhythms, Lifetime, Sizes
from recommender.release.observed import Habits, OrderChannels, with_used_names
from recommender.release.stakes import Stakes
from recommender.text import TextColumn

Part = TypeVar("Part")

OF_PRODUCTS = frozenset({"products", "fallback", "also_bought", "attributes"})
"""Parts without a row a customer."""
RAGGED = frozenset(
    {"bought", "returned", "earlier", "candidates", "again", "last_orders"}
    | {"favourite_categories", "favourite_brands", "favourite_values"}
    | {"product_rhythms", "regular", "potential", "evidence"}
)
"""Parts with a row of entries a customer, cut by `starts`."""


def without_customer(contents: Contents, row: int) -> Contents:
    """Everyone else keeps what it has, under numbers that close the gap.

    Raises `TypeError` for a part that nobody has said how to treat.
    """
    parts = {
        field.name: _without(field.name, getattr(contents, field.name), row)
        for field in fields(contents)
    }
    parts["evidence"] = _counted_anew(parts["evidence"], contents.alike.peers, row)
    return Contents(**parts)


def _counted_anew(evidence: Evidence, peers: Numbers, row: int) -> Evidence:
    """Whose peer the customer was, its peers are counted without it from now on."""
    concerned = np.delete((peers == row).any(axis=1), row)
    entries = np.repeat(concerned, np.diff(evidence.starts))
    counted = np.where(entries, np.int32(COUNT_ANEW), evidence.peers_bought)
    return replace(evidence, peers_bought=counted)


def _without(name: str, part: Any, row: int) -> Any:
    if name in OF_PRODUCTS:
        return part
    if name in RAGGED:
        return _without_entries(part, row)
    match part:
        case Customers() | Habits() | CustomerRhythms() | Sizes() | Lifetime() | Stakes():
            return _without_row(part, row)
        case Model():
            return replace(part, customer_factors=np.delete(part.customer_factors, row, axis=0))
        case OrderChannels():
            return with_used_names(_without_entries(part, row))
        case Alike():
            return replace(part, peers=_without_peer(part.peers, row))
    raise TypeError(f"how is a customer taken out of {name}? say so in release/rewriting.py")


def _without_row(part: Part, row: int) -> Part:
    """Each column has one value a customer."""
    columns = {field: _without_value(column, row) for field, column in vars(part).items()}
    return type(part)(**columns)


def _without_value(column: Array | TextColumn, row: int) -> Array | TextColumn:
    if not isinstance(column, TextColumn):
        return np.delete(column, row, axis=0)
    first, end = column.ends[row : row + 2]
    return type(column)(_closed(column.ends, row), np.delete(column.content, slice(first, end)))


def _without_entries(part: Part, row: int) -> Part:
    """`starts` cuts all other columns, entry by entry; texts are what their numbers point at."""
    columns: dict[str, Any] = dict(vars(part))
    starts = columns.pop("starts")
    gone = slice(*starts[row : row + 2])
    kept: dict[str, Any] = {
        name: column if isinstance(column, TextColumn) else np.delete(column, gone)
        for name, column in columns.items()
    }
    kept["starts"] = _closed(starts, row)
    return type(part)(**kept)


def _closed(starts: Array, row: int) -> Array:
    """Where rows start once the entries of one are gone."""
    length = starts[row + 1] - starts[row]
    return np.concatenate([starts[: row + 1], starts[row + 2 :] - length])


def _without_peer(peers: Numbers, row: int) -> Numbers:
    """Who stood behind it moves up, and the last place of the list becomes empty."""
    left = np.delete(peers, row, axis=0)
    is_gone = left == row
    left = np.where(left > row, left - 1, left)
    left[is_gone] = -1
    order = np.argsort(is_gone, axis=1, kind="stable")
    return np.take_along_axis(left, order, axis=1).astype(peers.dtype)
