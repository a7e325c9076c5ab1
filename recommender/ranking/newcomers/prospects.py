"""Customers without a purchase: what they are likely to take, by what they resemble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.ranking.newcomers.evidence import Rows, gather_evidence
from recommender.ranking.newcomers.rehearsing import Lesson, Sampling, askable, blocks, learn_taste
from recommender.ranking.newcomers.taste import Taste, chance_of
from recommender.ranking.newcomers.traits import Traits
from recommender.ranking.newcomers.uptake import Uptake
from recommender.ranking.ranked import Scored

LEAST_BUYERS = 5
"""Of a product within the year; fewer could be one person's doing."""
TAUGHT = Sampling(things=120, others=300, least_things=LEAST_BUYERS, most_others=1000)
CELLS = 500_000
"""Customers of a block times products: bounds the memory of the evidence."""

COMPARED = 20_000_000
"""Customers of a block times those it may resemble: another bound."""


@dataclass(frozen=True)
class Prospects:
    """The chance is that of an active customer with such a portrait."""

    traits: Traits
    uptake: Uptake
    """Of customers and products."""
    taste: Taste

    def scored(self, customers: Rows) -> Iterator[Scored]:
        """Lists of these customers, ascending, as far as anything is known of them."""
        known = customers[self.traits.known[customers]]
        products = askable(self.uptake, TAUGHT)
        if not len(products):
            return
        size = min(CELLS // len(products), COMPARED // max(len(self.uptake.active), 1))
        for block in blocks(known, max(size, 1)):
            evidence = gather_evidence(self.traits, self.uptake, block, products)
            chance = chance_of(self.taste.odds(evidence))
            yield Scored(
                customers=np.repeat(block, len(products)),
                products=np.tile(products, len(block)),
                chance=chance.ravel(),
            )


def learn_prospects(traits: Traits, lessons: list[Lesson], uptake: Uptake, seed: int) -> Prospects:
    """From customers with purchases, each treated as if it had none."""
    return Prospects(traits, uptake, learn_taste(traits, lessons, TAUGHT, seed, transposed=False))
