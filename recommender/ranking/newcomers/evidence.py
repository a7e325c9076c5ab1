"""What things alike have taken, as numbers that a taste can weigh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.ranking.newcomers.traits import Traits
from recommender.ranking.newcomers.uptake import SPANS, Uptake

Rows = npt.NDArray[np.int32]
Table = npt.NDArray[np.float32]
Counts = npt.NDArray[np.float64]

COMPARED = SPANS[1:]
"""Four weeks are too few for groups of few things."""
NEAREST = 40
STRENGTH = 5.0
"""Things by which a share leans on the share of all."""
LEAST_SHARE = 0.3
"""Meetings added to what all things had, so that a logarithm exists."""


class Alike(Protocol):
    """Which active things resemble each of some things, and how much; never the thing itself."""

    @property
    def count(self) -> Counts:
        """(things,) sum of weights."""
        ...

    def sums(self, met: sparse.csr_matrix) -> Counts:
        """(things, others) of what they met: `met` is (active things, others)."""
        ...


@dataclass(frozen=True)
class Nearest:
    weights: sparse.csr_matrix
    """(things, active things)."""

    @property
    def count(self) -> Counts:
        return np.asarray(self.weights.sum(axis=1), np.float64).ravel()

    def sums(self, met: sparse.csr_matrix) -> Counts:
        return np.asarray((self.weights @ met).toarray(), np.float64)


@dataclass(frozen=True)
class SameGroup:
    """All of a group weigh 1, so what a group met is summed once for all things in it."""

    name: str
    members: sparse.csr_matrix
    """(groups, active things) 1 for who is in it, of the groups in which some thing is."""
    group: npt.NDArray[np.intp]
    """(things,) of these groups, -1 where none is known."""
    itself: npt.NDArray[np.intp]
    """(things,) place among the active, -1 for what is not active or in no group."""

    @property
    def count(self) -> Counts:
        sizes = np.append(np.asarray(self.members.sum(axis=1), np.float64).ravel(), 0.0)
        return np.asarray(sizes[self.group] - (self.itself >= 0))

    def sums(self, met: sparse.csr_matrix) -> Counts:
        of_groups = np.asarray((self.members @ met).toarray(), np.float64)
        sums = np.vstack([of_groups, np.zeros((1, met.shape[1]))])[self.group]
        own = np.flatnonzero(self.itself >= 0)
        sums[own] -= met[self.itself[own]].toarray()
        return sums


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
    nearest = Nearest(_nearest(traits.words, uptake.active, things))
    groups = list(_same_groups(traits, uptake.active, things))
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
            found = _compared(alike, met, all_).where((alike.count > 0)[:, None], by_nearest)
            columns |= _named(alike.name, days, found)
    return Evidence(tuple(columns), np.stack(list(columns.values())).astype(np.float32))


def _share_of_all(met: sparse.csr_matrix) -> npt.NDArray[np.float64]:
    sums = np.asarray(met.sum(axis=0), np.float64).ravel()
    return (sums + LEAST_SHARE) / (met.shape[0] + 1)


def _compared(alike: Alike, met: sparse.csr_matrix, all_: Counts) -> Comparison:
    sums, count = alike.sums(met), alike.count
    usual = all_.sum()
    level = (sums.sum(axis=1) + STRENGTH * usual) / (count + STRENGTH) / usual
    expected = level[:, None] * all_
    shares = (sums + STRENGTH * expected) / (count[:, None] + STRENGTH)
    rest = np.log(shares / expected).astype(np.float32)
    return Comparison(np.log(level).astype(np.float32)[:, None], rest)


def _named(name: str, days: int, found: Comparison) -> dict[str, Table]:
    level = np.broadcast_to(found.level, found.rest.shape)
    return {f"{name}_{days}_level": level, f"{name}_{days}": found.rest}


def _same_groups(traits: Traits, active: Rows, things: Rows) -> Iterator[SameGroup]:
    for name, group in traits.groups.items():
        yield same_group(name, group, active, things)


def same_group(name: str, group: Rows, active: Rows, things: Rows) -> SameGroup:
    """Those of the active that share the group (all things,) of each thing; -1 is none."""
    theirs, among = group[things], group[active]
    asked = np.unique(theirs[theirs >= 0])
    place = np.searchsorted(active, things)
    is_active = np.append(active, -1)[place] == things
    return SameGroup(
        name=name,
        members=_members(among, asked),
        group=np.where(theirs >= 0, np.searchsorted(asked, theirs), -1),
        itself=np.where(is_active & (theirs >= 0), place, -1),
    )


def _members(group: Rows, asked: Rows) -> sparse.csr_matrix:
    """(asked, things) 1 for the things of each group asked for, ascending."""
    place = np.searchsorted(asked, group)
    inside = np.flatnonzero((np.append(asked, -1)[place] == group) & (group >= 0))
    ones = np.ones(len(inside), np.float32)
    return sparse.csr_matrix((ones, (place[inside], inside)), (len(asked), len(group)))


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
