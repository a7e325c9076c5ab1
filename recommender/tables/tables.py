"""All tables of one config, read and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import pandas as pd

from recommender.config import Config, TableSection
from recommender.errors import ConfigError
from recommender.tables.customer_table import CustomerTable
from recommender.tables.event_table import EventTable
from recommender.tables.journal import Journal
from recommender.tables.oddities.oddities import oddities
from recommender.tables.oddities.strangers import strangers
from recommender.tables.product_table import ProductTable
from recommender.tables.purchase_table import PurchaseTable
from recommender.tables.purchases import Purchases
from recommender.tables.reading.intake import Reader, read_file
from recommender.tables.report import TableReport
from recommender.tables.window import Window


@dataclass(frozen=True)
class Tables:
    """What the training learns from."""

    purchases: Purchases
    products: pd.DataFrame | None
    """product_id, name, category, brand: str ("" where unknown); price, cost: float64 (NaN);
    in_stock: bool (True where unknown); listed_at: datetime64[us, UTC] (NaT); every other
    column: str. Sorted by product_id, unique."""
    customers: pd.DataFrame | None
    """customer_id, name, segment, region, rep, parent_id and every other column: str ("" where
    unknown). Sorted by customer_id, unique."""
    events: pd.DataFrame | None
    """customer_id, product_id: str; event: view | cart | quote; happened_at: datetime64[us, UTC].
    Sorted by all four."""
    reports: tuple[TableReport, ...]
    outcomes: pd.DataFrame | None = None
    """customer_id, product_id, outcome: str; happened_at: datetime64[us, UTC]. No table of the
    config: what became of suggestions is told by those who showed them. In order of time."""


T = TypeVar("T", PurchaseTable, ProductTable, CustomerTable, EventTable)
Progress = Callable[[str, int], None]


def read_tables(
    config: Config,
    *,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    reader: Reader = read_file,
) -> Tables:
    """All tables the config names; `progress` is told (table, rows read so far) now and then,
    and of purchases that outgrow memory what is done with them on disk.

    Purchases and events at or after `as_of` are left out; `reader` gives the rows of a file of
    purchases. Raises `ConfigError` before anything is read, `BadDataError` and `ReadWriteError`
    for what is found then.
    """
    window = Window.until(as_of)
    journal = _journal("purchases", config.purchases, progress)
    purchases = PurchaseTable(config.purchases, config.folder, journal, window, reader)
    products = _table(ProductTable, config, window, progress) if config.products else None
    customers = _table(CustomerTable, config, window, progress) if config.customers else None
    events = _table(EventTable, config, window, progress) if config.events else None
    bought, report = purchases.read()
    listed, product_report = products.read() if products else (None, None)
    known, customer_report = customers.read() if customers else (None, None)
    seen, event_report = events.read() if events else (None, None)
    odd = (*oddities(bought, listed), *strangers(bought, listed, known))
    report = replace(report, warnings=(*report.warnings, *odd))
    reports = (report, product_report, customer_report, event_report)
    return Tables(bought, listed, known, seen, tuple(r for r in reports if r))


def read_purchases(
    config: Config, *, as_of: datetime | None = None, progress: Progress | None = None
) -> tuple[Purchases, TableReport]:
    return _table(PurchaseTable, config, Window.until(as_of), progress).read()


def read_products(
    config: Config, *, progress: Progress | None = None
) -> tuple[pd.DataFrame, TableReport]:
    return _table(ProductTable, config, Window.until(None), progress).read()


def read_customers(
    config: Config, *, progress: Progress | None = None
) -> tuple[pd.DataFrame, TableReport]:
    return _table(CustomerTable, config, Window.until(None), progress).read()


def read_events(
    config: Config, *, as_of: datetime | None = None, progress: Progress | None = None
) -> tuple[pd.DataFrame, TableReport]:
    return _table(EventTable, config, Window.until(as_of), progress).read()


def _table(kind: type[T], config: Config, window: Window, progress: Progress | None) -> T:
    section = getattr(config, kind.table)
    if section is None:
        raise ConfigError(f"[{kind.table}] is not in the config; add it with its source")
    return kind(section, config.folder, _journal(kind.table, section, progress), window)


def _journal(table: str, section: TableSection, progress: Progress | None) -> Journal:
    journal = Journal(table, section.max_rejected)
    if progress:
        journal.progress = progress
    return journal
