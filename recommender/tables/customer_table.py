"""Reading and checking the customers."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd

from recommender.config import TableSection
from recommender.tables.checks import Checks
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import Intake
from recommender.tables.records import Records
from recommender.tables.report import TableReport
from recommender.tables.window import Window

REQUIRED = ("customer_id",)
OPTIONAL = ("name", "segment", "region", "rep", "parent_id")


class CustomerTable:
    """One reading of the customers; building it finds what is wrong with the config."""

    table: ClassVar = "customers"

    def __init__(
        self, section: TableSection, folder: Path, journal: Journal, _window: Window
    ) -> None:
        contract = Contract(self.table, section, REQUIRED, OPTIONAL, takes_attributes=True)
        self._journal = journal
        self._intake = Intake(contract, folder, journal)

    def read(self) -> tuple[pd.DataFrame, TableReport]:
        """Raises `BadDataError` where too many rows are bad."""
        kept = Records()
        for chunk in self._intake.chunks():
            checks = Checks(chunk, self._journal)
            columns = {"customer_id": checks.ids("customer_id")}
            columns |= {name: checks.names(name) for name in OPTIONAL}
            columns |= {n: checks.names(n) for n in chunk.columns if n not in columns}
            kept.add(chunk, columns, checks.sound())
        frame = kept.unique("customer_id", self._journal)
        if frame.empty:
            frame = pd.DataFrame(columns=[*REQUIRED, *OPTIONAL], dtype="str")
        return frame, self._journal.report(len(frame))
