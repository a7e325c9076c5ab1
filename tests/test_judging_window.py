"""The truth of a window and the scores of lists, as a second, slow, obvious judge has them."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.judging.baselines import popularity
from recommender.judging.history import History
from recommender.judging.metrics import METRICS, buyers, scores
from recommender.judging.shape import shape_of
from recommender.judging.window import HISTORY_DAYS, bought_between, truth_of
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from tests.conftest import ROOT, skip_or_fail
from tests.made_up import Line, at, purchases_of, shop_purchases

AT_DAY = 400.0
LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from("ABC"),
        product=st.sampled_from("uvwxyz"),
        day=st.sampled_from([0.0, 34.9, 35.0, 200.0, 399.9, 400.0, 410.0, 427.9, 428.0, 500.0]),
        quantity=st.sampled_from([1.0, 2.0, -1.0]),
    ),
    min_size=1,
    max_size=25,
)


def slow_window(lines: list[Line]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(new, again) pairs, in plain sets."""
    owned = {(x.customer, x.product) for x in lines if x.quantity > 0 and x.day < AT_DAY}
    before = {(x.customer, x.product) for x in lines if x.quantity > 0 and 35 <= x.day < AT_DAY}
    after = {
        (x.customer, x.product) for x in lines if x.quantity > 0 and AT_DAY <= x.day < AT_DAY + 28
    }
    known = {
        (c, p) for c, p in after if c in {a for a, _ in before} and p in {b for _, b in before}
    }
    return known - owned, known & before


def pairs_of(matrix: sparse.csr_matrix, purchases: Purchases) -> set[tuple[str, str]]:
    rows, columns = matrix.nonzero()
    return {
        (purchases.customers[r], purchases.products[c])
        for r, c in zip(rows.tolist(), columns.tolist(), strict=True)
    }


@given(LINES)
def test_the_truth_is_what_plain_sets_say(lines: list[Line]) -> None:
    purchases = purchases_of(lines)
    truth = truth_of(purchases, at(AT_DAY))
    new, again = slow_window(lines)
    assert pairs_of(truth.new, purchases) == new
    assert pairs_of(truth.again, purchases) == again
    assert truth.new.dtype == truth.again.dtype == bool


def test_300_lines_of_one_pair_are_one_purchase_in_the_truth() -> None:
    lines = [Line("A", "x", day) for day in range(300)] + [Line("A", "x", 410.0)]
    assert truth_of(purchases_of(lines), at(AT_DAY)).again.nnz == 1


def slow_judge(lists: dict[int, list[int]], wanted: dict[int, set[int]]) -> dict[str, float]:
    """Recall@20, nDCG@10 and hit@10 as the ruler words them."""
    recall, ndcg, hit = [], [], []
    for customer, products in wanted.items():
        hits = [p in products for p in lists.get(customer, [])[:20]]
        ideal = sum(1 / np.log2(i + 2) for i in range(min(10, len(products))))
        recall.append(sum(hits) / min(20, len(products)))
        ndcg.append(sum(h / np.log2(i + 2) for i, h in enumerate(hits[:10])) / ideal)
        hit.append(any(hits[:10]))
    return {"recall20": np.mean(recall), "ndcg10": np.mean(ndcg), "hit10": np.mean(hit)}


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_the_slow_judge(seed: int) -> None:
    random = np.random.default_rng(seed)
    customers, products = 40, 60
    bought = sparse.csr_matrix(random.random((customers, products)) < 0.08)
    lists = {c: random.permutation(products)[: random.integers(0, 30)] for c in range(customers)}
    lengths = [len(lists[c]) for c in range(customers)]
    ranked = Ranked(
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        products=np.concatenate([lists[c] for c in range(customers)]).astype(np.int32),
        chance=np.zeros(sum(lengths), np.float32),
    )
    wanted = {int(c): set(bought[c].indices.tolist()) for c in buyers(bought)}
    found = dict(zip(METRICS, scores(ranked, bought).mean(axis=0), strict=True))
    for metric, value in slow_judge({c: x.tolist() for c, x in lists.items()}, wanted).items():
        assert found[metric] == pytest.approx(value, abs=1e-12)


def the_ruler() -> ModuleType:
    file = ROOT.parent / "shared" / "judge.py"
    if not file.is_file():
        skip_or_fail("the ruler judge.py is not beside the project")
    spec = importlib.util.spec_from_file_location("judge", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_table(purchases: Purchases) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": [purchases.customers[int(c)] for c in purchases.customer_rows],
            "product_id": [purchases.products[int(p)] for p in purchases.product_columns],
            "purchased_at": pd.to_datetime(purchases.purchased_at, unit="s"),
            "quantity": purchases.quantity,
        }
    )


@pytest.mark.slow
def test_our_figures_are_the_rulers() -> None:
    ruler, purchases, moment = the_ruler(), shop_purchases(), at(90)
    since = moment - HISTORY_DAYS * SECONDS_PER_DAY
    year = bought_between(purchases, since, moment).astype(np.float32)
    ranked = popularity(History(purchases.before(moment), year, year, moment))
    truth = truth_of(purchases, moment)
    owners = np.repeat(np.arange(len(purchases.customers)), np.diff(ranked.starts))
    listed = pd.DataFrame(
        {
            "customer_id": [purchases.customers[int(c)] for c in owners],
            "product_id": [purchases.products[int(p)] for p in ranked.products],
            "rank": np.arange(len(owners)) - ranked.starts[owners] + 1,
        }
    )
    _, wanted = ruler.window(as_table(purchases), str(pd.to_datetime(moment, unit="s")))
    said = ruler.judge(listed, wanted)
    assert said["customers"] == len(buyers(truth.new)) > 0
    found = dict(zip(METRICS, scores(ranked, truth.new).mean(axis=0), strict=True))
    assert {m: said[m] for m in METRICS[:3]} == pytest.approx({m: found[m] for m in METRICS[:3]})
    assert said["products_shown"] == shape_of(ranked, truth.before).products_shown
