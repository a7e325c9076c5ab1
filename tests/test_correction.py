"""Chances of the first places, corrected by what came of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ranking import learning
from recommender.ranking.boosted.ranker import BoostedRanker
from recommender.ranking.correction import (
    LEAST_BOUGHT,
    Correction,
    Told,
    learn_correction,
    told_by,
)
from recommender.ranking.learning import learn_ranking
from recommender.ranking.outcome import Outcome
from recommender.ranking.ranked import Ranked
from tests.made_up import SETTINGS
from tests.test_boosted import known, long_shop


def said_of(odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return (1 / (1 + np.exp(-odds))).astype(np.float32)


def told(boldness: float, pairs: int = 60_000, seed: int = 0) -> Told:
    """Of trees that spread the log-odds above those of the mean too far, or too little."""
    random = np.random.default_rng(seed)
    odds = random.normal(-3, 1, pairs)
    middle = -2.6
    bold = np.where(odds > middle, middle + boldness * (odds - middle), odds)
    return Told(said_of(bold), random.random(pairs) < said_of(odds))


def highest_tenth(chance: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    return np.argsort(chance)[-len(chance) // 10 :]


def ranked_of(chance: Sequence[float]) -> Ranked:
    """The list of one customer."""
    return Ranked(
        np.array([0, len(chance)]),
        np.arange(len(chance), dtype=np.int32),
        np.array(chance, np.float32),
    )


@pytest.mark.parametrize("boldness", [1.3, 1.6])
def test_what_was_said_too_high_in_one_window_is_right_in_the_next(boldness: float) -> None:
    correction = learn_correction([told(boldness, pairs=200_000)])
    after = told(boldness, pairs=400_000, seed=1)
    top = highest_tenth(after.chance)
    assert correction is not None
    assert correction.slope == pytest.approx(1 / boldness, abs=0.08)
    assert after.chance[top].mean() > 1.15 * after.bought[top].mean()
    assert correction.of(after.chance)[top].mean() == pytest.approx(
        after.bought[top].mean(), rel=0.05
    )


@pytest.mark.parametrize("boldness", [1.0, 0.8])
def test_honest_and_timid_chances_stay_as_they_are(boldness: float) -> None:
    one = told(boldness)
    correction = learn_correction([one])
    assert correction is not None
    assert correction.slope > 0.95
    assert correction.of(one.chance) == pytest.approx(one.chance, rel=0.05)


def test_a_window_without_any_hope_does_not_take_all_hope() -> None:
    backwards = told(1.0)
    correction = learn_correction([Told(backwards.chance, backwards.chance < 0.05)] * 2)
    assert correction is None
    unrelated = np.random.default_rng(3).random(len(backwards.chance)) < 0.05
    correction = learn_correction([Told(backwards.chance, unrelated)])
    assert correction is not None
    assert correction.slope == pytest.approx(0.5, abs=0.001)


def test_with_little_bought_nothing_is_corrected() -> None:
    few = told(1.5, pairs=600)
    assert few.bought.sum() < LEAST_BOUGHT
    assert learn_correction([few]) is None
    assert learn_correction([]) is None
    assert learn_correction([Told(few.chance[:0], few.bought[:0])]) is None


@given(
    st.lists(st.floats(0, 1, width=32), max_size=40),
    st.floats(0.001, 0.9),
    st.floats(0.3, 1.0),
)
def test_the_order_stays_and_the_low_is_not_touched(
    chances: list[float], pivot: float, slope: float
) -> None:
    ranked = ranked_of(sorted(chances, reverse=True))
    corrected = Correction(pivot, slope, 0).corrected(ranked)
    low = ranked.chance <= pivot
    assert corrected.products.tobytes() == ranked.products.tobytes()
    assert corrected.chance[low].tobytes() == ranked.chance[low].tobytes()
    assert (np.diff(corrected.chance) <= 0).all()
    assert (corrected.chance <= ranked.chance + 1e-6).all()
    assert (corrected.chance[~low] >= pivot - 1e-6).all()


@pytest.mark.parametrize(("pivot", "slope"), [(0.0, 0.5), (1.0, 0.5), (0.1, 0.0), (0.1, 1.1)])
def test_a_correction_that_would_break_the_order_cannot_exist(pivot: float, slope: float) -> None:
    with pytest.raises(ValueError, match="slope"):
        Correction(pivot, slope, 0)


def test_only_the_first_places_teach() -> None:
    ranked = ranked_of(np.linspace(0.9, 0.1, 30).tolist())
    found = told_by(ranked, Outcome(np.array([3, 25]), 30))
    assert found.chance.tobytes() == ranked.chance[:20].tobytes()
    assert np.flatnonzero(found.bought).tolist() == [3]


def test_no_window_teaches_its_own_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The older is told as it is, the newer by the older, the release by both."""
    learned_from: list[int] = []

    def counted(told: Sequence[Told]) -> Correction:
        learned_from.append(len(told))
        return Correction(0.001, 1 / (1 + len(told)), len(told))

    monkeypatch.setattr(learning, "LEAST_BOUGHT", 20)
    monkeypatch.setattr(learning.Study, "_better", lambda study: "boosted")
    monkeypatch.setattr(learning, "learn_correction", lambda told: None)
    plain = learn_ranking(long_shop(), SETTINGS, known(), long_shop().last_at + 1)
    monkeypatch.setattr(learning, "learn_correction", counted)
    ranking = learn_ranking(long_shop(), SETTINGS, known(), long_shop().last_at + 1)
    assert learned_from == [0, 1, 2]
    lists = [(plain.ranked, ranking.ranked)] + [
        (one.ranked, other.ranked)
        for one, other in zip(plain.rehearsals, ranking.rehearsals, strict=True)
    ]
    for (raw, said), windows in zip(lists, (2, 1, 0), strict=True):
        expected = Correction(0.001, 1 / (1 + windows), windows).of(raw.chance)
        assert said.chance.tobytes() == expected.tobytes()
        assert said.products.tobytes() == raw.products.tobytes()
    assert isinstance(ranking.ranker, BoostedRanker)
    assert ranking.ranker.as_json()["correction"] == {
        "pivot": 0.001,
        "slope": 0.333333,
        "bought": 2,
    }
    assert "count 0.33 times" in str(ranking.ranker)
    assert plain.ranker.as_json()["correction"] is None
