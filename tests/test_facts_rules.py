"""What a customer said and answered is obeyed at once, and counted under its own name."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from recommender.release.attributes import Attributes
from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.facts import (
    NOTHING_KNOWN,
    About,
    Facts,
    LastOutcome,
    OpenComplaint,
    OutcomeName,
    Stance,
    Stated,
)
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, SuggestionList, Wish
from recommender.suggest.withholding import COOLING_DAYS, cools_until
from recommender.text import TextColumn
from tests.made_up_release import in_memory, shop_contents, shop_release

CUSTOMER = "C000"
TODAY = date(2025, 1, 10)
ALL = Wish(MOST)


def stated(about: About, value: str, stance: Stance = "dislikes") -> Stated:
    return Stated(about, value, stance, "as it said", date(2025, 1, 3), "talk")


def complaint(product_id: str | None, category: str | None = None) -> OpenComplaint:
    return OpenComplaint("K1", product_id, category, "broke", TODAY, TODAY + timedelta(days=5))


def outcome(product: str, name: OutcomeName, days_ago: int, until: date | None = None) -> Facts:
    at = datetime(2025, 1, 10, 23, 59, tzinfo=UTC) - timedelta(days=days_ago)
    return Facts(outcomes=(LastOutcome(product, name, None, until, at),), today=TODAY)


def ids_of(found: SuggestionList) -> list[str]:
    return [s.product_id for s in found.suggestions]


def first_of(release: Release) -> str:
    return suggest(release, CUSTOMER, ALL).suggestions[0].product_id


def branded_release() -> Release:
    contents = shop_contents()
    brands = TextColumn.of("Sägerich" if i % 2 else "Holz & Co" for i in range(21))
    return in_memory(replace(contents, products=replace(contents.products, brand=brands)))


def without(release: Release, gone: set[str], facts: Facts, rule: str) -> SuggestionList:
    """The list with exactly these products missing, and held back under this rule."""
    plain = suggest(release, CUSTOMER, ALL)
    found = suggest(release, CUSTOMER, ALL, facts)
    assert ids_of(found) == [p for p in ids_of(plain) if p not in gone]
    assert {product for product, name in found.held if name == rule} == gone & set(ids_of(plain))
    assert found.withheld[rule] >= len(gone & set(ids_of(plain))) > 0
    return found


def test_knowing_nothing_is_the_list_as_it_was() -> None:
    release = shop_release()
    for customer in release.customers.ids:
        found = suggest(release, customer, ALL, Facts(today=TODAY, contact=("phone",)))
        assert (
            found
            == suggest(release, customer, ALL)
            == suggest(release, customer, ALL, NOTHING_KNOWN)
        )


def test_an_open_complaint_about_a_product_withholds_it() -> None:
    release = shop_release()
    product = first_of(release)
    without(release, {product}, Facts(complaints=(complaint(product),)), "complaint")


def test_an_open_complaint_about_a_category_withholds_all_of_it() -> None:
    release = shop_release()
    products = {p for p in release.products.ids if p.startswith("A")}
    without(release, products, Facts(complaints=(complaint(None, "A"),)), "complaint")


def test_a_complaint_about_neither_withholds_nothing() -> None:
    release = shop_release()
    found = suggest(release, CUSTOMER, ALL, Facts(complaints=(complaint(None),)))
    assert found == suggest(release, CUSTOMER, ALL)


@pytest.mark.parametrize("value", ["Sägerich", "sägerich ", "SÄGERICH"])
def test_a_disliked_brand_is_withheld_in_whatever_case_it_was_written(value: str) -> None:
    release = branded_release()
    products = {p for i, p in enumerate(release.products.ids) if i % 2}
    without(release, products, Facts(stated=(stated("brand", value),)), "disliked")


def test_disliked_products_and_categories_are_withheld() -> None:
    release = shop_release()
    product = first_of(release)
    without(release, {product}, Facts(stated=(stated("product", product),)), "disliked")
    products = {p for p in release.products.ids if p.startswith("B")}
    without(release, products, Facts(stated=(stated("category", "b"),)), "disliked")


@pytest.mark.parametrize("value", ["teeth=80", " Teeth = 80", "TEETH=80"])
def test_products_of_a_disliked_attribute_are_withheld(value: str) -> None:
    contents = shop_contents()
    said = [json.dumps({"teeth": "80" if i % 2 else "60"}) for i in range(21)]
    release = in_memory(replace(contents, attributes=Attributes(TextColumn.of(said))))
    products = {p for i, p in enumerate(release.products.ids) if i % 2}
    without(release, products, Facts(stated=(stated("attribute", value),)), "disliked")


def test_what_nothing_in_the_catalogue_is_about_changes_nothing() -> None:
    release = shop_release()
    facts = Facts(
        stated=(
            stated("attribute", "teeth=80"),
            stated("brand", ""),
            stated("product", "X"),
            stated("category", "no such", "needs"),
        ),
        complaints=(complaint("X"),),
        outcomes=outcome("X", "rejected", 0).outcomes,
        today=TODAY,
    )
    for customer in release.customers.ids:
        assert suggest(release, customer, ALL, facts) == suggest(release, customer, ALL)


@pytest.mark.parametrize("name", COOLING_DAYS)
def test_an_answer_cools_the_product_down_for_its_days_and_no_longer(name: OutcomeName) -> None:
    release, days = shop_release(), COOLING_DAYS[name]
    product = first_of(release)
    without(release, {product}, outcome(product, name, days - 1), name)
    back = suggest(release, CUSTOMER, ALL, outcome(product, name, days))
    assert back == suggest(release, CUSTOMER, ALL)


def test_the_days_are_those_that_were_agreed_on() -> None:
    assert COOLING_DAYS == {
        "rejected": 90,
        "lost": 90,
        "snoozed": 28,
        "accepted": 28,
        "won": 28,
    }


@pytest.mark.parametrize("name", COOLING_DAYS)
def test_a_date_that_was_named_counts_for_more_than_the_usual_days(name: OutcomeName) -> None:
    release = shop_release()
    product = first_of(release)
    tomorrow = outcome(product, name, 400, TODAY + timedelta(days=1))
    without(release, {product}, tomorrow, name)
    assert ids_of(suggest(release, CUSTOMER, ALL, outcome(product, name, 0, TODAY)))[0] == product


@pytest.mark.parametrize("name", ["shown", "adjusted"])
def test_having_been_shown_withholds_nothing(name: OutcomeName) -> None:
    release = shop_release()
    facts = outcome(first_of(release), name, 0)
    assert cools_until(facts.outcomes[0]) is None
    assert suggest(release, CUSTOMER, ALL, facts) == suggest(release, CUSTOMER, ALL)


def test_without_a_day_to_compare_with_what_was_rejected_stays_away() -> None:
    release = shop_release()
    product = first_of(release)
    facts = replace(outcome(product, "rejected", 4000), today=None)
    without(release, {product}, facts, "rejected")


def test_what_is_owned_stays_owned_whatever_was_said_of_it() -> None:
    release = shop_release()
    facts = Facts(complaints=tuple(complaint(p) for p in release.products.ids))
    plain, found = suggest(release, CUSTOMER, ALL), suggest(release, CUSTOMER, ALL, facts)
    assert found.withheld["owned"] == plain.withheld["owned"]
    assert not found.suggestions
    assert sum(found.withheld.values()) == len(release.products.ids)


def test_also_bought_obeys_the_same_rules() -> None:
    release = shop_release()
    plain = customer_also_bought(release, CUSTOMER, MOST)
    product = plain.also_bought[0].product_id
    said: list[Any] = [
        Facts(complaints=(complaint(product),)),
        Facts(stated=(stated("product", product),)),
        outcome(product, "snoozed", 3),
    ]
    for facts in said:
        found = customer_also_bought(release, CUSTOMER, MOST, facts)
        others = [e.product_id for e in plain.also_bought if e.product_id != product]
        assert [e.product_id for e in found.also_bought] == others
        assert found.withheld != plain.withheld
