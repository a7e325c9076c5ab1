"""Customers alike: those whose factors point the same way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.models import alike
from recommender.models.alike import find_peers
from tests.made_up import shop_models


def factors_of(seed: int, customers: int) -> npt.NDArray[np.float32]:
    """Some customers have none."""
    random = np.random.default_rng(seed)
    factors = random.normal(size=(customers, 3)).astype(np.float32)
    factors[random.random(customers) < 0.2] = 0
    return factors


def cosine(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    return float(one @ other / lengths)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 8))
def test_peers_are_the_nearest_of_a_slow_search(seed: int, customers: int, peers: int) -> None:
    factors = factors_of(seed, customers)
    found = find_peers(factors, peers)
    known = [c for c in range(customers) if factors[c].any()]
    for one in range(customers):
        mine = [int(p) for p in found[one] if p >= 0]
        others = [c for c in known if c != one] if one in known else []
        nearest = sorted((cosine(factors[one], factors[c]) for c in others), reverse=True)
        assert [cosine(factors[one], factors[c]) for c in mine] == pytest.approx(
            nearest[:peers], abs=1e-5
        )
        assert len(set(mine)) == len(mine)


def test_nobody_is_its_own_peer_and_nobody_knows_strangers() -> None:
    factors = shop_models().factors.customers.copy()
    factors[7] = 0
    found = find_peers(factors)
    assert (found != np.arange(len(factors))[:, None]).all()
    assert (found[7] == -1).all()
    assert not (found == 7).any()


def test_peers_buy_from_the_same_trade() -> None:
    """Customers of even number buy the A products, of odd number the B products."""
    nearest = find_peers(shop_models().factors.customers, 5)
    same_trade = nearest % 2 == np.arange(60)[:, None] % 2
    assert same_trade.mean() > 0.9


def test_twins_are_each_others_nearest() -> None:
    factors = np.array([[1, 0], [0, 1], [2, 0], [0.1, 3]], np.float32)
    assert find_peers(factors, 1)[:, 0].tolist() == [2, 3, 0, 1]


@given(st.lists(st.sampled_from([(1, 0), (0, 2), (-3, 0), (0, 0)]), max_size=20))
def test_of_equally_near_customers_the_lower_row_comes_first(rows: list[tuple[int, int]]) -> None:
    """The cosines of these are exactly 1, 0 and -1."""
    factors = np.array(rows, np.float32).reshape(-1, 2)
    for one, peers in enumerate(find_peers(factors, 6).tolist()):
        others = [c for c in range(len(rows)) if any(rows[c]) and any(rows[one]) and c != one]
        nearest = sorted(others, key=lambda c: (-round(cosine(factors[one], factors[c])), c))[:6]
        assert peers == nearest + [-1] * (6 - len(nearest))


def test_where_all_are_alike_the_lowest_rows_are_peers() -> None:
    """As of customers of one product."""
    bought = np.random.default_rng(4).integers(1, 9, (5_000, 1)).astype(np.float32)
    found = find_peers(bought, 40)
    expected = [[c for c in range(41) if c != one][:40] for one in range(5_000)]
    assert found.tolist() == expected


@pytest.mark.parametrize("customers", [0, 1])
def test_alone_there_are_no_peers(customers: int) -> None:
    found = find_peers(np.ones((customers, 2), np.float32), 3)
    assert found.shape == (customers, 3)
    assert (found == -1).all()


def test_with_very_many_customers_peers_are_looked_for_among_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alike, "MOST_COMPARED", 30)
    factors = factors_of(3, 200)
    found = find_peers(factors, 4)
    others = np.unique(found[found >= 0])
    assert len(others) <= 30
    for one in np.flatnonzero(factors.any(axis=1)).tolist():
        near = sorted((cosine(factors[one], factors[c]) for c in others if c != one), reverse=True)
        theirs = [cosine(factors[one], factors[c]) for c in found[one]]
        assert one not in found[one]
        assert theirs == pytest.approx(near[:4], abs=1e-5)
    assert found.tolist() == find_peers(factors, 4).tolist()


def test_who_is_compared_with_fewer_is_never_compared_with_less_than_a_fifth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alike, "MOST_COMPARED", 100)
    monkeypatch.setattr(alike, "COMPARISONS", 10)
    found = find_peers(factors_of(5, 400), 5)
    assert len(np.unique(found[found >= 0])) <= 20
    assert ((found >= 0).sum(axis=1) == np.where(factors_of(5, 400).any(axis=1), 5, 0)).all()


def test_peers_of_some_are_those_of_everyone() -> None:
    factors = factors_of(3, 50)
    of = np.array([1, 7, 30], np.int32)
    found = find_peers(factors, 4, of)
    assert found[of].tolist() == find_peers(factors, 4)[of].tolist()
    assert (np.delete(found, of, axis=0) == -1).all()


def test_strips_of_customers_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = factors_of(3, 50)
    whole = find_peers(factors, 4)
    monkeypatch.setattr("recommender.models.topn.STRIP", 7)
    assert find_peers(factors, 4).tolist() == whole.tolist()
