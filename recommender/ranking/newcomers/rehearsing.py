"""Earlier moments as lessons: things are treated as new, and what they met next is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.newcomers.evidence import Rows, gather_evidence
from recommender.ranking.newcomers.taste import Examples, Taste, fit_taste
from recommender.ranking.newcomers.traits import Traits
from recommender.ranking.newcomers.uptake import Uptake, uptake_before
from recommender.ranking.outcome import Outcome, outcome_of
from recommender.ranking.windows import LEAST_PAST_DAYS, LENGTH
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

MOST_WINDOWS = 6
"""Newest first: half a year, so that those who order once a quarter are seen ordering."""
UNMET_EACH = 20
"""Pairs that did not meet, for each that did: more only take time."""


@dataclass(frozen=True)
class Lesson:
    """A moment whose future is known; only `outcome` lies after it."""

    at: int
    uptake: Uptake
    """Of customers and products."""
    outcome: Outcome


@dataclass(frozen=True)
class Sampling:
    things: int
    others: int
    least_things: int = 0
    """That an other must have met within the year, to be asked about."""
    most_others: int = 2**31
    """Only so many of those that met most."""


def lessons_before(purchases: Purchases, now: int) -> list[Lesson]:
    """Newest first; empty where history is too short."""
    begins = int(purchases.purchased_at.min()) if len(purchases) else now
    moments = [now - LENGTH * k for k in range(1, MOST_WINDOWS + 1)]
    return [
        Lesson(
            at,
            uptake_before(purchases, at),
            outcome_of(purchases.between(at, at + LENGTH)),
        )
        for at in moments
        if at - begins >= LEAST_PAST_DAYS * SECONDS_PER_DAY
    ]


def askable(uptake: Uptake, sampling: Sampling) -> Rows:
    """Others that enough things have met, ascending."""
    order = np.argsort(-uptake.others, kind="stable")[: sampling.most_others]
    return np.sort(order[uptake.others[order] >= max(sampling.least_things, 1)]).astype(np.int32)


def learn_taste(
    traits: Traits, lessons: list[Lesson], sampling: Sampling, seed: int, *, transposed: bool
) -> Taste:
    """From active things that are each left out of what they are compared with."""
    random = np.random.default_rng(seed)
    names: tuple[str, ...] = ()
    parts: list[Examples] = []
    for lesson in lessons:
        uptake = lesson.uptake.transposed if transposed else lesson.uptake
        others = some(askable(uptake, sampling), sampling.others, random)
        things = some(uptake.active, sampling.things, random)
        if not len(things) or not len(others):
            continue
        evidence = gather_evidence(traits, uptake, things, others)
        met = met_of(lesson.outcome, things, others, transposed=transposed)
        kept, weights = thinned(met, random)
        names = evidence.names
        parts.append(Examples(evidence.of(kept).astype(np.float64), met[kept], weights))
    return fit_taste(names, _joined(parts)) if parts else _prior_taste()


def met_of(
    outcome: Outcome, things: Rows, others: Rows, *, transposed: bool
) -> npt.NDArray[np.bool_]:
    """(things, others)."""
    rows, columns = np.repeat(things, len(others)), np.tile(others, len(things))
    pairs = (columns, rows) if transposed else (rows, columns)
    return outcome.of(*pairs).reshape(len(things), len(others))


def thinned(
    met: npt.NDArray[np.bool_], random: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which pairs teach, and how many each of them stands for."""
    hits = int(met.sum())
    rate = min(1.0, UNMET_EACH * max(hits, 50) / max(met.size - hits, 1))
    kept = met | (random.random(met.shape) < rate)
    return kept, np.where(met[kept], 1.0, 1.0 / rate)


def some(rows: Rows, most: int, random: np.random.Generator) -> Rows:
    if len(rows) <= most:
        return rows
    return np.sort(random.choice(rows, most, replace=False))


def blocks(rows: Rows, size: int) -> Iterator[Rows]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def _joined(parts: list[Examples]) -> Examples:
    return Examples(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.met for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def _prior_taste() -> Taste:
    names = ("all_91", "nearest_365")
    return fit_taste(names, Examples(np.zeros((0, 2)), np.zeros(0, bool), np.zeros(0)))
