"""Medians of groups, few values or many."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.insight.rhythm.medians import FEW, medians


@given(st.lists(st.integers(0, 3 * FEW), max_size=12), st.integers(0, 2**32 - 1))
def test_they_are_those_of_each_group_alone(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    values = random.integers(-9, 9, len(groups)) / 4
    found = medians(values, groups, len(sizes))
    for group, size in enumerate(sizes):
        own = values[groups == group]
        assert np.isnan(found[group]) if not size else found[group] == np.median(own)
