"""Likes, needs and clicks move products up, with the chance they had, and say why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from recommender.release.opening import Release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import About, Facts, FreshInterest, Interest, Stance, Stated
from recommender.suggest.lifting import INTEREST_DAYS, NAMED, SHOWN, WIDE
from recommender.suggest.reasons import InterestReason, StatedReason
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Suggestion, SuggestionList, Wish
from recommender.suggest.wording import sentence
from tests.made_up_release import in_memory, shop_contents, shop_release

CUSTOMER = "C000"
SAID_ON, TODAY = date(2025, 1, 3), date(2025, 1, 10)
ALL = Wish(MOST)


def said(about: About, value: str, stance: Stance) -> Facts:
    return Facts(stated=(Stated(about, value, stance, "we run out", SAID_ON, "talk"),))


def clicked(product: str, event: Interest, days_ago: int = 1) -> Facts:
    at = datetime(2025, 1, 10, 8, tzinfo=UTC) - timedelta(days=days_ago)
    return Facts(interest=(FreshInterest(product, event, at),), today=TODAY)


def by_product(found: SuggestionList) -> dict[str, Suggestion]:
    return {s.product_id: s for s in found.suggestions}


def chances(found: SuggestionList) -> dict[str, float]:
    return {s.product_id: s.chance for s in found.suggestions}


def order(found: SuggestionList) -> list[str]:
    return [s.product_id for s in found.suggestions]


def last_of(release: Release) -> str:
    return suggest(release, CUSTOMER, ALL).suggestions[-1].product_id


def test_a_product_that_is_needed_comes_first_with_the_chance_it_had() -> None:
    release = shop_release()
    product = last_of(release)
    plain = suggest(release, CUSTOMER, ALL)
    found = suggest(release, CUSTOMER, ALL, said("product", product, "needs"))
    assert order(found) == [product, *(p for p in order(plain) if p != product)]
    assert chances(found) == chances(plain)


def test_what_was_said_is_its_first_reason_and_all_others_keep_theirs() -> None:
    release = shop_release()
    product = last_of(release)
    plain = by_product(suggest(release, CUSTOMER, ALL))
    found = by_product(suggest(release, CUSTOMER, ALL, said("product", product, "likes")))
    reason = StatedReason("likes", "product", product, "we run out", SAID_ON)
    evidence = tuple(r for r in plain[product].reasons if r.kind != "popular")
    assert found[product].reasons == (reason, *evidence)
    for other in set(plain) - {product}:
        assert found[other].reasons == plain[other].reasons


def test_a_like_moves_less_than_a_need_and_a_click_less_than_a_like() -> None:
    release = shop_release()
    product = last_of(release)
    ranks = [
        by_product(suggest(release, CUSTOMER, ALL, facts))[product].rank
        for facts in (
            said("product", product, "needs"),
            said("product", product, "likes"),
            clicked(product, "quote"),
            clicked(product, "view"),
            Facts(),
        )
    ]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1 < ranks[-1]
    assert max(SHOWN.values()) < NAMED["likes"] < NAMED["needs"]
    assert 1 < WIDE["likes"] < WIDE["needs"]


def test_the_order_is_by_the_stated_formula() -> None:
    release = shop_release()
    plain = suggest(release, CUSTOMER, ALL)
    best = plain.suggestions[0].chance
    concerned = [s.product_id for s in plain.suggestions if s.product_id.startswith("B")]
    likeliest = concerned[0]
    scores = {
        s.product_id: s.chance * (WIDE["likes"] if s.product_id in concerned else 1)
        + best * (NAMED["likes"] if s.product_id == likeliest else 0)
        for s in plain.suggestions
    }
    found = suggest(release, CUSTOMER, ALL, said("category", "B", "likes"))
    known = [p for p in order(found) if p in scores]
    assert known == sorted(scores, key=lambda p: -scores[p])
    assert concerned


def test_what_was_no_candidate_becomes_one_by_the_share_that_bought_it_lately() -> None:
    """A prospect without a segment has the popular list, of which Z, never sold, is no part."""
    release = shop_release()
    plain = suggest(release, "Q", ALL)
    assert "Z" not in order(plain)
    found = suggest(release, "Q", ALL, said("product", "Z", "needs"))
    assert found.source == plain.source == "popular"
    first = found.suggestions[0]
    column = release.products.ids.position("Z")
    assert column is not None
    share = int(release.products.recent_buyers[column]) / release.active_customers
    assert (first.product_id, first.chance) == ("Z", round(share, 6))
    assert order(found)[1:] == order(plain)


def test_a_new_candidate_is_never_likelier_than_the_last_of_the_list() -> None:
    contents = shop_contents()
    release = in_memory(contents)
    candidates = {order(suggest(release, c, ALL))[-1]: c for c in release.customers.ids}
    for product in release.products.ids:
        for customer in candidates.values():
            plain = suggest(release, customer, ALL)
            found = by_product(suggest(release, customer, ALL, said("product", product, "needs")))
            if product in found and product not in order(plain):
                assert found[product].chance <= plain.suggestions[-1].chance


@pytest.mark.parametrize("stance", ["likes", "needs"])
def test_what_is_owned_gone_or_out_of_stock_is_not_offered_for_being_wanted(
    stance: Stance,
) -> None:
    release = shop_release()
    for product in ("A9", "B0", *release.products.ids):
        found = suggest(release, CUSTOMER, ALL, said("product", product, stance))
        plain = suggest(release, CUSTOMER, ALL)
        assert found.withheld == plain.withheld
        assert set(order(found)) - set(order(plain)) <= {product}
    held = suggest(release, CUSTOMER, Wish(1), said("product", "A9", "needs")).held
    owned = suggest(release, CUSTOMER, ALL).withheld
    assert ("A9", "out_of_stock") in held or owned["owned"] > 0


def test_by_value_the_same_lift_counts() -> None:
    release = shop_release()
    by_value = Wish(MOST, rank_by="value")
    plain = suggest(release, CUSTOMER, by_value)
    valued = [s for s in plain.suggestions if s.expected_value]
    product = valued[-1].product_id
    found = by_product(suggest(release, CUSTOMER, by_value, said("product", product, "needs")))
    assert found[product].rank < by_product(plain)[product].rank
    assert found[product].expected_value == by_product(plain)[product].expected_value


def test_a_click_is_a_reason_and_a_small_lift_for_candidates_only() -> None:
    release = shop_release()
    product = last_of(release)
    found = by_product(suggest(release, CUSTOMER, ALL, clicked(product, "cart")))
    assert found[product].reasons[0] == InterestReason("cart", date(2025, 1, 9))
    owned = suggest(release, CUSTOMER, ALL, clicked("B0", "quote"))
    assert owned == suggest(release, CUSTOMER, ALL)


def test_the_strongest_click_speaks_and_an_old_one_does_not() -> None:
    release = shop_release()
    product = last_of(release)
    both = Facts(
        interest=clicked(product, "view", 1).interest + clicked(product, "quote", 9).interest,
        today=TODAY,
    )
    found = by_product(suggest(release, CUSTOMER, ALL, both))
    assert found[product].reasons[0] == InterestReason("quote", date(2025, 1, 1))
    old = clicked(product, "quote", INTEREST_DAYS + 1)
    assert suggest(release, CUSTOMER, ALL, old) == suggest(release, CUSTOMER, ALL)


def test_words_and_clicks_read_as_plain_sentences() -> None:
    release = shop_release()
    reason = StatedReason("needs", "category", "Glue", "it's always out", SAID_ON)
    assert sentence(release, reason) == (
        'said on 3 Jan 2025 that it needs Glue: "it\'s always out"'
    )
    silent = StatedReason("likes", "product", "A1", None, SAID_ON)
    assert sentence(release, silent) == "said on 3 Jan 2025 that it likes Product A1"
    viewed = InterestReason("view", date(2025, 1, 9))
    assert sentence(release, viewed) == "viewed on 9 Jan 2025"


def test_the_answer_holds_every_field_of_what_was_said() -> None:
    release = shop_release()
    product = last_of(release)
    facts = said("product", product, "needs")
    facts = Facts(stated=facts.stated, interest=clicked(product, "view").interest)
    answer = suggestions_answer(release, suggest(release, CUSTOMER, Wish(1), facts))
    assert answer["suggestions"][0]["reasons"][:2] == [
        {
            "kind": "stated",
            "stance": "needs",
            "about": "product",
            "value": product,
            "words": "we run out",
            "said_on": "2025-01-03",
        },
        {"kind": "interest", "event": "view", "happened_on": "2025-01-09"},
    ]
