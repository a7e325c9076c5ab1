"""Each customer's own rhythm says what is due and who has fallen silent."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from recommender.config import load_config
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.rhythm.customers import CustomerRhythms, customer_rhythms
from recommender.insight.rhythm.medians import medians
from recommender.insight.rhythm.products import ProductRhythms, product_rhythms
from recommender.insight.rhythm.state import State
from recommender.insight.rhythm.survival import Survival
from recommender.matrix.returns import net_returns
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.tables import read_purchases
from tests.made_up import FIRST_DAY, Line, at, netted_of
from tests.test_real_data import prepared

LINES = st.lists(
    st.builds(
        Line,
        customer=st.sampled_from("AB"),
        product=st.sampled_from("xy"),
        day=st.integers(0, 60),
        quantity=st.integers(-3, 9).filter(bool).map(float),
    ),
    max_size=40,
)


def bought(*days: float, customer: str = "A", quantity: float = 1.0) -> list[Line]:
    return [Line(customer, "x", day, quantity) for day in days]


def rhythm_of(lines: list[Line], day: int) -> ProductRhythms:
    return product_rhythms(netted_of(lines), at(day))


@pytest.mark.parametrize(("day", "late"), [(60, -11), (71, 0), (100, 29)])
def test_a_product_is_late_since_its_median_gap_has_passed(day: int, late: int) -> None:
    """Gaps of 9, 11, 30 and 10 days: the usual one is 10.5, so it is due on the eleventh."""
    rhythm = rhythm_of(bought(0, 9, 20, 50, 60), day)
    assert rhythm.gap_days.tolist() == [10.5]
    assert (rhythm.due_day - FIRST_DAY).tolist() == [71]
    assert rhythm.days_late.tolist() == [late]


@pytest.mark.parametrize(
    ("since", "state"),
    [
        (0, State.QUIET),
        (7, State.QUIET),
        (8, State.REORDER),
        (30, State.REORDER),
        (37, State.REORDER),
        (38, State.LAPSED),
    ],
)
def test_the_state_follows_the_usual_gap_of_ten_days(since: int, state: State) -> None:
    """Lapsed is three gaps and four weeks late: after 38 days, not after 30."""
    rhythm = rhythm_of(bought(0, 10, 20, 30), 30 + since)
    assert rhythm.state.tolist() == [state]


def test_a_slow_product_lapses_after_three_gaps() -> None:
    states = [rhythm_of(bought(0, 50, 100), 100 + since).state[0] for since in (149, 150)]
    assert states == [State.REORDER, State.LAPSED]


def test_two_days_are_no_rhythm_and_two_lines_of_a_day_are_one() -> None:
    assert len(rhythm_of(bought(0, 10), 20)) == 0
    assert len(rhythm_of(bought(0, 0.2, 10), 20)) == 0
    assert len(rhythm_of(bought(0, 5, 10), 20)) == 1


def test_what_was_given_back_is_no_visit() -> None:
    lines = [*bought(0, 10, 20), Line("A", "x", 21, -1)]
    assert len(rhythm_of(lines, 30)) == 0


def test_one_huge_order_does_not_change_what_is_usual() -> None:
    lines = [*bought(0, 10, 20, 30, quantity=4), *bought(40, quantity=1000)]
    assert rhythm_of(lines, 50).quantity.tolist() == [4]


def slow(lines: list[Line], day: int) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Gap, quantity and days late of each pair, a unit at a time."""
    stacks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.day, line.quantity < 0)):
        stack = stacks[line.customer, line.product]
        if line.quantity > 0:
            stack += [int(line.day)] * int(line.quantity)
        else:
            del stack[max(len(stack) + int(line.quantity), 0) :]
    found = {}
    for pair, stack in stacks.items():
        days = sorted(set(stack))
        if len(days) >= 3:
            gap = median(b - a for a, b in pairwise(days))
            late = day - days[-1] - int(np.ceil(gap))
            found[pair] = float(gap), float(median(stack.count(d) for d in days)), late
    return found


@given(LINES, st.integers(61, 200))
def test_rhythms_are_those_counted_slowly(lines: list[Line], day: int) -> None:
    netted = netted_of(lines)
    rhythm = product_rhythms(netted, at(day))
    ids = netted.purchases.customers, netted.purchases.products
    pairs = [(ids[0][c], ids[1][p]) for c, p in zip(rhythm.customers, rhythm.products, strict=True)]
    columns = (rhythm.gap_days, rhythm.quantity, rhythm.days_late)
    told = zip(*(column.tolist() for column in columns), strict=True)
    assert dict(zip(pairs, told, strict=True)) == slow(lines, day)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50)), max_size=40))
def test_medians_are_those_of_each_group(rows: list[tuple[int, int]]) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    groups = np.array([group for group, _ in rows], np.int64)
    found = medians(np.array([value for _, value in rows], float), groups, 5)
    for group in range(5):
        values = [value for g, value in rows if g == group]
        expected = float(median(values)) if values else float("nan")
        assert found[group] == pytest.approx(expected, nan_ok=True)


def test_survival_is_that_of_the_textbook() -> None:
    """Waits of 1, 2, 2+, 3 and 4+ days, of which the two with a plus still go on."""
    survival = Survival.of(np.array([3.0, 2, 1, 4, 2]), np.array([True, True, True, False, False]))
    assert survival.share_beyond(np.array([0.5, 1, 2, 3, 9])) == pytest.approx(
        [1, 4 / 5, 4 / 5 * 3 / 4, 3 / 5 * 1 / 2, 3 / 10]
    )


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_without_unended_waits_survival_is_the_plain_share(waits: list[int]) -> None:
    values = np.array(waits, float)
    survival = Survival.of(values, np.ones(len(values), bool))
    for wait in range(32):
        assert survival.share_beyond(np.array([float(wait)]))[0] == pytest.approx(
            (values > wait).mean()
        )


