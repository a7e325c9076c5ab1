"""What became of suggestions reaches the ranking, and only from the past."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from recommender.models.models import learn
from recommender.ranking import learning
from recommender.ranking.boosted.answers import answers_at, number_answers
from recommender.ranking.boosted.block import Block, blocks
from recommender.ranking.boosted.features import features_of
from recommender.ranking.boosted.interest import Events
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.ranker import BoostedRanker, set_scene
from recommender.ranking.learning import learn_ranking
from recommender.tables.purchases import Purchases
from recommender.text import Ids
from tests.made_up import SETTINGS, Line, at, purchases_of

Row = tuple[str, str, str, float]
ROWS: list[Row] = [
    ("A", "x", "shown", 90.0),
    ("A", "x", "shown", 95.0),
    ("A", "x", "rejected", 96.0),
    ("B", "y", "accepted", 72.0),
    ("B", "x", "won", 80.0),
    ("nobody", "x", "shown", 50.0),
]
NAMES = {"times_shown", "accepted_lately", "rejected_lately", "snoozed_lately", "lost_lately"}


def table(rows: list[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "outcome", "happened_at"])
    times = pd.to_datetime([at(day) for day in frame["happened_at"]], unit="s", utc=True)
    return frame.assign(happened_at=times.astype("datetime64[us, UTC]"))


def answers() -> Events:
    found = number_answers(table(ROWS), Ids.of("AB"), Ids.of("xy"))
    assert found is not None
    return found


def test_showings_are_counted_and_the_last_answer_is_remembered() -> None:
    said = answers_at(answers(), at(100))
    assert set(said) == NAMES
    assert said["times_shown"].toarray().tolist() == [[2, 0], [0, 0]]
    assert said["rejected_lately"].toarray() == pytest.approx(np.array([[1 / 5, 0], [0, 0]]))
    assert said["accepted_lately"].toarray() == pytest.approx(np.array([[0, 0], [0, 1 / 29]]))
    assert said["snoozed_lately"].nnz == said["lost_lately"].nnz == 0


def test_nothing_that_was_answered_later_is_known() -> None:
    said = answers_at(answers(), at(95))
    assert said["times_shown"].toarray().tolist() == [[1, 0], [0, 0]]
    assert said["rejected_lately"].nnz == 0


def test_after_a_year_it_is_forgotten() -> None:
    assert all(matrix.nnz == 0 for matrix in answers_at(answers(), at(500)).values())


def test_answers_of_strangers_are_left_out_and_none_left_is_none() -> None:
    assert len(answers().kinds) == 4
    assert number_answers(table(ROWS[4:]), Ids.of("AB"), Ids.of("xy")) is None
    assert number_answers(None, Ids.of("AB"), Ids.of("xy")) is None


@cache
def shop_with_answers() -> tuple[Purchases, Known]:
    """Everyone buys at random; what was agreed to is bought, what was refused never is."""
    random = np.random.default_rng(5)
    lines, rows = [], []
    for customer in range(150):
        name = f"C{customer:03}"
        refused = {f"P{p:02}" for p in random.choice(60, 20, replace=False).tolist()}
        rows += [(name, product, "rejected", 0.0) for product in sorted(refused)]
        for day in random.integers(1, 330, 12).tolist():
            product = f"P{int(random.integers(60)):02}"
            if product not in refused:
                lines.append(Line(name, product, float(day) + 8))
                rows.append((name, product, "accepted", float(day)))
    purchases = purchases_of(lines)
    found = number_answers(table(rows), purchases.customers, purchases.products)
    return purchases, Known(answers=found)


def looked_at(purchases: Purchases, known: Known) -> tuple[Block, list[str], np.ndarray]:
    models = learn(purchases.before(at(300)), SETTINGS, at(300))
    scene = set_scene(models, SETTINGS, known)
    (block,) = blocks(scene.snapshot, scene.facts, models.known_customers)
    return block, *features_of(block, scene.facts)


def test_an_answer_is_a_feature_and_makes_no_candidate() -> None:
    purchases, known = shop_with_answers()
    block, names, values = looked_at(purchases, known)
    blind_block, blind_names, blind_values = looked_at(purchases, Known())
    assert set(names) - set(blind_names) == NAMES
    assert (block.customers.tolist(), block.products.tolist()) == (
        blind_block.customers.tolist(),
        blind_block.products.tolist(),
    )
    shared = [names.index(name) for name in blind_names]
    assert np.array_equal(values[:, shared], blind_values, equal_nan=True)


def test_the_future_of_a_moment_does_not_change_what_it_sees() -> None:
    purchases, known = shop_with_answers()
    assert known.answers is not None
    past = known.answers.happened_at < at(300)
    assert 0 < past.sum() < len(past)
    only_past = replace(
        known.answers,
        customers=known.answers.customers[past],
        products=known.answers.products[past],
        kinds=known.answers.kinds[past],
        happened_at=known.answers.happened_at[past],
    )
    _, _, all_known = looked_at(purchases, known)
    _, _, past_known = looked_at(purchases, Known(answers=only_past))
    assert np.array_equal(all_known, past_known, equal_nan=True)


def test_the_ranking_learns_from_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LEAST_BOUGHT", 50)
    purchases, known = shop_with_answers()
    now = purchases.last_at + 1
    hearing = learn_ranking(purchases, SETTINGS, known, now)
    deaf = learn_ranking(purchases, SETTINGS, Known(), now)
    assert isinstance(hearing.ranker, BoostedRanker)
    assert set(list(hearing.ranker.gains())[:3]) & NAMES
    assert hearing.hits["boosted"] > 1.3 * max(deaf.hits.values())
