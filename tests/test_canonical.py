"""Lines in their one order, whatever the order of the input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.tables.canonical import canonical_order

WIDE = st.sampled_from([0, 1, -1, 3, 2**31 - 1, -(2**31), 2**40, -(2**50)])
LINES = st.lists(
    st.tuples(WIDE, st.integers(-2, 2), WIDE, st.sampled_from([0.5, -1.0, np.nan, 2.0])),
    max_size=40,
)


@given(LINES)
def test_it_is_the_order_of_a_sort_by_one_column_after_the_other(
    lines: list[tuple[int, int, int, float]],
) -> None:
    columns = [np.array([line[place] for line in lines], np.int64) for place in range(3)]
    rest = [np.array([line[3] for line in lines], np.float64)]
    expected = np.lexsort([rest[0], *columns[::-1]])
    assert canonical_order(columns, rest).tolist() == expected.tolist()


@pytest.mark.parametrize("span", [1, 2**20, 2**62])
def test_wide_columns_too(span: int) -> None:
    random = np.random.default_rng(0)
    columns = [random.integers(-5, 5, 3000) * span, random.integers(0, 7, 3000)]
    columns.append(random.integers(0, 2**31, 3000))
    rest = [random.integers(0, 3, 3000), random.random(3000)]
    expected = np.lexsort([*rest[::-1], *columns[::-1]])
    assert canonical_order(columns, rest).tolist() == expected.tolist()
