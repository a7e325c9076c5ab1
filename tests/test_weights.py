"""How much purchases count: recent ones most, large ones a little more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matrix.weights import RecencyQuantity
from recommender.models.spending import usual_prices
from tests.made_up import Line, learned, matrix_of, netted_of, purchases_of

LINES_ONLY = RecencyQuantity(half_life_days=20, quantity_power=0)


def weight_of(weighting: RecencyQuantity, *lines: Line, day: float = 0) -> float:
    """Of the first pair."""
    return float(matrix_of(lines, weighting, day).weights.data[0])


@pytest.mark.parametrize(("age", "weight"), [(0, 1.0), (20, 0.5), (40, 0.25), (10, 2**-0.5)])
def test_a_half_life_halves(age: float, weight: float) -> None:
    assert weight_of(LINES_ONLY, Line("A", "x"), day=age) == pytest.approx(weight)


def test_purchases_of_a_pair_add_up() -> None:
    lines = [Line("A", "x", 0), Line("A", "x", 20), Line("A", "x", 40)]
    assert weight_of(LINES_ONLY, *lines, day=40) == pytest.approx(1 + 0.5 + 0.25)


def test_what_was_bought_long_ago_still_counts_as_bought() -> None:
    assert weight_of(LINES_ONLY, Line("A", "x"), day=100_000) == np.float32(0.01)


def test_no_pair_counts_more_than_the_cap() -> None:
    assert weight_of(LINES_ONLY, *[Line("A", "x")] * 1000) == 5.0


def test_no_customer_counts_more_than_thirty_times_the_median_one() -> None:
    """B buys 100 products at once and the others one; what it bought still counts as bought."""
    everything = [Line("B", f"x{i}") for i in range(100)]
    others = [Line(f"C{i}", f"x{i}") for i in range(9)]
    weights = matrix_of([*everything, *others], LINES_ONLY, 0).weights
    assert weights[0].sum() == pytest.approx(30.0)
    assert weights[0].data == pytest.approx(np.full(100, 0.3))
    assert weights[1:].data == pytest.approx(np.ones(9))


def test_what_one_customer_takes_does_not_change_the_weights_of_others() -> None:
    """The usual quantity is the middle customer's, whatever A takes, and however often."""
    others = [Line(f"B{i}", "x", 0, quantity) for i, quantity in enumerate((1, 2, 2, 4))]
    weighting = RecencyQuantity(20, quantity_power=0.5)

    def of_others(*lines: Line) -> list[float]:
        return matrix_of([*lines, *others], weighting, 0).weights.data[1:].tolist()

    modest = of_others(Line("A", "x", 0, 5))
    assert of_others(Line("A", "x", 0, 1e12)) == modest
    assert of_others(*[Line("A", "x", 0, 1e9)] * 1000) == modest


def test_a_billion_units_count_no_more_than_a_thousand_times_the_usual() -> None:
    """To the power of a tenth, that is 2."""
    lines = [Line("A", "x", 0, 1e9), *(Line(f"B{i}", "x") for i in range(99))]
    assert weight_of(RecencyQuantity(20), *lines) == pytest.approx(1000**0.1)


def test_a_quantity_counts_against_the_usual_one_of_its_product() -> None:
    """4 and 9 have the geometric mean 6, so they count (4 / 6) and (9 / 6), each to the power."""
    weighting = RecencyQuantity(20, quantity_power=0.5)
    weights = matrix_of([Line("A", "x", 0, 4), Line("B", "x", 0, 9)], weighting, 0).weights
    assert weights.data == pytest.approx([(4 / 6) ** 0.5, (9 / 6) ** 0.5])


