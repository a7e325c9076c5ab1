"""What things alike have taken, as numbers that a taste can weigh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.ranking.newcomers.traits import Traits
from recommender.ranking.newcomers.uptake import SPANS, Uptake

Rows = npt.NDArray[np.int32]
Table = npt.NDArray[np.float32]

COMPARED = SPANS[1:]
"""Four weeks are too few for groups of few things."""
NEAREST = 40
STRENGTH = 5.0
"""Things by which a share leans on the share of all."""
LEAST_SHARE = 0.3
"""Meetings added to what all things had, so that a logarithm exists."""


@dataclass(frozen=True)
class Alike:
    """Which active things resemble each of some things, and how much; never the thing itself."""

    name: str
    weights: sparse.csr_matrix
    """(things, active things)."""

    @property
    def some(self) -> npt.NDArray[np.bool_]:
        """(things, 1) True where there is any."""
        return np.asarray(np.diff(self.weights.indptr) > 0)[:, None]


@dataclass(frozen=True)
class Comparison:
    """Logarithms: how much more the things alike take than all, and how much more of each other."""

    level: Table
    """(things, 1)."""
    rest: Table
    """(things, others)."""

    def where(self, some: npt.NDArray[np.bool_], other: Comparison) -> Comparison:
        return Comparison(
            np.where(some, self.level, other.level), np.where(some, self.rest, other.rest)
        )


@dataclass(frozen=True)
class Evidence:
    names: tuple[str, ...]
    columns: Table
    """(names, things, others)."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> Table:
        """(chosen, names) of a mask (things, others)."""
        return self.columns[:, chosen].T


def gather_evidence(traits: Traits, uptake: Uptake, things: Rows, others: Rows) -> Evidence:
    """What is known at the moment of `uptake`, had these things never met anything."""
    nearest = _nearest(traits.words, uptake.active, things)
    groups = list(_same_group(traits, uptake.active, things))
    shape = (len(things), len(others))
    columns: dict[str, Table] = {}
    for days in SPANS:
        met = uptake.taken[days][uptake.active][:, others]
        all_ = _share_of_all(met)
        columns[f"all_{days}"] = np.broadcast_to(np.log(all_), shape)
        if days not in COMPARED:
            continue
        by_nearest = _compared(nearest, met, all_)
        columns |= _named("nearest", days, by_nearest)
        for alike in groups:
            # a cell left empty says nothing: then what the rest of the portrait says stands in
            found = _compared(alike.weights, met, all_).where(alike.some, by_nearest)
            columns |= _named(alike.name, days, found)
    return Evidence(tuple(columns), np.stack(list(columns.values())).astype(np.float32))


def _share_of_all(met: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    sums = np.asarray(met.sum(axis=0), np.float64).ravel()
    return (sums + LEAST_SHARE) / (met.shape[0] + 1)


def _compared(
    weights: sparse.csr_matrix, met: sparse.csr_matrix, all_: npt.NDArray[np.float64]
) -> Comparison:
    sums = np.asarray((weights @ met).toarray(), np.float64)
    count = np.asarray(weights.sum(axis=1), np.float64).ravel()
    usual = all_.sum()
    level = (sums.sum(axis=1) + STRENGTH * usual) / (count + STRENGTH) / usual
    expected = level[:, None] * all_
    shares = (sums + STRENGTH * expected) / (count[:, None] + STRENGTH)
    rest = np.log(shares / expected).astype(np.float32)
    return Comparison(np.log(level).astype(np.float32)[:, None], rest)


def _named(name: str, days: int, found: Comparison) -> dict[str, Table]:
    level = np.broadcast_to(found.level, found.rest.shape)
    return {f"{name}_{days}_level": level, f"{name}_{days}": found.rest}


def _same_group(traits: Traits, active: Rows, things: Rows) -> Iterator[Alike]:
    for name, group in traits.groups.items():
        width = int(group.max()) + 1
        same = _members(group[things], width) @ _members(group[active], width).T
        yield Alike(name, _without_self(sparse.csr_matrix(same), active, things))


def _members(group: Rows, width: int) -> sparse.csr_matrix:
    inside = np.flatnonzero(group >= 0)
    ones = np.ones(len(inside), np.float32)
    return sparse.csr_matrix((ones, (inside, group[inside])), (len(group), width))


def _nearest(words: sparse.csr_matrix, active: Rows, things: Rows) -> sparse.csr_matrix:
    """The few with the most in common; twice as much in common counts four times."""
    common = np.asarray((words[things] @ words[active].T).toarray())
    common[things[:, None] == active[None, :]] = 0.0
    width = min(NEAREST, common.shape[1])
    some = np.argpartition(-common, width - 1, axis=1)[:, :width]
    weights = np.take_along_axis(common, some, axis=1) ** 2
    rows = np.repeat(np.arange(len(things)), width)
    weights *= NEAREST / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    found = sparse.csr_matrix((weights.ravel(), (rows, some.ravel())), common.shape)
    found.eliminate_zeros()
    return found


def _without_self(weights: sparse.csr_matrix, active: Rows, things: Rows) -> sparse.csr_matrix:
    rows = np.repeat(np.arange(len(things)), np.diff(weights.indptr))
    weights.data[things[rows] == active[weights.indices]] = 0.0
    weights.eliminate_zeros()
    return weights
