"""Without permission nothing personal is looked at, for the customer's own list or for others'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.facts import (
    Facts,
    FreshInterest,
    FreshPurchase,
    LastOutcome,
    OpenComplaint,
    Stated,
)
from recommender.suggest.reasons import peers_that_bought
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Wish
from tests.brute_force import buyers_among, peers_of
from tests.made_up_release import in_memory, random_contents, shop_release

SEEDS = st.integers(0, 2**32 - 1)
ALL = Wish(MOST)
NOW = datetime(2025, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class NotThese:
    """Who said no."""

    customers: frozenset[str]
    is_everyones: bool = False

    def may_personalise(self, customer_id: str) -> bool:
        return customer_id not in self.customers


def everything_about(customer: str, product: str) -> Facts:
    """Facts of a customer that said no to the use of its purchases, none of which withholds."""
    return Facts(
        consent=NotThese(frozenset({customer})),
        today=date(2025, 1, 10),
        contact=(),
        stated=(Stated("product", product, "needs", None, date(2025, 1, 3), "form"),),
        outcomes=(LastOutcome(product, "shown", None, None, NOW),),
        purchases=(FreshPurchase(product, 1.0, NOW),),
        interest=(FreshInterest(product, "quote", NOW),),
    )


def test_who_said_no_gets_the_list_of_a_customer_nobody_knows() -> None:
    release = shop_release()
    unknown = suggest(release, "nobody", ALL)
    assert unknown.source == "popular"
    product = unknown.suggestions[0].product_id
    for customer in [*release.customers.ids, "nobody"]:
        found = suggest(release, customer, ALL, everything_about(customer, product))
        assert found == replace(unknown, customer_id=customer, fallback_reason="no_permission")
        assert found.held == unknown.held


COMPLAINT = OpenComplaint("K1", None, None, "broke", date(2025, 1, 2), date(2025, 1, 9))


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        ("complaint", lambda p: {"complaints": (replace(COMPLAINT, product_id=p),)}),
        (
            "disliked",
            lambda p: {
                "stated": (Stated("product", p, "dislikes", None, date(2025, 1, 3), "form"),)
            },
        ),
        ("rejected", lambda p: {"outcomes": (LastOutcome(p, "rejected", None, None, NOW),)}),
        ("accepted", lambda p: {"outcomes": (LastOutcome(p, "accepted", None, None, NOW),)}),
        ("snoozed", lambda p: {"outcomes": (LastOutcome(p, "snoozed", None, None, NOW),)}),
    ],
)
def test_what_withholds_by_its_word_does_so_all_the_same(
    rule: str, refusal: Callable[[str], dict[str, Any]]
) -> None:
    release = shop_release()
    unknown = suggest(release, "nobody", ALL)
    product = unknown.suggestions[0].product_id
    for customer in [*release.customers.ids, "nobody"]:
        facts = replace(everything_about(customer, product), **refusal(product))
        found = suggest(release, customer, ALL, facts)
        assert (found.source, found.fallback_reason) == ("popular", "no_permission")
        assert [s.product_id for s in found.suggestions] == [
            s.product_id for s in unknown.suggestions if s.product_id != product
        ]
        assert found.withheld == unknown.withheld | {rule: 1}


def test_the_also_bought_list_of_who_said_no_is_empty_and_says_so() -> None:
    release = shop_release()
    unknown = customer_also_bought(release, "nobody", MOST)
    for customer in release.customers.ids:
        found = customer_also_bought(release, customer, MOST, everything_about(customer, "A1"))
        assert found == replace(unknown, customer_id=customer, fallback_reason="no_permission")
        assert found.peers == found.returned == 0


@given(SEEDS, st.sets(st.integers(0, 7)))
def test_who_said_no_is_counted_among_nobodys_peers(seed: int, refusing: set[int]) -> None:
    release = in_memory(random_contents(seed))
    consent = NotThese(frozenset(f"C{c}" for c in refusing))
    for row in range(len(release.customers.ids)):
        counted = [
            peer
            for peer in peers_of(release, row)
            if release.customers.ids[peer] not in consent.customers
        ]
        peers, counts = peers_that_bought(release, row, consent)
        assert peers == len(counted)
        assert counts.tolist() == [
            buyers_among(release, counted, product) for product in release.products.ids
        ]


def test_peers_that_said_no_are_missing_in_reasons_and_in_also_bought() -> None:
    release = shop_release()
    peers = peers_of(release, 0)
    refusing = NotThese(frozenset(release.customers.ids[p] for p in peers[:5]))
    facts = Facts(consent=refusing)
    also = customer_also_bought(release, "C000", MOST, facts)
    assert also.peers == len(peers) - 5
    said = [
        reason
        for s in suggest(release, "C000", ALL, facts).suggestions
        for reason in s.reasons
        if reason.kind == "peers"
    ]
    assert said
    assert {reason.peers for reason in said} == {len(peers) - 5}  # type: ignore[union-attr]


def test_where_all_peers_said_no_nobody_speaks() -> None:
    release = shop_release()
    everyone_else = NotThese(frozenset(release.customers.ids) - {"C000"})
    peers, counts = peers_that_bought(release, 0, everyone_else)
    assert (peers, np.count_nonzero(counts)) == (0, 0)
    found = suggest(release, "C000", ALL, Facts(consent=everyone_else))
    assert not any(r.kind == "peers" for s in found.suggestions for r in s.reasons)
    assert [s.product_id for s in found.suggestions] == [
        s.product_id for s in suggest(release, "C000", ALL).suggestions
    ]
