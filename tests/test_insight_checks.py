"""What is foretold is judged on days it had not seen, and the figures are those one would count."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.stats import spearmanr

from recommender.insight.lifetime.lifetime import Lifetime, learn_lifetime
from recommender.insight.order_days import order_days
from recommender.insight.potential.potential import Potential, find_potential
from recommender.insight.potential.spend import Spend
from recommender.insight.rhythm.customers import customer_rhythms
from recommender.insight.withheld import Withheld
from recommender.judging.bootstrap import Interval
from recommender.judging.insight.cells import Cells
from recommender.judging.insight.checks import Checks, OwnChecks, check_own
from recommender.judging.insight.churn import AHEAD_DAYS, ChurnCheck, check_churn
from recommender.judging.insight.growth import GrowthCheck, check_growth, judge_growth
from recommender.judging.insight.held_out import HeldOut
from recommender.judging.insight.long_ago import LongAgo, Seen
from recommender.judging.insight.reorder import ReorderCheck, check_reorder
from recommender.judging.insight.rules import Rule, auc, judge_rules
from recommender.judging.insight.sections import insight_sections
from recommender.judging.insight.value import NAIVE, OURS, ValueCheck, check_value
from recommender.judging.judgement import judge
from recommender.judging.report_html import About, report_html
from recommender.matrix.returns import net_returns
from recommender.release.opening import Release
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from tests.made_up import Line, at, purchases_of
from tests.test_insight_lifetime import regulars
from tests.test_judging_report import Tags

LAST = 419
"""The day of the newest line."""


def orders(customers: int = 240, seed: int = 0) -> list[Line]:
    """Half order their one product every other week to the end, half stop at some time."""
    lines = regulars(customers, weeks=60, seed=seed)
    return [*(line for line in lines if line.day <= LAST), Line("C001", "p", LAST, 1.0, 5.0)]


def purchases() -> Purchases:
    return purchases_of(orders())


def with_another_future(days: int) -> Purchases:
    """Half of the lines of the last days are gone, all of the others are doubled."""
    held = HeldOut(purchases(), NOW, days)
    lines = [
        replace(line, quantity=2 * line.quantity) if at(line.day) >= held.ends else line
        for i, line in enumerate(orders())
        if at(line.day) < held.ends or i % 2
    ]
    return purchases_of([*lines, Line("C001", "p", LAST, 1.0, 5.0)])


NOW = at(LAST) + 1


def test_what_is_set_aside_begins_where_the_past_ends() -> None:
    held = HeldOut(purchases(), NOW, 28)
    assert held.last_day - held.today == 28
    assert held.past.purchases.last_at < held.ends
    came = held.came(net_returns(held.purchases))
    assert (held.purchases.purchased_at[came] >= held.ends).all()
    assert len(held.past.purchases) + came.sum() == len(held.purchases)


def test_a_rule_is_right_as_often_as_one_counts() -> None:
    told = {"some": np.array([1, 1, 1, 0, 0, 0], bool), "none": np.zeros(6, bool)}
    came_true = np.array([1, 0, 0, 1, 1, 0], bool)
    (rule,) = judge_rules(told, came_true, np.array([0, 0, 1, 1, 2, 3], np.int32))
    assert (rule.name, rule.told) == ("some", 3)
    assert rule.right.value == pytest.approx(1 / 3)
    assert rule.found.value == pytest.approx(1 / 3)
    assert rule.right.low <= rule.right.value <= rule.right.high


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    random = np.random.default_rng(0)
    scores, truth = random.integers(0, 9, 60).astype(float), random.random(60) < 0.4
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[truth] for b in scores[~truth]]
    assert auc(scores, truth) == pytest.approx(float(np.mean(pairs)))


def churn(found: Purchases) -> ChurnCheck:
    check = check_churn(found, net_returns(found), NOW)
    assert isinstance(check, ChurnCheck)
    return check


def test_churn_is_told_without_a_look_at_what_came() -> None:
    one, other = churn(purchases()), churn(with_another_future(AHEAD_DAYS))
    assert one.silent != other.silent
    assert one.said == other.said
    for mine, theirs in zip(
        (*one.rules, *one.regular_rules), (*other.rules, *other.regular_rules), strict=True
    ):
        assert (mine.name, mine.told) == (theirs.name, theirs.told)


def test_those_that_stopped_are_found_by_their_own_rhythm() -> None:
    found = churn(purchases())
    held = HeldOut(purchases(), NOW, AHEAD_DAYS)
    days = order_days(held.past)
    rhythms, rows = customer_rhythms(days, held.today), days.customers[days.firsts]
    came = set(purchases().customer_rows[purchases().purchased_at >= held.ends].tolist())
    silent = np.array([row not in came for row in rows])
    assert found.customers == len(rows)
    assert found.silent == silent.mean()
    warned = rhythms.warned[rows]
    (warnings,) = [rule for rule in found.regular_rules if rule.name == "our warnings"]
    regular = np.isfinite(rhythms.usual_days[rows])
    assert warnings.told == (warned & regular).sum()
    assert warnings.right.value == pytest.approx(silent[warned & regular].mean())
    assert found.auc > 0.8


def test_reorder_is_told_without_a_look_at_what_came() -> None:
    one, other = (
        check_reorder(p, net_returns(p), NOW) for p in (purchases(), with_another_future(28))
    )
    assert isinstance(one, ReorderCheck)
    assert isinstance(other, ReorderCheck)
    assert one.bought > other.bought
    assert [(r.name, r.told) for r in one.rules] == [(r.name, r.told) for r in other.rules]
    due, lapsed = ({r.name: r.right for r in one.rules}[name] for name in ("due", "lapsed"))
    assert due.low > lapsed.high
    assert sum(rule.told for rule in one.rules[:3]) == one.pairs


def test_the_error_of_a_forecast_is_the_one_that_one_would_reckon() -> None:
    found = check_value(purchases(), net_returns(purchases()), NOW)
    assert isinstance(found, ValueCheck)
    assert found.days == 420 // 3
    held = HeldOut(purchases(), NOW, found.days)
    lifetime = learn_lifetime(held.past, held.ends - 1, horizon_days=found.days)
    assert isinstance(lifetime, Lifetime)
    p = purchases()
    after = p.purchased_at >= held.ends
    money = (p.quantity * p.unit_price)[after]
    came = np.bincount(p.customer_rows[after], money, len(p.customers))
    known = np.isfinite(lifetime.revenue)
    told, came = lifetime.revenue[known], came[known]
    ours, naive = found.forecasts[0], found.forecasts[1]
    assert (ours.name, naive.name) == (OURS, NAIVE)
    assert found.came == pytest.approx(came.mean())
    assert ours.off.value == pytest.approx(np.abs(told - came).sum() / came.sum())
    assert ours.rank_correlation == pytest.approx(spearmanr(told, came).statistic)
    assert found.leads[NAIVE].value == pytest.approx(naive.off.value - ours.off.value)
    assert (found.models, found.retention) == (lifetime.trust.models, lifetime.trust.retention)


def test_too_little_is_not_judged_and_the_reason_is_said() -> None:
    few = purchases_of([line for line in orders() if line.customer < "C030"])
    checks = check_own(few, net_returns(few), NOW)
    for check in (checks.value, checks.reorder, checks.churn):
        assert isinstance(check, Withheld)
    short = purchases_of([Line(f"C{n}", "p", n % 30, 1, 1.0) for n in range(300)])
    for check in vars(check_own(short, net_returns(short), at(30))).values():
        assert isinstance(check, Withheld)


CUSTOMERS, CATEGORIES = 60, 6


def spends(*, grows: bool, seed: int = 0) -> tuple[Spend, Spend]:
    """All buy in most categories; who has a gap begins there later, or anyone anywhere."""
    random = np.random.default_rng(seed)
    money = random.uniform(5, 10, (CUSTOMERS, CATEGORIES))
    money[:, -2:] *= random.random((CUSTOMERS, 2)) < 0.1
    money[:, :4] *= random.random((CUSTOMERS, 4)) < 0.8
    later = money.copy()
    new = money == 0
    chance = np.where(np.arange(CATEGORIES) < 4, 0.8 if grows else 0.2, 0.2)
    later[new & (random.random(money.shape) < chance)] = 9.0
    one, other = (Spend(sparse.csr_matrix(m), m.sum(axis=1)) for m in (money, later))
    return one, other


def everyone() -> np.ndarray:
    rows = np.tile(np.arange(CUSTOMERS, dtype=np.int32), (CUSTOMERS, 1))
    return rows[~np.eye(CUSTOMERS, dtype=bool)].reshape(CUSTOMERS, -1)


def potential_of(before: Spend) -> Potential:
    found = find_potential(before, everyone())
    assert isinstance(found, Potential)
    return found


def test_growth_is_counted_cell_by_cell() -> None:
    before, after = spends(grows=True)
    potential = potential_of(before)
    cells = Cells(before, after, potential)
    had, has = before.by_category.toarray() > 0, after.by_category.toarray() > 0
    gap, told, met = (np.zeros(had.shape, bool) for _ in range(3))
    where = potential.customers, potential.categories
    gap[where], told[where] = potential.has_gap, np.isfinite(potential.expected)
    met[where] = potential.actual >= potential.expected
    share, later = before.shares.toarray(), after.shares.toarray()
    grew = later > share * later.sum(axis=0) / share.sum(axis=0)
    for counted, parts in (
        (cells.begins(), (gap & ~had & has, gap & ~had, ~had & ~gap & has, ~had & ~gap)),
        (cells.widens(), (gap & had & grew, gap & had, met & had & grew, met & had)),
    ):
        for total, cell in zip(counted.totals(), parts, strict=True):
            assert total[0].tolist() == cell.sum(axis=0).tolist()
            assert total[1:].mean(axis=0) == pytest.approx(cell.sum(axis=0), rel=0.2, abs=1)


def test_where_peers_buy_and_one_begins_growth_is_told_and_where_nobody_knows_it_is_not() -> None:
    for grows in (True, False):
        before, after = spends(grows=grows)
        found = judge_growth(Cells(before, after, potential_of(before)), 20_000, 56)
        assert isinstance(found, GrowthCheck)
        ours, others = found.begins.of_gaps, found.begins.of_others
        assert (ours.low > others.high) == grows


def test_without_categories_growth_is_withheld() -> None:
    p = purchases()
    none = np.full(len(p.products), -1, np.int32)
    factors = np.ones((len(p.customers), 2), np.float32)
    found = check_growth(p, none, factors, NOW - 56 * SECONDS_PER_DAY, NOW)
    assert isinstance(found, Withheld)
    assert "category" in found.reason


def checks() -> Checks:
    before, after = spends(grows=True)
    p = purchases()
    return Checks(
        judge_growth(Cells(before, after, potential_of(before)), 20_000, 56),
        check_own(p, net_returns(p), NOW),
    )


def test_the_report_has_a_section_for_each_with_what_it_is_compared_with() -> None:
    page = report_html(judge([]), About("r", "t", checks=checks()))
    tags = Tags()
    tags.feed(page)
    assert not tags.open
    for heading in ("Potential: ", "Lifetime value: ", "Rhythm: ", "Churn: "):
        assert f"<h2>{heading}" in page
    for said in ("without", NAIVE, "last bought 30 days ago", "no order for 90 days"):
        assert said in page
    assert "Not judged: " not in page.split("<h2>Potential")[1]


def test_the_report_says_so_where_a_fixed_rule_is_right_more_often() -> None:
    high, low = Interval(0.9, 0.8, 1.0), Interval(0.2, 0.1, 0.3)
    why = Withheld("none")
    for ours, fixed, said in (
        (high, low, "“due” is right more often than “last bought 30 days ago”."),
        (low, high, "“due” is right LESS often than “last bought 30 days ago”."),
        (low, low, "“due” is right about as often as"),
    ):
        rules = (Rule("due", 9, ours, ours), Rule("last bought 30 days ago", 9, fixed, fixed))
        unseen = LongAgo(Seen(0, 0), Seen(0, 0))
        own = OwnChecks(why, ReorderCheck(20_000, 99, 0.5, rules, unseen), why)
        sections = {
            heading: "".join(content) for heading, *content in insight_sections(Checks(why, own))
        }
        assert said in sections["Rhythm: was bought what was due?"]


def test_a_section_that_is_withheld_gives_its_reason_as_text() -> None:
    why = Withheld("only <3 customers>")
    sections = dict(insight_sections(Checks(why, OwnChecks(why, why, why))))
    assert len(sections) == 4
    for content in sections.values():
        assert content == '<p class="soft">Not judged: only &lt;3 customers&gt;.</p>'


def test_the_report_for_programs_is_json_without_nan_and_the_same_each_time() -> None:
    one, other = (json.dumps(checks().as_json(), allow_nan=False) for _ in range(2))
    assert one == other
    assert set(json.loads(one)) == {"potential", "lifetime_value", "rhythm", "churn"}


def test_the_training_of_the_sample_judges_all_four(sample_release: Release) -> None:
    found = json.loads((sample_release.folder / "report.json").read_text())["insight"]
    assert not any("withheld" in check for check in found.values())
    assert found["potential"]["begins"]["lift_within_categories"]["low"] > 1
    right = {rule["rule"]: rule["right"] for rule in found["rhythm"]["rules"]}
    assert right["due"]["low"] > right["last bought 30 days ago"]["high"]
    assert found["churn"]["auc"] > 0.9
    page = (sample_release.folder / "report.html").read_text()
    assert page.count("<h2>Churn: ") == 1
