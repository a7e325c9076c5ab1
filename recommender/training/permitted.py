"""What may be learned from: without customers that said no, and without those that were erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from recommender.errors import BadDataError
from recommender.tables.large.mapped import looked_up
from recommender.tables.oddities.oddities import oddities
from recommender.tables.oddities.strangers import strangers
from recommender.tables.purchases import Purchases
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables
from recommender.text import Ids
from recommender.told import Told
from recommender.training.unnamed import Unnamed

Why = Literal["forgotten", "no_permission"]
WHYS: tuple[Why, ...] = ("no_permission", "forgotten")
OUTCOME_COLUMNS = ("customer_id", "product_id", "outcome", "happened_at")
STILL_KNOWN = ("customer_id", "name", "region", "rep")
"""Of a customer that said no: someone must be able to find it, and to note that it says yes."""


@dataclass(frozen=True)
class LeftOut:
    """Who was read and is not learned from."""

    customers: dict[str, Why] = field(default_factory=dict)
    rows: dict[str, dict[Why, int]] = field(default_factory=dict)
    """Table -> how many of its rows were theirs."""

    @property
    def counts(self) -> dict[str, int]:
        """Customers by the reason, zeros too."""
        found = Counter(self.customers.values())
        return {f"customers_left_out_{why}": found[why] for why in WHYS}

    def __str__(self) -> str:
        found = Counter(self.customers.values())
        lines = {why: sum(rows[why] for rows in self.rows.values()) for why in WHYS}
        return (
            f"left out {found['no_permission']:,} customers without permission "
            f"({lines['no_permission']:,} rows) and {found['forgotten']:,} that were erased "
            f"({lines['forgotten']:,} rows)"
        )


@dataclass(frozen=True)
class Permitted:
    """The tables without them; where nothing was told, as they were read."""

    tables: Tables
    left_out: LeftOut | None = None
    """None where nothing is kept that could leave someone out."""


def permitted(tables: Tables, told: Told | None) -> Permitted:
    """What became of suggestions joins as a table of its own.

    Raises `BadDataError` where nobody's purchases are left.
    """
    if told is None:
        return Permitted(tables)
    why = _left_out(_everyone(tables), told)
    kept = _without(tables, why) if why else tables
    unnamed = Unnamed(told.is_forgotten, _names(tables, why))
    kept = replace(kept, reports=tuple(map(unnamed.report, kept.reports)))
    return Permitted(replace(kept, outcomes=_outcomes(told, why)), LeftOut(why, _rows(tables, why)))


def _everyone(tables: Tables) -> set[str]:
    frames = [t for t in (tables.customers, tables.events) if t is not None]
    return set(tables.purchases.customers).union(*(frame["customer_id"] for frame in frames))


def _left_out(customers: Iterable[str], told: Told) -> dict[str, Why]:
    consent, found = told.consent(), dict[str, Why]()
    for customer_id in sorted(customers):
        if told.is_forgotten(customer_id):
            found[customer_id] = "forgotten"
        elif not consent.may_personalise(customer_id):
            found[customer_id] = "no_permission"
    return found


def _without(tables: Tables, why: dict[str, Why]) -> Tables:
    purchases = _purchases_without(tables.purchases, why)
    erased = {customer for customer, reason in why.items() if reason == "forgotten"}
    customers = _rows_without(tables.customers, erased)
    if customers is not None:
        customers = _hardly_known(customers, set(why) - erased)
    if customers is not None and "parent_id" in customers:
        parents = customers["parent_id"]
        customers = customers.assign(parent_id=parents.mask(parents.isin(erased), ""))
    found = replace(
        tables,
        purchases=purchases,
        customers=customers,
        events=_rows_without(tables.events, set(why)),
    )
    return replace(found, reports=_reports(tables, found))


def _purchases_without(purchases: Purchases, why: dict[str, Why]) -> Purchases:
    """As if the lines had never been read: products only they bought are gone too."""
    stays = np.array([customer not in why for customer in purchases.customers], bool)
    lines = stays[purchases.customer_rows]
    if not lines.any():
        raise BadDataError(
            f"none of {len(stays):,} customers lets its purchases be used, so there is nothing to "
            "learn from; see [permissions] personalisation for those that were never asked"
        )
    kept = purchases.take(lines)
    products = np.unique(kept.product_columns)
    places = np.zeros(len(kept.products), np.int32)
    places[products] = np.arange(len(products))
    return Purchases(
        customers=Ids.of(c for c in purchases.customers if c not in why),
        products=Ids.of(kept.products[int(column)] for column in products),
        customer_rows=looked_up(np.cumsum(stays, dtype=np.int32) - 1, kept.customer_rows),
        product_columns=looked_up(places, kept.product_columns),
        purchased_at=kept.purchased_at,
        quantity=kept.quantity,
        unit_price=kept.unit_price,
        orders=kept.orders,
        channels=kept.channels,
    )


def _rows_without(table: pd.DataFrame | None, customers: set[str]) -> pd.DataFrame | None:
    if table is None:
        return None
    return table[~table["customer_id"].isin(customers)].reset_index(drop=True)


def _hardly_known(table: pd.DataFrame, silent: set[str]) -> pd.DataFrame:
    """Without the portraits of those who said no: nobody is likened to them, nor they to others."""
    is_silent = table["customer_id"].isin(silent)
    portrait = [column for column in table.columns if column not in STILL_KNOWN]
    return table.assign(**{column: table[column].mask(is_silent, "") for column in portrait})


def _reports(read: Tables, kept: Tables) -> tuple[TableReport, ...]:
    """Counts are those of reading; what is odd is said of what is left."""
    was_odd = {*oddities(read.purchases, read.products)}
    was_odd |= {*strangers(read.purchases, read.products, read.customers)}
    odd = (
        *oddities(kept.purchases, kept.products),
        *strangers(kept.purchases, kept.products, kept.customers),
    )
    reports = []
    for report in read.reports:
        warnings = tuple(warning for warning in report.warnings if warning not in was_odd)
        warnings += odd if report.table == "purchases" else ()
        reports.append(replace(report, warnings=warnings))
    return tuple(reports)


def _names(tables: Tables, why: dict[str, Why]) -> frozenset[str]:
    """Of those that were erased."""
    if tables.customers is None or "name" not in tables.customers:
        return frozenset()
    erased = [customer for customer, reason in why.items() if reason == "forgotten"]
    names = tables.customers.loc[tables.customers["customer_id"].isin(erased), "name"]
    return frozenset(names) - {""}


def _rows(tables: Tables, why: dict[str, Why]) -> dict[str, dict[Why, int]]:
    ids = list(tables.purchases.customers)
    lines = pd.Series(np.bincount(tables.purchases.customer_rows, minlength=len(ids)), ids)
    found = {"purchases": {r: int(lines[_of(lines.index, why, r)].sum()) for r in WHYS}}
    for name, table in (("customers", tables.customers), ("events", tables.events)):
        if table is not None:
            index = pd.Index(table["customer_id"])
            found[name] = {r: int(_of(index, why, r).sum()) for r in WHYS}
    return found


def _of(
    customers: pd.Index, why: dict[str, Why], reason: Why
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(customers.isin([c for c, r in why.items() if r == reason]), bool)


def _outcomes(told: Told, why: dict[str, Why]) -> pd.DataFrame | None:
    rows = [
        (o.customer_id, o.product_id, o.outcome, o.at)
        for o in told.outcomes()
        if o.customer_id not in why
    ]
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS))
    moments = pd.to_datetime(table["happened_at"], utc=True)
    return table.assign(happened_at=moments.astype("datetime64[us, UTC]"))
