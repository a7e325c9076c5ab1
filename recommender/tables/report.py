"""What became of the rows that were read: kept, rejected with the reason, merged, left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

REJECTED_COLUMNS = ("file", "line", "column", "value", "reason")


@dataclass(frozen=True)
class TableReport:
    """The count of one table; cannot be built when it does not add up."""

    table: str
    """`purchases`, `products`, `customers` or `events`."""
    files: tuple[str, ...]
    """What was read, relative to the config; a query counts as one."""
    sha256: str
    """Of the bytes read, or of the rows of a query."""
    read: int
    kept: int
    merged: int
    rejected: pd.DataFrame
    """One row a rejected row, with `REJECTED_COLUMNS`; `line` is 1-based within `file`."""
    notes: tuple[str, ...] = ()
    """What was decided on the way: the encoding found, the separator, the date format."""
    warnings: tuple[str, ...] = ()
    """Odd but usable."""
    left_out: int = 0
    """Sound rows at or after the `as_of` that was asked for."""
    columns: tuple[str, ...] = ()
    """Of products: which of stock and price the table speaks of."""
    written_at: datetime | None = None
    """Of products: when the newest of its files was, or when the query was made."""

    def __post_init__(self) -> None:
        if self.read != self.kept + len(self.rejected) + self.merged + self.left_out:
            raise ValueError(
                f"{self.table}: {self.read} rows read, but {self.kept} kept + "
                f"{len(self.rejected)} rejected + {self.merged} merged + {self.left_out} left out"
            )
        if tuple(self.rejected.columns) != REJECTED_COLUMNS:
            raise ValueError(f"rejected rows have {REJECTED_COLUMNS}, not {self.rejected.columns}")
