"""Scores that come in pieces, in any order, give the head of each sorted row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.models.shortlists import LEAST_ROOM, SEGMENT, Shortlists

WIDTH = 3 * SEGMENT + 5


@given(
    seed=st.integers(0, 10**6),
    few=st.sampled_from([1, 2, 5, 1000]),
    n=st.sampled_from([1, 2, LEAST_ROOM, 60, WIDTH + 1]),
    cuts=st.lists(st.integers(0, WIDTH), max_size=4),
)
def test_pieces_in_any_order_give_the_head_of_each_sorted_row(
    seed: int, few: int, n: int, cuts: list[int]
) -> None:
    random = np.random.default_rng(seed)
    values = np.append(random.normal(size=few), [-np.inf, 0.0, -0.0, 1e-40, np.inf])
    scores = random.choice(values, (4, WIDTH)).astype(np.float32)
    lists = Shortlists(4, n)
    order = random.permutation(WIDTH).astype(np.int32)
    for first, end in zip([0, *sorted(cuts)], [*sorted(cuts), WIDTH], strict=True):
        some = order[first:end]
        lists.take(np.ascontiguousarray(scores[:, some]), some, np.arange(4))
    rows, columns, places, found = lists.best_first()
    expected = [
        (row, column, place)
        for row, line in enumerate(scores)
        for place, column in enumerate(np.argsort(-line, kind="stable")[:n].tolist())
        if line[column] > -np.inf
    ]
    assert list(zip(rows.tolist(), columns.tolist(), places.tolist(), strict=True)) == expected
    assert np.array_equal(found, scores[rows, columns])


def whole(lists: Shortlists, scores: np.ndarray) -> None:
    lists.take(scores, np.arange(scores.shape[1], dtype=np.int32), np.arange(len(scores)))


def test_rows_that_only_rise_or_only_fall_are_listed_right() -> None:
    rising = np.arange(5000, dtype=np.float32) - 2500
    lists = Shortlists(2, 30)
    whole(lists, np.stack([rising, rising[::-1]]))
    rows, columns, _, scores = lists.best_first()
    assert columns[rows == 0].tolist() == list(range(4999, 4969, -1))
    assert columns[rows == 1].tolist() == list(range(30))
    assert scores[rows == 0].tolist() == scores[rows == 1].tolist()


def test_nan_is_never_among_the_highest() -> None:
    scores = np.full((1, 400), np.nan, np.float32)
    scores[0, [7, 300]] = -5.0, 2.0
    lists = Shortlists(1, 10)
    whole(lists, scores)
    assert lists.best_first()[1].tolist() == [300, 7]


def test_a_list_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="ask for 1 or more"):
        Shortlists(3, 0)
