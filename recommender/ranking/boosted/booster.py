"""Gradient-boosted trees for the chance, by LightGBM. The one file that talks to that library.

Trained on the log-loss of bought or not: what comes out is a chance, and the order it gives was as
good on validation as LambdaMART's, which gives none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from recommender.ranking.boosted.examples import Examples
from recommender.ranking.forest import Forest, forest_of, trees_of

ROUNDS = 200
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    # what is bought again is learned beside it; any number gives the same trees. They must not spin
    # while they wait, see recommender/__init__.py
    "num_threads": max((os.cpu_count() or 1) // 2, 1),
    "max_bin": 127,
    "bin_construct_sample_cnt": 20_000,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Booster:
    model: lightgbm.Booster
    forest: Forest
    """The same trees, to be asked."""
    names: tuple[str, ...]
    examples: int
    bought: int

    def chance(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(pairs,) between 0 and 1."""
        return self.forest.chance(features)

    def as_stored(self) -> dict[str, Any]:
        """What `booster_of` makes the same booster from: the trees as LightGBM writes them."""
        return {
            "trees": self.model.model_to_string(),
            "names": list(self.names),
            "examples": self.examples,
            "bought": self.bought,
        }

    def gains(self) -> dict[str, float]:
        """Share of each feature in what the trees gained, largest first."""
        gains = self.model.feature_importance("gain")
        shares = gains / max(gains.sum(), 1e-12)
        order = np.argsort(-shares, kind="stable")
        return {self.names[i]: round(float(shares[i]), 4) for i in order if shares[i] > 0}


def booster_of(stored: Mapping[str, Any]) -> Booster:
    """Raises ValueError where these are not trees with so many features."""
    model, names = trees_of(stored["trees"]), tuple(map(str, stored["names"]))
    if model.num_feature() != len(names):
        raise ValueError(f"trees of {model.num_feature()} features, and {len(names)} names")
    return Booster(model, forest_of(model), names, int(stored["examples"]), int(stored["bought"]))


def fit_booster(names: list[str], examples: Examples, seed: int) -> Booster:
    """The same examples and seed give the same trees, with any number of threads."""
    data = lightgbm.Dataset(
        examples.features,
        examples.bought.astype(np.int8),
        weight=examples.weights,
        feature_name=names,
    )
    model = lightgbm.train(PARAMETERS | {"seed": seed}, data, ROUNDS)
    bought = int(examples.bought.sum())
    return Booster(model, forest_of(model), tuple(names), len(examples.bought), bought)
