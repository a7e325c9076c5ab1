"""Views, carts and quotes in the ranking: what they count, and that none is seen too early."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from recommender.models.models import learn
from recommender.ranking import learning
from recommender.ranking.boosted.block import blocks
from recommender.ranking.boosted.features import features_of
from recommender.ranking.boosted.interest import Events, interest_at, number_events
from recommender.ranking.boosted.known import Known
from recommender.ranking.boosted.ranker import BoostedRanker, set_scene
from recommender.ranking.learning import learn_ranking
from recommender.tables.purchases import Purchases
from recommender.text import Ids
from tests.made_up import SETTINGS, Line, at, purchases_of

ROWS = [
    ("A", "x", "view", 0.0),
    ("A", "x", "view", 86.0),
    ("A", "x", "cart", 99.0),
    ("B", "y", "quote", 72.0),
    ("nobody", "x", "view", 50.0),
    ("A", "nothing", "view", 50.0),
]


def table(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "event", "happened_at"])
    times = pd.to_datetime([at(day) for day in frame["happened_at"]], unit="s", utc=True)
    return frame.assign(happened_at=times.astype("datetime64[us, UTC]"))


def events() -> Events:
    found = number_events(table(ROWS), Ids.of("AB"), Ids.of("xy"))
    assert found is not None
    return found


def test_an_event_counts_half_after_two_weeks() -> None:
    noted = interest_at(events(), at(100))
    viewed = 2 ** (-100 / 14) + 2 ** (-14 / 14)
    assert noted["viewed"].toarray() == pytest.approx(np.array([[viewed, 0], [0, 0]]))
    assert noted["quoted"].toarray() == pytest.approx(np.array([[0, 0], [0, 0.25]]))


def test_the_newest_event_of_a_pair_says_how_lately_it_was_noticed() -> None:
    noticed = interest_at(events(), at(100))["noticed"]
    assert noticed.toarray() == pytest.approx(np.array([[1 / 2, 0], [0, 1 / 29]]))


def test_nothing_that_happened_later_is_known() -> None:
    noted = interest_at(events(), at(72))
    assert noted["quoted"].nnz == 0
    assert noted["in_cart"].nnz == 0
    assert noted["noticed"].toarray() == pytest.approx(np.array([[1 / 73, 0], [0, 0]]))


def test_events_of_strangers_are_left_out_and_none_left_is_none() -> None:
    assert len(events().kinds) == 4
    assert number_events(table(ROWS[4:]), Ids.of("AB"), Ids.of("xy")) is None
    assert number_events(None, Ids.of("AB"), Ids.of("xy")) is None


@cache
def shop_with_views() -> tuple[Purchases, Known]:
    """Everyone buys at random, and a day after it viewed a product it buys that one."""
    random = np.random.default_rng(5)
    lines, rows = [], []
    for customer in range(150):
        name = f"C{customer:03}"
        for day in random.integers(0, 330, 12).tolist():
            product = f"P{int(random.integers(60)):02}"
            lines.append(Line(name, product, float(day) + 8))
            if random.random() < 0.7:
                rows.append((name, product, "view", float(day)))
    purchases = purchases_of(lines)
    found = number_events(table(rows), purchases.customers, purchases.products)
    return purchases, Known(events=found)


def test_a_viewed_product_is_a_candidate_however_unlikely() -> None:
    purchases, known = shop_with_views()
    models = learn(purchases.before(at(300)), SETTINGS, at(300))
    scene = set_scene(models, SETTINGS, known)
    (block,) = blocks(scene.snapshot, scene.facts, models.known_customers)
    names, table_of_pairs = features_of(block, scene.facts)
    assert {"viewed", "in_cart", "quoted", "noticed"} <= set(names)
    viewed = scene.snapshot.interest["viewed"]
    open_ = viewed.toarray() > 0
    open_[models.matrix.weights.nonzero()] = False
    column = table_of_pairs[:, names.index("viewed")]
    assert (column > 0).sum() == open_.sum() > 10


def test_the_ranking_learns_that_views_lead_to_purchases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LEAST_BOUGHT", 50)
    purchases, known = shop_with_views()
    now = purchases.last_at + 1
    seeing = learn_ranking(purchases, SETTINGS, known, now)
    blind = learn_ranking(purchases, SETTINGS, replace(known, events=None), now)
    assert isinstance(seeing.ranker, BoostedRanker)
    assert {"viewed", "noticed"} & set(list(seeing.ranker.gains())[:2])
    assert seeing.hits["boosted"] > 1.3 * max(blind.hits.values())