def test_a_value_counts_against_the_usual_one_of_its_customer() -> None:
    """A spent 2 x 8 = 16 and 4 x 1 = 4, usually 8; of z, which has no price, nothing is known."""
    weighting = RecencyQuantity(20, quantity_power=0, value_power=0.5)
    lines = [Line("A", "x", 0, 2, 8.0), Line("A", "y", 0, 4, 1.0), Line("A", "z", 0, 3)]
    weights = matrix_of([*lines, Line("B", "x", 0, 9, 8.0)], weighting, 0).weights
    assert weights.toarray() == pytest.approx(np.array([[2**0.5, 0.5**0.5, 1], [1, 0, 0]]))


def test_a_value_counts_nothing_unless_asked_for() -> None:
    dear, cheap = Line("A", "x", 0, 1, 900.0), Line("A", "y", 0, 1, 0.5)
    assert matrix_of([dear, cheap], LINES_ONLY, 0).weights.data.tolist() == [1.0, 1.0]
    assert "usual value" not in str(LINES_ONLY)
    assert "(value / the customer's usual value)^0.5," in str(RecencyQuantity(20, value_power=0.5))


def test_only_what_stayed_counts() -> None:
    weighting = RecencyQuantity(20, quantity_power=1)
    kept = [Line("A", "x", 0, 4), Line("A", "x", 1, -3), Line("B", "x", 1, 1)]
    weights = matrix_of(kept, weighting, 1).weights.data
    assert weights == pytest.approx([2 ** (-1 / 20), 1.0])


def test_a_purchase_after_the_moment_is_not_worth_more_than_one_at_it() -> None:
    assert weight_of(LINES_ONLY, Line("A", "x", 5), day=0) == 1.0


def test_the_weight_function_says_what_it_does() -> None:
    assert str(RecencyQuantity(20)) == (
        "weight = sum over the purchases of a pair of 2^(-age / 20 days) x (quantity kept / "
        "the product's usual quantity)^0.1, between 0.01 and 5; together a "
        "customer's count at most 30 times the median customer's"
    )


@given(
    st.lists(st.tuples(st.floats(0, 30_000), st.floats(1e-9, 1e12)), min_size=1, max_size=20),
    st.floats(0.01, 36_500),
)
def test_every_weight_is_a_finite_float32_within_the_bounds(
    bought: list[tuple[float, float]], half_life_days: float
) -> None:
    weighting = RecencyQuantity(half_life_days)
    lines = [Line(f"C{i % 3}", f"P{i % 4}", day, q) for i, (day, q) in enumerate(bought)]
    data = matrix_of(lines, weighting, 40_000).weights.data
    assert data.dtype == np.float32
    assert (data >= np.float32(weighting.least)).all()
    assert (data <= np.float32(weighting.most)).all()


def test_a_line_that_was_given_back_weighs_nothing() -> None:
    netted = netted_of([Line("A", "x", 0, 2), Line("A", "x", 1, -2)])
    assert LINES_ONLY.of_lines(netted, netted.purchases.last_at).tolist() == [0, 0]


def test_how_often_one_customer_bought_is_seen_in_its_own_row_alone() -> None:
    """Also bought, popularity and prices count it once; the row itself is bounded."""
    others = [Line(f"B{i}", p, i, 1 + i % 3, 5.0 + i) for i in range(8) for p in "xyz"]
    once = [Line("A", p, 8, 2, 7.0) for p in "xyz"]
    often = [Line("A", p, day, 1e9, 7.0) for p in "xyz" for day in range(9) for _ in range(50)]
    one, other = (learned(purchases_of([*others, *lines])) for lines in (once, often))
    assert (one.matrix.weights[1:] != other.matrix.weights[1:]).nnz == 0
    assert other.matrix.weights[0].data.max() <= 5.0
    assert one.also_bought.similarity.tobytes() == other.also_bought.similarity.tobytes()
    assert one.also_bought.customers_both.tolist() == other.also_bought.customers_both.tolist()
    assert one.popularity.buyers.tolist() == other.popularity.buyers.tolist()
    assert one.popularity.recent_buyers.tolist() == other.popularity.recent_buyers.tolist()
    prices = [usual_prices(models.netted, models.now).tolist() for models in (one, other)]
    assert prices[0] == prices[1]
