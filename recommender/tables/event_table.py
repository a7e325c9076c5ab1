"""Reading and checking the events."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recommender.config import TableSection
from recommender.tables.cells.settling import settled
from recommender.tables.cells.times import find_clock
from recommender.tables.cells.zones import as_times
from recommender.tables.checks import Checks
from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import Intake
from recommender.tables.records import Records
from recommender.tables.report import TableReport
from recommender.tables.window import Window

REQUIRED = ("customer_id", "product_id", "event", "happened_at")
EVENTS = ("view", "cart", "quote")


class EventTable:
    """One reading of the events; building it finds what is wrong with the config."""

    table: ClassVar = "events"

    def __init__(
        self, section: TableSection, folder: Path, journal: Journal, window: Window
    ) -> None:
        self._journal, self._window = journal, window
        self._intake = Intake(Contract(self.table, section, REQUIRED, ()), folder, journal)
        self._clock = find_clock("events", "happened_at", section.date_format, section.time_zone)

    def read(self) -> tuple[pd.DataFrame, TableReport]:
        """Raises `BadDataError` where too many rows are bad."""
        kept = Records()
        forms = {"happened_at": self._clock.form}
        for chunk in settled(self._intake.chunks(), forms, self._journal):
            self._check(chunk, kept)
        self._clock.finish(self._journal)
        frame = kept.frame()
        if frame.empty:
            frame = pd.DataFrame(columns=REQUIRED, dtype="str")
        frame = frame.sort_values(list(REQUIRED), ignore_index=True)
        frame = frame.assign(happened_at=as_times(frame["happened_at"]))
        return frame, self._journal.report(len(frame))

    def _check(self, chunk: Chunk, kept: Records) -> None:
        checks = Checks(chunk, self._journal)
        columns = {
            "customer_id": checks.ids("customer_id"),
            "product_id": checks.ids("product_id"),
            "event": self._events(checks),
            "happened_at": checks.moments("happened_at", self._clock, self._window),
        }
        sound = checks.sound()
        later = sound & self._window.leaves_out(columns["happened_at"])
        self._journal.left_out += int(later.sum())
        kept.add(chunk, columns, sound & ~later)

    def _events(self, checks: Checks) -> pa.DictionaryArray:
        text = checks.ids("event")
        lower = pc.utf8_lower(text.dictionary).take(text.indices)
        known = pc.is_in(lower, pa.array(EVENTS)).to_numpy(zero_copy_only=False)
        checks.fault("event", f"is none of {', '.join(EVENTS)}", ~known)
        respelled = known & pc.not_equal(lower, text.cast(pa.string())).fill_null(False).to_numpy(
            zero_copy_only=False
        )
        self._journal.count(
            "event cells are in capitals and read in small letters", respelled.sum()
        )
        return lower.dictionary_encode()
