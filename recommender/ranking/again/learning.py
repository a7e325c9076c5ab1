"""Learning what is bought again: rehearse, choose trees or plain counting, rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.examples import WINDOW
from recommender.ranking.again.ranker import AgainModel, count_again, learn_again
from recommender.ranking.outcome import outcome_of
from recommender.ranking.ranked import MOST_KEPT, Ranked
from recommender.tables.purchases import Purchases

TOP = 10
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LearnedAgain:
    model: AgainModel
    everything: Ranked
    """Products every customer bought in the year before, likeliest first."""
    ranked: Ranked
    """The first of each."""
    rehearsals: dict[int, Ranked]
    """Moment -> the same, by a model that knew nothing of the 28 days after."""
    hits: dict[str, int]
    """Of the first ten places in the rehearsals, by trees and by counting."""


def learn_again_lists(
    purchases: Purchases,
    moments: Sequence[int],
    now: int,
    categories: Mapping[str, str],
    rehearsed: Mask | None = None,
) -> LearnedAgain:
    """Rehearsed at `moments`, by a model that knows nothing later than the first of them.

    `rehearsed` (customers,) True for whom, where that is not everyone.
    Trees rank only where they hit more than what each customer bought most often.
    """
    lists = _rehearsed(purchases, moments, categories, rehearsed) if moments else {"counting": {}}
    hits = {
        name: sum(_hits(purchases, at, r) for at, r in done.items()) for name, done in lists.items()
    }
    chosen = max(hits, key=lambda name: hits[name])  # of equals the first, which is counting
    if chosen == "trees":
        model = learn_again(purchases, now, categories=categories)
    else:
        model = count_again(purchases, now)
    everything = model.rank(purchases, now)
    return LearnedAgain(model, everything, everything.first(MOST_KEPT), lists[chosen], hits)


def _rehearsed(
    purchases: Purchases,
    moments: Sequence[int],
    categories: Mapping[str, str],
    rehearsed: Mask | None,
) -> dict[str, dict[int, Ranked]]:
    """Lists of each ranker at each moment."""
    first = min(moments)
    rankers = {"counting": count_again(purchases, first)}
    grown = learn_again(purchases, first, categories=categories)
    if grown.trees is not None:
        rankers["trees"] = grown
    return {
        name: {at: ranker.rank(purchases, at, rehearsed).first(MOST_KEPT) for at in moments}
        for name, ranker in rankers.items()
    }


def _hits(purchases: Purchases, at: int, ranked: Ranked) -> int:
    outcome = outcome_of(purchases.between(at, at + WINDOW))
    first = ranked.first(TOP)
    return int(outcome.of(first.customers.astype(np.int32), first.products).sum())
