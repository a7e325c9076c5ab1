"""Gradient boosting over candidates: what it may know, and when it is used."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from recommender.models.models import learn
from recommender.ranking import learning
from recommender.ranking.boosted.block import Block, blocks
from recommender.ranking.boosted.examples import Examples, draw, drawn, keep_rate, thin
from recommender.ranking.boosted.known import Known, read_known
from recommender.ranking.boosted.ranker import BoostedRanker, Scene, set_scene
from recommender.ranking.boosted.taken import count_taken
from recommender.ranking.learning import LearnedRanking, learn_ranking
from recommender.ranking.outcome import outcome_of
from recommender.ranking.plain.ranker import PlainRanker
from recommender.ranking.windows import JUDGED, windows_before
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.tables import Tables
from recommender.text import Ids
from tests.made_up import SETTINGS, Line, at, learned, purchases_of, shop_lines

DAYS = 300


@cache
def long_shop() -> Purchases:
    return purchases_of(shop_lines(customers=80, days=DAYS, seed=3))


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    products = pd.DataFrame({"product_id": list(long_shop().products)}, dtype="str")
    products["category"] = [p[0] for p in products["product_id"]]
    products["width_mm"] = [str(10 * int(p[1])) for p in products["product_id"]]
    customers = pd.DataFrame({"customer_id": list(long_shop().customers)}, dtype="str")
    customers["segment"] = ["even" if n % 2 == 0 else "odd" for n in range(len(customers))]
    return customers, products


def known() -> Known:
    customers, products = tables()
    read = Tables(long_shop(), products, customers, None, ())
    return read_known(long_shop().customers, long_shop().products, read)


def scene_at(purchases: Purchases, now: int) -> Scene:
    return set_scene(learn(purchases, SETTINGS, now), SETTINGS, known())


def block_of(scene: Scene) -> Block:
    (block,) = blocks(scene.snapshot, scene.facts, scene.models.known_customers)
    return block


@cache
def boosted_ranking() -> LearnedRanking:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "LEAST_BOUGHT", 20)
        return learn_ranking(long_shop(), SETTINGS, known(), long_shop().last_at + 1)


def test_texts_with_few_values_are_groups_and_numbers_are_values() -> None:
    assert list(known().product_groups) == ["category"]
    assert list(known().customer_groups) == ["segment"]
    assert list(known().product_values) == ["width_mm"]
    assert known().product_groups["category"].tolist() == [0] * 10 + [1] * 10


def test_without_tables_nothing_is_known() -> None:
    nothing = Tables(long_shop(), None, None, None, ())
    assert read_known(Ids.of("ab"), Ids.of("xy"), nothing) == Known()


def test_who_took_what_when_is_counted_by_pair() -> None:
    lines = [Line("A", "x", 0), Line("A", "x", 80), Line("A", "y", 95), Line("B", "x", 90)]
    taken = count_taken(learned(purchases_of(lines)).netted, at(100))
    assert taken.buyers(28).tolist() == [2, 1]
    assert taken.newly(28).toarray().tolist() == [[0, 1], [1, 0]]
    assert taken.lines_of_customers(28).tolist() == [2, 1]
    assert taken.age_of_products().tolist() == [100, 5]
    assert taken.pause().tolist() == [5, 10]


def test_a_bought_product_is_never_a_candidate() -> None:
    scene = scene_at(long_shop(), long_shop().last_at + 1)
    block = block_of(scene)
    assert len(block) > 0
    assert not scene.models.matrix.weights[block.customers, block.products].any()


def test_nothing_is_learned_from_what_came_later() -> None:
    with pytest.raises(ValueError, match="at or after the moment"):
        learn(long_shop(), SETTINGS, at(200))


def test_windows_never_overlap_and_their_past_ends_where_they_begin() -> None:
    windows = windows_before(long_shop(), long_shop().last_at + 1)
    assert len(windows) >= 5
    for window in windows:
        assert window.past().last_at < window.at <= window.future().purchased_at.min()
        assert window.future().last_at < window.at + 28 * SECONDS_PER_DAY
    assert [a.at - b.at for a, b in pairwise(windows)] == [28 * SECONDS_PER_DAY] * (
        len(windows) - 1
    )


def drawn_of(bought: npt.NDArray[np.bool_], rate: float) -> Examples:
    kept = draw(bought, rate, np.random.default_rng(0))
    return drawn(np.zeros((int(kept.sum()), 1), np.float32), bought[kept], rate)


def test_the_sample_keeps_all_that_was_bought_and_stands_for_everyone() -> None:
    bought = np.arange(20_000) % 50 == 0
    examples = drawn_of(bought, 0.15)
    assert examples.bought.sum() == 400
    assert examples.weights.sum() == pytest.approx(20_000, rel=0.05)
    assert len(examples.bought) == pytest.approx(400 + 0.15 * 19_600, rel=0.1)


def test_small_windows_teach_with_all_their_candidates() -> None:
    assert keep_rate(1000) == 1.0
    assert keep_rate(400_000) == pytest.approx(0.1)


def test_thinned_examples_stand_for_as_many_candidates_as_before() -> None:
    bought = np.arange(20_000) % 500 == 0
    whole = drawn_of(bought, 0.5)
    few = thin(whole, np.random.default_rng(1))
    assert few.bought.sum() == 40
    assert len(few.bought) == pytest.approx(41 * 40, rel=0.15)
    assert few.weights.sum() == pytest.approx(20_000, rel=0.1)


def test_what_was_given_back_within_the_window_was_not_bought() -> None:
    window = purchases_of([Line("A", "x", 0), Line("A", "x", 1, -1), Line("A", "y", 2)])
    bought = outcome_of(window).of(np.array([0, 0], np.int32), np.array([0, 1], np.int32))
    assert bought.tolist() == [False, True]


def test_the_better_of_both_rankers_is_used() -> None:
    ranking = boosted_ranking()
    assert set(ranking.hits) == {"plain", "boosted"}
    better = ranking.hits["boosted"] > ranking.hits["plain"]
    assert isinstance(ranking.ranker, BoostedRanker if better else PlainRanker)


def test_few_purchases_are_left_to_the_plain_ranker() -> None:
    ranking = learn_ranking(long_shop(), SETTINGS, known(), long_shop().last_at + 1)
    assert isinstance(ranking.ranker, PlainRanker)
    assert set(ranking.hits) == {"plain"}


def test_rehearsals_foretell_windows_their_rankers_never_saw() -> None:
    ranking = boosted_ranking()
    assert len(ranking.rehearsals) == JUDGED
    for rehearsal in ranking.rehearsals:
        assert rehearsal.seen_until < rehearsal.at
        assert rehearsal.learned_until <= rehearsal.at
        assert rehearsal.hits > 0


def test_the_same_purchases_give_the_same_lists() -> None:
    one, other = boosted_ranking(), boosted_ranking.__wrapped__()
    assert one.ranked.products.tobytes() == other.ranked.products.tobytes()
    assert one.ranked.chance.tobytes() == other.ranked.chance.tobytes()
