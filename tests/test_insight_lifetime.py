"""Lifetime value gives the published estimates, and never more than the purchases can say."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1
from scipy.stats import beta, gamma, spearmanr

from recommender.config import load_config
from recommender.insight.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from recommender.insight.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from recommender.insight.lifetime.histories import Histories, Spending, histories_of, spending_of
from recommender.insight.lifetime.lifetime import Lifetime, learn_lifetime
from recommender.insight.lifetime.rehearsal import rehearse
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.withheld import Withheld
from recommender.matrix.returns import net_returns
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.tables import read_purchases
from tests.conftest import raw_dataset
from tests.insight_cdnow import repeaters
from tests.made_up import FIRST_DAY, Line, at, netted_of
from tests.test_real_data import prepared

CALIBRATION_ENDS = pd.Timestamp("1997-09-30")
PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
POSITIVE = st.floats(0.1, 10)
MODELS = st.builds(BgNbd, POSITIVE, POSITIVE, POSITIVE, POSITIVE)


def history(x: float, last_week: float, weeks: float) -> Histories:
    return Histories(*(np.array([value], float) for value in (x, last_week, weeks)))


HISTORIES = st.builds(
    lambda x, share, weeks: history(x, share * weeks if x else 0.0, weeks),
    st.integers(0, 40),
    st.floats(0.05, 1),
    st.floats(5, 100),
)


def cdnow_summary() -> Histories:
    rows = pd.read_csv(raw_dataset("cdnow") / "cdnow_customers_summary.csv")
    return Histories(*(rows[name].to_numpy(float) for name in ("frequency", "recency", "T")))


def cdnow_repeaters() -> OrderDays:
    rows = pd.read_parquet(raw_dataset("cdnow") / "cdnow_master.parquet")
    rows = rows[rows["customer_id"].isin(repeaters()) & (rows["date"] <= CALIBRATION_ENDS)]
    days = (rows["date"] - pd.Timestamp("1970-01-01")).dt.days - FIRST_DAY
    columns = (rows["customer_id"], days, rows["n"], rows["value"])
    lines = [Line(c, "CD", d, n, value / n) for c, d, n, value in zip(*columns, strict=True)]
    return order_days(netted_of(lines))


def test_cdnow_gives_the_published_bg_nbd() -> None:
    histories = cdnow_summary()
    model = fit_bg_nbd(histories)
    assert model is not None
    assert [round(value, 3) for value in astuple(model)] == [0.243, 4.414, 0.793, 2.426]
    assert round(float(model.log_likelihood(histories).sum()), 1) == -9582.4
    assert round(float(model.expected_orders(history(2, 30.43, 38.86), 39)[0]), 3) == 1.226


def test_cdnow_gives_the_published_gamma_gamma() -> None:
    """The paper leaves the first order out."""
    orders = cdnow_repeaters()
    later = np.ones(len(orders), bool)
    later[orders.firsts] = False
    count, mean = spending_of(orders.take(later))
    assert len(count) == 946
    model = fit_gamma_gamma(Spending(count, mean))
    assert model is not None
    assert [round(value, 2) for value in astuple(model)] == [6.25, 3.74, 15.44]


def test_purchases_become_the_published_histories() -> None:
    today = (CALIBRATION_ENDS - pd.Timestamp("1970-01-01")).days
    ours, theirs = histories_of(cdnow_repeaters(), today), cdnow_summary()
    came_back = theirs.repeats > 0
    columns = [np.round(column, 2) for column in (ours.repeats, ours.last_week, ours.weeks)]
    published = np.column_stack([theirs.repeats, theirs.last_week, theirs.weeks])[came_back]
    assert sorted(map(tuple, np.column_stack(columns).tolist())) == sorted(
        map(tuple, published.tolist())
    )


@pytest.mark.parametrize(("x", "last_week", "weeks"), [(0, 0, 10), (1, 4, 9), (3, 12, 12)])
def test_the_likelihood_is_that_of_the_story_told(x: int, last_week: float, weeks: float) -> None:
    """Integrated over every rate and every chance of leaving, x orders at given times."""

    middles = (np.arange(1500) + 0.5) / 1500
    rate = gamma.ppf(middles, 1.5, scale=0.25)[:, None]
    p = beta.ppf(middles, 1.2, 2.5)
    story = rate**x * (1 - p) ** x * np.exp(-rate * weeks)
    if x:
        story = story + p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * last_week)
    model = BgNbd(1.5, 4.0, 1.2, 2.5)
    likelihood = np.exp(model.log_likelihood(history(x, last_week, weeks))[0])
    assert likelihood == pytest.approx(story.mean(), rel=1e-3)


@given(MODELS, HISTORIES)
def test_the_gradient_is_that_of_the_likelihood(model: BgNbd, one: Histories) -> None:
    analytic = model.gradient(one, np.ones(1))
    for place, value in enumerate(astuple(model)):
        step = 1e-5 * value
        ends = []
        for moved in (value - step, value + step):
            parameters = list(astuple(model))
            parameters[place] = moved
            ends.append(float(BgNbd(*parameters).log_likelihood(one)[0]))
        assert (ends[1] - ends[0]) / (2 * step) == pytest.approx(
            analytic[place], rel=1e-3, abs=1e-4
        )


@settings(deadline=None)
@given(MODELS, HISTORIES, st.floats(0.5, 100))
def test_expected_orders_are_those_of_the_paper(model: BgNbd, one: Histories, weeks: float) -> None:
    """Equation 10 as published, where 2F1 can still be computed."""
    r, alpha, a, b = astuple(model)
    x, span = one.repeats, alpha + one.weeks
    if abs(a - 1) < 0.01:
        return
    left = (span / (span + weeks)) ** (r + x)
    left = left * hyp2f1(r + x, b + x, a + b + x - 1, weeks / (span + weeks))
    published = (a + b + x - 1) / (a - 1) * (1 - left) * model.chance_alive(one)
    assert model.expected_orders(one, weeks) == pytest.approx(published, rel=1e-5, abs=1e-7)


@settings(deadline=None)
@given(MODELS, HISTORIES)
def test_chances_are_chances_and_orders_grow_with_time(model: BgNbd, one: Histories) -> None:
    alive = float(model.chance_alive(one)[0])
    assert 0 <= alive <= 1
    assert one.repeats[0] or alive == 1
    month, year = (float(model.expected_orders(one, weeks)[0]) for weeks in (4, 52))
    rate = alive * (model.r + one.repeats[0]) / (model.alpha + one.weeks[0])
    assert 0 <= month <= year
    assert year <= rate * 52 * (1 + 1e-9) + 1e-9


def test_frequent_customers_overflow_nothing() -> None:
    orders = PUBLISHED.expected_orders(history(5000, 99, 100), 52)
    assert 0 < orders[0] < 5001 / 100 * 52
    assert np.isfinite(BgNbd(6e4, 1e6, 1.3, 30).expected_orders(history(9, 99, 100), 52)).all()


def test_longer_silence_means_a_smaller_chance_to_be_alive() -> None:
    weeks = np.linspace(20, 100, 9)
    same = Histories(np.full(9, 6.0), np.full(9, 20.0), weeks)
    assert (np.diff(PUBLISHED.chance_alive(same)) < 0).all()


def told_histories(customers: int = 4000) -> Histories:
    """Customers that live by the model's story with r 1, alpha 4, a 1 and b 3."""
    random = np.random.default_rng(0)
    rows = []
    for rate, p in zip(
        random.gamma(1.0, 1 / 4.0, customers), random.beta(1.0, 3.0, customers), strict=True
    ):
        weeks, x, last, now = float(random.uniform(40, 80)), 0, 0.0, 0.0
        while (now := now + random.exponential(1 / rate)) < weeks:
            x, last = x + 1, now
            if random.random() < p:
                break
        rows.append((x, last, weeks))
    return Histories(*np.array(rows, float).T.copy())


