"""Customers like this one also bought, and what goes with a product."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import UnknownProductError
from recommender.suggest.also_bought import customer_also_bought, product_also_bought
from recommender.suggest.answers import customer_also_bought_answer, product_also_bought_answer
from tests.brute_force import buyers_among, peers_of, products_in, rule_of, withheld
from tests.made_up_release import in_memory, random_contents, shop_release


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_peers_products_are_those_of_a_slow_count(seed: int, n: int) -> None:
    release = in_memory(random_contents(seed))
    lately = dict(zip(release.products.ids, release.products.recent_buyers.tolist(), strict=True))
    for row, customer in enumerate(release.customers.ids):
        peers = peers_of(release, row)
        counts = {p: buyers_among(release, peers, p) for p in release.products.ids}
        free = [p for p in counts if counts[p] >= 5 and rule_of(release, customer, p) is None]
        best = sorted(free, key=lambda p: (-counts[p], -lately[p], p))[:n]
        found = customer_also_bought(release, customer, n)
        assert [p.product_id for p in found.also_bought] == best
        assert all(p.peers_bought == counts[p.product_id] for p in found.also_bought)
        assert found.withheld == withheld(release, customer)


def test_every_number_of_the_shops_lists_is_counted_again() -> None:
    release = shop_release()
    for row, customer in enumerate(release.customers.ids):
        found = customer_also_bought(release, customer, 20)
        assert [p.rank for p in found.also_bought] == list(range(1, found.returned + 1))
        for product in found.also_bought:
            assert product.peers == found.peers == len(peers_of(release, row))
            count = buyers_among(release, peers_of(release, row), product.product_id)
            assert 5 <= product.peers_bought == count
            assert product.product_id not in products_in(release, "bought", row)


@pytest.mark.parametrize(
    ("customer", "reason"), [("P", "no_purchases"), ("nobody", "unknown_customer")]
)
def test_nobody_is_known_to_be_like_a_stranger(customer: str, reason: str) -> None:
    found = customer_also_bought(shop_release(), customer)
    assert (found.fallback_reason, found.peers, found.also_bought) == (reason, 0, ())


def test_what_goes_with_a_product_was_bought_by_five_customers_who_bought_both() -> None:
    release = shop_release()
    everyone = range(len(release.customers.ids))
    baskets = [set(products_in(release, "bought", row)) for row in everyone]
    said = 0
    for product in release.products.ids:
        found = product_also_bought(release, product, 50)
        buyers = sum(product in basket for basket in baskets)
        assert found.customers == buyers
        for companion in found.also_bought:
            both = sum({product, companion.product_id} <= basket for basket in baskets)
            assert 5 <= companion.customers_both == both
            assert companion.together <= both
            assert companion.share == pytest.approx(both / buyers, abs=1e-4)
            assert companion.product_id not in {product, "B0", "A9"}
            said += 1
    assert said > 50


def test_companions_that_may_not_be_offered_are_counted() -> None:
    found = product_also_bought(shop_release(), "B1", 50)
    assert found.withheld == {"not_in_catalogue": 1, "out_of_stock": 1}


def test_a_product_that_left_the_catalogue_still_has_companions() -> None:
    assert product_also_bought(shop_release(), "B0").returned > 0


def test_a_product_nobody_has_heard_of_is_an_error() -> None:
    with pytest.raises(UnknownProductError, match="no product 'X'"):
        product_also_bought(shop_release(), "X")


@pytest.mark.parametrize("n", [0, -1])
def test_a_list_of_nothing_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="n is"):
        customer_also_bought(shop_release(), "C000", n)
    with pytest.raises(ValueError, match="n is"):
        product_also_bought(shop_release(), "A1", n)


def test_the_answers_name_every_product() -> None:
    release = shop_release()
    customers = customer_also_bought_answer(release, customer_also_bought(release, "C000", 3))
    products = product_also_bought_answer(release, product_also_bought(release, "A1", 3))
    assert [entry["name"] for entry in customers["also_bought"]] == [
        f"Product {entry['product_id']}" for entry in customers["also_bought"]
    ]
    assert customers["also_bought"][0].keys() == {
        *("product_id", "name", "category", "price", "rank", "peers", "peers_bought")
    }
    assert products["name"] == "Product A1"
    assert products["also_bought"][0].keys() == {
        *("product_id", "name", "category", "price", "rank"),
        *("customers_both", "together", "share"),
    }
