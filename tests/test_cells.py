"""Pairs as numbers, against sets of pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.matrix.cells import cells_of, is_among

CELLS = st.lists(st.integers(0, 40), max_size=30)


@given(asked=CELLS, others=CELLS)
def test_a_cell_is_among_others_where_a_set_holds_it(asked: list[int], others: list[int]) -> None:
    found = is_among(np.array(asked, np.int64), np.unique(np.array(others, np.int64)))
    assert found.tolist() == [cell in set(others) for cell in asked]


def test_cells_of_a_matrix_are_its_pairs() -> None:
    matrix = sparse.csr_matrix(np.array([[0, 1, 1], [0, 0, 0], [1, 0, 1]]))
    assert cells_of(matrix).tolist() == [1, 2, 6, 8]


def test_many_customers_times_many_products_do_not_run_over() -> None:
    last = sparse.csr_matrix(([True], ([999_999], [99_999])), (1_000_000, 100_000))
    assert cells_of(last).tolist() == [99_999_999_999]
