"""A return undoes the latest purchase of the same product by the same customer."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matrix.returns import net_returns, pair_starts
from tests.made_up import Line, netted_of, purchases_of

LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from("AB"),
        product=st.sampled_from("xy"),
        day=st.integers(0, 6),
        quantity=st.integers(-6, 6).filter(bool).map(float),
    ),
    max_size=14,
)


def left_of(*quantities: float) -> list[float]:
    """What is left of one customer's lines of one product, a day apart."""
    lines = [Line("A", "x", day, q) for day, q in enumerate(quantities)]
    return netted_of(lines).left.tolist()


def unmatched_of(*quantities: float) -> int:
    lines = [Line("A", "x", day, q) for day, q in enumerate(quantities)]
    return netted_of(lines).unmatched_returns


@pytest.mark.parametrize(
    ("quantities", "left"),
    [
        ((5,), [5]),
        ((5, -2), [3, 0]),
        ((5, -5), [0, 0]),
        ((5, 3, -2), [5, 1, 0]),  # the latest purchase is undone first
        ((5, 3, -4), [4, 0, 0]),  # and then the one before it
        ((5, -2, 3, -4), [2, 0, 0, 0]),
        ((5, -2, 3), [3, 0, 3]),  # a later purchase is not undone by an earlier return
        ((-2, 5), [0, 5]),
        ((5, -9, 4), [0, 0, 4]),
    ],
)
def test_a_return_undoes_the_latest_purchase_before_it(
    quantities: tuple[float, ...], left: list[float]
) -> None:
    assert left_of(*quantities) == left


@pytest.mark.parametrize(
    ("quantities", "missing"),
    [((5, -5), 0), ((-1,), 1), ((5, -6), 1), ((5, -6, -1), 2), ((-1, 5, -5), 1)],
)
def test_returns_without_their_sale_are_counted(
    quantities: tuple[float, ...], missing: int
) -> None:
    assert unmatched_of(*quantities) == missing


def test_a_return_never_touches_another_customer_or_product() -> None:
    lines = [Line("A", "x"), Line("A", "y"), Line("B", "x"), Line("B", "y", 1, -3)]
    netted = netted_of(lines)
    assert netted.left.tolist() == [1, 1, 1, 0]
    assert netted.unmatched_returns == 1


def test_a_return_of_the_same_moment_undoes_its_purchase() -> None:
    """Tables with days but no hours cannot say which came first."""
    netted = netted_of([Line("A", "x", 0, 4), Line("A", "x", 0, -4)])
    assert netted.left.tolist() == [0, 0]
    assert netted.unmatched_returns == 0


def test_kilos_returned_in_parts_leave_no_dust() -> None:
    """1.1 - 0.4 - 0.7 is 1e-16 in floats, which would count as bought."""
    assert left_of(1.1, -0.4, -0.7) == [0, 0, 0]
    assert unmatched_of(0.3, -0.1, -0.1, -0.1) == 0


@given(LINES)
def test_what_stays_is_what_was_bought_less_what_came_back(lines: list[Line]) -> None:
    """Matched by a second, slow rule: per pair a stack of single units."""
    netted = netted_of(lines)
    kept: dict[tuple[str, str], float] = defaultdict(float)
    p = netted.purchases
    for row, column, left in zip(p.customer_rows, p.product_columns, netted.left, strict=True):
        kept[p.customers[row], p.products[column]] += left
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for line in sorted(lines, key=lambda line: (line.day, line.quantity < 0)):
        pair = line.customer, line.product
        expected[pair] = max(expected[pair] + int(line.quantity), 0)
    assert {k: v for k, v in kept.items() if v} == {k: v for k, v in expected.items() if v}


@given(LINES)
def test_nothing_is_left_below_zero_or_above_what_was_bought(lines: list[Line]) -> None:
    netted = netted_of(lines)
    assert (netted.left >= 0).all()
    assert (netted.left <= np.maximum(netted.purchases.quantity, 0)).all()


@given(LINES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(lines: list[Line], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = netted_of(lines), netted_of(shuffled)
    assert one.left.tolist() == other.left.tolist()
    assert one.unmatched_returns == other.unmatched_returns


def test_pairs_begin_where_customer_or_product_changes() -> None:
    purchases = purchases_of(
        [Line("A", "x"), Line("A", "x", 1), Line("A", "y"), Line("B", "y"), Line("B", "y", 2)]
    )
    assert pair_starts(purchases).tolist() == [0, 2, 3, 5]


def test_no_purchases_have_no_pairs_and_nothing_left() -> None:
    nothing = purchases_of([])
    assert pair_starts(nothing).tolist() == [0]
    assert len(net_returns(nothing).left) == 0
