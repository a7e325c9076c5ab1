"""From tables and models to the columns of a release."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.assembly.customers import customer_columns
from recommender.assembly.fallback import LEAST_BUYERS, LEAST_CUSTOMERS, fallback_lists
from recommender.assembly.products import attribute_columns, product_columns
from recommender.models.models import Models, learn
from recommender.models.spending import spend_of_buyers, usual_prices
from recommender.release.attributes import products_by_attribute
from recommender.release.contents import Contents
from recommender.release.soundness import check_soundness
from recommender.text import Ids, TextColumn
from tests.made_up import SETTINGS, Line, at, learned, netted_of, purchases_of
from tests.made_up_release import shop_contents


def table(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def models_of(*lines: Line) -> Models:
    return learned(purchases_of(lines))


def position(contents: Contents, product_id: str) -> int:
    found = contents.products.ids.position(product_id)
    assert found is not None
    return found


def test_a_release_from_the_shop_is_sound() -> None:
    check_soundness(shop_contents())


def test_customers_and_products_of_all_tables_are_in_the_release() -> None:
    contents = shop_contents()
    assert {"P", "Q", "C000"} <= set(contents.customers.ids)
    assert {"Z", "B0", "A0"} <= set(contents.products.ids)


def test_what_was_sold_but_left_the_table_is_not_in_the_catalogue() -> None:
    contents = shop_contents()
    gone = [p for p, there in enumerate(contents.products.in_catalogue) if not there]
    assert gone == [position(contents, "B0")]
    assert contents.products.category[gone[0]] == ""
    assert contents.products.category_number[gone[0]] == -1


def test_a_product_without_a_price_in_the_table_costs_what_was_paid() -> None:
    """B9 has none in the table and none in the purchases; B0 is missing in the table."""
    contents = shop_contents()
    assert contents.products.price[position(contents, "B0")] == 10.0
    assert np.isnan(contents.products.price[position(contents, "B9")])
    assert contents.products.price[position(contents, "A1")] == 15.0


def test_candidates_were_never_bought_returned_or_owned() -> None:
    contents = shop_contents()
    assert len(contents.returned.products) > 0
    for row in range(len(contents.customers.ids)):
        taken = {
            int(product)
            for part in (contents.bought, contents.returned, contents.earlier)
            for product in part.products[part.starts[row] : part.starts[row + 1]]
        }
        first, end = contents.candidates.starts[row : row + 2]
        assert not taken & set(contents.candidates.products[first:end].tolist())


def test_without_tables_everything_sold_is_in_the_catalogue_and_in_stock() -> None:
    models = models_of(Line("A", "x", 0, 1, 4.0), Line("B", "y", 0, 1, 6.0))
    columns = product_columns(models, None)
    assert columns.in_catalogue.all()
    assert columns.in_stock.all()
    assert columns.price.tolist() == [4.0, 6.0]
    assert list(columns.name) == ["", ""]


def test_categories_are_numbered_in_the_order_of_their_names() -> None:
    models = models_of(*(Line("A", product) for product in "wxyz"))
    found = table(product_id=list("wxyz"), category=["saws", "", "glue", "saws"])
    assert product_columns(models, found).category_number.tolist() == [1, -1, 0, 1]


def test_a_table_without_stock_says_that_everything_is_in_stock() -> None:
    models = models_of(Line("A", "x"), Line("A", "y"))
    found = table(product_id=["x", "y"], in_stock=[False, True])
    assert product_columns(models, found).in_stock.tolist() == [False, True]
    assert product_columns(models, found[["product_id"]]).in_stock.all()


def test_the_usual_price_is_the_median_of_half_a_year_else_of_all_time() -> None:
    lines = [
        *(Line("A", "x", 0, 1, price) for price in (1.0, 1.0, 1.0)),
        *(Line("A", "x", 300, 1, price) for price in (8.0, 9.0, 30.0)),
        *(Line("A", "y", 0, 1, price) for price in (5.0, 7.0)),
        Line("A", "z", 300),
    ]
    prices = usual_prices(netted_of(lines), at(301))
    assert prices[:2].tolist() == [9.0, 6.0]
    assert np.isnan(prices[2])


def test_one_customer_does_not_decide_the_usual_price() -> None:
    """However many lines it has."""
    others = [Line(f"B{i}", "x", 300, 1, price) for i, price in enumerate((8.0, 9.0, 10.0))]
    many = [Line("A", "x", 300, 1, 1000.0)] * 1000
    assert usual_prices(netted_of([*others, *many]), at(301)).tolist() == [9.5]


def test_a_price_of_zero_and_a_returned_line_say_nothing_about_the_price() -> None:
    lines = [
        Line("A", "x", 0, 1, 0.0),
        Line("A", "x", 1, 1, 50.0),
        Line("A", "x", 2, -1, 50.0),
        Line("B", "x", 0, 1, 7.0),
    ]
    assert usual_prices(netted_of(lines), at(3)).tolist() == [7.0]


def test_what_a_buyer_spends_is_the_median_over_customers_and_periods_of_28_days() -> None:
    """A: 2 x 10 + 3 x 10 in one period, 10 in the one before; B: 70. The median is 50."""
    lines = [
        Line("A", "x", 99, 2, 10.0),
        Line("A", "x", 90, 3, 10.0),
        Line("A", "x", 60, 1, 10.0),
        Line("B", "x", 95, 7, 10.0),
    ]
    assert spend_of_buyers(netted_of(lines), at(100)).tolist() == [50.0]


def test_what_was_given_back_or_bought_more_than_a_year_ago_is_not_spent() -> None:
    lines = [
        Line("A", "x", 0, 9, 10.0),
        Line("A", "x", 399, 5, 10.0),
        Line("A", "x", 400, -3, 10.0),
    ]
    assert spend_of_buyers(netted_of(lines), at(401)).tolist() == [20.0]


def test_without_prices_nobody_knows_what_is_spent() -> None:
    netted = netted_of([Line("A", "x"), Line("B", "y")])
    assert np.isnan(spend_of_buyers(netted, at(1))).all()
    assert np.isnan(usual_prices(netted, at(1))).all()


def bulk(customers: int, product: str, prefix: str = "C") -> list[Line]:
    return [Line(f"{prefix}{c:02}", product) for c in range(customers)]


def test_the_popular_list_is_by_recent_buyers_and_its_chance_is_their_share() -> None:
    models = models_of(*bulk(10, "x"), *bulk(4, "y"), *bulk(2, "z"))
    fallback = fallback_lists(models, [""] * 10)
    assert fallback.popular.tolist() == [0, 1, 2]
    assert fallback.popular_chance.tolist() == pytest.approx([1.0, 0.4, 0.2])
    assert len(fallback.segments) == 0


@pytest.mark.parametrize(
    ("customers", "buyers", "lists"),
    [
        (LEAST_CUSTOMERS, LEAST_BUYERS, ["mill"]),
        (LEAST_CUSTOMERS - 1, LEAST_BUYERS, []),
        (LEAST_CUSTOMERS, LEAST_BUYERS - 1, []),
    ],
)
def test_a_segment_has_a_list_from_twenty_customers_and_five_buyers_on(
    customers: int, buyers: int, lists: list[str]
) -> None:
    """Each buys something of its own, so that all count; only `x` has several buyers."""
    own = [Line(f"C{c:02}", f"own {c:02}") for c in range(customers)]
    models = models_of(*own, *bulk(buyers, "x"))
    fallback = fallback_lists(models, ["mill"] * customers)
    assert list(fallback.segments) == lists
    if lists:
        x = models.matrix.products.position("x")
        assert fallback.segment_products.tolist() == [x]
        assert fallback.segment_chance.tolist() == pytest.approx([buyers / customers])


def test_segments_do_not_see_each_others_purchases() -> None:
    lines = [*bulk(25, "x", "A"), *bulk(25, "y", "B")]
    models = models_of(*lines)
    fallback = fallback_lists(models, ["one"] * 25 + ["two"] * 25)
    assert list(fallback.segments) == ["one", "two"]
    assert fallback.segment_starts.tolist() == [0, 1, 2]
    assert fallback.segment_products.tolist() == [0, 1]


def test_a_portrait_holds_every_further_column_and_null_where_nothing_is_known() -> None:
    people = table(
        customer_id=["A", "B"],
        name=["Ann", "Bo"],
        segment=["mill", ""],
        region=["", ""],
        rep=["Jo", ""],
        employees=["12", ""],
        brands=["Sägerich", "x"],
    )
    columns = customer_columns(Ids.of("ABC"), people, TextColumn.of(["mill"]))
    assert list(columns.name) == ["Ann", "Bo", ""]
    assert columns.segment_number.tolist() == [0, -1, -1]
    assert [json.loads(text) for text in columns.portrait] == [
        {"employees": "12", "brands": "Sägerich"},
        {"employees": None, "brands": "x"},
        {"employees": None, "brands": None},
    ]


def test_without_a_table_customers_are_their_ids() -> None:
    columns = customer_columns(Ids.of("AB"), None, TextColumn.of([]))
    assert list(columns.name) == ["", ""]
    assert list(columns.portrait) == ["{}", "{}"]


def test_scores_are_the_dot_product_of_the_factors_in_the_release() -> None:
    contents = shop_contents()
    assert contents.model.customer_factors.shape == (62, 8)
    prospect = contents.customers.ids.position("P")
    assert not contents.model.customer_factors[prospect].any()
    assert (contents.alike.peers[prospect] == -1).all()


def test_what_was_bought_before_the_history_is_owned() -> None:
    lines = [Line("A", "x", 0), Line("A", "y", 0), Line("A", "y", 90), Line("B", "x", 90)]
    models = learn(purchases_of(lines), replace(SETTINGS, history_days=28), at(91))
    assert models.earlier.toarray().tolist() == [[True, False], [False, False]]
    assert models.matrix.weights.toarray().astype(bool).tolist() == [[False, True], [True, False]]


def test_attributes_are_the_columns_without_a_name_of_their_own() -> None:
    table = pd.DataFrame(
        {
            "product_id": ["a", "c"],
            "name": ["A", "C"],
            "price": [1.0, 2.0],
            "length_m": ["4.2", ""],
            "fits": ["", "log band saw"],
        }
    )
    found = attribute_columns(Ids.of(["a", "b", "c"]), table)
    assert list(found.values) == ['{"length_m": "4.2"}', "", '{"fits": "log band saw"}']
    assert list(attribute_columns(Ids.of(["a"]), None).values) == [""]
    by_attribute = products_by_attribute(found)
    assert {k: v.tolist() for k, v in by_attribute.items()} == {
        ("length_m", "4.2"): [0],
        ("fits", "log band saw"): [2],
    }
