"""From purchase lines to the matrix: nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.matrix import purchase_matrix
from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix, weigh_again
from recommender.matrix.weights import RecencyQuantity
from tests.made_up import FIRST_DAY, Line, matrix_of, netted_of

PLAIN = RecencyQuantity(half_life_days=20, quantity_power=0)
LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from(["A", "B", "NA", "007"]),
        product=st.sampled_from("wxyz"),
        day=st.integers(0, 9),
        quantity=st.integers(-3, 5).filter(bool).map(float),
    ),
    max_size=25,
)


def pairs_of(matrix: PurchaseMatrix, values: sparse.csr_matrix) -> dict[tuple[str, str], float]:
    where = values.tocoo()
    return {
        (matrix.customers[r], matrix.products[c]): float(v)
        for r, c, v in zip(where.row, where.col, where.data, strict=True)
    }


def test_a_small_matrix_is_what_one_works_out_by_hand() -> None:
    lines = [
        Line("A", "x", 0),
        Line("A", "x", 20),
        Line("A", "y", 20),
        Line("B", "y", 0, 3),
        Line("B", "y", 1, -3),
        Line("B", "z", 0, -1),
    ]
    matrix = matrix_of(lines, PLAIN, 20)
    assert pairs_of(matrix, matrix.weights) == {("A", "x"): 1.5, ("A", "y"): 1.0}
    assert pairs_of(matrix, matrix.returned) == {("B", "y"): True}
    assert matrix.times.tolist() == [2, 1]
    assert matrix.last_day.tolist() == [FIRST_DAY + 20, FIRST_DAY + 20]
    assert repr(matrix) == "PurchaseMatrix(2 x 3, 2 pairs)"


@given(LINES)
def test_totals_survive_the_matrix(lines: list[Line]) -> None:
    netted, matrix = netted_of(lines), matrix_of(lines, PLAIN, 9)
    assert matrix.times.sum() == (netted.left > 0).sum()
    expected = PLAIN.of_lines(netted, (FIRST_DAY + 9) * 86_400).sum()
    assert matrix.weights.sum() == pytest.approx(expected, rel=1e-6)


@given(LINES, st.integers(1, 4))
def test_weighed_again_is_as_if_built_by_the_other_weighting(
    lines: list[Line], lines_a_run: int
) -> None:
    netted, now, slower = netted_of(lines), (FIRST_DAY + 9) * 86_400, RecencyQuantity(100)
    built = build_matrix(netted, slower, now).weights
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(purchase_matrix, "LINES", lines_a_run)
        matrix = build_matrix(netted, PLAIN, now)
        again = weigh_again(matrix, netted, slower, now)
    assert again.toarray().tobytes() == built.toarray().tobytes()
    assert pairs_of(matrix, matrix.weights) == pairs_of(
        matrix_of(lines, PLAIN, 9), matrix_of(lines, PLAIN, 9).weights
    )


@given(LINES)
def test_a_pair_is_bought_or_returned_but_never_both(lines: list[Line]) -> None:
    matrix = matrix_of(lines, PLAIN, 9)
    bought = pairs_of(matrix, matrix.weights)
    returned = pairs_of(matrix, matrix.returned)
    assert not set(bought) & set(returned)
    assert set(bought) | set(returned) == {
        (line.customer, line.product) for line in lines if line.quantity > 0
    }


@given(LINES, st.randoms())
def test_the_order_of_the_rows_leaves_no_trace(lines: list[Line], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = matrix_of(lines, PLAIN, 9), matrix_of(shuffled, PLAIN, 9)
    assert one.weights.data.tobytes() == other.weights.data.tobytes()
    assert one.weights.indices.tobytes() == other.weights.indices.tobytes()


def test_bought_is_one_wherever_there_is_a_weight() -> None:
    matrix = matrix_of([Line("A", "x"), Line("A", "x"), Line("B", "y")], PLAIN, 20)
    assert matrix.bought.toarray().tolist() == [[1, 0], [0, 1]]


def made(weights: npt.NDArray[np.float32]) -> PurchaseMatrix:
    sound = matrix_of([Line("A", "x"), Line("B", "y")], PLAIN, 0)
    return replace(sound, weights=sparse.csr_matrix((weights, ([0, 1], [0, 1])), (2, 2)))


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf, np.nan])
def test_a_weight_that_is_not_finite_and_above_zero_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite and above 0"):
        made(np.array([1.0, wrong], np.float32))


def test_a_matrix_that_does_not_fit_its_ids_is_refused() -> None:
    sound = matrix_of([Line("A", "x"), Line("B", "y")], PLAIN, 0)
    with pytest.raises(ValueError, match="shape"):
        replace(sound, weights=sparse.csr_matrix((2, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="shape"):
        replace(sound, returned=sparse.csr_matrix((3, 2), dtype=bool))


def test_counts_that_do_not_fit_the_weights_are_refused() -> None:
    sound = matrix_of([Line("A", "x"), Line("B", "y")], PLAIN, 0)
    with pytest.raises(ValueError, match="times"):
        replace(sound, times=sound.times[:1])
    with pytest.raises(ValueError, match="last_day"):
        replace(sound, last_day=sound.last_day[:1])
