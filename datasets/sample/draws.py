"""Repeatable chance: every part of the sample data draws from a stream of its own.

Only the standard library is used, whose generator gives the same numbers on every version.
"""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(*names: object) -> Random:
    """A generator of its own for these names, so that a change in one place leaves the rest."""
    return Random("/".join(str(name) for name in names))


def happens(rng: Random, chance: float) -> bool:
    """Whether something of this chance came true."""
    return rng.random() < chance


def lognormal(rng: Random, sigma: float) -> float:
    """A positive factor around 1 with this spread on the log scale."""
    return math.exp(rng.gauss(0.0, sigma))


def pick(rng: Random, weights: Mapping[T, float]) -> T:
    """One key, drawn in proportion to its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def some(rng: Random, values: Sequence[T], chance: float) -> list[T]:
    """The values that came through, each with this chance."""
    return [value for value in values if happens(rng, chance)]


def count(rng: Random, usual: float, sigma: float = 0.35) -> int:
    """A whole number of at least 1 around the usual one."""
    return max(1, round(usual * lognormal(rng, sigma)))
