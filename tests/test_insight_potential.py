"""Potential is what peers spend, told only where enough of them stand behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from math import comb
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender.config import load_config
from recommender.insight.potential import peer_shares as room
from recommender.insight.potential.potential import Potential, find_potential
from recommender.insight.potential.spend import Spend, spend_by_category
from recommender.insight.potential.told import Told
from recommender.insight.withheld import Withheld
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models.alike import find_peers
from recommender.models.als import AlsSettings, fit_als
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.tables import read_tables
from tests.made_up import Line, at, netted_of
from tests.test_real_data import prepared

Cell = tuple[int, int]


def spend_of(money: list[list[float]], other: float = 0.0) -> Spend:
    """Rows are customers; `other` is what each spends outside of all categories."""
    table = np.array(money, float)
    return Spend(sparse.csr_matrix(table), table.sum(axis=1) + other)


def everyone_else(customers: int) -> np.ndarray:
    rows = np.tile(np.arange(customers, dtype=np.int32), (customers, 1))
    return rows[~np.eye(customers, dtype=bool)].reshape(customers, -1)


def potential_of(spend: Spend, peers: np.ndarray) -> Potential:
    potential = find_potential(spend, peers)
    assert isinstance(potential, Potential)
    return potential


def entries(potential: Potential) -> dict[Cell, int]:
    """Where each customer and category stands."""
    pairs = zip(potential.customers.tolist(), potential.categories.tolist(), strict=True)
    return {pair: place for place, pair in enumerate(pairs)}


def test_expected_is_the_customers_size_times_the_share_of_its_peers() -> None:
    """21 peers put 20 % into the second category; the last customer, of size 500, nothing."""
    spend = spend_of([*([[80.0, 20.0]] * 21), [500.0, 0.0]])
    potential = potential_of(spend, everyone_else(22))
    place = entries(potential)[21, 1]
    assert potential.actual[place] == 0
    assert potential.expected[place] == pytest.approx(100)
    assert potential.gap[place] == pytest.approx(100)
    assert potential.peers_buying[place] == 21
    assert potential.peers[21] == 21
    assert potential.has_gap[place]


def test_who_buys_as_its_peers_do_has_no_gap() -> None:
    potential = potential_of(spend_of([[80.0, 20.0]] * 22), everyone_else(22))
    assert potential.gap == pytest.approx(0, abs=1e-9)
    assert not potential.has_gap.any()


def test_a_gap_within_what_chance_allows_is_no_gap() -> None:
    """Peers of 1 % to 21 % say 11 %, but as well 6 % to 16 %."""
    rows = [[100.0 - share, float(share)] for share in range(1, 22)]
    potential = potential_of(spend_of([*rows, [92.0, 8.0]]), everyone_else(22))
    place = entries(potential)[21, 1]
    assert potential.expected[place] == pytest.approx(11)
    assert (potential.low[place], potential.high[place]) == pytest.approx((6, 16))
    assert potential.gap[place] == pytest.approx(3)
    assert not potential.has_gap[place]


def test_nineteen_peers_are_too_few() -> None:
    potential = potential_of(spend_of([[80.0, 20.0]] * 20), everyone_else(20))
    assert (potential.told == Told.FEW_PEERS).all()
    assert np.isnan(potential.expected).all()
    assert len(potential) == 40


def test_peers_that_bought_nothing_do_not_count() -> None:
    spend = spend_of([*([[80.0, 20.0]] * 20), *([[0.0, 0.0]] * 5)])
    potential = potential_of(spend, everyone_else(25))
    assert potential.told.tolist() == [Told.FEW_PEERS] * 20 + [Told.NO_SIZE] * 5
    assert potential.peers.tolist() == [19] * 20 + [20] * 5


@pytest.mark.parametrize(("buying", "told"), [(8, True), (7, False)])
def test_a_category_of_less_than_two_peers_in_five_is_withheld(buying: int, told: bool) -> None:
    rows = [[90.0, 10.0]] * buying + [[100.0, 0.0]] * (20 - buying)
    peers = np.full((21, 20), -1, np.int32)
    peers[20] = np.arange(20)
    potential = potential_of(spend_of([*rows, [50.0, 0.0]]), peers)
    assert ((20, 1) in entries(potential)) is told


def test_what_lies_outside_all_categories_belongs_to_the_size() -> None:
    potential = potential_of(spend_of([[50.0]] * 22, other=50.0), everyone_else(22))
    assert potential.expected == pytest.approx(50)


def test_without_prices_or_categories_nothing_is_told() -> None:
    found = find_potential(spend_of([[0.0, 0.0]] * 3), everyone_else(3))
    assert isinstance(found, Withheld)
    assert "unit_price" in found.reason


def test_peers_of_other_customers_are_an_error() -> None:
    with pytest.raises(ValueError, match="peers of 3 customers, money of 4"):
        find_potential(spend_of([[1.0]] * 4), everyone_else(3))


def test_the_interval_of_a_median_is_that_of_the_tables() -> None:
    """Of 8 values the ends, of 20 the sixth and the fifteenth, of 40 the fourteenth."""
    assert room._ranks(40)[[8, 20, 40]].tolist() == [0, 5, 13]


@given(st.integers(6, 60))
def test_the_interval_of_a_median_misses_it_in_at_most_one_of_twenty(values: int) -> None:
    below = int(room._ranks(values)[values])
    missed = 2 * sum(comb(values, k) for k in range(below + 1)) / 2**values
    assert missed <= 0.05


def slow(money: np.ndarray, peers: np.ndarray) -> dict[Cell, tuple[float, int]]:
    """Expected money and peers that buy, one customer and category after the other."""
    size, found = money.sum(axis=1), {}
    for customer, row in enumerate(peers.tolist()):
        active = [p for p in row if p >= 0 and size[p] > 0]
        if len(active) < 20 or size[customer] == 0:
            continue
        for category in range(money.shape[1]):
            shares = [money[p, category] / size[p] for p in active if money[p, category] > 0]
            if len(shares) >= 0.4 * len(active):
                found[customer, category] = size[customer] * median(shares), len(shares)
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([1, 700, 4_000_000]))
def test_potential_is_that_counted_slowly(seed: int, block: int) -> None:
    random = np.random.default_rng(seed)
    money = np.round(random.gamma(0.6, 100, (40, 4)) * (random.random((40, 4)) < 0.6), 2)
    money[random.random(40) < 0.1] = 0.0
    peers = np.stack([random.permutation(40)[:26] for _ in range(40)]).astype(np.int32)
    peers[random.random(peers.shape) < 0.1] = -1
    before, room.BLOCK_CELLS = room.BLOCK_CELLS, block
    try:
        potential = potential_of(spend_of(money.tolist()), peers)
    finally:
        room.BLOCK_CELLS = before
    told = np.isfinite(potential.expected)
    found = {
        (customer, category): (
            pytest.approx(potential.expected[place]),
            potential.peers_buying[place],
        )
        for (customer, category), place in entries(potential).items()
        if told[place]
    }
    assert slow(money, peers) == found
    bought = {(c, k): money[c, k] for c, k in zip(*np.nonzero(money), strict=True)}
    places = entries(potential)
    assert {cell: potential.actual[places[cell]] for cell in bought} == bought
    assert len(potential) == len(set(bought) | set(found))
    assert (potential.low[told] <= potential.expected[told]).all()
    assert (potential.expected[told] <= potential.high[told]).all()


def test_money_is_that_of_the_year_without_what_came_back() -> None:
    """Products x and y are of one category, z of none."""
    lines = [
        Line("A", "x", 0, 9, 2.0),  # more than a year before
        Line("A", "x", 100, 2, 2.0),
        Line("A", "y", 200, 5, 1.0),
        Line("A", "y", 210, -1, 1.0),
        Line("A", "z", 300, 1, 7.0),
        Line("B", "y", 300, 1),  # without a price
        Line("B", "x", 400, 1, 2.0),  # not before now
    ]
    spend = spend_by_category(netted_of(lines), np.array([0, 0, -1], np.int32), at(400))
    assert spend.by_category.toarray().tolist() == [[4.0 + 4.0], [0.0]]
    assert spend.size.tolist() == [15.0, 0.0]


@pytest.mark.slow
def test_stores_begin_more_often_with_what_their_peers_buy(tmp_path: Path) -> None:
    """Of what a store of AdventureWorks did not buy for a year, half a year later."""
    folder = prepared("adventureworks", tmp_path) / "stores"
    tables = read_tables(load_config(folder / "recommender.toml"))
    cut = int(datetime(2013, 11, 1, tzinfo=UTC).timestamp())
    past = net_returns(tables.purchases.before(cut))
    kinds = tables.products.set_index("product_id")["subcategory"]
    kinds = kinds.reindex(list(past.purchases.products))
    categories = pd.factorize(kinds, sort=True)[0].astype(np.int32)
    matrix = build_matrix(past, RecencyQuantity(182.0), cut)
    peers = find_peers(fit_als(matrix.weights, AlsSettings(32, 10.0, 2.0)).customers)
    potential = potential_of(spend_by_category(past, categories, cut), peers)
    later = cut + 182 * SECONDS_PER_DAY
    came = spend_by_category(net_returns(tables.purchases), categories, later, 182)
    begun = came.by_category.toarray() > 0
    told = np.zeros(begun.shape, bool)
    told[potential.customers, potential.categories] = np.isfinite(potential.expected)
    had = np.zeros(begun.shape, bool)
    had[potential.customers, potential.categories] = potential.actual > 0
    asked = ((potential.told == Told.YES) & (came.size > 0))[:, None] & ~had
    assert begun[asked & told].mean() > 4 * begun[asked & ~told].mean()
