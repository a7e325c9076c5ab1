"""Intervals: as wide as theory has them, the same for the same seed, paired where it matters."""

from __future__ import annotations

import time

import numpy as np
import pytest

from recommender.judging.bootstrap import mean_difference, mean_interval, resampled_means
from recommender.judging.comparison import compare

RANDOM = np.random.default_rng(0)
VALUES = RANDOM.random(400)


def test_the_interval_is_as_wide_as_theory_says() -> None:
    found = mean_interval(VALUES)
    spread = 1.96 * VALUES.std() / np.sqrt(len(VALUES))
    assert found.value == VALUES.mean()
    assert found.high - found.value == pytest.approx(spread, rel=0.15)
    assert found.value - found.low == pytest.approx(spread, rel=0.15)


def test_the_same_seed_gives_the_same_interval() -> None:
    assert mean_interval(VALUES) == mean_interval(VALUES) != mean_interval(VALUES, seed=1)


def test_a_small_lead_on_the_same_customers_is_no_accident() -> None:
    """Unpaired, .02 would drown among customers that differ by .3."""
    ahead = mean_difference(VALUES + 0.02, VALUES)
    assert ahead.low == pytest.approx(0.02)
    assert mean_interval(VALUES + 0.02).overlaps(mean_interval(VALUES))


def test_one_customer_in_many_windows_is_drawn_as_one() -> None:
    """The same ten customers judged in forty windows are still only ten."""
    ten = RANDOM.random((10, 4))
    often = {"ours": np.tile(ten, (40, 1))}
    once = compare("x", np.arange(10, dtype=np.int32), {"ours": ten})
    many = compare("x", np.tile(np.arange(10, dtype=np.int32), 40), often)
    assert many.customers == 10
    assert many.figures["ours"]["ndcg10"].low == pytest.approx(once.figures["ours"]["ndcg10"].low)


def test_customers_judged_more_often_count_more_often() -> None:
    sums, counts = np.array([[2.0], [0.0]]), np.array([2.0, 1.0])
    assert set(resampled_means(sums, counts).ravel().round(3)) == {0.0, 0.667, 1.0}


def test_a_hundred_thousand_customers_take_seconds() -> None:
    started = time.process_time()
    resampled_means(RANDOM.random((100_000, 28)), np.ones(100_000))
    assert time.process_time() - started < 20
