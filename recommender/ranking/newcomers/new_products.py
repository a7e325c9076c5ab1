"""Products without a purchase: who is likely to take them, by what they resemble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.newcomers.evidence import Rows, gather_evidence
from recommender.ranking.newcomers.level import Level, fit_level, level_features
from recommender.ranking.newcomers.rehearsing import (
    Lesson,
    Sampling,
    blocks,
    learn_taste,
    met_of,
    some,
    thinned,
)
from recommender.ranking.newcomers.taste import Examples, Taste, chance_of
from recommender.ranking.newcomers.traits import Traits
from recommender.ranking.newcomers.uptake import Uptake
from recommender.tables.purchases import SECONDS_PER_DAY

TAUGHT = Sampling(things=120, others=400)
NEWCOMERS_TAUGHT, CUSTOMERS_TAUGHT = 300, 1000
"""Of a moment, to learn the level from."""
CELLS = 500_000
"""Products of a block times customers: bounds the memory of the evidence."""
Moments = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ProductHistory:
    first_sold_at: Moments
    """(products,) seconds since 1970 UTC, infinite for what was never sold."""
    listed_at: Moments
    """(products,) the same, NaN where not known."""
    in_catalogue: npt.NDArray[np.bool_]

    def newcomers(self, now: int) -> Rows:
        """In the catalogue at `now` and not sold before it, ascending."""
        listed = ~(self.listed_at >= now)
        return np.flatnonzero(self.in_catalogue & listed & (self.first_sold_at >= now)).astype(
            np.int32
        )

    def listed_days(self, products: Rows, now: int) -> Moments:
        return (now - self.listed_at[products]) / SECONDS_PER_DAY


@dataclass(frozen=True)
class NewProducts:
    traits: Traits
    history: ProductHistory
    uptake: Uptake
    """Of products and customers."""
    taste: Taste
    level: Level
    now: int

    @property
    def newcomers(self) -> Rows:
        return self.history.newcomers(self.now)

    def chances(
        self, products: Rows, customers: Rows
    ) -> Iterator[tuple[Rows, npt.NDArray[np.float32]]]:
        """Products of a block, and (products, customers) the chance of each within 28 days."""
        for block in blocks(products, max(CELLS // max(len(customers), 1), 1)):
            evidence = gather_evidence(self.traits, self.uptake, block, customers)
            days = self.history.listed_days(block, self.now)
            yield block, chance_of(self.level.odds(self.taste.odds(evidence), days))

    def takers(self, product: int, customers: Rows) -> tuple[Rows, npt.NDArray[np.float32]]:
        """These customers, those most likely to take the product first, and their chances."""
        [(_, chances)] = self.chances(np.array([product], np.int32), customers)
        order = np.lexsort((customers, -chances[0]))
        return customers[order], chances[0][order]


def learn_new_products(
    traits: Traits,
    history: ProductHistory,
    lessons: list[Lesson],
    uptake: Uptake,
    now: int,
    seed: int,
) -> NewProducts:
    """Taste from products that sell, treated as new; level from those that really were."""
    taste = learn_taste(traits, lessons, TAUGHT, seed, transposed=True)
    level = _learn_level(traits, history, lessons, taste, seed)
    return NewProducts(traits, history, uptake.transposed, taste, level, now)


def _learn_level(
    traits: Traits, history: ProductHistory, lessons: list[Lesson], taste: Taste, seed: int
) -> Level:
    random = np.random.default_rng(seed)
    features, mets, weights = [np.zeros((0, 4))], [np.zeros(0, bool)], [np.zeros(0)]
    newcomers, started = 0, 0
    for lesson in lessons:
        uptake = lesson.uptake.transposed
        products = some(history.newcomers(lesson.at), NEWCOMERS_TAUGHT, random)
        customers = some(lesson.uptake.active, CUSTOMERS_TAUGHT, random)
        if not len(products) or not len(customers):
            continue
        odds = taste.odds(gather_evidence(traits, uptake, products, customers))
        met = met_of(lesson.outcome, products, customers, transposed=True)
        kept, stands_for = thinned(met, random)
        days = history.listed_days(products, lesson.at)
        features.append(level_features(odds, days, kept))
        mets.append(met[kept])
        weights.append(stands_for)
        newcomers, started = newcomers + len(products), started + int(met.any(axis=1).sum())
    examples = Examples(*(np.concatenate(part) for part in (features, mets, weights)))
    return fit_level(examples, newcomers, started)
