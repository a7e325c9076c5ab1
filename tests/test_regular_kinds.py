"""Reorder, lapsed and more: what is due, what stopped, and what is taken too little, by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

import pytest

from recommender.release.opening import Release
from recommender.suggest.facts import (
    Facts,
    FreshPurchase,
    LastOutcome,
    OpenComplaint,
    OutcomeName,
    Stated,
)
from recommender.suggest.regular.reasons import BuysLessReason, RhythmReason, StoppedReason
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import REGULAR_KINDS, Kind, SuggestionList, Wish
from recommender.suggest.wording import why
from tests.habit_release import PEERS, SAWMILL, Habit, peers_that_take, release_with
from tests.made_up_told import Refusing
from tests.small_release import OUT_OF_STOCK

THIS_MORNING = datetime(2026, 11, 20, 7, tzinfo=UTC)
"""The day that everything is counted from: the one after the data end."""
TODAY = THIS_MORNING.date()
NOTHING = Facts(today=TODAY)


def again(
    release: Release, facts: Facts = NOTHING, kinds: Collection[Kind] = REGULAR_KINDS
) -> SuggestionList:
    return suggest(release, SAWMILL, Wish(10, frozenset(kinds)), facts)


def kinds_of(found: SuggestionList) -> dict[str, str]:
    return {s.product_id: s.kind for s in found.suggestions}


def a_habit_of_each_kind(*products: str) -> Release:
    """Due, stopped, and less than five others take of it."""
    due, stopped, less = products
    return release_with(
        Habit(SAWMILL, due, 20, 21, 4, chance=0.5),
        Habit(SAWMILL, stopped, 20, 60, 2, chance=0.4),
        Habit(SAWMILL, less, 73, 10, 10),
        *peers_that_take(less, 12, 13, 14, 15, 16),
    )


@pytest.mark.parametrize(
    ("gap", "since", "kind", "days"),
    [
        (20, 14, None, 0),
        (20, 15, "reorder", -5),
        (20, 19, "reorder", -1),
        (20, 20, "reorder", 0),
        (20, 21, "reorder", 1),
        (20, 59, "reorder", 39),
        (20, 60, "lapsed", 60),
        (7, 5, None, 0),
        (7, 6, "reorder", -1),
        (7, 34, "reorder", 27),
        (7, 35, "lapsed", 35),
        (14, 41, "reorder", 27),
        (14, 42, "lapsed", 42),
        (10.5, 7, None, 0),
        (10.5, 8, "reorder", -3),
        (10.5, 11, "reorder", 0),
        (1, 28, "reorder", 27),
        (1, 29, "lapsed", 29),
    ],
)
def test_it_is_due_from_three_quarters_of_the_gap_and_stopped_after_three_and_28_days_late(
    gap: float, since: int, kind: str | None, days: int
) -> None:
    (*found,) = again(release_with(Habit(SAWMILL, "B1", gap, since, 4))).suggestions
    assert [s.kind for s in found] == ([] if kind is None else [kind])
    last_on = date.fromordinal(TODAY.toordinal() - since)
    for s in found:
        is_due = kind == "reorder"
        expected = RhythmReason(gap, 4, last_on, days) if is_due else None
        assert s.reasons == (expected or StoppedReason(gap, last_on, days),)


def test_each_is_said_in_one_sentence() -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    assert {s.kind: why(release, s.reasons) for s in again(release).suggestions} == {
        "reorder": "buys about 4 every 20 days, last on 30 Oct 2026: 1 day late",
        "lapsed": "bought it about every 20 days until 21 Sep 2026, and not in the 60 days since",
        "more": "takes about 50 a year; 5 of 10 customers like this one buy it regularly, "
        "usually about 70 a year",
    }


@pytest.mark.parametrize(
    ("theirs", "is_less"),
    [
        ([11] * 4, False),
        ([11] * 5, True),
        ([10, 11, 11, 11, 11], False),
        ([10, *[11] * 7], False),
        ([10, *[11] * 8], True),
        ([10, 10, *[11] * 7], False),
        ([10, 10, *[11] * 8], False),
    ],
)
def test_less_than_others_is_below_the_interval_of_the_middle_one_of_five_or_more(
    theirs: list[float], is_less: bool
) -> None:
    """Of 9 coins at most one falls heads with a chance of 10/512 < 2.5 %, of 8 with 9/256."""
    release = release_with(Habit(SAWMILL, "B1", 73, 10, 10), *peers_that_take("B1", *theirs))
    (*found,) = again(release).suggestions
    expected = BuysLessReason(10, len(theirs), 50.0, 55.0)
    assert [s.reasons for s in found] == ([(expected,)] if is_less else [])


@pytest.mark.parametrize(("since", "kind"), [(54, "more"), (55, "reorder")])
def test_what_is_due_is_not_offered_as_more(since: int, kind: str) -> None:
    others = peers_that_take("B1", *[11] * 5)
    assert kinds_of(again(release_with(Habit(SAWMILL, "B1", 73, since, 10), *others))) == {
        "B1": kind
    }


def test_a_peer_that_stopped_does_not_count() -> None:
    own, *others = Habit(SAWMILL, "B1", 73, 10, 10), *peers_that_take("B1", *[11] * 4)
    for since, expected in ((218, {"B1": "more"}), (219, {})):
        fifth = Habit(PEERS[4], "B1", 73, since, 11)
        assert kinds_of(again(release_with(own, *others, fifth))) == expected


def test_a_peer_without_permission_does_not_count() -> None:
    release = release_with(
        Habit(SAWMILL, "B1", 73, 10, 10), *peers_that_take("B1", 11, 12, 13, 14, 15, 16)
    )
    (six,) = again(release).suggestions
    assert six.reasons == (BuysLessReason(10, 6, 50.0, 67.5),)
    (five,) = again(release, Facts(Refusing(frozenset(PEERS[:1])))).suggestions
    assert five.reasons == (BuysLessReason(9, 5, 50.0, 70.0),)
    assert not again(release, Facts(Refusing(frozenset(PEERS[:2])))).suggestions


def bought(product: str, quantity: float) -> FreshPurchase:
    return FreshPurchase(product, quantity, THIS_MORNING)


def test_what_was_bought_this_morning_is_neither_due_nor_stopped_nor_too_little() -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    everything = {"B1": "reorder", "B3": "lapsed", "B4": "more"}
    assert kinds_of(again(release)) == everything
    for product in everything:
        found = again(release, Facts(purchases=(bought(product, 2),)))
        assert kinds_of(found) == {p: k for p, k in everything.items() if p != product}


def test_a_return_of_all_of_it_is_held_as_returned_and_of_a_part_is_a_purchase() -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    all_back = again(release, Facts(purchases=(bought("B1", -2), bought("B1", 2))))
    assert ("B1", "returned") in all_back.held
    assert "B1" not in kinds_of(all_back)
    half_back = again(release, Facts(purchases=(bought("B1", -1), bought("B1", 2))))
    assert half_back.held == ()
    assert "B1" not in kinds_of(half_back)


def test_a_return_of_what_the_release_knows_leaves_it_due() -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    found = again(release, Facts(purchases=(bought("B1", -1),)))
    assert kinds_of(found) == {"B1": "reorder", "B3": "lapsed", "B4": "more"}


def answered(product: str, outcome: OutcomeName) -> Facts:
    return Facts(today=TODAY, outcomes=(LastOutcome(product, outcome, None, None, THIS_MORNING),))


def complained(product: str | None, category: str | None) -> Facts:
    said = OpenComplaint("K", product, category, "Teeth came off.", TODAY, TODAY)
    return Facts(today=TODAY, complaints=(said,))


def disliked(about: str, value: str) -> Facts:
    said = Stated(about, value, "dislikes", None, TODAY, "talk")  # type: ignore[arg-type]
    return Facts(today=TODAY, stated=(said,))


@pytest.mark.parametrize("product", ["B1", "B3", "B4"])
@pytest.mark.parametrize("name", ["rejected", "snoozed", "accepted", "won", "lost"])
def test_an_answer_holds_what_is_bought_regularly_too(product: str, name: OutcomeName) -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    found = again(release, answered(product, name))
    assert found.held == ((product, name),)
    assert set(kinds_of(found)) == {"B1", "B3", "B4"} - {product}


@pytest.mark.parametrize("product", ["B1", "B3", "B4"])
def test_a_complaint_or_dislike_of_the_product_holds_it(product: str) -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    for facts, rule in (
        (complained(product, None), "complaint"),
        (disliked("product", product), "disliked"),
    ):
        found = again(release, facts)
        assert found.held == ((product, rule),)
        assert set(kinds_of(found)) == {"B1", "B3", "B4"} - {product}


@pytest.mark.parametrize("facts", [complained(None, "Blades"), disliked("category", "Blades")])
def test_a_complaint_or_dislike_of_the_category_holds_all_three(facts: Facts) -> None:
    found = again(a_habit_of_each_kind("B1", "B3", "B4"), facts)
    assert found.suggestions == ()
    assert {product for product, _ in found.held} == {"B1", "B3", "B4"}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_out_of_stock_is_not_offered_again(place: int) -> None:
    products = ["B1", "B3", "B4"]
    products[place] = OUT_OF_STOCK
    found = again(a_habit_of_each_kind(*products))
    assert found.held == ((OUT_OF_STOCK, "out_of_stock"),)
    assert set(kinds_of(found)) == set(products) - {OUT_OF_STOCK}


def test_without_permission_nothing_is_due() -> None:
    release = a_habit_of_each_kind("B1", "B3", "B4")
    refusing = Facts(Refusing(frozenset({SAWMILL})))
    found = again(release, refusing)
    assert (found.source, found.fallback_reason) == ("popular", "no_permission")
    assert found.suggestions == ()


@pytest.mark.parametrize("kind", sorted(REGULAR_KINDS))
def test_a_list_of_one_kind_holds_nothing_else(kind: Kind) -> None:
    found = again(a_habit_of_each_kind("B1", "B3", "B4"), kinds={kind})
    assert set(kinds_of(found).values()) == {kind}