def test_the_rates_that_made_the_histories_are_found_again() -> None:
    model = fit_bg_nbd(told_histories())
    assert model is not None
    assert model.r / model.alpha == pytest.approx(1 / 4, rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(1 / 4, rel=0.15)


@given(st.lists(st.tuples(st.integers(1, 30), st.floats(0.1, 1e4)), min_size=1, max_size=5))
def test_the_gradient_of_gamma_gamma_is_that_of_its_likelihood(
    rows: list[tuple[int, float]],
) -> None:
    spending = Spending(*np.array(rows, float).T.copy())
    parameters = np.array([3.0, 2.5, 40.0])
    analytic = GammaGamma(*parameters).gradient(spending)
    for place, value in enumerate(parameters):
        step = np.zeros(3)
        step[place] = 1e-5 * value
        high, low = (
            GammaGamma(*(parameters + sign * step)).log_likelihood(spending).sum()
            for sign in (1, -1)
        )
        assert (high - low) / (2 * step[place]) == pytest.approx(
            analytic[place], rel=1e-3, abs=1e-4
        )


@given(st.integers(1, 200), st.floats(0.01, 1e5))
def test_money_lies_between_the_customers_own_and_that_of_all(orders: int, mean: float) -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    everyone = float(model.expected_money(np.zeros(1), np.zeros(1))[0])
    told = float(model.expected_money(np.array([float(orders)]), np.array([mean]))[0])
    assert min(everyone, mean) * (1 - 1e-9) <= told <= max(everyone, mean) * (1 + 1e-9)


def regulars(
    customers: int = 150, *, price: float = 5.0, weeks: int = 40, seed: int = 0
) -> list[Line]:
    """Half order every other week or so to the end, half stop after some time."""
    random = np.random.default_rng(seed)
    lines = []
    for c in range(customers):
        until = weeks * 7 if c % 2 else random.integers(30, weeks * 7)
        day = float(random.integers(0, 30))
        while day < until:
            lines.append(Line(f"C{c:03}", "p", round(day), float(random.integers(1, 5)), price))
            day += random.exponential(14) + 1
    return lines


def learned(lines: list[Line], day: int = 281, **asked: object) -> Lifetime:
    lifetime = learn_lifetime(netted_of(lines), at(day), **asked)  # type: ignore[arg-type]
    assert isinstance(lifetime, Lifetime)
    return lifetime


def test_those_that_stopped_are_less_likely_alive_and_worth_less() -> None:
    lifetime = learned(regulars())
    stays = np.arange(150) % 2 == 1
    assert lifetime.chance_alive[stays].mean() > lifetime.chance_alive[~stays].mean() + 0.3
    assert lifetime.value[stays].mean() > 2 * lifetime.value[~stays].mean()
    assert 365 / 15 / 2 < lifetime.orders[stays].mean() < 365 / 15


def test_where_nobody_leaves_the_chance_to_be_alive_says_nothing() -> None:
    random = np.random.default_rng(0)
    lines = [
        Line(f"C{c:03}", "p", day, 1, 5.0)
        for c in range(200)
        for day in np.flatnonzero(random.random(280) < 0.02 + 0.1 * (c % 3))
    ]
    assert not learned(lines).sees_leaving
    assert learned(regulars()).sees_leaving


def test_a_rush_at_the_end_is_not_promised_for_the_whole_year() -> None:
    """All order four times as much in the last weeks, at Christmas say."""
    rush = [replace(one, quantity=4 * one.quantity) for one in regulars() if one.day > 200]
    lines = [*(one for one in regulars() if one.day <= 200), *rush]
    orders = order_days(netted_of(lines))
    trust = rehearse(orders, FIRST_DAY + 281, 365)
    assert trust.retention == 1.0


def test_retention_is_what_came_of_what_the_pace_promised() -> None:
    """Every second customer stops at once: half of the money, or a little more, still comes."""
    lines = [one for one in regulars() if int(one.customer[1:]) % 2 or one.day <= 180]
    trust = rehearse(order_days(netted_of(lines)), FIRST_DAY + 281, 90)
    assert 0.5 < trust.retention < 0.85


def test_one_that_gave_everything_back_has_no_numbers() -> None:
    lines = [*regulars(), Line("Z", "p", 3, 2, 5.0), Line("Z", "p", 4, -2, 5.0)]
    lifetime = learned(lines)
    columns = (lifetime.chance_alive, lifetime.orders, lifetime.revenue, lifetime.margin)
    assert all(np.isnan(column[-1]) for column in columns)
    assert all(np.isfinite(column[:-1]).all() for column in columns[:3])


def test_without_prices_only_orders_are_told() -> None:
    lifetime = learned(regulars(price=float("nan")))
    assert lifetime.money_model is None
    assert np.isfinite(lifetime.orders).all()
    assert np.isnan(lifetime.value).all()


def test_value_is_the_margin_where_cost_is_known() -> None:
    lines = [*regulars(100), *(Line(f"D{n}", "dear", 50 + n, 1, 8.0) for n in range(20))]
    lifetime = learned(lines, costs=np.array([2.0, np.nan]))
    assert np.isnan(lifetime.margin[0])
    assert lifetime.value[0] == lifetime.revenue[0]
    # of 8.00 six are left
    assert lifetime.value[100:] == pytest.approx(lifetime.revenue[100:] * 0.75)


def test_money_later_counts_less_where_a_discount_is_asked_for() -> None:
    plain, less = learned(regulars()), learned(regulars(), yearly_discount=0.2)
    ratio = less.revenue / plain.revenue
    assert (ratio < 1).all()
    assert (ratio > 0.8).all()
    assert less.orders == pytest.approx(plain.orders)


def test_the_currency_changes_no_more_than_the_unit() -> None:
    one, other = learned(regulars(price=0.05)), learned(regulars(price=5000.0))
    assert other.revenue == pytest.approx(one.revenue * 1e5, rel=1e-3)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "only 0 customers bought; lifetime value needs 100"),
        (regulars(99), "only 99 customers bought; lifetime value needs 100"),
        (
            [Line(f"C{n}", "p", n % 90, 1, 1.0) for n in range(300)],
            "only 0 customers came back on another day; lifetime value needs 50",
        ),
        (
            regulars(400, weeks=8),
            "only 8 weeks of purchases are known; lifetime value needs 13",
        ),
    ],
)
def test_thin_data_are_refused_with_what_is_missing(lines: list[Line], reason: str) -> None:
    last = max((line.day for line in lines), default=0)
    assert learn_lifetime(netted_of(lines), at(last)) == Withheld(reason)


