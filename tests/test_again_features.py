"""What a moment knows about an owned product, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ranking.again.features import features_in_parts, features_of
from recommender.ranking.again.frequency import by_frequency, fit_frequency
from recommender.ranking.again.visits import visits_before
from tests.made_up import Line, at, purchases_of, shop_lines, shop_purchases


def known(lines: list[Line], day: float, categories: dict[str, str] | None = None):
    """Features of each (customer, product) by their names."""
    purchases = purchases_of(lines)
    visits = visits_before(purchases, at(day))
    features = features_of(visits, categories or {})
    pairs = [
        (purchases.customers[c], purchases.products[p])
        for c, p in zip(visits.owners, visits.owned, strict=True)
    ]
    rows = [dict(zip(features.names, row, strict=True)) for row in features.table.tolist()]
    return dict(zip(pairs, rows, strict=True))


def test_a_product_bought_every_week_is_due_a_week_after():
    weekly = [Line("ann", "milk", day) for day in (0, 7, 14, 21)]
    row = known(weekly, 28)["ann", "milk"]
    assert row["due"] == row["due_median"] == 1.0
    assert row["overdue_days"] == 0.0
    assert row["gap"] == row["gap_median"] == row["gap_last"] == 7.0
    assert row["gap_spread"] == 0.0


LINES = [
    Line("ann", "milk", 0, 2, price=1.0),
    Line("ann", "milk", 0.5, 2, price=2.0),
    Line("ann", "milk", 10, 4, price=2.0),
    Line("ann", "milk", 30, 1, price=3.0),
    Line("ann", "milk", 31, -1, price=3.0),
    Line("ann", "bread", 30, 1, price=1.0),
    Line("ann", "tea", 35, 1, price=1.0),
    Line("bob", "milk", 39, 1, price=6.0),
]


def test_features_equal_what_is_worked_out_by_hand():
    row = known(LINES, 40, {"milk": "fresh", "bread": "fresh"})["ann", "milk"]
    expected = {
        "visits": 3,  # two lines of one day are one visit, a return is none
        "visits_28": 1,
        "visits_56": 3,
        "fading_20": 2**-2 + 2**-1.5 + 2**-0.5,
        "since_first": 40,
        "since_last": 10,
        "gap": 15,
        "gap_median": 10,
        "gap_longest": 20,
        "gap_last": 20,
        "gap_spread": 5,
        "due": 10 / 15,
        "quantity": 3,
        "quantity_last": 1,
        "quantity_last_to_usual": 1 / 3,
        "days_in_stock": 1 * 30 / 8 - 10,
        "orders_missed": 1,  # the tea
        "orders_share": 3 / 4,
        "orders_due": 1.0,
        "in_last_5": 3,
        "customer_orders": 4,
        "customer_orders_28": 2,
        "customer_since_last": 5,
        "customer_gap": 35 / 3,
        "customer_gap_last": 5,
        "customer_products": 3,
        "customer_repeats": 2 / 5,
        "owners": 2,
        "sold_7": 1,
        "since_last_sold": 1,
        "product_gap": 15,
        "price": 3,
        "price_to_paid": ((3 + 6) / 2) / 3,
        "again_by_product": 1.0,  # the only pair owned 28 days ago was bought again since
        "place_by_frequency": 0,
        "category_products": 2,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected, rel=1e-6)


def test_what_was_bought_once_has_no_gap():
    row = known(LINES, 40)["ann", "tea"]
    assert all(np.isnan(row[name]) for name in ("gap", "gap_median", "gap_last", "due"))


def test_no_feature_looks_at_or_after_the_moment():
    purchases = shop_purchases()
    now = at(60)
    with_later = visits_before(purchases, now)
    without = visits_before(purchases.before(now), now)
    assert (purchases.purchased_at >= now).any()
    assert (features_of(with_later, {}).table.tobytes()) == features_of(without, {}).table.tobytes()


def test_nothing_older_than_a_year_is_owned():
    lines = [Line("ann", "milk", 0), Line("ann", "tea", 1), Line("ann", "bread", 366, -1)]
    assert list(known(lines, 366)) == [("ann", "tea")]


def test_the_order_by_frequency_equals_the_slow_one():
    purchases = shop_purchases()
    visits = visits_before(purchases, at(100))
    days: dict[tuple[int, int], set[int]] = {}
    for n in range(len(purchases)):
        if purchases.purchased_at[n] < at(100) and purchases.quantity[n] > 0:
            pair = int(purchases.customer_rows[n]), int(purchases.product_columns[n])
            days.setdefault(pair, set()).add(int(purchases.purchased_at[n]) // 86_400)
    slow = sorted(days, key=lambda p: (p[0], -len(days[p]), -max(days[p]), p[1]))
    order = by_frequency(visits)
    assert list(zip(visits.owners[order], visits.owned[order], strict=True)) == slow


def test_chances_by_frequency_add_up_to_what_was_bought():
    visits = visits_before(shop_purchases(), at(100))
    bought = np.arange(len(visits.firsts)) % 5 == 0
    chance = fit_frequency(visits, bought).of(visits)
    assert chance.sum() == pytest.approx(bought.sum(), rel=1e-4)


def test_parts_of_customers_say_what_all_of_them_say(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shop_lines(customers=40, days=300, seed=3)
    visits = visits_before(purchases_of(lines), at(300))
    whole = features_of(visits, {})
    monkeypatch.setattr("recommender.ranking.again.features.MOST_PAIRS", 37)
    parts = list(features_in_parts(visits, {}))
    assert 5 < len(parts) < 40
    assert np.array_equal(np.concatenate([p.table for p in parts]), whole.table, equal_nan=True)
