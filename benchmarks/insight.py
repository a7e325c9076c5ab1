"""The numbers about one customer, learned up to a date, against what came after it.

    python benchmarks/insight.py lifetime FOLDER DATE DAYS        value of the DAYS after DATE
    python benchmarks/insight.py rhythm FOLDER DATE               churn and what is due
    python benchmarks/insight.py potential FOLDER DATE DAYS [--category COLUMN]

FOLDER holds a recommender.toml, as a `datasets/<name>/prepare.py` wrote it. Known customers are
those with a purchase before DATE; everything is learned from lines before DATE alone.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from recommender.config import load_config
from recommender.insight.lifetime.forecast import forecast_at
from recommender.insight.lifetime.lifetime import Lifetime, learn_lifetime
from recommender.insight.order_days import OrderDays, order_days
from recommender.insight.pace import paces
from recommender.insight.potential.potential import find_potential
from recommender.insight.potential.spend import spend_by_category
from recommender.insight.rhythm.customers import customer_rhythms
from recommender.insight.rhythm.products import product_rhythms
from recommender.insight.rhythm.state import State
from recommender.insight.withheld import Withheld
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import Netted, net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.models.alike import find_peers
from recommender.models.als import AlsSettings, fit_als
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.tables import Tables, read_tables

Table = np.ndarray
YEAR_DAYS, REORDER_DAYS, FIXED_DAYS = 365, 28, 30
DRAWS = 400


@dataclass(frozen=True)
class Shop:
    """What was known before the date, and all that is known now."""

    tables: Tables
    past: Netted
    whole: Netted
    at: int

    @property
    def today(self) -> int:
        return self.at // SECONDS_PER_DAY - 1

    def came(self, days: int) -> Table:
        """Lines that stayed, of the days after the date."""
        moment = self.whole.purchases.purchased_at
        end = self.at + days * SECONDS_PER_DAY
        return (self.whole.left > 0) & (moment >= self.at) & (moment < end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["lifetime", "rhythm", "potential"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("days", type=int, nargs="?", default=182)
    parser.add_argument("--category", default="category")
    asked = parser.parse_args()
    shop = read_shop(asked.folder, asked.date)
    if asked.what == "lifetime":
        judge_lifetime(shop, asked.days)
    elif asked.what == "rhythm":
        judge_churn(shop, 90)
        judge_stakes(shop, 90)
        judge_reorder(shop)
    else:
        judge_potential(shop, asked.days, asked.category)


def read_shop(folder: Path, date: str) -> Shop:
    tables = read_tables(load_config(folder / "recommender.toml"))
    at = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    past = net_returns(tables.purchases.before(at))
    return Shop(tables, past, net_returns(tables.purchases), at)


def judge_lifetime(shop: Shop, days: int) -> None:
    lifetime = learn_lifetime(shop.past, shop.at - 1, horizon_days=days)
    if isinstance(lifetime, Withheld):
        print(lifetime.reason)
        return
    whole = order_days(shop.whole)
    after = (whole.days > shop.today) & (whole.days <= shop.today + days)
    came = whole.take(after).revenue_of_customers()
    known = np.isfinite(lifetime.revenue)
    print(lifetime.orders_model, lifetime.money_model, lifetime.trust)
    print(
        f"{known.sum():,} customers, {came[known].mean():,.0f} each; "
        f"mean chance alive {lifetime.chance_alive[known].mean():.3f}"
    )
    print("| | mean absolute error | rank correlation | mean |\n|---|---|---|---|")
    for name, forecast in forecasts(shop, lifetime, days).items():
        told = forecast[known]
        rank = spearmanr(told, came[known]).statistic
        off = np.abs(told - came[known]).mean()
        print(f"| {name} | {off:,.1f} | {rank:.4f} | {told.mean():,.1f} |")


def forecasts(shop: Shop, lifetime: Lifetime, days: int) -> dict[str, Table]:
    orders = order_days(shop.past)
    first = int(orders.days.min())
    span = min(YEAR_DAYS, shop.today + 1 - first)
    recent = orders.take(orders.days > shop.today - span)
    pace = recent.revenue_of_customers() * days / span
    began = np.full(orders.size, first)
    began[orders.customers[orders.firsts]] = orders.days[orders.firsts]
    since = np.clip(shop.today + 1 - began, 7, span)
    models = np.full(orders.size, np.nan)
    forecast = forecast_at(orders, shop.today)
    models[orders.customers[orders.firsts]] = forecast.revenue(days)
    kept = retention(recent, shop.today - span / 2)
    return {
        "**ours**": lifetime.revenue,
        "BG/NBD and Gamma-Gamma alone": models,
        f"past mean x retention ({kept:.2f})": pace * kept,
        "past mean since the first order x retention": pace * span / since * kept,
    }


def retention(orders: OrderDays, middle: float) -> float:
    """Share of the customers of the first half that came in the second."""
    early = np.unique(orders.customers[orders.days <= middle])
    return float(np.isin(early, orders.customers[orders.days > middle]).mean())


def judge_churn(shop: Shop, ahead: int) -> None:
    orders = order_days(shop.past)
    rhythms = customer_rhythms(orders, shop.today, ahead)
    rows = orders.customers[orders.firsts]
    gone = ~np.isin(rows, shop.whole.purchases.customer_rows[shop.came(ahead)])
    since, silent = rhythms.days_since[rows], rhythms.chance_silent[rows]
    fixed = since >= ahead
    likeliest = np.zeros(len(rows), bool)
    likeliest[np.argsort(-silent, kind="stable")[: fixed.sum()]] = True
    print(f"{len(rows):,} customers, {gone.mean():.3f} without an order in {ahead} days")
    print(f"chance of silence said {silent.mean():.3f}")
    print(f"AUC: own rhythm {auc(silent, gone):.4f}, days since the last {auc(since, gone):.4f}")
    found(f"no order for {ahead} days", fixed, gone)
    found("own rhythm, as many", likeliest, gone)
    found("own rhythm, chance above a half", silent > 0.5, gone)
    regular = np.isfinite(rhythms.usual_days[rows])
    print(f"{regular.sum():,} with three order days, {gone[regular].mean():.3f} without an order")
    found(f"no order for {ahead} days", fixed[regular], gone[regular])
    found("warned", rhythms.warned[rows][regular], gone[regular])


def judge_stakes(shop: Shop, ahead: int) -> None:
    """Of the warned that come first by either churn value: who ordered after all, and for what."""
    rhythms = customer_rhythms(order_days(shop.past), shop.today, ahead)
    silent, pace = np.nan_to_num(rhythms.chance_silent), np.nan_to_num(paces(shop.past, shop.at))
    came = np.bincount(shop.whole.purchases.customer_rows[shop.came(ahead)], minlength=len(silent))
    warned = np.flatnonzero(rhythms.warned & (pace > 0))
    print(f"{len(warned):,} warned; silent beyond .9: {(silent[warned] > 0.9).mean():.2f}")
    for name, value in {"p": silent * pace, "p (1 - p)": silent * (1 - silent) * pace}.items():
        for size in (20, 50, 100):
            first = warned[np.argsort(-value[warned], kind="stable")][:size]
            print(
                f"by {name}, first {len(first)}: chance of silence {silent[first].mean():.2f}, "
                f"ordered {(came[first] > 0).mean():.2f}, spend a quarter {pace[first].mean():,.0f}"
            )


def judge_reorder(shop: Shop) -> None:
    rhythms = product_rhythms(shop.past, shop.at - 1)
    width = len(shop.past.purchases.products)
    purchases, came = shop.whole.purchases, shop.came(REORDER_DAYS)
    pairs = rhythms.customers.astype(np.int64) * width + rhythms.products
    bought = purchases.customer_rows[came].astype(np.int64) * width
    bought = np.isin(pairs, bought + purchases.product_columns[came])
    print(f"{len(pairs):,} pairs, {bought.mean():.3f} bought in {REORDER_DAYS} days")
    found(f"last bought {FIXED_DAYS} days ago", shop.today - rhythms.last_day >= FIXED_DAYS, bought)
    for state in (State.REORDER, State.LAPSED, State.QUIET):
        found(state.name.lower(), rhythms.state == state, bought)


def judge_potential(shop: Shop, days: int, column: str) -> None:
    categories = categories_of(shop, column)
    before = spend_by_category(shop.past, categories, shop.at)
    end = shop.at + days * SECONDS_PER_DAY
    after = spend_by_category(shop.whole, categories, end, days)
    potential = find_potential(before, peers_of(shop))
    print(before, potential)
    shape = before.by_category.shape
    had, has = before.by_category.toarray() > 0, after.by_category.toarray() > 0
    told, gap, met = (np.zeros(shape, bool) for _ in range(3))
    entries = potential.customers, potential.categories
    told[entries], gap[entries] = np.isfinite(potential.expected), potential.has_gap
    met[entries] = potential.actual >= potential.expected
    seen = ((potential.told == 0) & (after.size > 0))[:, None]
    lift("never bought in the year: begins", told & ~had & seen, ~told & ~had & seen, has)
    share, later = before.shares.toarray(), after.shares.toarray()
    trend = (later.sum(axis=0) + 1e-12) / (share.sum(axis=0) + 1e-12)
    grew = later > share * trend
    lift("bought: share grows more than the category's", gap & had & seen, met & had & seen, grew)


def categories_of(shop: Shop, column: str) -> Table:
    table = shop.tables.products.set_index("product_id")[column]
    names = table.reindex(list(shop.past.purchases.products)).fillna("")
    return pd.factorize(names.replace("", np.nan), sort=True)[0].astype(np.int32)


def peers_of(shop: Shop) -> Table:
    """Customers alike by what they bought before the date."""
    matrix = build_matrix(shop.past, RecencyQuantity(182.0), shop.at)
    settings = AlsSettings(factors=32, regularization=10.0, alpha=2.0)
    return find_peers(fit_als(matrix.weights, settings).customers)


def lift(name: str, gap: Table, other: Table, grew: Table) -> None:
    """How much oftener those with a gap grow; customers drawn again and again for the interval."""
    parts = [gap & grew, gap, other & grew, other]
    table = np.hstack([part.astype(float) for part in parts])
    weights = np.random.default_rng(0).multinomial(len(gap), [1 / len(gap)] * len(gap), DRAWS)
    drawn = np.split(np.vstack([table.sum(axis=0), weights @ table]), 4, axis=1)
    plain, alike = ratios(*drawn)
    n, m = int(gap.sum()), int(other.sum())
    print(f"{name}: {grew[gap].mean():.4f} of {n:,} with a gap, {grew[other].mean():.4f} of {m:,}")
    for what, values in (("lift", plain), ("within a category", alike)):
        low, high = np.percentile(values[1:], (2.5, 97.5))
        print(f"  {what} {values[0]:.2f} ({low:.2f} to {high:.2f})")


def ratios(grew: Table, gap: Table, others_grew: Table, other: Table) -> tuple[Table, Table]:
    """Of two shares, plain and within categories (Mantel and Haenszel)."""
    plain = grew.sum(1) / gap.sum(1) / (others_grew.sum(1) / other.sum(1))
    both = np.maximum(gap + other, 1)
    return plain, (grew * other / both).sum(1) / (others_grew * gap / both).sum(1)


def found(name: str, told: Table, true: Table) -> None:
    precision, recall = true[told].mean() if told.any() else np.nan, true[told].sum() / true.sum()
    print(f"  {name}: {told.sum():,} told, precision {precision:.3f}, recall {recall:.3f}")


def auc(scores: Table, truth: Table) -> float:
    """Chance that what came true stands before what did not; of equals, half."""
    values, place = np.unique(scores, return_inverse=True)
    met = np.bincount(place, truth, len(values))
    unmet = np.bincount(place, ~truth, len(values))
    below = np.cumsum(unmet) - unmet
    return float((met * (below + unmet / 2)).sum() / (met.sum() * unmet.sum()))


if __name__ == "__main__":
    main()
