"""THE function, judged by brute force over random releases and random wishes."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.models.engine import Engine
from recommender.release.contents import Contents
from recommender.release.opening import Release
from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import (
    KINDS,
    MOST,
    ListOrigin,
    SuggestionList,
    Wish,
    customer_token,
    read_recommendation_id,
)
from tests.brute_force import products_in, row_of, rule_of, withheld
from tests.made_up_release import in_memory, random_contents, shop_contents, shop_release
from tests.slow_regular import regular_by_brute_force

SEEDS = st.integers(0, 2**32 - 1)
CUSTOMERS = st.sampled_from(["C0", "C1", "C2", "C3", "C6", "nobody"])
WISHES = st.builds(
    Wish,
    n=st.integers(1, 13),
    kinds=st.sets(st.sampled_from(KINDS), min_size=1).map(frozenset),
    rank_by=st.sampled_from(["chance", "value"]),
    category=st.sampled_from([None, None, "cat 0", "cat 1", "unheard of"]),
    max_price=st.sampled_from([None, None, 0.0, 20.0, 40.0, math.inf]),
    exclude=st.sets(st.sampled_from(["P00", "P01", "P05", "nothing"])).map(frozenset),
)


def in_question(release: Release, customer: str, wish: Wish) -> list[tuple[str, float]]:
    """Products with their chances from which the list is cut, and nothing else; likeliest first."""
    regular = regular_by_brute_force(release, customer, wish.kinds)
    bought = [(product, entry.chance) for product, (_, entry) in regular.items()]
    return sorted(bought + unbought(release, customer), key=lambda entry: -entry[1])


def unbought(release: Release, customer: str) -> list[tuple[str, float]]:
    row, fallback = row_of(release, customer), release.fallback
    if row is not None and products_in(release, "bought", row):
        first, end = release.candidates.starts[row : row + 2]
        chances = release.candidates.chance[first:end].tolist()
        return list(zip(products_in(release, "candidates", row), chances, strict=True))
    segment = -1 if row is None else int(release.customers.segment_number[row])
    if segment < 0:
        numbers, chance = fallback.popular, fallback.popular_chance
    else:
        part = slice(fallback.segment_starts[segment], fallback.segment_starts[segment + 1])
        numbers, chance = fallback.segment_products[part], fallback.segment_chance[part]
    return [(release.products.ids[int(n)], float(c)) for n, c in zip(numbers, chance, strict=True)]


def price_of(release: Release, product: str) -> float:
    return float(release.products.price[list(release.products.ids).index(product)])


def category_of(release: Release, product: str) -> str:
    return release.products.category[list(release.products.ids).index(product)]


def kind_of(release: Release, customer: str, product: str) -> str:
    """`upgrade`: 1.25 to 5 times the median price of what was bought of its category."""
    regular = regular_by_brute_force(release, customer)
    if product in regular:
        return regular[product][0]
    row, category = row_of(release, customer), category_of(release, product)
    if row is None or not category:
        return "new"
    prices = [
        price_of(release, other)
        for other in products_in(release, "bought", row)
        if category_of(release, other) == category and not math.isnan(price_of(release, other))
    ]
    step = price_of(release, product) / float(np.median(prices)) if prices else math.nan
    return "upgrade" if 1.25 <= step <= 5.0 else "new"


def is_wished(release: Release, customer: str, product: str, wish: Wish) -> bool:
    """A product without a price is not known to be within a limit."""
    return (
        kind_of(release, customer, product) in wish.kinds
        and wish.category in {None, category_of(release, product)}
        and (wish.max_price is None or price_of(release, product) <= wish.max_price)
        and product not in wish.exclude
    )


def by_brute_force(release: Release, customer: str, wish: Wish) -> list[str]:
    """All that may be offered and is wished for, best first."""
    spend = dict(zip(release.products.ids, release.products.spend.tolist(), strict=True))

    def worth(entry: tuple[str, float]) -> float:
        product, chance = entry
        if wish.rank_by == "chance":
            return -chance
        value = chance * spend[product]
        return 1.0 if math.isnan(value) else -value

    wished = [
        e for e in in_question(release, customer, wish) if is_wished(release, customer, e[0], wish)
    ]
    return [product for product, _ in sorted(wished, key=worth)]


@settings(max_examples=300)
@given(SEEDS, CUSTOMERS, WISHES)
def test_the_list_is_the_best_of_what_may_be_offered_and_nothing_else(
    seed: int, customer: str, wish: Wish
) -> None:
    """So nothing owned, returned, gone, out of stock or excluded, and never padding."""
    release = in_memory(random_contents(seed))
    best = by_brute_force(release, customer, wish)
    again = regular_by_brute_force(release, customer, wish.kinds)
    free = [product for product in best if rule_of(release, customer, product, again) is None]
    found = suggest(release, customer, wish)
    assert [s.product_id for s in found.suggestions] == free[: wish.n]
    assert found.returned == len(found.suggestions) <= found.requested == wish.n


@settings(max_examples=200)
@given(SEEDS, CUSTOMERS, WISHES)
def test_held_is_exactly_what_would_have_stood_in_the_list(
    seed: int, customer: str, wish: Wish
) -> None:
    """A product is held when it alone, set free, would come among the first n."""
    release = in_memory(random_contents(seed))
    best = by_brute_force(release, customer, wish)
    again = regular_by_brute_force(release, customer, wish.kinds)
    rules = {product: rule_of(release, customer, product, again) for product in best}
    expected = []
    for product in best:
        with_it = [other for other in best if rules[other] is None or other == product]
        if rules[product] is not None and product in with_it[: wish.n]:
            expected.append((product, rules[product]))
    assert list(suggest(release, customer, wish).held) == expected


@given(SEEDS, CUSTOMERS, WISHES)
def test_withheld_counts_the_whole_catalogue_but_what_it_may_buy_again(
    seed: int, customer: str, wish: Wish
) -> None:
    release = in_memory(random_contents(seed))
    again = regular_by_brute_force(release, customer, wish.kinds)
    assert suggest(release, customer, wish).withheld == withheld(release, customer, again)


@given(SEEDS, CUSTOMERS, WISHES)
def test_ranks_count_from_one_and_numbers_fall(seed: int, customer: str, wish: Wish) -> None:
    release = in_memory(random_contents(seed))
    found = suggest(release, customer, wish).suggestions
    assert [s.rank for s in found] == list(range(1, len(found) + 1))
    assert len({s.product_id for s in found}) == len(found)
    chances = [s.chance for s in found]
    values = [-1.0 if s.expected_value is None else s.expected_value for s in found]
    falling = chances if wish.rank_by == "chance" else values
    assert falling == sorted(falling, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)


@given(SEEDS, CUSTOMERS, WISHES)
def test_kinds_and_values_are_what_they_say(seed: int, customer: str, wish: Wish) -> None:
    release = in_memory(random_contents(seed))
    spend = dict(zip(release.products.ids, release.products.spend.tolist(), strict=True))
    chance = dict(in_question(release, customer, wish))
    for s in suggest(release, customer, wish).suggestions:
        assert s.kind == kind_of(release, customer, s.product_id)
        assert s.chance == pytest.approx(chance[s.product_id], abs=1e-6)
        if math.isnan(spend[s.product_id]):
            assert s.expected_value is None
        else:
            value = chance[s.product_id] * spend[s.product_id]
            assert s.expected_value == pytest.approx(value, abs=0.0051)


@given(SEEDS, CUSTOMERS, WISHES)
def test_the_source_says_where_the_list_comes_from(seed: int, customer: str, wish: Wish) -> None:
    release = in_memory(random_contents(seed))
    row = row_of(release, customer)
    found = suggest(release, customer, wish)
    if row is None:
        expected = ("popular", "unknown_customer")
    elif products_in(release, "bought", row):
        expected = ("personal", None)
    elif release.customers.segment_number[row] >= 0:
        expected = ("segment", "no_purchases")
    else:
        expected = ("popular", "no_purchases")
    assert (found.source, found.fallback_reason) == expected


@given(SEEDS, CUSTOMERS, WISHES)
def test_asking_twice_gives_the_same_list_and_the_same_id(
    seed: int, customer: str, wish: Wish
) -> None:
    release = in_memory(random_contents(seed))
    one, other = suggest(release, customer, wish), suggest(release, customer, wish)
    assert one == other
    assert one.recommendation_id == other.recommendation_id


@given(SEEDS, CUSTOMERS, st.integers(1, 12))
def test_a_longer_list_begins_with_the_shorter_one(seed: int, customer: str, n: int) -> None:
    release = in_memory(random_contents(seed))
    short, long = suggest(release, customer, Wish(n)), suggest(release, customer, Wish(n + 1))
    assert long.suggestions[:n] == short.suggestions


def ids_of(found: SuggestionList) -> list[str]:
    return [s.product_id for s in found.suggestions]


def test_a_customer_without_purchases_gets_the_list_of_its_segment() -> None:
    found = suggest(shop_release(), "P")
    assert (found.source, found.fallback_reason) == ("segment", "no_purchases")
    assert {product[0] for product in ids_of(found)[:3]} == {"A"}


@pytest.mark.parametrize("customer", ["P", "Q"])
def test_a_prospect_with_a_list_by_portrait_gets_it_and_is_told_why(customer: str) -> None:
    """Whether its segment has a list or not; the list itself is ranked by the training."""
    contents = shop_contents()
    row, owned = contents.customers.ids.position(customer), contents.candidates
    assert row is not None
    assert owned.starts[row] == owned.starts[row + 1]
    by_portrait = np.array([contents.products.ids.position(p) for p in ("B3", "A1")], np.int32)
    starts = owned.starts + 2 * (np.arange(len(owned.starts)) > row)
    products = np.insert(owned.products, owned.starts[row], by_portrait)
    chance = np.insert(owned.chance, owned.starts[row], np.array([0.4, 0.3], np.float32))
    candidates = replace(owned, starts=starts, products=products, chance=chance)
    found = suggest(in_memory(replace(contents, candidates=candidates)), customer)
    assert (found.source, found.fallback_reason) == ("segment", "no_purchases")
    assert ids_of(found) == ["B3", "A1"]
    assert found.suggestions[0].chance == pytest.approx(0.4)


def test_a_customer_of_no_segment_gets_what_is_popular() -> None:
    found = suggest(shop_release(), "Q")
    assert (found.source, found.fallback_reason) == ("popular", "no_purchases")
    assert found.returned == 8


def test_a_customer_nobody_knows_gets_what_is_popular() -> None:
    found, popular = suggest(shop_release(), "nobody"), suggest(shop_release(), "Q")
    assert found.fallback_reason == "unknown_customer"
    assert ids_of(found) == ids_of(popular)
    assert found.recommendation_id != popular.recommendation_id


@pytest.mark.parametrize("customer", ["", "\x00", "\ud800", "C0" * 10_000, "Ä"])
def test_odd_ids_are_customers_nobody_knows(customer: str) -> None:
    found = suggest(shop_release(), customer)
    assert found.fallback_reason == "unknown_customer"
    shape = "[0-9a-f]{16}-[0-9a-f]{4}-o-[0-9a-f]{16}"
    assert re.fullmatch(shape, found.recommendation_id)


def everything_bought() -> Contents:
    """The shop where C000 bought all there is and has no candidates left."""
    contents = shop_contents()
    bought, open_ = contents.bought, contents.candidates
    products, had = len(contents.products.ids), int(bought.starts[1])
    more = products - had
    starts = bought.starts.copy()
    starts[1:] += more

    def widened(column: np.ndarray, first: np.ndarray) -> np.ndarray:
        return np.concatenate([first, column[had:]]).astype(column.dtype)

    cut = int(open_.starts[1])
    return replace(
        contents,
        bought=replace(
            bought,
            starts=starts,
            products=widened(bought.products, np.arange(products)),
            weights=widened(bought.weights, np.ones(products)),
            times=widened(bought.times, np.ones(products)),
            last_day=widened(bought.last_day, np.ones(products)),
        ),
        candidates=replace(
            open_,
            starts=np.maximum(open_.starts - cut, 0),
            products=open_.products[cut:],
            chance=open_.chance[cut:],
        ),
    )


def test_a_customer_who_bought_everything_gets_an_empty_list_that_is_its_own() -> None:
    found = suggest(in_memory(everything_bought()), "C000")
    assert (found.source, found.fallback_reason, found.returned) == ("personal", None, 0)
    assert found.withheld == {"owned": 21}
    assert suggest(in_memory(everything_bought()), "C001").returned == 8


def test_lists_of_a_trained_release_are_the_best_of_what_may_be_offered(engine: Engine) -> None:
    release = shop_release(engine)
    for customer in release.customers.ids:
        best = by_brute_force(release, customer, Wish(8))
        again = regular_by_brute_force(release, customer, Wish(8).kinds)
        free = [product for product in best if rule_of(release, customer, product, again) is None]
        assert ids_of(suggest(release, customer, Wish(8))) == free[:8]


def test_a_product_that_left_the_catalogue_is_held_not_offered(engine: Engine) -> None:
    release = shop_release(engine)
    found = [suggest(release, customer, Wish(MOST)) for customer in release.customers.ids]
    assert not any("B0" in ids_of(one) for one in found)
    assert any(("B0", "not_in_catalogue") in one.held for one in found)


def test_a_bought_or_returned_product_is_never_offered_as_new(engine: Engine) -> None:
    release = shop_release(engine)
    returned = 0
    for row, customer in enumerate(release.customers.ids):
        offered = set(ids_of(suggest(release, customer, Wish(MOST))))
        assert not offered & set(products_in(release, "bought", row))
        assert not offered & set(products_in(release, "returned", row))
        returned += len(products_in(release, "returned", row))
    assert returned > 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"n": MOST + 1},
        {"kinds": frozenset()},
        {"kinds": frozenset({"reordered"})},
        {"max_price": -1.0},
        {"max_price": math.nan},
        {"rank_by": "price"},
    ],
)
def test_a_wish_nobody_can_grant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Wish(**wrong)  # type: ignore[arg-type]


def test_the_answer_is_word_for_word_the_contracts() -> None:
    release = shop_release()
    found = suggest(release, "C000", Wish(2))
    answer = suggestions_answer(release, found)
    assert list(answer) == [
        "recommendation_id",
        "customer_id",
        "release",
        "data_through",
        "source",
        "fallback_reason",
        "requested",
        "returned",
        "withheld",
        "suggestions",
    ]
    first = answer["suggestions"][0]
    assert list(first) == [
        "product_id",
        "name",
        "category",
        "price",
        "kind",
        "rank",
        "chance",
        "expected_value",
        "reasons",
    ]
    assert first["reasons"][0].keys() == {"kind", "product_id", "name", "share"}
    assert (answer["requested"], answer["returned"]) == (2, 2)


def test_the_id_of_a_list_forgets_the_hour_of_the_release_but_not_its_content() -> None:
    lists = [
        suggest(in_memory(shop_contents(), name), "C000").recommendation_id
        for name in (
            "20250101T000000Z-abcd",
            "20260101T000000Z-abcd",
            "20250101T000000Z-abce",
        )
    ]
    assert lists[0] == lists[1] != lists[2]


def test_the_id_of_a_list_says_whose_it_is_and_where_it_came_from() -> None:
    release, content = shop_release(), "abcd"
    for customer, source in {"C000": "personal", "P": "segment", "Q": "popular"}.items():
        said = read_recommendation_id(suggest(release, customer).recommendation_id)
        assert said == ListOrigin(customer_token(customer), content, source)
    said = read_recommendation_id(customer_also_bought(release, "C000").recommendation_id)
    assert said == ListOrigin(customer_token("C000"), content, "also_bought")


@pytest.mark.parametrize("text", ["", "x", "0" * 32, f"{'0' * 16}-abcd-z-{'0' * 16}"])
def test_what_was_never_the_id_of_a_list_says_nothing(text: str) -> None:
    assert read_recommendation_id(text) is None