@pytest.mark.parametrize(("days", "discount"), [(0, 0.0), (365, 1.0), (365, -0.1)])
def test_a_horizon_or_discount_without_sense_is_an_error(days: int, discount: float) -> None:
    with pytest.raises(ValueError, match="give at least one day"):
        learn_lifetime(netted_of(regulars()), at(281), horizon_days=days, yearly_discount=discount)


@pytest.mark.slow
def test_a_held_out_half_year_of_online_retail_beats_the_naive_forecast(tmp_path: Path) -> None:
    """Naive: the customer's mean of the past, times the share of customers that came again."""
    folder = prepared("online-retail", tmp_path)
    purchases, _ = read_purchases(load_config(folder / "recommender.toml"))
    cut = int(datetime(2011, 6, 10, tzinfo=UTC).timestamp())
    past = net_returns(purchases.before(cut))
    lifetime = learn_lifetime(past, cut - 1, horizon_days=183)
    assert isinstance(lifetime, Lifetime)
    whole = order_days(net_returns(purchases))
    came = whole.take(whole.days >= cut // SECONDS_PER_DAY).revenue_of_customers()
    naive = naive_forecast(order_days(past), cut // SECONDS_PER_DAY, 183)
    known = np.isfinite(lifetime.revenue)
    ours_off, naive_off = (np.abs(f - came)[known].mean() for f in (lifetime.revenue, naive))
    assert ours_off < 0.92 * naive_off
    ours_rank, naive_rank = (
        spearmanr(f[known], came[known]).statistic for f in (lifetime.revenue, naive)
    )
    assert ours_rank > naive_rank


def naive_forecast(orders: OrderDays, today: int, days: int) -> np.ndarray:
    first = int(orders.days.min())
    middle = (first + today) / 2
    early = np.unique(orders.customers[orders.days < middle])
    late = np.unique(orders.customers[orders.days >= middle])
    retention = np.isin(early, late).mean()
    return orders.revenue_of_customers() * days / (today - first) * retention
