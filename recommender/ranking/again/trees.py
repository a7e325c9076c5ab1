"""Gradient boosted trees over the features of owned pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from recommender.ranking.again.examples import Examples
from recommender.ranking.again.features import Features
from recommender.ranking.forest import Forest, forest_of, trees_of

TREES = 120
THREADS = 1
"""It is learned beside the ranking of what was never bought; any number gives the same trees."""
SETTINGS = {
    "objective": "binary",
    "num_leaves": 20,
    "learning_rate": 0.08,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "bin_construct_sample_cnt": 20_000,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True, repr=False)
class Trees:
    booster: lgb.Booster
    forest: Forest
    """The same trees, to be asked."""

    def __repr__(self) -> str:
        return f"Trees({self.booster.num_trees()} of {self.booster.num_feature()} features)"

    def chance(self, features: Features) -> npt.NDArray[np.float32]:
        """(pairs,) between 0 and 1."""
        return self.forest.chance(features.table)

    def gains(self) -> dict[str, float]:
        """Of each feature, the share of what all of them gained; largest first."""
        gains = self.booster.feature_importance("gain")
        shares = (gains / max(float(gains.sum()), 1e-12)).tolist()
        pairs = zip(self.booster.feature_name(), shares, strict=True)
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def stored_trees(text: str) -> Trees:
    """Trees as LightGBM writes them. Raises ValueError for another text."""
    booster = trees_of(text)
    return Trees(booster, forest_of(booster))


def grow_trees(examples: Examples, seed: int) -> Trees:
    """The same trees for the same examples, however many threads."""
    settings: dict[str, Any] = {**SETTINGS, "seed": seed, "num_threads": THREADS}
    rows = lgb.Dataset(
        examples.features.table,
        examples.bought,
        weight=examples.weights,
        feature_name=list(examples.features.names),
        params=settings,
    )
    booster = lgb.train(settings, rows, num_boost_round=TREES)
    return Trees(booster, forest_of(booster))
