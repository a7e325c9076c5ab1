"""Reading and checking the products."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from recommender.config import TableSection
from recommender.tables.cells.dates import DateForm
from recommender.tables.cells.decimals import DecimalMark
from recommender.tables.cells.settling import settled
from recommender.tables.cells.times import find_clock
from recommender.tables.cells.zones import as_times
from recommender.tables.checks import Checks
from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import Intake
from recommender.tables.records import Records
from recommender.tables.report import TableReport
from recommender.tables.window import YEAR_1900, Window

REQUIRED = ("product_id",)
TEXTS = ("name", "category", "brand")
CHANGING = ("in_stock", "price")
"""What may be told anew between two readings."""
OPTIONAL = (*TEXTS, "price", "cost", "in_stock", "listed_at")


class ProductTable:
    """One reading of the products; building it finds what is wrong with the config."""

    table: ClassVar = "products"

    def __init__(
        self, section: TableSection, folder: Path, journal: Journal, window: Window
    ) -> None:
        contract = Contract(self.table, section, REQUIRED, OPTIONAL, takes_attributes=True)
        self._journal = journal
        # Some are older than 1970, and a range is planned years ahead.
        latest = window.latest + 10 * 365 * SECONDS_PER_DAY
        self._window = replace(window, earliest=YEAR_1900, latest=latest)
        self._intake = Intake(contract, folder, journal)
        self._clock = find_clock("products", "listed_at", section.date_format, section.time_zone)
        self._price = DecimalMark("products", "price", section.decimal)
        self._cost = DecimalMark("products", "cost", section.decimal)

    def read(self) -> tuple[pd.DataFrame, TableReport]:
        """Raises `BadDataError` where too many rows are bad."""
        forms: dict[str, DateForm | DecimalMark] = {
            "listed_at": self._clock.form,
            "price": self._price,
            "cost": self._cost,
        }
        kept, found, written_at = Records(), set[str](), self._intake.written_at
        for chunk in settled(self._intake.chunks(), forms, self._journal):
            found.update(chunk.columns)
            self._check(chunk, kept)
        self._clock.finish(self._journal)
        frame = _completed(kept.unique("product_id", self._journal))
        report = self._journal.report(len(frame))
        columns = tuple(name for name in CHANGING if name in found)
        return frame, replace(report, columns=columns, written_at=written_at)

    def _check(self, chunk: Chunk, kept: Records) -> None:
        checks = Checks(chunk, self._journal)
        columns = {
            "product_id": checks.ids("product_id"),
            **{name: checks.names(name) for name in TEXTS},
            "price": checks.prices("price", self._price),
            "cost": checks.prices("cost", self._cost),
            "in_stock": checks.flags("in_stock", empty=True),
            "listed_at": checks.moments("listed_at", self._clock, self._window, required=False),
        }
        columns |= {n: checks.names(n) for n in chunk.columns if n not in columns}
        kept.add(chunk, columns, checks.sound())


def _completed(frame: pd.DataFrame) -> pd.DataFrame:
    """With its types, which an empty table does not have by itself."""
    if frame.empty:
        frame = pd.DataFrame(columns=[*REQUIRED, *OPTIONAL], dtype="str")
        frame = frame.astype({"price": np.float64, "cost": np.float64, "in_stock": np.bool_})
    return frame.assign(listed_at=as_times(frame["listed_at"]))
