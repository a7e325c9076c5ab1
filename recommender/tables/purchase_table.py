"""Reading and checking the purchases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from recommender.config import PurchaseSection
from recommender.errors import BadDataError
from recommender.tables.cells.dates import DateForm
from recommender.tables.cells.decimals import DecimalMark
from recommender.tables.cells.settling import settled
from recommender.tables.cells.times import find_clock
from recommender.tables.channels import MOST_CHANNELS
from recommender.tables.checks import Checks
from recommender.tables.chunk import Chunk
from recommender.tables.journal import Journal
from recommender.tables.large.budget import most_bytes
from recommender.tables.large.gathering import Gathering
from recommender.tables.purchase_lines import PurchaseLines
from recommender.tables.purchases import Purchases
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.intake import Intake, Reader, read_file
from recommender.tables.report import TableReport
from recommender.tables.window import Window

REQUIRED = ("customer_id", "product_id", "purchased_at")
OPTIONAL = ("quantity", "unit_price", "order_id", "channel")


class PurchaseTable:
    """One reading of the purchases; building it finds what is wrong with the config."""

    table: ClassVar = "purchases"

    def __init__(
        self,
        section: PurchaseSection,
        folder: Path,
        journal: Journal,
        window: Window,
        reader: Reader = read_file,
    ) -> None:
        self._journal, self._window = journal, window
        self._memory = most_bytes(section.memory_bytes)
        contract = Contract(self.table, section, REQUIRED, OPTIONAL)
        self._intake = Intake(contract, folder, journal, reader)
        self._clock = find_clock(
            "purchases", "purchased_at", section.date_format, section.time_zone
        )
        self._quantity = DecimalMark("purchases", "quantity", section.decimal)
        self._unit_price = DecimalMark("purchases", "unit_price", section.decimal)

    def read(self) -> tuple[Purchases, TableReport]:
        """Raises `BadDataError` where too many rows are bad or none is left."""
        forms: dict[str, DateForm | DecimalMark] = {
            "purchased_at": self._clock.form,
            "quantity": self._quantity,
            "unit_price": self._unit_price,
        }
        with Gathering(self._memory, self._journal.progress) as kept:
            for chunk in settled(self._intake.chunks(), forms, self._journal):
                self._check(chunk, kept)
            self._clock.finish(self._journal)
            self._check_any_left(len(kept))
            purchases, self._journal.merged = kept.purchases()
        purchases = self._with_channels(purchases)
        return purchases, self._journal.report(len(purchases))

    def _check(self, chunk: Chunk, kept: Gathering) -> None:
        checks = Checks(chunk, self._journal)
        customers, products = checks.ids("customer_id"), checks.ids("product_id")
        moments = checks.moments("purchased_at", self._clock, self._window)
        quantity = checks.numbers("quantity", self._quantity, absent="1")
        checks.fault("quantity", "is 0", quantity == 0)
        checks.fault("quantity", "is empty", quantity != quantity)  # noqa: PLR0124
        prices = checks.prices("unit_price", self._unit_price)
        orders = checks.ids("order_id", required=False)
        channels = checks.names("channel")
        sound = checks.sound()
        later = sound & self._window.leaves_out(moments)
        self._journal.left_out += int(later.sum())
        lines = PurchaseLines(
            [customers], [products], [orders], [channels], [moments], [quantity], [prices]
        )
        kept.add(lines, sound & ~later)

    def _with_channels(self, purchases: Purchases) -> Purchases:
        """Counted aloud and never named: one that a single customer uses may tell who it is."""
        if purchases.channels is None:
            return purchases
        different, known = len(purchases.channels.names), np.mean(purchases.channels.numbers >= 0)
        if different > MOST_CHANNELS:
            self._journal.note(
                f"channel: {different:,} different ones are no ways to order, so none is told; "
                "name another column in [purchases.columns], or none"
            )
            return replace(purchases, channels=None)
        self._journal.note(f"channel: {different:,} different ones, known of {known:.0%} of lines")
        return purchases

    def _check_any_left(self, kept: int) -> None:
        if kept:
            return
        # Too many bad rows say more than that none is left.
        self._journal.report(0)
        left_out, read = self._journal.left_out, self._journal.read
        why = f"{left_out:,} lie at or after --as-of" if left_out else "all are bad"
        raise BadDataError(
            f"[purchases] no row is left of {read:,} read{f' ({why})' if read else ''}: "
            "there is nothing to learn from; check source, rejected rows and --as-of"
        )
