"""Each baseline against the slow, obvious version of itself."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from recommender.judging import closed_forms
from recommender.judging.baselines import (
    AGAIN,
    NEW,
    lists_for_again,
    lists_for_new,
    personal_frequency,
    popularity,
    recent_popularity,
)
from recommender.judging.best import LISTED
from recommender.judging.history import History, history_of
from recommender.judging.neighbours import item_knn, last_basket
from recommender.judging.window import bought_between
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases
from tests.made_up import Line, at, purchases_of, shop_models, shop_purchases

DAY = 86_400


@cache
def shop() -> History:
    return history_of(shop_purchases(), shop_models().now)


def history(*lines: Line, day: float = 100.0) -> History:
    purchases: Purchases = purchases_of(lines)
    kept = purchases.take(purchases.quantity > 0)
    bought = bought_between(kept, 0, at(day)).astype(np.float32)
    return History(kept, bought, bought, at(day))


def named(h: History, ranked: Ranked, customer: str) -> str:
    row = h.purchases.customers.position(customer)
    assert row is not None
    products = ranked.products[ranked.starts[row] : ranked.starts[row + 1]]
    return "".join(h.purchases.products[int(p)] for p in products)


def dense(h: History) -> npt.NDArray[np.float64]:
    return h.bought.toarray().astype(np.float64)


def slow_lists(h: History, scores: npt.NDArray[np.float64], least: float = -np.inf) -> list[int]:
    """The 20 best unbought of all customers, one after the other."""
    listed = []
    for row, bought in enumerate(dense(h)):
        order = np.lexsort((np.arange(len(bought)), -scores[row].astype(np.float32)))
        sold = [p for p in order if not bought[p] and h.buyers[p] and scores[row, p] > least]
        listed += sold[:LISTED] if bought.any() else []
    return [int(p) for p in listed]


@pytest.mark.parametrize("name", NEW)
def test_a_list_for_new_holds_nothing_bought_and_nothing_twice(name: str) -> None:
    h = shop()
    ranked = NEW[name](h)
    owners = np.repeat(np.arange(len(ranked.starts) - 1), np.diff(ranked.starts))
    assert len(owners) == len(ranked.products) == len(ranked.chance) > 0
    assert not dense(h)[owners, ranked.products].any()
    assert len(set(zip(owners.tolist(), ranked.products.tolist(), strict=True))) == len(owners)
    inner = np.diff(owners) == 0
    assert (np.diff(ranked.chance)[inner] < 0).all()


@pytest.mark.parametrize("name", AGAIN)
def test_a_list_for_again_holds_only_what_was_bought(name: str) -> None:
    ranked = AGAIN[name](shop())
    owners = np.repeat(np.arange(len(ranked.starts) - 1), np.diff(ranked.starts))
    assert dense(shop())[owners, ranked.products].all()


def test_popularity_is_the_order_of_buyers() -> None:
    h = shop()
    wide = np.broadcast_to(h.buyers.astype(np.float64), h.bought.shape)
    assert popularity(h).products.tolist() == slow_lists(h, wide)


def test_recent_popularity_counts_the_last_28_days_first() -> None:
    h = history(Line("A", "x", 1), Line("B", "x", 2), Line("C", "y", 99), Line("D", "z", 71.9))
    assert named(h, popularity(h), "C") == "xz"
    assert named(h, recent_popularity(h), "D") == "yx"


def test_last_basket_follows_what_others_took_with_it() -> None:
    """Half of the baskets with x held y, all with w held v; A last took x."""
    lines = [Line("A", "w", 1), Line("A", "x", 2), Line("B", "x", 3), Line("B", "y", 3)]
    lines += [Line("C", "w", 4), Line("C", "v", 4)]
    h = history(*lines)
    assert named(h, last_basket(h), "A") == "y"


def test_item_knn_sums_cosines_of_what_was_bought() -> None:
    h = shop()
    bought = dense(h)
    sizes = np.sqrt(np.maximum(bought.sum(axis=0), 1))
    near = bought.T @ bought / np.outer(sizes, sizes)
    np.fill_diagonal(near, 0)
    assert item_knn(h).products.tolist() == slow_lists(h, bought @ near, 0.0)


def test_ease_is_the_closed_form() -> None:
    h = shop()
    bought = dense(h)
    gram = bought.T @ bought + closed_forms.EASE_REGULARIZATION * np.eye(bought.shape[1])
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    assert closed_forms.ease(h).products.tolist() == slow_lists(h, bought @ weights)


def test_ease_steps_aside_where_the_catalogue_is_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(closed_forms, "MOST_PRODUCTS", 5)
    assert "EASE" not in dict(lists_for_new(shop()))
    with pytest.raises(ValueError, match="at most 5 products"):
        closed_forms.ease(shop())


def test_personal_frequency_counts_days_and_breaks_ties_by_the_newest() -> None:
    lines = [Line("A", "x", 1), Line("A", "x", 1.2), Line("A", "x", 1.4)]
    lines += [Line("A", "y", 2), Line("A", "y", 3), Line("A", "z", 5)]
    h = history(*lines)
    assert named(h, personal_frequency(h), "A") == "yzx"


def test_personal_frequency_is_that_of_a_slow_count() -> None:
    h = shop()
    p = h.purchases
    pairs = list(zip(p.customer_rows.tolist(), p.product_columns.tolist(), strict=True))
    stamped = list(zip(pairs, (p.purchased_at // DAY).tolist(), strict=True))
    days = Counter(pair for pair, _ in set(stamped))
    newest = {pair: max(t for q, t in stamped if q == pair) for pair in days}
    wanted = sorted(days, key=lambda q: (q[0], -days[q], -newest[q], q[1]))
    assert personal_frequency(h).products.tolist() == [product for _, product in wanted]


@pytest.mark.parametrize("newest", [740, 100])
def test_baselines_stand_a_shop_of_one_product_and_a_year_without_a_sale(newest: float) -> None:
    one = purchases_of([Line("A", "x", 50), Line("B", "x", newest)])
    before = history_of(one, at(750))
    for _, ranked in [*lists_for_new(before), *lists_for_again(before)]:
        assert len(ranked.starts) == 3


def test_baselines_know_the_year_and_no_return() -> None:
    h = shop()
    everything = shop_purchases()
    assert len(h.purchases) == int((everything.quantity > 0).sum())
    assert h.purchases.last_at < h.at


def test_no_list_of_the_never_bought_holds_what_was_bought_years_ago() -> None:
    lines = [Line("A", "x", 10), Line("A", "y", 700), Line("B", "x", 710), Line("B", "z", 720)]
    before = history_of(purchases_of([*lines, Line("B", "y", 721)]), at(750))
    for name, ranked in lists_for_new(before):
        assert "x" not in named(before, ranked, "A"), name
        assert "z" in named(before, ranked, "A") or name == "last basket", name
