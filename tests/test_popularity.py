"""How many customers bought each product, lately and ever."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.models.popularity import measure_popularity, most_bought, pairs_since
from tests.made_up import Line, at, netted_of

LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from("ABC"),
        product=st.sampled_from("xyz"),
        day=st.integers(0, 9).map(lambda tenth: 20.0 * tenth),
        quantity=st.sampled_from([1.0, 2.0, -1.0]),
    ),
    min_size=1,
    max_size=20,
)


@given(LINES)
def test_buyers_are_distinct_customers_that_kept_the_product(lines: list[Line]) -> None:
    netted = netted_of(lines)
    p = netted.purchases
    found = measure_popularity(netted, at(180) + 1)
    for column in range(len(p.products)):
        for counts, days in (
            (found.buyers, 10_000),
            (found.recent_buyers, 28),
            (found.season_buyers, 91),
        ):
            assert counts[column] == len(
                {
                    int(p.customer_rows[i])
                    for i in range(len(p))
                    if p.product_columns[i] == column
                    and netted.left[i] > 0
                    and p.purchased_at[i] > at(180 - days)
                }
            )


def test_no_one_customer_makes_a_product_popular() -> None:
    lines = [Line("A", "x", day) for day in range(25)] + [Line("B", "y"), Line("C", "y")]
    found = measure_popularity(netted_of(lines), at(25))
    assert found.buyers.tolist() == [1, 2]
    assert found.recent_buyers.tolist() == [1, 2]
    assert found.active_customers == 3


def test_a_product_is_as_old_as_its_first_sale() -> None:
    found = measure_popularity(netted_of([Line("A", "x", 3), Line("B", "x", 1)]), at(9))
    assert found.first_sold_at.tolist() == [at(1)]


def test_most_bought_are_ordered_by_recent_buyers_then_by_all_then_by_number() -> None:
    recent, ever = np.array([0, 2, 2, 1, 0, 2]), np.array([9, 5, 7, 1, 0, 5])
    assert most_bought(recent, ever, 10).tolist() == [2, 1, 5, 3, 0]
    assert most_bought(recent, ever, 2).tolist() == [2, 1]


def test_pairs_since_a_moment_come_once_each() -> None:
    lines = [
        Line("A", "x"),
        Line("A", "x", 5),
        Line("A", "x", 6),
        Line("B", "y"),
        Line("B", "z", 9),
    ]
    customers, products = pairs_since(netted_of(lines), at(5))
    assert list(zip(customers.tolist(), products.tolist(), strict=True)) == [(0, 0), (1, 2)]
