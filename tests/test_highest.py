"""The highest of each row against sorting everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recommender.models.highest import highest

VALUES = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 1.0, 2.0])
TABLES = arrays.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=VALUES)


@pytest.mark.parametrize("least", [-np.inf, 0.0])
@given(scores=TABLES, n=st.integers(1, 12))
def test_it_is_the_head_of_the_sorted_row(scores: np.ndarray, n: int, least: float) -> None:
    expected = [
        (row, column, place)
        for row, values in enumerate(scores)
        for place, column in enumerate(np.argsort(-values, kind="stable")[:n])
        if values[column] > least
    ]
    assert (
        list(zip(*(part.tolist() for part in highest(scores, n, least)), strict=True)) == expected
    )
