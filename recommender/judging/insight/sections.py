"""The sections of the report on what is foretold of customers: a heading and its content each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TypeVar

from recommender.insight.withheld import Withheld
from recommender.judging.bootstrap import Interval
from recommender.judging.charts import Point, Row, dots
from recommender.judging.insight.checks import Checks
from recommender.judging.insight.churn import FIXED as NINETY_DAYS
from recommender.judging.insight.churn import ChurnCheck
from recommender.judging.insight.growth import Grown, GrowthCheck
from recommender.judging.insight.reorder import DAYS, ReorderCheck
from recommender.judging.insight.reorder import FIXED as THIRTY_DAYS
from recommender.judging.insight.rules import Rule
from recommender.judging.insight.value import OURS, ValueCheck
from recommender.judging.report_tables import details, table
from recommender.svg import percent
from recommender.tables.purchases import SECONDS_PER_DAY

Section = tuple[str, ...]
Check = TypeVar("Check")
BASELINES = (NINETY_DAYS, THIRTY_DAYS)


def insight_sections(checks: Checks) -> Iterator[Section]:
    yield _section("Potential: do customers grow where it is seen?", checks.potential, _potential)
    yield _section("Lifetime value: did the money come?", checks.own.value, _value)
    yield _section("Rhythm: was bought what was due?", checks.own.reorder, _rhythm)
    yield _section("Churn: did those stay away that were said to?", checks.own.churn, _churn)


def _section(
    heading: str, check: Check | Withheld, show: Callable[[Check], Iterator[str]]
) -> Section:
    if isinstance(check, Withheld):
        return heading, _soft(f"Not judged: {check.reason}.")
    return heading, *show(check)


def _potential(check: GrowthCheck) -> Iterator[str]:
    yield _soft(
        f"Expected on {_day(check.today)} from what peers buy, held against the {check.days} days "
        f"after, for {check.customers:,} customers. A gap means that peers spend more there."
    )
    grown = [check.begins, *([check.widens] if check.widens else [])]
    for one in grown:
        yield f"<h3>{escape(one.question.capitalize())}</h3>"
        rows = [_row("with a gap", one.of_gaps, "ours"), _row("without", one.of_others, "other")]
        said = f"Share that grew, of {one.gaps:,} with a gap and {one.others:,} without."
        yield dots(f"{one.question}: with a gap and without", said, rows)
        yield f"<p>{escape(_lift(one))}</p>"
    yield details("The numbers", _growth_table(grown))


def _lift(one: Grown) -> str:
    low, high = one.lift.low, one.lift.high
    if low > 1:
        told = "a gap tells where a customer grows"
    elif high < 1:
        told = "a gap tells the WRONG way"
    else:
        told = "no difference that chance could not make"
    return (
        f"Within one and the same category, {one.lift.value:.2f} times as often with a gap as "
        f"without (interval {low:.2f} to {high:.2f}): {told}."
    )


def _value(check: ValueCheck) -> Iterator[str]:
    yield _soft(
        f"Money of each customer in the {check.days} days after {_day(check.today)}, foretold for "
        f"{check.customers:,} customers. How far off on average, as a share of the "
        f"{check.came:,.2f} that a customer spent; less is better."
    )
    rows = [_row(f.name, f.off, "ours" if f.name == OURS else "other") for f in check.forecasts]
    yield dots("Error of each forecast", "Mean absolute error by what was spent.", rows)
    yield f"<p>{escape(_leads(check))}</p>"
    cells = [
        [
            escape(f.name),
            _ranged(f.off),
            "–" if f.rank_correlation is None else f"{f.rank_correlation:.3f}",
            f"{f.mean:,.2f}",
        ]
        for f in check.forecasts
    ]
    head = ["forecast", "off by", "rank correlation", "foretold on average"]
    yield details("The numbers", table(head, cells, OURS))


def _leads(check: ValueCheck) -> str:
    of_models = (
        f"{percent(check.models, 0)} of our forecast are the models, the rest is the customer's "
        f"own pace times {check.retention:.2f}. "
    )
    return of_models + " ".join(_lead(name, lead) for name, lead in check.leads.items())


def _lead(name: str, lead: Interval) -> str:
    if lead.low > 0:
        return f"It is closer than {name}."
    if lead.high < 0:
        return f"It is FURTHER off than {name}."
    return f"Against {name} there is no difference that chance could not make."


def _rhythm(check: ReorderCheck) -> Iterator[str]:
    yield _soft(
        f"{check.pairs:,} times a customer had bought a product on three days or more by "
        f"{_day(check.today)}; {percent(check.bought)} of these were bought in the {DAYS} days "
        "after. Of what was due it should be more, of what lapsed less."
    )
    yield from _rules("Share bought, by what was said", check.rules)


def _churn(check: ChurnCheck) -> Iterator[str]:
    yield _soft(
        f"Of {check.customers:,} customers known on {_day(check.today)}, {percent(check.silent)} "
        f"did not order in the 90 days after; {percent(check.said)} were said to be silent. A "
        f"silent one stood before one that came back in {percent(check.auc)} of pairs by its own "
        f"rhythm, in {percent(check.auc_of_days)} by the days since its last order."
    )
    yield "<h3>All customers</h3>"
    yield from _rules("Share that stayed away, of those named", check.rules)
    if check.regular_rules:
        yield "<h3>Customers with three order days or more</h3>"
        yield from _rules("Share that stayed away, of those warned of", check.regular_rules)


def _rules(title: str, rules: Sequence[Rule]) -> Iterator[str]:
    """The first is ours; of the others, the last is what it is held against."""
    rows = [_row(r.name, r.right, "other" if r.name in BASELINES else "ours") for r in rules]
    if rows:
        yield dots(title, "How often each rule was right.", rows)
    if len(rules) > 1 and rules[0].name not in BASELINES and rules[-1].name in BASELINES:
        yield f"<p>{escape(_against(rules[0], rules[-1]))}</p>"
    cells = [[escape(r.name), f"{r.told:,}", _ranged(r.right), _ranged(r.found)] for r in rules]
    yield details("The numbers", table(["rule", "named", "right", "found of all"], cells))


def _against(ours: Rule, fixed: Rule) -> str:
    names = f"“{ours.name}” is right {{}} “{fixed.name}”"
    if ours.right.low > fixed.right.high:
        return names.format("more often than") + "."
    if ours.right.high < fixed.right.low:
        return names.format("LESS often than") + "."
    return names.format("about as often as") + ": their intervals overlap."


def _growth_table(grown: Sequence[Grown]) -> str:
    cells = [
        [
            escape(one.question),
            f"{one.gaps:,}",
            _ranged(one.of_gaps),
            f"{one.others:,}",
            _ranged(one.of_others),
            f"{one.lift.value:.2f}",
        ]
        for one in grown
    ]
    head = ["", "with a gap", "grew", "without", "grew", "times, within categories"]
    return table(head, cells)


def _row(name: str, value: Interval, css: str) -> Row:
    return Row(name, "", (Point(name, value, css),))


def _ranged(value: Interval) -> str:
    low, high = f"{100 * value.low:.1f}", f"{100 * value.high:.1f}"
    return f'{percent(value.value)} <span class="range">{low} to {high}</span>'


def _soft(said: str) -> str:
    return f'<p class="soft">{escape(said)}</p>'


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * SECONDS_PER_DAY, UTC).date().isoformat()
