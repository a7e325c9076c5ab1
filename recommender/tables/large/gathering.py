"""Checked purchase lines as they come: in memory while they fit, on disk once they do not."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Self

import numpy as np
import pyarrow as pa

from recommender.tables.channels import Channels, number_type
from recommender.tables.chunk import Mask
from recommender.tables.coded import as_ids, as_texts
from recommender.tables.large.budget import BYTES_A_LINE
from recommender.tables.large.mapped import ColumnFile
from recommender.tables.large.scratch import scratch_folder
from recommender.tables.large.sorting import Sorting, Tell
from recommender.tables.large.spill import Spill
from recommender.tables.purchase_lines import PurchaseLines, repeats
from recommender.tables.purchases import KINDS, Purchases


class Gathering:
    """Ends as the same `Purchases` either way; to be closed, as it may hold a folder."""

    def __init__(self, memory: int, tell: Tell) -> None:
        self._memory, self._tell = memory, tell
        self._held, self._lines = PurchaseLines(), 0
        self._spill: Spill | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def __len__(self) -> int:
        return self._lines

    def add(self, lines: PurchaseLines, rows: Mask) -> None:
        """Takes these rows."""
        self._held.add(lines, rows)
        self._lines += int(rows.sum())
        if self._spill is None and self._lines * BYTES_A_LINE > self._memory:
            self._folder = self._closing.enter_context(scratch_folder())
            self._spill = Spill(self._folder / "lines.parquet")
        if self._spill:
            self._spill.add(self._held)

    def purchases(self) -> tuple[Purchases, int]:
        """In canonical order, and how many lines were the same line of an order once more."""
        if self._spill is None:
            return self._held.purchases()
        self._spill.close()
        # What Arrow keeps for the next chunks DuckDB needs now.
        pa.default_memory_pool().release_unused()
        sorting = Sorting(self._spill, self._folder, self._memory, self._tell)
        self._closing.callback(sorting.close)
        return _sorted(sorting)


def _sorted(sorting: Sorting) -> tuple[Purchases, int]:
    sorting.number()
    customers, products = as_ids(sorting.texts("customers")), as_ids(sorting.texts("products"))
    names = as_texts(sorting.texts("channels"))
    kinds = {**KINDS, "channels": number_type(names)}
    with ExitStack() as closing:
        files = {name: closing.enter_context(ColumnFile(kind)) for name, kind in kinds.items()}
        merged = _write(sorting, files)
        columns = {name: file.mapped() for name, file in files.items()}
    numbers = columns.pop("channels")
    channels = Channels.of(names, numbers)
    return Purchases(customers, products, **columns, channels=channels), merged


def _write(sorting: Sorting, files: dict[str, ColumnFile]) -> int:
    """Writes each line once; gives how many were left out."""
    merged, last = 0, None
    for batch in sorting.batches():
        columns = (
            [np.concatenate(pair) for pair in zip(last, batch, strict=True)] if last else batch
        )
        repeated = repeats(dict(zip(files, columns, strict=True)))
        stays = ~repeated[1 if last else 0 :]
        for file, column in zip(files.values(), batch, strict=True):
            file.write(column[stays])
        merged += int(np.count_nonzero(~stays))
        last = [column[-1:] for column in batch]
    return merged
