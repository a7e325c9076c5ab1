"""The boosted ranker: candidates from every source, ordered by gradient-boosted trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.models.models import Models
from recommender.models.settings import Settings
from recommender.ranking.boosted.block import blocks
from recommender.ranking.boosted.booster import Booster
from recommender.ranking.boosted.examples import Examples, join, keep_rate, sample, thin
from recommender.ranking.boosted.facts import Facts, gather_facts
from recommender.ranking.boosted.features import features_of
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.snapshot import Snapshot, take_snapshot
from recommender.ranking.outcome import Outcome
from recommender.ranking.ranked import Scored

MOST_CUSTOMERS = 20_000
"""Of one moment, to learn from."""
CANDIDATES = 250
"""Of a customer, about: how many there are is known only after the last block."""


@dataclass(frozen=True)
class Scene:
    """A moment at which pairs can be looked up."""

    snapshot: Snapshot
    facts: Facts

    @property
    def models(self) -> Models:
        return self.snapshot.models


def set_scene(models: Models, settings: Settings, known: Known) -> Scene:
    snapshot = take_snapshot(models, settings, known)
    return Scene(snapshot, gather_facts(snapshot))


@dataclass(frozen=True)
class BoostedRanker:
    booster: Booster

    def __str__(self) -> str:
        booster = self.booster
        return (
            f"chance: gradient-boosted trees on {len(booster.names)} features of "
            f"{booster.examples:,} candidates of earlier windows, {booster.bought:,} of them bought"
        )

    def scored(self, scene: Scene) -> Iterator[Scored]:
        """Candidates of all customers with purchases."""
        for block in blocks(scene.snapshot, scene.facts, scene.models.known_customers):
            _, features = features_of(block, scene.facts)
            yield Scored(block.customers, block.products, self.booster.chance(features))

    def as_json(self) -> dict[str, object]:
        return {
            "kind": "gradient-boosted trees",
            "candidates": self.booster.examples,
            "bought": self.booster.bought,
            "gains": self.booster.gains(),
        }


def examples_of(scene: Scene, outcome: Outcome, seed: int) -> tuple[list[str], Examples]:
    """Names of the features, and candidates of the moment with what became of them."""
    random = np.random.default_rng(seed)
    customers = scene.models.known_customers
    if len(customers) > MOST_CUSTOMERS:
        customers = np.sort(random.choice(customers, MOST_CUSTOMERS, replace=False))
    rate = keep_rate(len(customers) * CANDIDATES)
    names: list[str] = []
    parts = []
    for block in blocks(scene.snapshot, scene.facts, customers):
        names, features = features_of(block, scene.facts)
        parts.append(sample(features, outcome.of(block.customers, block.products), rate, random))
    return names, thin(join(parts), random)
