"""Two trades that buy nothing in common: whom a newcomer resembles says what it will take."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from recommender.ranking.newcomers.cells import numbers_of, texts_of
from recommender.ranking.newcomers.lists import with_newcomers
from recommender.ranking.newcomers.newcomers import Newcomers, learn_newcomers
from recommender.ranking.newcomers.traits import Traits, read_traits
from recommender.ranking.newcomers.uptake import uptake_before
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import Purchases
from recommender.tables.tables import Tables
from recommender.text import Ids
from tests.made_up import FIRST_DAY, Line, at, learned, purchases_of, shop_models

NOW = 300
SAWMILLS, JOINERIES = [f"S{n:02}" for n in range(30)], [f"J{n:02}" for n in range(30)]
BLADES, GLUES = [f"blade {n}" for n in range(10, 24)], [f"glue {n}" for n in range(30, 44)]
STARTS = {"blade 20": 150, "blade 21": 180, "blade 22": 215, "glue 40": 160, "glue 41": 240}
"""Day of the first sale of products that came later."""
NEW = ("blade 23", "glue 43")
"""Listed, and never sold."""


@cache
def lines() -> tuple[Line, ...]:
    """Everyone buys two products of its trade a fortnight, whatever is sold by then."""
    random = np.random.default_rng(1)
    found = []
    for customers, products in ((SAWMILLS, BLADES), (JOINERIES, GLUES)):
        for customer in customers:
            for day in range(int(random.integers(14)), NOW, 14):
                sold = [p for p in products if p not in NEW and STARTS.get(p, 0) <= day]
                chosen = random.choice(sold, 2, replace=False)
                found += [Line(customer, str(product), day) for product in chosen]
    return tuple(found)


def customer_table() -> pd.DataFrame:
    rows = [(c, "saws", "60") for c in SAWMILLS] + [(c, "glues", "4") for c in JOINERIES]
    rows += [("prospect that saws", "saws", ""), ("prospect that glues", "glues", "")]
    rows += [("prospect of whom nothing is known", "", "")]
    table = pd.DataFrame(rows, columns=["customer_id", "equipment", "employees"])
    return table.assign(segment="").sort_values("customer_id", ignore_index=True)


def product_table(*, listed: dict[str, float] | None = None) -> pd.DataFrame:
    """Categories are left empty: the words of the names must do."""
    products = [*BLADES, *GLUES]
    days = [(listed or {}).get(p, STARTS.get(p, 0) - 1) for p in products]
    return pd.DataFrame(
        {
            "product_id": products,
            "name": products,
            "listed_at": pd.to_datetime(
                [(FIRST_DAY + d) * 86_400 for d in days], unit="s", utc=True
            ),
        }
    )


def tables(**parts: pd.DataFrame) -> Tables:
    both = {
        "customers": customer_table(),
        "products": product_table(listed=dict.fromkeys(NEW, 290)),
    }
    return Tables(purchases=shop(), events=None, reports=(), **(both | parts))


@cache
def shop() -> Purchases:
    purchases = purchases_of(lines())
    return purchases.onto(
        Ids.of([*purchases.customers, *customer_table()["customer_id"]]), Ids.of([*BLADES, *GLUES])
    )


@cache
def newcomers() -> Newcomers:
    return learn_newcomers(shop(), tables(), at(NOW), seed=0)


@cache
def lists() -> Ranked:
    models = learned(shop())
    size = len(shop().customers)
    nothing = Ranked(np.zeros(size + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    return with_newcomers(nothing, models, newcomers())


def list_of(customer: str) -> list[tuple[str, float]]:
    row = shop().customers.position(customer)
    first, end = lists().starts[row : row + 2]
    products = [shop().products[int(p)] for p in lists().products[first:end]]
    return list(zip(products, lists().chance[first:end].tolist(), strict=True))


def takers_of(found: Newcomers, product: str) -> dict[str, float]:
    """Customers with purchases, and the chance that each takes the product."""
    customers = np.unique(shop().customer_rows).astype(np.int32)
    takers, chances = found.new_products.takers(shop().products.position(product), customers)
    assert (np.diff(chances) <= 0).all()
    return {shop().customers[int(c)]: float(x) for c, x in zip(takers, chances, strict=True)}


@pytest.mark.parametrize(
    ("prospect", "kind"), [("prospect that saws", "blade"), ("prospect that glues", "glue")]
)
def test_a_prospect_is_offered_what_customers_with_its_portrait_buy(prospect, kind) -> None:
    first = [product for product, _ in list_of(prospect)[:8]]
    assert len(first) == 8
    assert all(product.startswith(kind) for product in first)


def test_the_chance_of_a_prospect_is_what_customers_like_it_do() -> None:
    """Two of about twelve products a fortnight are four tries within 28 days: 1 - (10/12)^2."""
    chances = [chance for product, chance in list_of("prospect that saws") if "blade" in product]
    assert np.mean(chances[:10]) == pytest.approx(1 - (10 / 12) ** 2, abs=0.06)


def test_a_prospect_of_whom_nothing_is_known_gets_no_list_of_its_own() -> None:
    assert list_of("prospect of whom nothing is known") == []


def test_a_prospect_is_never_offered_what_fewer_than_five_customers_bought() -> None:
    few = shop()
    rare = few.product_columns == few.products.position("blade 10")
    kept = ~rare | np.isin(few.customer_rows, np.unique(few.customer_rows[rare])[:4])
    found = learn_newcomers(few.take(kept), tables(), at(NOW), seed=0)
    prospect = np.array([few.customers.position("prospect that saws")], np.int32)
    [block] = list(found.prospects.scored(prospect))
    assert few.products.position("blade 10") not in block.products
    assert few.products.position("blade 11") in block.products


@pytest.mark.parametrize(("product", "takers"), [("blade 23", SAWMILLS), ("glue 43", JOINERIES)])
def test_a_new_product_is_for_the_customers_of_those_it_resembles(product, takers) -> None:
    chances = takers_of(newcomers(), product)
    likeliest = sorted(chances, key=lambda c: -chances[c])[:30]
    assert set(likeliest) == set(takers)


def test_a_new_product_stands_in_the_lists_of_those_it_is_for_alone() -> None:
    assert "blade 23" in dict(list_of("S03"))
    assert dict(list_of("S03"))["blade 23"] > 10 * dict(list_of("S03")).get("glue 43", 0.0)


def test_a_new_product_displaces_only_what_is_less_likely() -> None:
    models = learned(shop())
    size, row = len(shop().customers), shop().customers.position("S03")
    starts = np.where(np.arange(size + 1) > row, 2, 0)
    ranked = Ranked(starts, np.array([1, 2], np.int32), np.array([0.99, 1e-6], np.float32))
    found = with_newcomers(ranked, models, newcomers())
    first, end = found.starts[row : row + 2]
    places = {int(p): place for place, p in enumerate(found.products[first:end])}
    assert places[1] == 0 < places[shop().products.position("blade 23")] < places[2]


def test_products_that_often_start_to_sell_make_a_new_one_likelier() -> None:
    """The same shop, but a crowd of listings that never sold says how seldom one starts."""
    idle = [f"blade {n}" for n in range(50, 90)]
    more = product_table(listed=dict.fromkeys(NEW, 290))
    listings = pd.DataFrame(
        {"product_id": idle, "name": idle, "listed_at": more["listed_at"].min()}
    )
    catalogue = pd.concat([more, listings]).sort_values("product_id", ignore_index=True)
    crowded = shop().onto(shop().customers, Ids.of([*shop().products, *idle]))
    found = learn_newcomers(crowded, tables(products=catalogue), at(NOW), seed=0)
    rows = np.array([crowded.products.position("blade 23")], np.int32)
    customers = np.array([crowded.customers.position("S03")], np.int32)
    [(_, chance)] = list(found.new_products.chances(rows, customers))
    assert chance[0, 0] < 0.5 * takers_of(newcomers(), "blade 23")["S03"]


def test_nothing_is_learned_of_a_product_before_it_was_listed() -> None:
    """A first sale teaches only where the listing was known at the moment."""
    late = product_table(
        listed={p: day + 28 for p, day in STARTS.items()} | dict.fromkeys(NEW, 290)
    )
    known = newcomers().new_products.level
    unknown = learn_newcomers(shop(), tables(products=late), at(NOW), seed=0).new_products.level
    assert known.started >= 3
    assert unknown.started == 0


def test_without_a_first_sale_to_learn_from_a_new_product_stands_in_no_list() -> None:
    late = product_table(
        listed={p: day + 28 for p, day in STARTS.items()} | dict.fromkeys(NEW, 290)
    )
    found = learn_newcomers(shop(), tables(products=late), at(NOW), seed=0)
    size = len(shop().customers)
    nothing = Ranked(np.zeros(size + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    ranked = with_newcomers(nothing, learned(shop()), found)
    assert not np.isin([shop().products.position(p) for p in NEW], ranked.products).any()
    assert takers_of(found, "blade 23")["S03"] > takers_of(found, "blade 23")["J03"]


def test_a_product_listed_in_the_future_is_no_newcomer_yet() -> None:
    planned = tables(products=product_table(listed={"blade 23": NOW + 5, "glue 43": 290}))
    found = learn_newcomers(shop(), planned, at(NOW), seed=0).new_products
    assert [shop().products[int(p)] for p in found.newcomers] == ["glue 43"]


def test_learning_twice_gives_the_same_chances() -> None:
    again = learn_newcomers(shop(), tables(), at(NOW), seed=0)
    assert takers_of(again, "blade 23") == takers_of(newcomers(), "blade 23")


def test_nothing_at_or_after_the_moment_is_looked_at() -> None:
    later = purchases_of([*lines(), *(Line(c, "blade 23", NOW + 1) for c in JOINERIES)])
    later = later.onto(shop().customers, shop().products)
    before, after = uptake_before(shop(), at(NOW)), uptake_before(later, at(NOW))
    assert (before.taken[365] != after.taken[365]).nnz == 0


def test_a_history_too_short_to_learn_from_ranks_by_the_nearest() -> None:
    young = shop().take(shop().purchased_at >= at(NOW - 40))
    found = learn_newcomers(young, tables(), at(NOW), seed=0)
    prospect = np.array([young.customers.position("prospect that saws")], np.int32)
    [block] = list(found.prospects.scored(prospect))
    best = block.products[np.argsort(-block.chance, kind="stable")[:8]]
    assert found.prospects.taste.examples == 0
    assert all(young.products[int(product)].startswith("blade") for product in best)


def test_without_tables_there_are_no_newcomers() -> None:
    models = shop_models()
    purchases = models.netted.purchases
    found = learn_newcomers(purchases, Tables(purchases, None, None, None, ()), models.now, seed=0)
    size = len(purchases.customers)
    ranked = Ranked(np.zeros(size + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    assert len(with_newcomers(ranked, models, found).products) == 0


def traits_of(**columns: list[str]) -> Traits:
    size = len(next(iter(columns.values())))
    ids = Ids.of(f"{n:03}" for n in range(size))
    return read_traits(ids, pd.DataFrame({"key": list(ids), **columns}), "key", named=True)


def alikeness(traits: Traits) -> np.ndarray:
    return np.asarray((traits.words @ traits.words.T).toarray())


def test_a_rare_word_in_common_counts_more_than_a_frequent_one() -> None:
    common = alikeness(traits_of(tool=["saw;kiln", "saw", "kiln", "saw", "saw", "saw", "glue"]))
    assert common[0, 2] > common[0, 1] > common[0, 6] == 0.0


def test_close_numbers_are_more_alike_than_distant_ones() -> None:
    common = alikeness(traits_of(size=[str(10 * n) for n in range(40)]))
    assert common[5, 6] > common[5, 9] > common[5, 30] == 0.0


def test_a_value_each_groups_nobody() -> None:
    assert traits_of(phone=[f"+43 {n}" for n in range(20)]).groups == {}


def test_numbers_that_name_kinds_are_no_sizes() -> None:
    kinds = texts_of(pd.Series(["1", "2", "3"] * 10))
    assert numbers_of(kinds) is None
    sizes = numbers_of(texts_of(pd.Series([str(n) for n in range(30)])))
    assert sizes is not None
    assert sizes[7] == 7.0


def test_level_follows_taste() -> None:
    """What the level says of two customers never turns their order around."""
    level = newcomers().new_products.level
    odds = level.odds(np.array([[-1.0, 0.0, 2.0]], np.float32), np.array([10.0]))
    assert (np.diff(odds[0]) > 0).all()
    assert replace(level, started=0).odds(np.zeros((1, 1), np.float32), np.array([np.nan])).shape
