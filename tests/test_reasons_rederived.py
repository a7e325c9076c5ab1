"""Every sentence shown as a reason is worked out again, by other code, from release and records."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
import pytest

from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FreshInterest, Stated
from recommender.suggest.reasons import (
    BoughtReason,
    InterestReason,
    PeersReason,
    PopularReason,
    PriceStepReason,
    Reason,
    StatedReason,
)
from recommender.suggest.regular.reasons import BuysLessReason, RhythmReason, StoppedReason
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import KINDS, Suggestion, Wish
from tests.brute_force import buyers_among, peers_of, row_of
from tests.made_up_release import shop_release
from tests.slow_regular import (
    middle,
    pace_of_peers,
    regular_by_brute_force,
    today_of,
)


def slow_shares(release: Release, row: int, column: int) -> dict[str, float]:
    """Of the positive contributions of Hu, Koren and Volinsky 2008, section 5, in full matrices."""
    settings = release.manifest.settings
    products = release.model.product_factors.astype(float)
    first, end = release.bought.starts[row : row + 2]
    bought, confidence = release.bought.products[first:end], np.ones(len(products))
    confidence[bought] = settings["alpha"] * release.bought.weights[first:end]
    system = (products.T * confidence) @ products
    system += settings["regularization"] * np.eye(products.shape[1])
    scores = products[bought] @ np.linalg.solve(system, products[column]) * confidence[bought]
    positive = np.maximum(scores, 0)
    ids = [release.products.ids[int(product)] for product in bought]
    return dict(zip(ids, (positive / positive.sum()).tolist(), strict=True))


def usual_price(release: Release, row: int, category: str) -> float:
    first, end = release.bought.starts[row : row + 2]
    bought = [int(p) for p in release.bought.products[first:end]]
    own = [release.products.price[p] for p in bought if release.products.category[p] == category]
    return float(np.nanmedian(own))


def expected(release: Release, customer: str, s: Suggestion, given: Reason, facts: Facts) -> Reason:
    """The reason of this class as it should be."""
    row, column = row_of(release, customer), list(release.products.ids).index(s.product_id)
    assert row is not None
    if isinstance(given, RhythmReason | StoppedReason | BuysLessReason):
        return expected_again(release, customer, row, s)
    match given:
        case BoughtReason(product_id):
            share = slow_shares(release, row, column)[product_id]
            return BoughtReason(product_id, pytest.approx(share, abs=2e-4))
        case PeersReason():
            peers = peers_of(release, row)
            return PeersReason(len(peers), buyers_among(release, peers, s.product_id))
        case PriceStepReason():
            category, price = release.products.category[column], release.products.price[column]
            usual = round(usual_price(release, row, category), 2)
            return PriceStepReason(category, usual, round(float(price), 2))
        case PopularReason():
            return PopularReason(int(release.products.recent_buyers[column]), 28)
    return expected_word(release, s, given, column, facts)


def expected_word(
    release: Release, s: Suggestion, given: Reason, column: int, facts: Facts
) -> Reason:
    match given:
        case StatedReason():
            (t,) = (t for t in facts.stated if t.value in {s.product_id, given.value})
            assert t.value in {s.product_id, release.products.category[column]}
            return StatedReason(t.stance, t.about, t.value, t.words, t.said_on)
        case InterestReason():
            (seen,) = (i for i in facts.interest if i.product_id == s.product_id)
            return InterestReason(seen.event, seen.at.date())
    raise AssertionError(given)


def expected_again(release: Release, customer: str, row: int, s: Suggestion) -> Reason:
    facts = Facts()
    kind, entry = regular_by_brute_force(release, customer)[s.product_id]
    assert kind == s.kind
    since, gap = (today_of(release, facts) - entry.last_on).days, round(entry.gap, 1)
    if kind == "lapsed":
        return StoppedReason(gap, entry.last_on, since)
    if kind == "reorder":
        late = since - int(np.ceil(entry.gap))
        return RhythmReason(gap, round(entry.quantity, 3), entry.last_on, late)
    theirs = pace_of_peers(release, row, s.product_id, facts)
    own = round(entry.quantity_a_year, 1)
    return BuysLessReason(len(peers_of(release, row)), len(theirs), own, middle(theirs))


def told(release: Release, place: int) -> Facts:
    """A category liked, and a product looked at."""
    at = datetime(2026, 11, 10, tzinfo=UTC)
    liked = release.products.category[place % len(release.products.ids)]
    seen = suggest(release, release.customers.ids[place]).suggestions
    return Facts(
        stated=(Stated("category", liked, "likes", "more of it", date(2026, 11, 1), "talk"),),
        interest=(FreshInterest(seen[0].product_id, "quote", at),) if seen else (),
    )


def work_out_again(release: Release, step: int = 1) -> Counter[str]:
    """Reasons of each kind that were found to be as they should, of every `step`th customer."""
    kinds = Counter[str]()
    for place, customer in enumerate(list(release.customers.ids)[::step]):
        facts = told(release, step * place)
        for kind in KINDS:
            found = suggest(release, customer, Wish(2, frozenset({kind})), facts)
            if found.source != "personal":
                continue
            for s in found.suggestions:
                kinds["suggestions"] += 1
                for given in s.reasons:
                    kinds[given.kind] += 1
                    assert given == expected(release, customer, s, given, facts)
    return kinds


def test_the_reasons_of_500_suggestions_are_worked_out_again(sample_release: Release) -> None:
    kinds = work_out_again(sample_release, step=3)
    assert kinds["suggestions"] >= 500
    assert {"bought", "peers", "price_step", "stated", "interest"} <= set(kinds)
    assert {"rhythm", "stopped", "buys_less"} <= set(kinds)


def test_those_of_every_customer_of_the_made_up_shop_too() -> None:
    kinds = work_out_again(shop_release())
    assert kinds["suggestions"] >= 200
    assert {"bought", "peers", "price_step", "stated", "interest"} <= set(kinds)
    assert {"rhythm", "stopped", "buys_less"} <= set(kinds)
