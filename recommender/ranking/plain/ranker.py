"""The plain ranker: candidates of ALS and of what sells now, ordered by a logistic regression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.models.models import Models
from recommender.ranking.outcome import Outcome
from recommender.ranking.plain.candidates import candidate_pairs
from recommender.ranking.plain.chance import ChanceModel, fit_chance, prior_chance
from recommender.ranking.plain.features import FEATURES, features_of, look_around
from recommender.ranking.ranked import Scored
from recommender.ranking.sampled import enough

MOST_CUSTOMERS = 20_000
"""To learn from: more change nothing but the memory it takes."""
LITTLE = 0.01
"""Of the candidates are bought, where nobody has measured it."""


@dataclass(frozen=True)
class PlainRanker:
    chance_model: ChanceModel

    def __str__(self) -> str:
        return str(self.chance_model)

    def scored(
        self, models: Models, customers: npt.NDArray[np.int32] | None = None
    ) -> Iterator[Scored]:
        """Candidates of these customers, or of all with purchases."""
        around = look_around(models)
        asked = models.known_customers if customers is None else customers
        for pairs in candidate_pairs(models, asked):
            chance = self.chance_model.of(features_of(models, around, pairs))
            yield Scored(pairs.customers, pairs.products, chance)

    def gains(self) -> dict[str, float]:
        """How far each feature, a standard deviation of it, moves the log-odds."""
        weights = np.abs(self.chance_model.coefficients).round(6).tolist()
        return dict(zip(FEATURES, weights, strict=True))

    def as_json(self) -> dict[str, object]:
        return self.chance_model.as_json()


def fit_plain(models: Models, outcome: Outcome, seed: int) -> PlainRanker:
    """From the candidates of one moment and what was bought in the 28 days after it."""
    around = look_around(models)
    customers = enough(models.known_customers, MOST_CUSTOMERS, np.random.default_rng(seed))
    tables, labels = [], []
    for pairs in candidate_pairs(models, customers):
        tables.append(features_of(models, around, pairs))
        labels.append(outcome.of(pairs.customers, pairs.products))
    features = np.concatenate(tables)
    tables.clear()  # a third of a gigabyte that the fit has better use for
    return PlainRanker(fit_chance(features, np.concatenate(labels)))


def prior_ranker(models: Models) -> PlainRanker:
    """Where there is no window to learn from: the order of ALS around a small chance."""
    around = look_around(models)
    pairs = next(candidate_pairs(models, models.known_customers))
    return PlainRanker(prior_chance(features_of(models, around, pairs), LITTLE))
