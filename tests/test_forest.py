"""The quick way to ask trees against LightGBM's own."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest

from recommender.ranking.forest import forest_of

PARAMETERS = {"num_leaves": 31, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1}


def grown(seed: int, *, with_nan: bool, **parameters: Any) -> tuple[lightgbm.Booster, np.ndarray]:
    """Trees over columns of many values, few values, only two, and one; and their rows."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(3000, 6)).astype(np.float32)
    rows[:, 1], rows[:, 2], rows[:, 3] = np.round(rows[:, 1]), rows[:, 2] > 0, 7.0
    if with_nan:
        rows[random.random(rows.shape) < 0.1] = np.nan
    bought = np.nan_to_num(rows[:, 0] * rows[:, 1]) + random.normal(size=3000) > 0.5
    data = lightgbm.Dataset(rows, bought.astype(np.int8))
    settings = {"objective": "binary", **PARAMETERS, **parameters}
    return lightgbm.train(settings, data, 30), rows


@pytest.mark.parametrize("with_nan", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_it_answers_as_lightgbm_does_to_the_last_bit(seed: int, with_nan: bool) -> None:
    booster, rows = grown(seed, with_nan=with_nan)
    rows[::7, 0], rows[::11, 4], rows[::13, 0] = np.nan, np.nan, np.inf  # also where none was met
    rows[::17] = 0.0
    forest = forest_of(booster)
    assert np.array_equal(forest.raw(rows), booster.predict(rows, raw_score=True))
    chances = np.asarray(booster.predict(rows), np.float32)
    np.testing.assert_allclose(forest.chance(rows), chances, rtol=1e-6)


def test_a_value_at_a_threshold_goes_left_as_in_lightgbm() -> None:
    booster, _ = grown(0, with_nan=False)
    forest = forest_of(booster)
    rows = np.zeros((len(forest.thresholds), 6), np.float32)
    for feature in range(6):
        of_it = slice(forest.starts[feature], forest.starts[feature + 1])
        rows[of_it, feature] = forest.thresholds[of_it]
    rows = np.vstack([rows, np.nextafter(rows, np.float32(np.inf))])
    assert np.array_equal(forest.raw(rows), booster.predict(rows, raw_score=True))


def test_trees_that_did_not_split_say_what_they_began_with() -> None:
    rows = np.ones((100, 2), np.float32)
    data = lightgbm.Dataset(rows, (np.arange(100) < 30).astype(np.int8))
    booster = lightgbm.train({"objective": "binary", **PARAMETERS}, data, 3)
    forest = forest_of(booster)
    assert np.array_equal(forest.raw(rows), booster.predict(rows, raw_score=True))
    assert forest.raw(rows[:0]).shape == (0,)


def test_larger_trees_are_refused() -> None:
    booster, _ = grown(1, with_nan=False, num_leaves=60)
    with pytest.raises(ValueError, match="leaves, at most 32 fit"):
        forest_of(booster)


def test_questions_about_categories_are_refused() -> None:
    random = np.random.default_rng(3)
    rows = random.integers(0, 5, (2000, 1)).astype(np.float32)
    bought = np.isin(rows[:, 0], [1, 4]).astype(np.int8)
    data = lightgbm.Dataset(rows, bought, categorical_feature=[0])
    booster = lightgbm.train({"objective": "binary", **PARAMETERS}, data, 3)
    with pytest.raises(ValueError, match="asks =="):
        forest_of(booster)


def test_rows_of_another_width_are_refused() -> None:
    booster, rows = grown(2, with_nan=False)
    with pytest.raises(ValueError, match="6 features expected"):
        forest_of(booster).raw(rows[:, :5])