def shop(customers: int = 200, days: int = 400) -> list[Line]:
    """Fast and slow customers, gaps of about 10 and about 60 days; every fourth stops early."""
    random = np.random.default_rng(0)
    lines = []
    for c in range(customers):
        gap = 10 if c % 2 else 60
        until = days * 0.6 if c % 4 < 2 and c % 8 < 2 else days
        day = float(random.integers(0, gap))
        while day < until:
            lines.append(Line(f"C{c:03}", "x", round(day)))
            day += max(1.0, random.normal(gap, gap / 5))
    return lines


def orders_of(lines: list[Line]) -> OrderDays:
    return order_days(netted_of(lines))


def rhythms(lines: list[Line], day: int) -> CustomerRhythms:
    return customer_rhythms(orders_of(lines), FIRST_DAY + day)


def test_the_same_silence_alarms_for_a_fast_customer_only() -> None:
    lines = [*shop(), *bought(*range(300, 371, 10), customer="fast")]
    lines += bought(10, 70, 130, 190, 250, 310, 370, customer="slow")
    found = rhythms(lines, 405)
    fast, slow_one = len(found.lateness) - 2, len(found.lateness) - 1
    assert found.days_since[[fast, slow_one]].tolist() == [35, 35]
    assert found.usual_days[[fast, slow_one]].tolist() == [10, 60]
    assert found.lateness[fast] > 0.9
    assert found.lateness[slow_one] < 0.2
    assert found.chance_silent[fast] > 0.5 > found.chance_silent[slow_one]
    assert found.warned[[fast, slow_one]].tolist() == [True, False]


def test_those_that_stopped_are_warned_of_and_hardly_any_other() -> None:
    found = rhythms(shop(), 400)
    stopped = np.array([c % 4 < 2 and c % 8 < 2 for c in range(200)])
    assert found.warned[stopped].mean() > 0.9
    assert found.warned[~stopped].mean() < 0.05


def test_numbers_are_chances_and_none_is_told_of_those_that_never_bought() -> None:
    lines = [*shop(), Line("Z", "x", 3), Line("Z", "x", 4, -1)]
    found = rhythms(lines, 420)
    for column in (found.lateness, found.chance_silent):
        assert np.isnan(column[-1])
        assert ((column[:-1] >= 0) & (column[:-1] <= 1)).all()
    assert not found.warned[-1]


def test_a_single_order_has_no_usual_days_and_no_warning() -> None:
    found = rhythms([*shop(), Line("Z", "x", 3)], 400)
    assert np.isnan(found.usual_days[-1])
    assert np.isfinite(found.chance_silent[-1])
    assert not found.warned[-1]


def test_no_purchases_have_no_rhythms() -> None:
    assert len(rhythm_of([], 5)) == 0
    assert len(rhythms([], 5).lateness) == 0


def test_the_only_customer_of_so_many_orders_is_judged_by_those_of_fewer() -> None:
    """No wait after nine gaps ever ended here, which must not read as silence for ever."""
    lines = [line for line in shop() if int(line.customer[1:]) % 2 == 0]
    found = rhythms([*lines, *bought(*range(300, 391, 10), customer="fast")], 392)
    assert found.chance_silent[-1] < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("date", [(2011, 6, 10), (2011, 9, 9)])
def test_on_online_retail_own_rhythm_beats_fixed_rules(
    tmp_path: Path, date: tuple[int, int, int]
) -> None:
    """No order for 90 days, and last bought 30 days ago, are the rules."""
    folder = prepared("online-retail", tmp_path)
    purchases, _ = read_purchases(load_config(folder / "recommender.toml"))
    cut = int(datetime(*date, tzinfo=UTC).timestamp())
    past, today = net_returns(purchases.before(cut)), cut // SECONDS_PER_DAY - 1
    after = purchases.take((purchases.quantity > 0) & (purchases.purchased_at >= cut))
    orders = order_days(past)
    known = np.unique(orders.customers)
    ahead = after.before(cut + 90 * SECONDS_PER_DAY)
    gone = ~np.isin(known, ahead.customer_rows)
    found = customer_rhythms(orders, today)
    own, fixed = (area(c[known], gone) for c in (found.chance_silent, found.days_since))
    assert own > fixed + 0.04
    rhythm = product_rhythms(past, cut - 1)
    soon = after.before(cut + 28 * SECONDS_PER_DAY)
    met = set(zip(soon.customer_rows.tolist(), soon.product_columns.tolist(), strict=True))
    pairs = zip(rhythm.customers.tolist(), rhythm.products.tolist(), strict=True)
    bought = np.array([pair in met for pair in pairs])
    reorder = bought[rhythm.state == State.REORDER].mean()
    assert reorder > 1.2 * bought[today - rhythm.last_day >= 30].mean()
    assert reorder > 1.4 * bought[rhythm.state == State.LAPSED].mean()


def area(scores: np.ndarray, truth: np.ndarray) -> float:
    """Under the curve, by ranks (Mann and Whitney)."""
    ranks, met = rankdata(scores), truth.sum()
    return float((ranks[truth].sum() - met * (met + 1) / 2) / (met * (~truth).sum()))
