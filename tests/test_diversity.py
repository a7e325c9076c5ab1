"""Spread lists: more categories, the same rules, honest chances, and at 0 nothing changes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.config import Config, TrainSection, load_config
from recommender.models.settings import resolve
from recommender.release.contents import AlsoBought, Contents
from recommender.release.manifest import Manifest
from recommender.release.opening import Release, open_release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import CROSS_SELL_KINDS, MOST, Wish
from recommender.train import train
from tests.brute_force import rule_of
from tests.made_up_release import in_memory, random_contents, shop_contents, shop_release
from tests.slow_regular import regular_by_brute_force
from tests.test_suggest import CUSTOMERS, SEEDS, WISHES, by_brute_force, category_of, in_question

DIVERSITIES = st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0])


def with_diversity(contents: Contents, diversity: float) -> Release:
    release = in_memory(contents)
    changed = release.manifest.settings | {"diversity": diversity}
    return replace(release, manifest=release.manifest.model_copy(update={"settings": changed}))


def random_shop(seed: int) -> Contents:
    """Of random products, each with up to eight random neighbours."""
    contents, random = random_contents(seed), np.random.default_rng(seed)
    size = len(contents.products.ids)
    rows = [random.permutation(np.delete(np.arange(size), product))[:8] for product in range(size)]
    columns = np.concatenate(rows).astype(np.int32)
    fives = np.full(len(columns), 5, np.int32)
    neighbours = AlsoBought(
        starts=np.array([0, *np.cumsum([len(row) for row in rows])], np.int64),
        products=columns,
        customers_both=fives,
        together=fives,
        similarity=np.full(len(columns), 0.1, np.float32),
    )
    return replace(contents, also_bought=neighbours)


def resembles(release: Release, before: str, product: str) -> bool:
    """Of one category; where one of the two has none, among the five nearest of the earlier one."""
    one, other = category_of(release, before), category_of(release, product)
    if one and other:
        return one == other
    ids, part = list(release.products.ids), release.also_bought
    row = ids.index(before)
    nearest = part.products[part.starts[row] : part.starts[row + 1]][:5]
    return product in [ids[int(p)] for p in nearest]


def spread_slowly(
    release: Release, customer: str, wish: Wish, diversity: float
) -> tuple[list[str], list[tuple[str, str]]]:
    """The list and what was held back on the way, by asking every product at every place."""
    spend = dict(zip(release.products.ids, release.products.spend.tolist(), strict=True))
    left = by_brute_force(release, customer, wish)
    chances = dict(in_question(release, customer, wish))
    regular = regular_by_brute_force(release, customer, wish.kinds)
    worth = {p: chances[p] * (1.0 if wish.rank_by == "chance" else spend[p]) for p in left}
    chosen: list[str] = []
    held: list[tuple[str, str]] = []
    while left and len(chosen) < wish.n:

        def key(product: str) -> tuple[float, int]:
            before = [] if product in regular else [c for c in chosen if c not in regular]
            alike = sum(resembles(release, other, product) for other in before)
            value = 0.0 if math.isnan(worth[product]) else worth[product]
            return value * (1 - diversity) ** alike, -alike

        best = max(left, key=key)
        left.remove(best)
        rule = rule_of(release, customer, best, regular)
        if rule is None:
            chosen.append(best)
        else:
            held.append((best, rule))
    return chosen, held


@settings(max_examples=300)
@given(SEEDS, CUSTOMERS, WISHES, DIVERSITIES)
def test_each_place_goes_to_the_product_with_the_most_worth_left(
    seed: int, customer: str, wish: Wish, diversity: float
) -> None:
    """And held is what would have taken a place, had no rule held it back."""
    release = with_diversity(random_shop(seed), diversity)
    chosen, held = spread_slowly(release, customer, wish, diversity)
    found = suggest(release, customer, wish)
    assert [s.product_id for s in found.suggestions] == chosen
    assert list(found.held) == held


@given(SEEDS, CUSTOMERS, WISHES)
def test_no_diversity_is_the_list_of_a_release_that_never_heard_of_it(
    seed: int, customer: str, wish: Wish
) -> None:
    contents = random_shop(seed)
    plain, zero = in_memory(contents), with_diversity(contents, 0.0)
    assert "diversity" not in plain.manifest.settings
    assert suggest(zero, customer, wish) == suggest(plain, customer, wish)
    assert suggest(zero, customer, wish).held == suggest(plain, customer, wish).held


@given(SEEDS, CUSTOMERS, WISHES, DIVERSITIES)
def test_a_spread_list_is_as_long_and_obeys_the_same_rules(
    seed: int, customer: str, wish: Wish, diversity: float
) -> None:
    contents = random_shop(seed)
    plain = suggest(in_memory(contents), customer, replace(wish, n=MOST))
    found = suggest(with_diversity(contents, diversity), customer, wish)
    assert found.returned == min(wish.n, plain.returned)
    assert found.withheld == plain.withheld
    assert [s.rank for s in found.suggestions] == list(range(1, found.returned + 1))
    unranked = {replace(s, rank=0) for s in plain.suggestions}
    assert {replace(s, rank=0) for s in found.suggestions} <= unranked, "chance and kind stay"


@given(SEEDS, CUSTOMERS, st.integers(1, 12), DIVERSITIES)
def test_a_longer_spread_list_begins_with_the_shorter_one(
    seed: int, customer: str, n: int, diversity: float
) -> None:
    release = with_diversity(random_shop(seed), diversity)
    short, long = suggest(release, customer, Wish(n)), suggest(release, customer, Wish(n + 1))
    assert long.suggestions[:n] == short.suggestions


def all_categorised(seed: int) -> Contents:
    contents = random_shop(seed)
    numbers = np.maximum(contents.products.category_number, 0)
    return replace(contents, products=replace(contents.products, category_number=numbers))


@given(SEEDS, CUSTOMERS, WISHES)
def test_full_diversity_repeats_no_category_while_another_is_left(
    seed: int, customer: str, wish: Wish
) -> None:
    contents, wish = all_categorised(seed), replace(wish, kinds=CROSS_SELL_KINDS)
    release = with_diversity(contents, 1.0)
    numbers = dict(
        zip(contents.products.ids, contents.products.category_number.tolist(), strict=True)
    )
    everything = suggest(in_memory(contents), customer, replace(wish, n=MOST)).suggestions
    there_are = len({numbers[s.product_id] for s in everything})
    first = suggest(release, customer, wish).suggestions[:there_are]
    assert len({numbers[s.product_id] for s in first}) == len(first)


def test_the_most_likely_product_stays_first() -> None:
    plain, spread = shop_release(), with_diversity(shop_contents(), 1.0)
    for customer in plain.customers.ids:
        one, other = (suggest(release, customer, Wish(1)) for release in (plain, spread))
        assert [s.product_id for s in one.suggestions] == [s.product_id for s in other.suggestions]


def test_a_spread_list_of_the_made_up_shop_mixes_both_trades() -> None:
    """Its customers are offered little but their own trade otherwise."""

    def changes(release: Release) -> int:
        lists = [suggest(release, c, Wish(8)).suggestions for c in release.customers.ids]
        trades = ["".join(s.product_id[0] for s in found) for found in lists]
        return sum(a != b for trade in trades for a, b in pairwise(trade))

    assert changes(with_diversity(shop_contents(), 0.9)) > 1.5 * changes(shop_release())


def test_the_setting_is_read_and_recorded() -> None:
    assert resolve(TrainSection()).as_json()["diversity"] == 0.0
    assert resolve(TrainSection(diversity=0.25)).as_json()["diversity"] == 0.25


@pytest.mark.parametrize("wrong", [-0.1, 1.1, "much", None])
def test_a_release_with_a_diversity_that_is_none_is_refused(wrong: object) -> None:
    manifest = shop_release().manifest.model_dump()
    manifest["settings"]["diversity"] = wrong
    with pytest.raises(ValueError, match=r"settings\.diversity is .*, not a number from 0 to 1"):
        Manifest.model_validate(manifest)


@pytest.mark.slow
def test_a_training_with_diversity_gives_spread_lists(sample_config: Config) -> None:
    """The same ranking, spread when it is asked for."""
    folder = sample_config.folder
    text = (folder / "recommender.toml").read_text()
    spread_config = folder / "spread.toml"
    text = text.replace('# directory = "releases"', 'directory = "spread"')
    spread_config.write_text(text.replace("# seed = 0", "diversity = 0.5"))
    config = load_config(spread_config)
    train(config)
    plain = open_release(sample_config.releases_directory)
    spread = open_release(config.releases_directory)
    assert spread.manifest.settings["diversity"] == 0.5
    assert spread.candidates.products.tobytes() == plain.candidates.products.tobytes()
    assert mean_categories(spread) > 1.2 * mean_categories(plain)


def mean_categories(release: Release) -> float:
    """In the first ten places of everyone's list."""
    lists = [suggest(release, c, Wish(10)).suggestions for c in release.customers.ids]
    return float(np.mean([len({category_of(release, s.product_id) for s in one}) for one in lists]))
