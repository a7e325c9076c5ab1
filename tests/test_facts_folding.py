"""Purchases since the release count at once: owned, folded in, undone by returns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import Factors
from recommender.ranking import liking as liking_
from recommender.ranking.liking import fit_slope_of_liking
from recommender.ranking.ranked import Ranked
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FreshPurchase
from recommender.suggest.folding import MOVED
from recommender.suggest.fresh import LEAST, MOST, fresh_of
from recommender.suggest.history import factors_of, history_of, history_with
from recommender.suggest.reasons import BoughtReason
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST as MOST_LISTED
from recommender.suggest.suggestion import SuggestionList, Wish
from tests.made_up_release import in_memory, shop_contents, shop_release

AS_OF = datetime(2025, 1, 1, tzinfo=UTC)
ALL = Wish(MOST_LISTED)
SLOPE = 6.0


def with_settings(**settings: Any) -> Release:
    release = in_memory(shop_contents())
    known = release.manifest.settings | settings
    manifest = release.manifest.model_copy(update={"settings": known})
    return Release(release.folder, manifest, release.contents)


def folding_release() -> Release:
    return with_settings(slope_of_liking=SLOPE, half_life_days=20.0)


def bought(product: str, quantity: float = 1.0, days: float = 1) -> FreshPurchase:
    return FreshPurchase(product, quantity, AS_OF + timedelta(days=days))


def having(*purchases: FreshPurchase) -> Facts:
    return Facts(purchases=purchases)


def chances(found: SuggestionList) -> dict[str, float]:
    return {s.product_id: s.chance for s in found.suggestions}


def test_folding_in_all_purchases_of_a_customer_gives_its_stored_factors() -> None:
    release = shop_release()
    for row in range(len(release.customers.ids)):
        own = history_of(release, row)
        if len(own.products):
            stored = release.model.customer_factors[row]
            assert factors_of(release, own) == pytest.approx(stored, abs=1e-4)


def test_nothing_to_fold_in_changes_nothing() -> None:
    release = folding_release()
    for customer in release.customers.ids:
        plain = suggest(release, customer, ALL)
        for facts in (
            having(),
            having(bought("never heard of")),
            having(bought("A0", -3.0)),
        ):
            assert suggest(release, customer, ALL, facts) == plain


def test_what_was_bought_since_is_owned_at_once() -> None:
    for release in (shop_release(), folding_release()):
        plain = suggest(release, "C000", ALL)
        product = plain.suggestions[0].product_id
        found = suggest(release, "C000", ALL, having(bought(product)))
        assert product not in chances(found)
        assert found.withheld["owned"] == plain.withheld["owned"] + 1


def test_a_return_undoes_a_purchase_and_the_product_is_returned() -> None:
    release = folding_release()
    plain = suggest(release, "C000", ALL)
    product = plain.suggestions[0].product_id
    both = having(bought(product, -2.0, 2), bought(product, 2.0))
    found = suggest(release, "C000", ALL, both)
    assert found.source == "personal"
    assert product not in chances(found)
    assert found.withheld["owned"] == plain.withheld["owned"]
    assert found.withheld["returned"] == plain.withheld.get("returned", 0) + 1
    others = {p: c for p, c in chances(plain).items() if p != product}
    assert chances(found) == others


def test_a_return_of_what_the_release_knows_leaves_it_owned() -> None:
    release = folding_release()
    owned = release.products.ids[int(history_of(release, 0).products[0])]
    found = suggest(release, "C000", ALL, having(bought(owned, -1.0)))
    assert found == suggest(release, "C000", ALL)


def test_a_purchase_lifts_what_goes_with_it() -> None:
    """The shop has two trades; one that buys from the other trade is offered more of it."""
    release = folding_release()
    for customer in ("C000", "C002", "C004"):
        plain = suggest(release, customer, ALL)
        assert plain.source == "personal"
        foreign = [p for p in chances(plain) if p.startswith("B")]
        facts = having(bought(foreign[0]), bought(foreign[0], days=2))
        found = suggest(release, customer, ALL, facts)
        assert (found.source, found.fallback_reason) == ("fold_in", "purchases_since_release")
        others = [p for p in foreign[1:] if p in chances(found)]
        lifts = [chances(found)[p] / chances(plain)[p] for p in others]
        assert np.mean(lifts) > 1


def test_the_chance_moves_by_the_change_of_liking() -> None:
    release = folding_release()
    plain = suggest(release, "C000", ALL)
    product = plain.suggestions[0].product_id
    fresh = fresh_of(release, [bought(product)])
    after = factors_of(release, history_with(release, 0, fresh))
    change = release.model.product_factors @ (after - release.model.customer_factors[0])
    found = suggest(release, "C000", ALL, having(bought(product)))
    for s in found.suggestions:
        column = release.products.ids.position(s.product_id)
        if s.product_id in chances(plain) and column is not None:
            before = chances(plain)[s.product_id]
            logit = np.log(before / (1 - before)) + MOVED * SLOPE * change[column]
            assert s.chance == pytest.approx(1 / (1 + np.exp(-logit)), abs=2e-6)
    falling = [s.chance for s in found.suggestions]
    assert falling == sorted(falling, reverse=True)


def test_a_first_purchase_gives_a_list_of_its_own() -> None:
    """P and Q never bought, and nobody has heard of the third."""
    release = folding_release()
    for customer in ("P", "Q", "somebody new"):
        found = suggest(release, customer, ALL, having(bought("B1")))
        assert (found.source, found.fallback_reason) == ("fold_in", "purchases_since_release")
        assert found.withheld["owned"] == 1
        first = found.suggestions[0]
        assert first.product_id.startswith("B")
        assert BoughtReason("B1", 1.0) in first.reasons
        factors = factors_of(
            release, history_with(release, None, fresh_of(release, [bought("B1")]))
        )
        column = release.products.ids.position(first.product_id)
        assert column is not None
        share = int(release.products.recent_buyers[column]) / release.active_customers
        liking = release.model.product_factors[column] @ factors
        logit = np.log(share / (1 - share)) + MOVED * SLOPE * liking
        assert first.chance == pytest.approx(1 / (1 + np.exp(-logit)), abs=2e-6)


@pytest.mark.parametrize("slope", [None, -1.0, 0.0])
def test_without_a_slope_the_order_stays_and_nothing_wrong_is_said(slope: float | None) -> None:
    release = with_settings(slope_of_liking=slope)
    plain = suggest(release, "C000", ALL)
    product = plain.suggestions[0].product_id
    found = suggest(release, "C000", ALL, having(bought(product)))
    assert (found.source, found.fallback_reason) == ("personal", None)
    assert list(chances(found)) == [p for p in chances(plain) if p != product]
    first = suggest(release, "Q", ALL, having(bought("B1")))
    assert (first.source, first.fallback_reason) == ("popular", "purchases_since_release")


def test_a_purchase_weighs_as_in_training() -> None:
    assert (RecencyQuantity(20.0).least, RecencyQuantity(20.0).most) == (LEAST, MOST)
    release = folding_release()
    old, new = bought("A0", days=-20), bought("A0", days=3)
    assert fresh_of(release, [new]).weights.tolist() == [1.0]
    assert fresh_of(release, [old]).weights.tolist() == [0.5]
    assert fresh_of(release, [new, old]).weights.tolist() == [1.5]
    assert fresh_of(release, [bought("A0", 4.0), bought("A0", -1.0)]).weights.tolist() == [0.75]
    assert fresh_of(release, [new] * 9).weights.tolist() == [MOST]


@given(st.lists(st.tuples(st.sampled_from(["A0", "A1", "B1"]), st.integers(-3, 3)), max_size=9))
def test_old_and_new_purchases_stand_together_in_order(lines: list[tuple[str, int]]) -> None:
    release = folding_release()
    fresh = fresh_of(release, [bought(p, float(q)) for p, q in lines if q])
    for row in (0, 1, 60):
        together, own = history_with(release, row, fresh), history_of(release, row)
        assert together.products.tolist() == sorted({*own.products.tolist(), *fresh.kept.tolist()})
        weights = dict(zip(own.products.tolist(), own.weights.tolist(), strict=True))
        for product, weight in zip(fresh.kept.tolist(), fresh.weights.tolist(), strict=True):
            weights[product] = min(weights.get(product, 0.0) + weight, MOST)
        assert together.weights.tolist() == [weights[p] for p in together.products.tolist()]


def test_the_slope_is_that_of_chance_on_liking(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    customers = random.normal(size=(40, 4)).astype(np.float32)
    products = random.normal(size=(30, 4)).astype(np.float32)
    customers[0] = 0
    liking = (customers @ products.T).astype(float)
    chance = 1 / (1 + np.exp(2.0 - 0.5 * liking))
    chance[0] = 0.9
    ranked = Ranked(
        np.arange(0, 1201, 30), np.tile(np.arange(30, dtype=np.int32), 40), chance.ravel()
    )
    factors = Factors(customers, products)
    assert fit_slope_of_liking(ranked, factors) == pytest.approx(0.5, abs=1e-3)
    monkeypatch.setattr(liking_, "MOST_CUSTOMERS", 15)
    assert fit_slope_of_liking(ranked, factors) == pytest.approx(0.5, abs=1e-3)
    few = Ranked(np.array([0, 30] + [30] * 39), ranked.products[:30], ranked.chance[:30])
    assert fit_slope_of_liking(few, factors) is None
