"""Reasons are facts: each is worked out again from the release."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.release.opening import Release
from recommender.suggest.history import history_of
from recommender.suggest.reasons import (
    LEAST_SHARE,
    MINIMUM_CUSTOMERS,
    SHARES_SHOWN,
    BoughtReason,
    PeersReason,
    PopularReason,
    PriceStepReason,
    bought_reasons,
    contributions,
    peers_reasons,
    popular_reasons,
)
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Suggestion
from recommender.suggest.wording import product_name, sentence, why
from tests.brute_force import buyers_among, peers_of, products_in
from tests.made_up_release import (
    ALPHA,
    REGULARIZATION,
    in_memory,
    random_contents,
    shop_release,
)

SEEDS = st.integers(0, 2**32 - 1)


def everything(release: Release) -> np.ndarray:
    return np.arange(len(release.products.ids), dtype=np.int32)


def slow_contributions(release: Release, row: int, column: int) -> dict[str, float]:
    """Section 5 of Hu, Koren and Volinsky 2008, one purchase at a time, with full matrices."""
    products = release.model.product_factors.astype(float)
    first, end = release.bought.starts[row : row + 2]
    bought = release.bought.products[first:end]
    confidence = np.ones(len(products))
    confidence[bought] = ALPHA * release.bought.weights[first:end]
    system = products.T @ np.diag(confidence) @ products
    system += REGULARIZATION * np.eye(products.shape[1])
    inverse = np.linalg.inv(system)
    return {
        release.products.ids[int(j)]: float(
            products[column] @ inverse @ products[j] * confidence[j]
        )
        for j in bought
    }


@given(SEEDS)
def test_contributions_are_those_of_the_plain_formula(seed: int) -> None:
    release = in_memory(random_contents(seed))
    for row in range(len(release.customers.ids)):
        found = contributions(release, row, everything(release))
        for column in range(len(release.products.ids)):
            expected = slow_contributions(release, row, column)
            assert found[column] == pytest.approx(list(expected.values()), abs=1e-6)


def test_contributions_sum_to_the_score_that_ranks() -> None:
    """Not to a recalculated one: the customer's factors in the release are solved exactly."""
    release = shop_release()
    scores = release.model.customer_factors @ release.model.product_factors.T
    for row in range(len(release.customers.ids)):
        parts = contributions(release, row, everything(release))
        assert parts.sum(axis=1) == pytest.approx(scores[row], abs=1e-4)


@given(SEEDS)
def test_shares_are_of_the_positive_sum_and_the_largest_come_first(seed: int) -> None:
    release = in_memory(random_contents(seed))
    for row in range(len(release.customers.ids)):
        reasons = bought_reasons(release, history_of(release, row), everything(release))
        for column, said in enumerate(reasons):
            positive = {
                product: max(part, 0.0)
                for product, part in slow_contributions(release, row, column).items()
            }
            total = sum(positive.values())
            shares = {product: part / total for product, part in positive.items() if total > 0}
            best = sorted(shares.values(), reverse=True)[:SHARES_SHOWN]
            assert [r.share for r in said] == pytest.approx(
                [share for share in best if share >= LEAST_SHARE], abs=1e-3
            )
            assert all(r.share == pytest.approx(shares[r.product_id], abs=1e-3) for r in said)


@given(SEEDS)
def test_peers_are_counted_and_five_stand_behind_every_statement(seed: int) -> None:
    release = in_memory(random_contents(seed))
    for row in range(len(release.customers.ids)):
        peers = peers_of(release, row)
        for product, said in zip(
            release.products.ids, peers_reasons(release, row, everything(release)), strict=True
        ):
            count = buyers_among(release, peers, product)
            expected = [PeersReason(len(peers), count)] if count >= MINIMUM_CUSTOMERS else []
            assert said == expected


def test_popular_is_what_five_customers_bought_lately() -> None:
    release = in_memory(random_contents(5))
    said = popular_reasons(release, everything(release))
    buyers = release.products.recent_buyers.tolist()
    assert said == [[PopularReason(n)] if n >= MINIMUM_CUSTOMERS else [] for n in buyers]


def check(release: Release, customer: str, s: Suggestion) -> None:
    """Every reason of a suggestion, worked out again."""
    row, column = (
        release.customers.ids.position(customer),
        release.products.ids.position(s.product_id),
    )
    assert row is not None
    assert column is not None
    for reason in s.reasons:
        match reason:
            case BoughtReason(product_id, share):
                assert product_id in products_in(release, "bought", row)
                assert LEAST_SHARE <= share <= 1
            case PeersReason(peers, peers_bought):
                assert MINIMUM_CUSTOMERS <= peers_bought <= peers == len(peers_of(release, row))
                assert peers_bought == buyers_among(release, peers_of(release, row), s.product_id)
            case PriceStepReason(category, usual_price, price):
                assert s.kind == "upgrade"
                assert category == release.products.category[column]
                assert price == round(float(release.products.price[column]), 2)
                assert 1.25 <= price / usual_price <= 5.0
            case PopularReason(customers, days):
                assert (customers, days) == (int(release.products.recent_buyers[column]), 28)
                assert customers >= MINIMUM_CUSTOMERS


def test_every_reason_of_every_customer_of_the_shop_is_true() -> None:
    release = shop_release()
    kinds = set()
    for customer in release.customers.ids:
        for s in suggest(release, customer).suggestions:
            check(release, customer, s)
            kinds |= {reason.kind for reason in s.reasons}
            assert (s.kind == "upgrade") == any(isinstance(r, PriceStepReason) for r in s.reasons)
    assert kinds == {"bought", "peers", "price_step", "popular"}


def test_popularity_is_a_reason_only_where_there_is_no_other() -> None:
    release = shop_release()
    for customer in release.customers.ids:
        for s in suggest(release, customer).suggestions:
            kinds = [reason.kind for reason in s.reasons]
            assert kinds == ["popular"] or "popular" not in kinds


def test_reasons_are_plain_sentences() -> None:
    release = shop_release()
    assert sentence(release, BoughtReason("A1", 0.614)) == (
        "bought Product A1 (61% of the evidence)"
    )
    assert sentence(release, PeersReason(40, 17)) == "17 of 40 customers like this one bought it"
    assert sentence(release, PopularReason(1234)) == "1,234 customers bought it in the last 28 days"
    assert sentence(release, PriceStepReason("A", 10.0, 1500.5)) == (
        "usually takes A at about 10.00 EUR; this one is 1,500.50 EUR"
    )
    assert why(release, (PeersReason(9, 8), PopularReason(7))) == (
        "8 of 9 customers like this one bought it; 7 customers bought it in the last 28 days"
    )
    assert why(release, ()) == "ranked by the model"


def test_a_product_without_a_name_is_called_by_its_id() -> None:
    assert product_name(shop_release(), "B0") == "B0"
    assert product_name(shop_release(), "never heard of") == "never heard of"
