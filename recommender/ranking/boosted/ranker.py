"""The boosted ranker: candidates from every source, ordered by gradient-boosted trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.models.als import Factors
from recommender.models.models import Models
from recommender.models.settings import Settings
from recommender.ranking.boosted.block import Block, blocks, candidates_of
from recommender.ranking.boosted.booster import Booster, booster_of
from recommender.ranking.boosted.examples import (
    Examples,
    draw,
    drawn,
    join,
    keep_rate,
    thin,
)
from recommender.ranking.boosted.facts import Facts, gather_facts
from recommender.ranking.boosted.features import features_of
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.snapshot import Snapshot, take_snapshot
from recommender.ranking.correction import Correction
from recommender.ranking.outcome import Outcome
from recommender.ranking.ranked import Ranked, Scored
from recommender.ranking.sampled import enough

MOST_CUSTOMERS = 20_000
"""Of one moment, to learn from."""
CANDIDATES = 250
"""Of a customer, about: how many there are is known only after the last block."""


@dataclass(frozen=True)
class Scene:
    """A moment at which pairs can be looked up."""

    snapshot: Snapshot
    facts: Facts
    looked_at: npt.NDArray[np.int32]
    """Customers with purchases, ascending: all, or some of very many."""

    @property
    def models(self) -> Models:
        return self.snapshot.models


def set_scene(
    models: Models,
    settings: Settings,
    known: Known,
    slow_start: Factors | None = None,
    looked_at: npt.NDArray[np.int32] | None = None,
) -> Scene:
    snapshot = take_snapshot(models, settings, known, slow_start, looked_at)
    everyone = models.known_customers if looked_at is None else looked_at
    return Scene(snapshot, gather_facts(snapshot), everyone)


class OtherFeaturesError(ValueError):
    """A ranker was asked about features that it did not learn from."""

    def __init__(self, learned: Sequence[str], found: Sequence[str]) -> None:
        gone, come = sorted({*learned} - {*found}), sorted({*found} - {*learned})
        named = [f"without {', '.join(gone)}"] * bool(gone)
        named += [f"with {', '.join(come)}"] * bool(come)
        super().__init__(" and ".join(named) or "in another order")


@dataclass(frozen=True)
class BoostedRanker:
    booster: Booster
    correction: Correction | None = None
    """Of what the trees say of the first places; None where rehearsals were too few to tell."""

    def __str__(self) -> str:
        booster = self.booster
        correction = f"; {self.correction}" if self.correction else ""
        return (
            f"chance: gradient-boosted trees on {len(booster.names)} features of "
            f"{booster.examples:,} candidates of earlier windows, {booster.bought:,} of them bought"
            f"{correction}"
        )

    def scored(self, scene: Scene) -> Iterator[Scored]:
        """Candidates of all customers of the scene, as the trees say it.

        Raises `OtherFeaturesError` where the trees learned from tables that told something else.
        """
        for block in blocks(scene.snapshot, scene.facts, scene.looked_at):
            names, features = features_of(block, scene.facts)
            if tuple(names) != self.booster.names:
                raise OtherFeaturesError(self.booster.names, names)
            yield self.score(block, features)

    def score(self, block: Block, features: npt.NDArray[np.float32]) -> Scored:
        return Scored(block.customers, block.products, self.booster.chance(features))

    def corrected(self, ranked: Ranked) -> Ranked:
        """What may be told of lists that the trees ranked."""
        return self.correction.corrected(ranked) if self.correction else ranked

    def gains(self) -> dict[str, float]:
        return self.booster.gains()

    def as_stored(self) -> dict[str, Any]:
        """What `boosted_of` makes the same ranker from."""
        correction = self.correction and self.correction.as_stored()
        return self.booster.as_stored() | {"correction": correction}

    def as_json(self) -> dict[str, object]:
        return {
            "kind": "gradient-boosted trees",
            "candidates": self.booster.examples,
            "bought": self.booster.bought,
            "correction": self.correction and self.correction.as_json(),
            "gains": self.booster.gains(),
        }


def boosted_of(stored: Mapping[str, Any]) -> BoostedRanker:
    """Raises KeyError, TypeError or ValueError for what was not stored by `as_stored`."""
    correction = stored["correction"]
    return BoostedRanker(booster_of(stored), correction and Correction(**correction))


@dataclass(frozen=True)
class Look:
    """What one pass over the candidates of a moment gave."""

    names: list[str]
    """Of the features."""
    examples: Examples
    """What became of some of the candidates."""
    scored: list[Scored]
    """What a ranker said of all of them; empty where none was asked."""


def look(scene: Scene, outcome: Outcome, seed: int, ranker: BoostedRanker | None = None) -> Look:
    """At every customer if there is a ranker to ask, else at those that are enough to teach.

    What neither teaches nor is ranked is let go before its features are worked out.
    """
    random = np.random.default_rng(seed)
    everyone = scene.looked_at
    teaching = enough(everyone, MOST_CUSTOMERS, random)
    rate = keep_rate(len(teaching) * CANDIDATES)
    names: list[str] = []
    parts, scored = [], []
    for found in candidates_of(scene.snapshot, scene.facts, everyone if ranker else teaching):
        bought = outcome.of(found.customers, found.products)
        taught = np.flatnonzero(np.isin(found.customers, teaching))
        kept = taught[draw(bought[taught], rate, random)]
        block = found.block(None if ranker else kept)
        names, features = features_of(block, scene.facts)
        if ranker:
            scored.append(ranker.score(block, features))
            features = features[kept]
        parts.append(drawn(features, bought[kept], rate))
    return Look(names, thin(join(parts), random), scored)
