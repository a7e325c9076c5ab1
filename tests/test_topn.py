"""The best products of every customer against scoring and sorting one customer at a time."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender.models.strip import STRIP
from recommender.models.tiles import TILE
from recommender.models.topn import Means, TopN, only, top_n

NARROW = Means(memory=0, threads=1)


def plainly(
    customers: np.ndarray, products: np.ndarray, never: np.ndarray, n: int
) -> list[list[tuple[int, float]]]:
    """Products and scores of each customer, in 64 bits and by sorting all that is open."""
    lists = []
    for factors, shut in zip(customers.astype(float), never, strict=True):
        scores = [float(sum(factors * product)) for product in products.astype(float)]
        open_ = [p for p, score in enumerate(scores) if not shut[p] and score > -np.inf]
        best = sorted(open_, key=lambda p: (-scores[p], p))[:n]
        lists.append([(p, scores[p]) for p in best])
    return lists


def lists_of(
    customers: np.ndarray,
    products: np.ndarray,
    never: np.ndarray,
    n: int,
    means: Means = NARROW,
) -> list[list[tuple[int, float]]]:
    lists: list[list[tuple[int, float]]] = [[] for _ in customers]
    for block in top_n(customers, products, sparse.csr_matrix(never), n, means):
        told = zip(block.customers, block.products, block.places, block.scores, strict=True)
        for customer, product, place, score in told:
            assert place == len(lists[customer])
            lists[customer].append((int(product), float(score)))
    return lists


def normal(customers: int, products: int, factors: int = 8) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(customers + products)
    return (
        random.normal(size=(customers, factors)).astype(np.float32),
        random.normal(size=(products, factors)).astype(np.float32),
    )


def shut_at_random(customers: int, products: int, share: float) -> np.ndarray:
    return np.random.default_rng(1).random((customers, products)) < share


@st.composite
def small_worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Whole numbers, whose sums are exact and often equal."""
    rows, columns, factors = (draw(st.integers(1, most)) for most in (5, 12, 3))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    customers = random.integers(-2, 3, (rows, factors)).astype(np.float32)
    products = random.integers(-2, 3, (columns, factors)).astype(np.float32)
    never = random.random((rows, columns)) < draw(st.sampled_from([0.0, 0.3, 0.9, 1.0]))
    return customers, products, never, draw(st.integers(1, 15))


@given(world=small_worlds())
@settings(deadline=None, max_examples=60)
def test_lists_are_those_of_sorting_all_scores(world: tuple) -> None:
    assert lists_of(*world) == plainly(*world)


def test_over_many_tiles_and_strips_products_and_scores_are_those_of_the_plain_formula() -> None:
    customers, products = normal(STRIP + 7, 3 * TILE + 5)
    never = shut_at_random(len(customers), len(products), 0.3)
    found = lists_of(customers, products, never, 20)
    for one, expected in zip(found, plainly(customers, products, never, 20), strict=True):
        scores = [score for _, score in expected]
        assert [score for _, score in one] == pytest.approx(scores, rel=1e-5, abs=1e-5)
        # float rounding may only change the order of scores that differ by no more than it
        least = scores[-1]
        surely = {p for p, score in expected if score > least + 1e-4}
        assert surely <= {p for p, _ in one}


def test_with_factors_of_every_length_lists_are_those_of_sorting_all_scores() -> None:
    """Most customers are done after the longest, and equals lie in different tiles."""
    random = np.random.default_rng(5)
    customers = random.integers(-3, 4, (STRIP + 90, 4)).astype(np.float32)
    lengths = random.integers(0, 40, 5 * TILE) ** 2
    products = (random.integers(-1, 2, (5 * TILE, 4)) * lengths[:, None]).astype(np.float32)
    never = shut_at_random(len(customers), len(products), 0.1)
    scores = np.where(never, -np.inf, customers @ products.T)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :20]
    found = lists_of(customers, products, never, 20)
    assert [[p for p, _ in one] for one in found] == expected.tolist()


def test_only_products_that_are_open_are_listed() -> None:
    customers, products = normal(3, 40)
    open_ = np.arange(40) % 3 == 0
    found = lists_of(customers, only(products, open_), np.zeros((3, 40), bool), 40)
    assert [sorted(p for p, _ in one) for one in found] == [list(range(0, 40, 3))] * 3


def test_of_thousands_of_equals_the_lower_products_come_first() -> None:
    ones = np.ones((3, 2), np.float32)
    never = np.zeros((3, 2000), bool)
    never[1, :1500] = True
    found = lists_of(ones, np.ones((2000, 2), np.float32), never, 5)
    assert [[p for p, _ in one] for one in found] == [
        [0, 1, 2, 3, 4],
        [1500, 1501, 1502, 1503, 1504],
        [0, 1, 2, 3, 4],
    ]


def test_zero_and_minus_zero_are_equal() -> None:
    products = np.array([[-0.0], [0.0], [-0.0], [0.0]], np.float32)
    found = lists_of(np.ones((1, 1), np.float32), products, np.zeros((1, 4), bool), 3)
    assert found == [[(0, 0.0), (1, 0.0), (2, 0.0)]]


