"""What each customer buys more of than others do: categories, brands, values of attributes."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from recommender.assembly.lines import LEAST_LINES, Lines, Rows, places, starts
from recommender.release.attributes import Attributes
from recommender.release.observed import Favourites, FavouriteValues
from recommender.text import TextColumn

FAVOURITES = 5
"""Kept of a customer."""
FAVOURITE_VALUES = 2
"""Kept of a customer, of one attribute."""
LEAST_LIFT = 1.2
"""Times everyone's share, below which it only buys what all buy."""
MOST_VALUES = 50
"""Of an attribute; more are measurements or names, and nobody has a favourite among them."""
PRODUCTS_A_VALUE = 2
"""On average at least, or a favourite value would be a favourite product by another name."""


def favourites(lines: Lines, texts: Sequence[str], most: int = FAVOURITES) -> Favourites:
    """`texts` has one for each product, "" where none is known."""
    labels = list(texts)
    names = sorted(set(labels) - {""}, key=str.encode)
    number = {name: position for position, name in enumerate(names)}
    group = np.array([number.get(label, -1) for label in labels], np.int64)[lines.products]
    known = group >= 0
    cells, counts = np.unique(
        lines.customers[known].astype(np.int64) * max(len(names), 1) + group[known],
        return_counts=True,
    )
    customers, groups = np.divmod(cells, max(len(names), 1))
    share = counts / np.bincount(lines.customers[known], minlength=lines.size)[customers]
    everyones = np.bincount(group[known], minlength=len(names)) / max(int(known.sum()), 1)
    lift = share / everyones[groups]
    order = np.lexsort((groups, -share, customers))
    order = order[(counts >= LEAST_LINES)[order] & (lift >= LEAST_LIFT)[order]]
    order = order[places(customers[order]) < most]
    return Favourites(
        names=TextColumn.of(names),
        starts=starts(customers[order], lines.size),
        numbers=groups[order].astype(np.int32),
        lines=counts[order].astype(np.int32),
        share=share[order].astype(np.float32),
        lift=lift[order].astype(np.float32),
    )


def favourite_values(lines: Lines, attributes: Attributes) -> FavouriteValues:
    """Of each attribute with few values, such as the size of a pack, apart from the others."""
    texts = telling_attributes(attributes)
    found = {name: favourites(lines, texts[name], FAVOURITE_VALUES) for name in sorted(texts)}
    parts = list(found.values())
    owners = np.concatenate([np.zeros(0, np.int64), *map(_owners, parts)])
    order = np.argsort(owners, kind="stable")
    first = np.cumsum([0, *(len(part.names) for part in parts)])
    numbers = [part.numbers + n for part, n in zip(parts, first, strict=False)]
    named = [(name, value) for name, part in found.items() for value in part.names]
    return FavouriteValues(
        attributes=TextColumn.of(name for name, _ in named),
        names=TextColumn.of(value for _, value in named),
        starts=starts(owners[order], lines.size),
        numbers=_joined(numbers, np.int32)[order],
        lines=_joined([part.lines for part in parts], np.int32)[order],
        share=_joined([part.share for part in parts], np.float32)[order],
        lift=_joined([part.lift for part in parts], np.float32)[order],
    )


def telling_attributes(attributes: Attributes) -> dict[str, list[str]]:
    """Those with few values, each with the value of every product."""
    texts: dict[str, list[str]] = {}
    for product, text in enumerate(attributes.values):
        for name, value in json.loads(text or "{}").items():
            texts.setdefault(name, [""] * len(attributes.values))[product] = value
    return {name: values for name, values in texts.items() if _is_telling(values)}


def _is_telling(values: list[str]) -> bool:
    known = [value for value in values if value]
    different = len(set(known))
    return 2 <= different <= MOST_VALUES and different * PRODUCTS_A_VALUE <= len(known)


def _owners(part: Favourites) -> Rows:
    return np.repeat(np.arange(len(part.starts) - 1), np.diff(part.starts))


def _joined(columns: list[np.ndarray], dtype: type[np.generic]) -> np.ndarray:
    return np.concatenate([np.zeros(0, dtype), *columns]).astype(dtype)
