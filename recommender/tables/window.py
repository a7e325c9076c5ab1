"""The stretch of time in which a row may lie."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from recommender.tables.cells.zones import Seconds
from recommender.tables.chunk import Mask
from recommender.tables.purchases import SECONDS_PER_DAY

YEAR_1900 = -2_208_988_800


@dataclass(frozen=True)
class Window:
    """Seconds since 1970 UTC."""

    latest: int
    """A day from now: clocks differ, but nobody buys next week."""
    as_of: int | None = None
    """Rows at or after it are left out."""
    earliest: int = 0

    @classmethod
    def until(cls, as_of: datetime | None) -> Window:
        """A time without a zone is taken as UTC."""
        if as_of is not None and as_of.tzinfo is None:
            as_of = as_of.replace(tzinfo=UTC)
        moment = None if as_of is None else int(as_of.timestamp())
        return cls(int(time.time()) + SECONDS_PER_DAY, moment)

    def outside(self) -> str:
        first, last = (
            time.strftime("%Y-%m-%d", time.gmtime(t)) for t in (self.earliest, self.latest)
        )
        return f"is not between {first} and {last}"

    def excludes(self, moments: Seconds) -> Mask:
        return (moments < self.earliest) | (moments > self.latest)

    def leaves_out(self, moments: Seconds) -> Mask:
        return moments >= (self.latest + 1 if self.as_of is None else self.as_of)
