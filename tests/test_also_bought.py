"""Products bought by the same customers: counted fast, judged by counting slowly."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from functools import cache
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender.models.also_bought import (
    MINIMUM_CUSTOMERS,
    NEIGHBOURS,
    AlsoBought,
    count_together,
    evidence_of,
    find_also_bought,
)
from tests.made_up import Line, netted_of, shop_models

Baskets = list[set[int]]
BASKETS = st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=30)


def bought_matrix(baskets: Baskets, products: int = 8) -> sparse.csr_matrix:
    dense = np.zeros((len(baskets), products), np.float32)
    for row, basket in enumerate(baskets):
        dense[row, list(basket)] = 1
    return sparse.csr_matrix(dense)


def counted(found: AlsoBought) -> dict[tuple[int, int], int]:
    return {
        (product, int(found.products[e])): int(found.customers_both[e])
        for product in range(len(found.starts) - 1)
        for e in range(found.starts[product], found.starts[product + 1])
    }


@given(BASKETS)
def test_counts_and_similarities_are_those_of_a_slow_count(baskets: Baskets) -> None:
    found = find_also_bought(bought_matrix(baskets))
    expected = {
        (one, other): sum({one, other} <= basket for basket in baskets)
        for one, other in permutations(range(8), 2)
    }
    assert counted(found) == {p: n for p, n in expected.items() if n >= MINIMUM_CUSTOMERS}
    for (one, other), similarity in zip(counted(found), found.similarity, strict=True):
        both, a, b = (evidence_for(part, baskets) for part in ({one, other}, {one}, {other}))
        assert similarity == pytest.approx(both / (math.sqrt(a * b) + 10), rel=1e-5)


def evidence_for(products: set[int], baskets: Baskets) -> float:
    """Of the customers that bought all of these."""
    full = min(statistics.median(len(basket) for basket in baskets if basket), 20)
    return sum(min(len(basket) / full, 1.0) for basket in baskets if products <= basket)


@pytest.mark.parametrize(
    ("breadths", "evidence"),
    [
        ([1, 5, 10, 20, 30, 40, 80], [0.05, 0.25, 0.5, 1, 1, 1, 1]),
        ([1, 2, 4, 8, 0, 0, 0], [1 / 3, 2 / 3, 1, 1, 0, 0, 0]),
        ([2, 2, 2], [1, 1, 1]),
        ([0, 0], [0, 0]),
    ],
)
def test_who_bought_as_much_as_most_or_twenty_products_speaks_fully(
    breadths: list[int], evidence: list[float]
) -> None:
    matrix = bought_matrix([set(range(breadth)) for breadth in breadths], 80)
    assert evidence_of(matrix) == pytest.approx(evidence)


@given(BASKETS)
def test_both_ways_say_the_same(baskets: Baskets) -> None:
    counts = counted(find_also_bought(bought_matrix(baskets)))
    assert all(counts[other, one] == both for (one, other), both in counts.items())


@given(BASKETS)
def test_nearest_come_first_and_of_equals_the_lower_number(baskets: Baskets) -> None:
    found = find_also_bought(bought_matrix(baskets))
    for first, end in zip(found.starts[:-1], found.starts[1:], strict=True):
        keys = list(zip(-found.similarity[first:end], found.products[first:end], strict=True))
        assert keys == sorted(keys)


@pytest.mark.parametrize(("customers", "said"), [(4, 0), (5, 2)])
def test_five_customers_stand_behind_every_statement(customers: int, said: int) -> None:
    assert len(find_also_bought(bought_matrix([{0, 1}] * customers)).products) == said


def test_a_customer_counts_once_however_much_it_buys() -> None:
    lines = [Line("A", product, day) for product in "xy" for day in range(50)]
    lines += [Line(f"B{i}", product) for i in range(3) for product in "xy"]
    assert len(find_also_bought(shop_like(lines)).products) == 0


def shop_like(lines: Iterable[Line]) -> sparse.csr_matrix:
    """1 for each pair that stayed."""
    netted = netted_of(lines)
    p = netted.purchases
    dense = np.zeros((len(p.customers), len(p.products)), np.float32)
    dense[p.customer_rows[netted.left > 0], p.product_columns[netted.left > 0]] = 1
    return sparse.csr_matrix(dense)


def test_ten_made_up_customers_do_not_lift_a_rare_product_over_a_real_companion() -> None:
    """A fake order of the popular product and the rare one, ten times, among 300 real customers."""
    real: Baskets = [{0, 1} if i % 3 else {0} for i in range(300)]
    found = find_also_bought(bought_matrix([*real, *([{0, 7}] * 10)]))
    assert found.products[found.starts[0] : found.starts[1]].tolist() == [1, 7]
    assert found.similarity[0] > 3 * found.similarity[1]


@cache
def busy_shop() -> Baskets:
    """300 customers with 20 to 30 of 300 products, the first ones popular; 300 is bought once."""
    random = np.random.default_rng(3)
    liking = 1 / np.arange(20, 320)
    sizes = random.integers(20, 31, 300)
    baskets = [set(random.choice(300, n, False, liking / liking.sum()).tolist()) for n in sizes]
    return [*baskets, {*range(275, 301)}]


def reached(fakes: int) -> int:
    """Of the 20 most popular products, those whose first ten fakes can bring product 300 into."""
    count = 0
    for popular in range(20):
        baskets = [*busy_shop(), *([{popular, 300}] * fakes)]
        found = find_also_bought(bought_matrix(baskets, 301))
        entries = slice(found.starts[popular], found.starts[popular + 1])
        count += 300 in found.products[entries][:10]
    return count


@pytest.mark.parametrize("fakes", [10, 20])
def test_made_up_customers_of_two_lines_reach_nobodys_first_ten(fakes: int) -> None:
    assert reached(fakes) == 0


def test_they_would_if_they_spoke_as_loud_as_real_customers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("recommender.models.also_bought.FULL_EVIDENCE", 1.0)
    assert reached(10) > 5
    assert reached(20) > 15


def test_a_product_keeps_its_nearest_neighbours_only() -> None:
    everything = set(range(NEIGHBOURS + 20))
    found = find_also_bought(bought_matrix([everything] * 5, len(everything)))
    assert (np.diff(found.starts) == NEIGHBOURS).all()


def test_blocks_of_products_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    bought = shop_models().matrix.bought
    whole = find_also_bought(bought)
    monkeypatch.setattr("recommender.models.also_bought.BLOCK", 3)
    parts = find_also_bought(bought)
    assert counted(parts) == counted(whole)
    assert parts.similarity.tobytes() == whole.similarity.tobytes()


ORDER_LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from("ABCDEFG"),
        product=st.sampled_from("wxyz"),
        day=st.integers(0, 3),
        quantity=st.sampled_from([1.0, 1.0, 1.0, 2.0, -1.0]),
        order=st.sampled_from(["", "1", "2"]),
    ),
    min_size=20,
    max_size=80,
)


@settings(max_examples=60)
@given(ORDER_LINES)
def test_customers_with_both_in_one_order_are_those_of_a_slow_count(lines: list[Line]) -> None:
    """Two customers may number their orders alike; such orders are two."""
    netted = netted_of(lines)
    p = netted.purchases
    found = find_also_bought(shop_like(lines))
    orders: dict[tuple[int, int], set[int]] = {}
    for i in np.flatnonzero((netted.left > 0) & (p.orders >= 0)):
        key = int(p.customer_rows[i]), int(p.orders[i])
        orders.setdefault(key, set()).add(int(p.product_columns[i]))
    expected = [
        len({customer for (customer, _), order in orders.items() if {one, other} <= order})
        for one, other in counted(found)
    ]
    together = count_together(netted, found)
    assert together.tolist() == expected
    assert (together <= found.customers_both).all()


def test_without_orders_nothing_was_bought_together() -> None:
    lines = [Line(f"C{i}", product) for i in range(6) for product in "xy"]
    found = find_also_bought(shop_like(lines))
    assert counted(found) == {(0, 1): 6, (1, 0): 6}
    assert count_together(netted_of(lines), found).tolist() == [0, 0]
