"""What made-up and enormous customers can do to the lists of others, on real purchases."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from recommender.config import TrainSection, load_config
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import net_returns
from recommender.models.also_bought import AlsoBought, find_also_bought
from recommender.models.models import learn
from recommender.models.settings import resolve
from recommender.ranking.outcome import outcome_of
from recommender.ranking.plain.ranker import fit_plain
from recommender.ranking.ranked import rank
from recommender.ranking.windows import windows_before
from recommender.tables.purchases import COLUMNS, SECONDS_PER_DAY, Purchases
from recommender.tables.tables import read_tables
from recommender.text import Ids
from tests.test_real_data import prepared

pytestmark = pytest.mark.slow
SETTINGS = resolve(TrainSection())
STRANGER = "~stranger"
Lists = dict[str, list[int]]


@pytest.fixture(scope="module")
def purchases(tmp_path_factory: pytest.TempPathFactory) -> Purchases:
    folder: Path = prepared("online-retail", tmp_path_factory.mktemp("online-retail"))
    return read_tables(load_config(folder / "recommender.toml")).purchases


def bought_of(purchases: Purchases) -> sparse.csr_matrix:
    now = purchases.last_at + 1
    return build_matrix(net_returns(purchases), SETTINGS.weighting, now).bought


def first_ten(found: AlsoBought, product: int) -> list[int]:
    first, end = found.starts[product : product + 2]
    return found.products[first:end][:10].tolist()


@pytest.mark.parametrize("rarity", [1, 3, 5, 20])
@pytest.mark.parametrize("fakes", [10, 20])
@pytest.mark.parametrize("every", [1, 6])
def test_fakes_of_two_lines_bring_a_rare_product_into_few_first_tens(
    purchases: Purchases, rarity: int, fakes: int, every: int
) -> None:
    """At most 5 in 100 of the products from rank 1 to 100, and of every sixth to 600.

    Each popular product is attacked by fakes and with a rare product of its own; where there are
    too few rare ones they take turns in further runs.
    """
    bought = bought_of(purchases)
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    popular = np.argsort(-buyers, kind="stable")[: 100 * every : every]
    chosen = np.flatnonzero(buyers == rarity)
    before = find_also_bought(bought)
    hits = 0
    for first in range(0, len(popular), len(chosen)):
        pairs = list(zip(popular[first:], chosen, strict=False))
        columns = np.repeat(pairs, fakes, axis=0)
        rows = np.repeat(np.arange(len(columns)), 2)
        made_up = sparse.csr_matrix(
            (np.ones(len(rows), np.float32), (rows, columns.ravel())),
            (len(columns), bought.shape[1]),
        )
        after = find_also_bought(sparse.vstack([bought, made_up]).tocsr())
        hits += sum(
            rare in first_ten(after, product) and rare not in first_ten(before, product)
            for product, rare in pairs
        )
    assert hits <= 5


def joined(purchases: Purchases, lines: Iterable[tuple[str, int, int, float]]) -> Purchases:
    """With more lines: customer, product, time, quantity."""
    rows = list(lines)
    customers = Ids.of([*purchases.customers, STRANGER, *{row[0] for row in rows}])
    real = purchases.onto(customers, purchases.products)
    if not rows:
        return real
    numbers = {name: customers.position(name) for name in {row[0] for row in rows}}
    more = {
        "customer_rows": np.array([numbers[row[0]] for row in rows], np.int32),
        "product_columns": np.array([row[1] for row in rows], np.int32),
        "purchased_at": np.array([row[2] for row in rows], np.int64),
        "quantity": np.array([row[3] for row in rows]),
        "unit_price": np.full(len(rows), np.nan),
        "orders": np.full(len(rows), -1, np.int32),
    }
    both = {name: np.concatenate([getattr(real, name), more[name]]) for name in COLUMNS}
    return Purchases.sorted(customers, purchases.products, **both)


def lists_of(purchases: Purchases, now: int) -> Lists:
    """The first ten of everyone real, by the plain ranker taught on the newest window."""
    window = windows_before(purchases, now)[0]
    ranker = fit_plain(learn(window.past(), SETTINGS, window.at), outcome_of(window.future()), 0)
    models = learn(purchases, SETTINGS, now)
    ranked = rank(ranker.scored(models), len(purchases.customers))
    return {
        name: ranked.products[ranked.starts[c] : ranked.starts[c + 1]][:10].tolist()
        for c, name in enumerate(purchases.customers)
        if not name.startswith("~") and ranked.starts[c] < ranked.starts[c + 1]
    }


def test_fakes_do_not_bring_a_rare_product_into_personal_lists(purchases: Purchases) -> None:
    now, buyers = purchases.last_at + 1, np.asarray(bought_of(purchases).sum(axis=0)).ravel()
    most = np.argsort(-buyers, kind="stable")
    rare = int(np.flatnonzero(buyers == 5)[0])
    yesterday = now - SECONDS_PER_DAY
    lines = [
        (f"~fake {i}", int(product), yesterday, 1.0)
        for i in range(10)
        for product in (most[0], rare)
    ]
    found = lists_of(joined(purchases, lines), now)
    assert sum(rare in one for one in found.values()) == 0


def changed(one: Lists, other: Lists) -> float:
    """Share of the first ten places of everyone in both that hold something else."""
    both = one.keys() & other.keys()
    same = [len(set(one[name]) & set(other[name])) / len(one[name]) for name in sorted(both)]
    return 1 - float(np.mean(same))


@pytest.fixture(scope="module")
def without_stranger(purchases: Purchases) -> Lists:
    return lists_of(joined(purchases, []), purchases.last_at + 1)


@pytest.mark.parametrize("products", ["the most popular", "everything"])
def test_a_customer_of_a_billion_hardly_changes_the_lists_of_others(
    purchases: Purchases, without_stranger: Lists, products: str
) -> None:
    """100,000 lines of a billion each of one product, or 100 of each product, all of last month.

    Nobody else's list changes is not to be had: every purchase teaches something, and a customer
    that buys everything once changes 1.5 % of the places. A billion may not change more than 2 in
    100 places, against the lists without that customer, nor as many as the absence of the
    largest real customer, 2.8.
    """
    now, size = purchases.last_at + 1, len(purchases.products)
    buyers = np.asarray(bought_of(purchases).sum(axis=0)).ravel()
    everything = np.tile(np.arange(size), 100)
    bought = everything if products == "everything" else np.repeat(int(buyers.argmax()), 100_000)
    random = np.random.default_rng(0)
    times = now - 1 - random.integers(0, 28 * SECONDS_PER_DAY, len(bought))
    lines = ((STRANGER, int(p), int(at), 1e9) for p, at in zip(bought, times, strict=True))
    by_a_billion = changed(without_stranger, lists_of(joined(purchases, lines), now))

    largest = int(np.argmax(np.diff(bought_of(purchases).indptr)))
    others = purchases.take(purchases.customer_rows != largest)
    by_an_absence = changed(without_stranger, lists_of(joined(others, []), now))
    assert by_a_billion < 0.02
    assert by_a_billion < by_an_absence