@pytest.mark.parametrize("n", [1, 20, 700])
@pytest.mark.parametrize("means", [Means(0, 2), Means(10**6, 3), Means(10**9, 1)])
def test_memory_and_threads_change_not_one_byte(n: int, means: Means) -> None:
    customers, products = normal(3 * STRIP + 1, TILE + 1, 64)
    never = sparse.csr_matrix(shut_at_random(len(customers), len(products), 0.2))
    one, other = (
        [np.concatenate(part) for part in zip(*map(parts_of, blocks), strict=True)]
        for blocks in (
            top_n(customers, products, never, n, NARROW),
            top_n(customers, products, never, n, means),
        )
    )
    assert [part.tobytes() for part in one] == [part.tobytes() for part in other]


def parts_of(block: TopN) -> tuple[np.ndarray, ...]:
    return block.customers, block.products, block.places, block.scores


def test_a_customer_has_the_same_list_alone_and_among_others() -> None:
    """Scores but for the last bits, which BLAS sums as it likes for each place in a strip."""
    customers, products = normal(STRIP, TILE + 3, 64)
    never = np.zeros((STRIP, TILE + 3), bool)
    together = lists_of(customers, products, never, 10)
    for row in (0, 1, 100, STRIP - 1):
        (alone,) = lists_of(customers[row : row + 1], products, never[row : row + 1], 10)
        assert [product for product, _ in alone] == [product for product, _ in together[row]]
        scores = [score for _, score in together[row]]
        assert [score for _, score in alone] == pytest.approx(scores, rel=1e-6)


def test_less_memory_makes_blocks_of_fewer_customers() -> None:
    customers, products = normal(5 * STRIP, 30)
    never = sparse.csr_matrix((len(customers), 30), dtype=bool)
    told = [
        [len(np.unique(block.customers)) for block in top_n(customers, products, never, 20, means)]
        for means in (NARROW, Means(5_000_000, 1), Means(10**9, 1))
    ]
    assert told == [[STRIP] * 5, [3 * STRIP, 2 * STRIP], [5 * STRIP]]


def test_memory_does_not_grow_with_the_customers() -> None:
    means = Means(4_000_000, 1)
    assert most_held(60 * STRIP, means) < means.memory
    assert most_held(60 * STRIP, means) < 1.1 * most_held(15 * STRIP, means)


def most_held(customers: int, means: Means) -> int:
    """Bytes beside what comes in."""
    likings, products = normal(customers, 300)
    never = sparse.csr_matrix((customers, 300), dtype=bool)
    tracemalloc.start()
    try:
        for _ in top_n(likings, products, never, 20, means):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_who_bought_everything_gets_nothing_and_who_bought_nothing_gets_n() -> None:
    customers, products = normal(2, 40)
    never = np.zeros((2, 40), bool)
    never[0] = True
    assert [len(one) for one in lists_of(customers, products, never, 20)] == [0, 20]


def test_a_list_is_short_where_less_is_open() -> None:
    customers, products = normal(2, 10)
    never = np.zeros((2, 10), bool)
    never[0, :7] = True
    found = lists_of(customers, products, never, 20)
    assert [len(one) for one in found] == [3, 10]
    assert {p for p, _ in found[0]} == {7, 8, 9}


def test_of_one_product_there_is_one_place() -> None:
    customers, products = normal(3, 1)
    never = np.array([[False], [True], [False]])
    assert [len(one) for one in lists_of(customers, products, never, 20)] == [1, 0, 1]


def test_where_nobody_or_nothing_is_there_are_no_lists() -> None:
    none = np.zeros((0, 4), np.float32)
    some = np.ones((3, 4), np.float32)
    assert not list(top_n(none, some, sparse.csr_matrix((0, 3)), 5))
    assert sum(map(len, top_n(some, none, sparse.csr_matrix((3, 0)), 5))) == 0


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_what_has_no_score_is_never_listed(value: float) -> None:
    customers, products = normal(2, 6, 1)
    customers[:] = 1
    products[3] = value
    products[4] = np.inf
    found = lists_of(customers, products, np.zeros((2, 6), bool), 6)
    assert [one[0] for one in found] == [(4, np.inf)] * 2
    assert all(len(one) == 5 and 3 not in dict(one) for one in found)


def test_who_has_no_factors_likes_all_alike() -> None:
    products = np.array([[2], [1], [np.inf], [-3]], np.float32)
    found = lists_of(np.zeros((1, 1), np.float32), products, np.zeros((1, 4), bool), 4)
    assert found == [[(0, 0.0), (1, 0.0), (3, 0.0)]]  # 0 times infinity is no score


def test_a_stored_zero_is_no_purchase() -> None:
    never = sparse.csr_matrix(
        (np.array([0.0, 2.0]), np.array([1, 0]), np.array([0, 2])), shape=(1, 3)
    )
    ones = np.ones((1, 1), np.float32)
    (block,) = top_n(ones, np.ones((3, 1), np.float32), never, 3)
    assert block.products.tolist() == [1, 2]
    assert never.nnz == 2  # what came in stays as it was


def test_what_does_not_fit_is_refused() -> None:
    customers, products = normal(2, 6)
    with pytest.raises(ValueError, match="2 customers, 6 products"):
        next(top_n(customers, products, sparse.csr_matrix((2, 5)), 3))
    with pytest.raises(ValueError, match="ask for 1 or more"):
        next(top_n(customers, products, sparse.csr_matrix((2, 6)), 0, NARROW))
