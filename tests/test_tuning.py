"""What `auto` becomes: chosen by time-split validation, kept unless really better, repeatable."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from recommender.config import TrainSection
from recommender.matrix.purchase_matrix import build_matrix
from recommender.models.als import fit_als
from recommender.models.settings import resolve
from recommender.ranking.learning import TAUGHT
from recommender.ranking.windows import JUDGED, LENGTH, windows_before
from recommender.tables.purchases import Purchases
from recommender.tuning import budget, exams
from recommender.tuning.choose import Chosen, choose_settings
from recommender.tuning.exam import set_exam
from recommender.tuning.exams import LEAST_DAYS, exam_moments, set_exams
from recommender.tuning.gain import gain
from recommender.tuning.ladder import LADDER, steps, with_values
from recommender.tuning.trial import Trial, values_of
from tests.made_up import Line, at, purchases_of

DAYS = 700
ONLY_HALF_LIFE = TrainSection(factors=8, regularization=1.0, alpha=4.0)


@cache
def quarterly_lines(customers: int = 200) -> tuple[Line, ...]:
    """Ten trades with ten products each; orders of two lines every 90 days, half from the trade.

    One order says little about the trade, eight of them say much: a long memory is right.
    """
    random = np.random.default_rng(1)
    lines = []
    for c in range(customers):
        for day in np.arange(random.uniform(0, 90), DAYS, 90.0):
            for _ in range(2):
                trade = c % 10 if random.random() < 0.5 else random.integers(10)
                lines.append(Line(f"C{c:03}", f"P{trade}{random.integers(10)}", float(day)))
    return tuple(lines)


@cache
def quarterly() -> Purchases:
    return purchases_of(quarterly_lines())


@cache
def chosen_quarterly() -> Chosen:
    return choose_settings(quarterly(), ONLY_HALF_LIFE, at(DAYS))


def test_a_long_memory_is_found_where_customers_buy_once_a_quarter() -> None:
    chosen = chosen_quarterly()
    assert chosen.settings.weighting.half_life_days >= 60
    assert chosen.settings.weighting.half_life_days in LADDER["half_life_days"]
    assert "over the defaults" in chosen.why


def test_numbers_that_were_written_stay() -> None:
    """All of them in the settings chosen, and in every one that was tried."""
    chosen = chosen_quarterly()
    for settings in [chosen.settings, *(trial.settings for trial in chosen.tried)]:
        assert (settings.als.factors, settings.als.regularization, settings.als.alpha) == (8, 1, 4)


def test_nothing_is_tried_where_all_was_written() -> None:
    asked = TrainSection(factors=8, regularization=1.0, alpha=4.0, half_life_days=33.0)
    chosen = choose_settings(quarterly(), asked, at(DAYS))
    assert chosen == Chosen(resolve(asked), "all settings were given as numbers")


def test_no_exam_shares_a_day_with_a_window_that_teaches_or_judges() -> None:
    now = at(DAYS)
    others = windows_before(quarterly(), now)
    found = set_exams(quarterly(), resolve(ONLY_HALF_LIFE), now)
    assert len(others) == JUDGED + TAUGHT
    assert found
    assert max(exam.at for exam in found) + LENGTH <= min(window.at for window in others)


def test_an_exam_does_not_know_its_window() -> None:
    exam = set_exam(quarterly(), at(400), 730)
    assert exam.netted.purchases.last_at < at(400)
    known = quarterly().before(at(400))
    owned = set(zip(known.customer_rows.tolist(), known.product_columns.tolist(), strict=True))
    window = quarterly().since(at(400)).before(at(428))
    later = set(zip(window.customer_rows.tolist(), window.product_columns.tolist(), strict=True))
    assert set(zip(*(rows.tolist() for rows in exam.new.nonzero()), strict=True)) == later - owned


def test_what_comes_later_changes_no_choice() -> None:
    """Nor does what is bought in the windows that teach and judge."""
    newest = at(DAYS) - (JUDGED + TAUGHT) * LENGTH
    random = np.random.default_rng(0)
    other = [
        line
        if at(line.day) < newest
        else Line(line.customer, f"P{random.integers(10)}{random.integers(10)}", line.day)
        for line in quarterly_lines()
    ]
    changed = choose_settings(purchases_of(other), ONLY_HALF_LIFE, at(DAYS))
    assert changed.as_json() == chosen_quarterly().as_json()


def test_the_same_data_give_the_same_choice() -> None:
    again = choose_settings(purchases_of(quarterly_lines()[::-1]), ONLY_HALF_LIFE, at(DAYS))
    assert again.as_json() == chosen_quarterly().as_json()


@pytest.mark.parametrize("days", [100, LEAST_DAYS - 2])
def test_a_short_history_leaves_the_defaults_and_says_so(days: int) -> None:
    short = quarterly().since(at(DAYS - days))
    said: list[str] = []
    chosen = choose_settings(short, ONLY_HALF_LIFE, at(DAYS), said.append)
    assert chosen.settings == resolve(ONLY_HALF_LIFE)
    assert chosen.tried == ()
    assert len(said) == 1
    assert f"the defaults, for settings are compared only past {LEAST_DAYS} days" in said[0]


def test_a_history_just_long_enough_holds_one_exam() -> None:
    long_enough = quarterly().since(at(DAYS - LEAST_DAYS - 3))
    assert len(exam_moments(long_enough, at(DAYS))) == 1


def test_the_defaults_stay_where_nothing_is_better_by_more_than_noise() -> None:
    """Everyone takes any product: there is nothing to remember."""
    random = np.random.default_rng(2)
    lines = [
        Line(f"C{c:03}", f"P{random.integers(40)}", float(day))
        for c in range(150)
        for day in random.uniform(0, 450, 6)
    ]
    chosen = choose_settings(purchases_of(lines), ONLY_HALF_LIFE, at(450))
    assert chosen.settings == resolve(ONLY_HALF_LIFE)
    assert len(chosen.tried) > 1
    assert "none was better by more than noise" in chosen.why


def test_the_budget_is_work_and_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.tuning.choose.WORK", 0.0)
    chosen = choose_settings(quarterly(), ONLY_HALF_LIFE, at(DAYS))
    assert len(chosen.tried) == 1
    assert chosen.settings == resolve(ONLY_HALF_LIFE)


def test_large_data_are_sampled_by_whole_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = resolve(ONLY_HALF_LIFE)
    whole = set_exams(quarterly(), settings, at(DAYS))
    monkeypatch.setattr(exams, "WORK_OF_ONE", budget.WORK_OF_ONE / 3_000)
    few = set_exams(quarterly(), settings, at(DAYS))
    assert 1 <= len(few) <= 2 < len(whole)
    drawn = np.unique(few[0].netted.purchases.customer_rows)
    past = quarterly().before(few[0].at)
    assert 20 <= len(drawn) < 200
    assert len(few[0].netted.purchases) == int(np.isin(past.customer_rows, drawn).sum())


def trial_of(*windows: list[tuple[float, float, float]]) -> Trial:
    marks = tuple(np.array(rows, np.float64) for rows in windows)
    return Trial(resolve(TrainSection()), ("",) * len(marks), marks, 0.0)


def test_a_gain_is_the_middle_window_and_its_error_by_hand() -> None:
    """Customers gain .2 and 0 (.1), then .4 and .4 (.4), then -.8 and -.8 (-.8): the middle is .1.

    Standard errors are .1, 0 and 0; the middle one is 0.
    """
    flat = [(0.5, 0.5, 0.5)] * 2
    ours = trial_of(
        [(0.7, 0.7, 0.5), (0.5, 0.5, 0.5)], [(0.9, 0.9, 0.5)] * 2, [(-0.3, -0.3, 0)] * 2
    )
    found = gain(ours, trial_of(flat, flat, flat))
    assert (found.value, found.error, found.against) == pytest.approx((0.1, 0.0, 0.5))
    assert found.is_real()


def test_noise_is_no_gain() -> None:
    """Of .1 with a standard error of .1 nobody can be sure."""
    found = gain(trial_of([(0.7, 0.7, 1), (0.5, 0.5, 1)]), trial_of([(0.5, 0.5, 1)] * 2))
    assert (found.value, found.error) == pytest.approx((0.1, 0.1))
    assert not found.is_real()


def test_the_best_of_many_must_be_better_by_more() -> None:
    """2.5 standard errors are enough for one try, not for the best of forty."""
    rng = np.random.default_rng(0)
    spread = rng.normal(size=400)
    spread = (spread - spread.mean()) / spread.std(ddof=1) * 0.1  # standard error .005
    theirs = trial_of([(0.1, 0.1, 1)] * 400)
    found = gain(trial_of([(0.1125 + s, 0.1125 + s, 1) for s in spread]), theirs)
    assert found.value / found.error == pytest.approx(2.5)
    assert found.is_real()
    assert not found.is_real(tries=40)


def test_a_list_that_loses_candidates_further_down_is_no_gain() -> None:
    better = trial_of([(0.2, 0.2, 0.4)] * 30)
    worse = trial_of([(0.1, 0.1, 0.5)] * 30)
    assert not gain(better, worse).is_real()
    assert gain(trial_of([(0.2, 0.2, 0.5)] * 30), worse).is_real()


def test_the_default_stands_on_every_ladder() -> None:
    defaults = values_of(resolve(TrainSection()))
    assert list(defaults) == list(LADDER)
    for name, value in defaults.items():
        up, down = steps(LADDER[name], value)
        assert sorted([*up, value, *down]) == list(LADDER[name])
        assert list(up) == sorted(up)
        assert list(down) == sorted(down, reverse=True)


def test_values_are_replaced_by_their_names() -> None:
    settings = with_values(resolve(TrainSection()), half_life_days=9, factors=5)
    assert values_of(settings) == {
        "half_life_days": 9,
        "alpha": 2.0,
        "regularization": 10.0,
        "factors": 5,
    }


def test_lists_are_marked_by_the_ruler() -> None:
    """The same figures by the slow way: a sorted list and a set for each customer."""
    exam = set_exam(quarterly(), at(400), 730)
    settings = resolve(ONLY_HALF_LIFE)
    weights = build_matrix(exam.netted, settings.weighting, exam.at).weights
    factors = fit_als(weights, replace(settings.als, iterations=8))
    sold = set(weights.indices.tolist())
    for customer, marks in zip(exam.customers, exam.marks(settings, 8), strict=True):
        liking = factors.products @ factors.customers[customer]
        free = sold - set(exam.owned[customer].indices.tolist())
        listed = sorted(free, key=lambda product: (-liking[product], product))
        bought = set(exam.new[customer].indices.tolist())
        hits = [product in bought for product in listed]
        gained = sum(1 / np.log2(place + 2) for place, hit in enumerate(hits[:10]) if hit)
        ideal = sum(1 / np.log2(place + 2) for place in range(min(10, len(bought))))
        recall = [sum(hits[:n]) / min(n, len(bought)) for n in (20, 100)]
        assert marks == pytest.approx([gained / ideal, *recall])
