"""Whom the lists serve well and whom not: customers by size, age and segment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recommender.judging.comparison import FEW_CUSTOMERS

MOST_SEGMENTS = 12
Mask = npt.NDArray[np.bool_]
Group = tuple[str, Mask]


def by_size(purchases: npt.NDArray[np.int64]) -> list[Group]:
    return _thirds(purchases, "{} to {} purchases")


def by_age(age_days: npt.NDArray[np.int64]) -> list[Group]:
    return _thirds(age_days, "{} to {} days")


def by_segment(customers: npt.NDArray[np.int32], segments: Sequence[str]) -> list[Group]:
    """The largest segments with enough customers to judge; those without one are left out."""
    of_customers = np.array([segments[customer] for customer in customers], dtype=object)
    sizes = {name: len(np.unique(customers[of_customers == name])) for name in set(of_customers)}
    large = [name for name, size in sizes.items() if name and size >= FEW_CUSTOMERS]
    names = sorted(large, key=lambda name: (-sizes[name], name))[:MOST_SEGMENTS]
    return [(name, of_customers == name) for name in names]


def _thirds(values: npt.NDArray[np.int64], label: str) -> list[Group]:
    """Low, middle and high; equal values stay together, so there may be fewer than three."""
    if not len(values):
        return []
    edges = np.unique(np.quantile(values, [1 / 3, 2 / 3, 1], method="lower"))
    number = np.searchsorted(edges, values)
    masks = [number == third for third in range(len(edges))]
    return [(_named(label, values[mask]), mask) for mask in masks if mask.any()]


def _named(label: str, values: npt.NDArray[np.int64]) -> str:
    return label.format(f"{values.min():,}", f"{values.max():,}")
