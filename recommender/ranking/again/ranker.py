"""The learned model of what is bought again, and the order it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.examples import (
    bought_after,
    earlier_moments,
    gather_examples,
)
from recommender.ranking.again.features import features_in_parts
from recommender.ranking.again.frequency import (
    PRIOR_SCALE,
    FrequencyChance,
    by_frequency,
    fit_frequency,
)
from recommender.ranking.again.trees import Trees, grow_trees, stored_trees
from recommender.ranking.again.visits import Positions, Visits, visits_before
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases

LEAST_BOUGHT = 200
"""Examples bought again, below which nothing beats counting."""
SEED = 20
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class AgainModel:
    """Chance that an owned product is bought again within 28 days."""

    frequency: FrequencyChance
    """What stands in where there are no trees; not measured where there are."""
    trees: Trees | None = None
    examples: int = 0
    pairs: int = 0
    bought: int = 0
    moments: tuple[int, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.trees is None:
            return (
                "bought again: personal frequency; trees take its place where they have "
                f"{LEAST_BOUGHT} repeated purchases to learn from and hit more in the rehearsals"
            )
        sampled = f", {self.examples:,} of them sampled" if self.examples < self.pairs else ""
        return (
            f"bought again: gradient boosting on {self.pairs:,} owned pairs at "
            f"{len(self.moments)} earlier moments{sampled}"
        )

    def chance(self, visits: Visits, of: Mask | None = None) -> npt.NDArray[np.float32]:
        """(pairs,) between 0 and 1; of all visits, or of the customers `of` alone."""
        asked = np.ones(len(visits.firsts), bool) if of is None else of[visits.owners]
        if self.trees is None or not asked.any():
            return self.frequency.of(visits)[asked]
        parts = features_in_parts(visits, self.categories, of=of)
        return np.concatenate([self.trees.chance(features) for features in parts])

    def rank(self, purchases: Purchases, now: int, of: Mask | None = None) -> Ranked:
        """All products each customer bought in the 365 days before `now`, likeliest first.

        `of` (customers,) True for whom; the lists of the others are empty.
        """
        visits = visits_before(purchases, now)
        chance = self.chance(visits, of)
        visits = visits if of is None else visits.of(of)
        order = self._order(visits, chance)
        counts = np.bincount(visits.owners, minlength=len(purchases.customers))
        return Ranked(
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            products=visits.owned[order],
            chance=chance[order],
        )

    def as_stored(self) -> dict[str, Any]:
        """What `again_of` makes the same model from; categories are those of the tables."""
        return {
            "trees": self.trees and self.trees.booster.model_to_string(),
            "frequency": asdict(self.frequency),
            "examples": self.examples,
            "pairs": self.pairs,
            "bought": self.bought,
            "moments": list(self.moments),
        }

    def as_json(self) -> dict[str, object]:
        gains = self.trees.gains() if self.trees else {}
        return {
            "kind": "personal frequency" if self.trees is None else "gradient boosting",
            "frequency_scale": None if self.trees else round(self.frequency.scale, 6),
            "owned_pairs": self.pairs,
            "examples": self.examples,
            "bought": self.bought,
            "moments": list(self.moments),
            "gains": {name: round(gain, 6) for name, gain in gains.items()},
        }

    def _order(self, visits: Visits, chance: npt.NDArray[np.float32]) -> Positions:
        frequent = by_frequency(visits)
        if self.trees is None:
            return frequent
        # of equal chances, the more frequent
        return frequent[np.lexsort((-chance[frequent], visits.owners[frequent]))]


def again_of(stored: Mapping[str, Any], categories: Mapping[str, str]) -> AgainModel:
    """Raises KeyError, TypeError or ValueError for what was not stored by `as_stored`."""
    trees = stored["trees"]
    return AgainModel(
        frequency=FrequencyChance(**stored["frequency"]),
        trees=None if trees is None else stored_trees(trees),
        examples=int(stored["examples"]),
        pairs=int(stored["pairs"]),
        bought=int(stored["bought"]),
        moments=tuple(map(int, stored["moments"])),
        categories=categories,
    )


def learn_again(
    purchases: Purchases,
    now: int,
    *,
    categories: Mapping[str, str] | None = None,
    seed: int = SEED,
) -> AgainModel:
    """Learns from windows of the 365 days before `now`; `categories` are of product ids."""
    known = dict(categories or {})
    examples = gather_examples(purchases, now, known, seed)
    bought = 0 if examples is None else int(examples.bought.sum())
    if examples is None or bought < LEAST_BOUGHT:
        return replace(count_again(purchases, now), bought=bought)
    return AgainModel(
        frequency=FrequencyChance(PRIOR_SCALE, 0),
        trees=grow_trees(examples, seed),
        examples=len(examples.bought),
        pairs=examples.pairs,
        bought=bought,
        moments=examples.moments,
        categories=known,
    )


def count_again(purchases: Purchases, now: int) -> AgainModel:
    """By what each customer bought most often in the 365 days before `now`."""
    return AgainModel(_measure_frequency(purchases, now))


def _measure_frequency(purchases: Purchases, now: int) -> FrequencyChance:
    for moment, visits in earlier_moments(purchases, now):
        return fit_frequency(visits, bought_after(purchases, visits, moment))
    return FrequencyChance(PRIOR_SCALE, 0)
