"""Checked purchase lines on disk, in the order they came."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.tables.chunk import TEXT
from recommender.tables.large.scratch import writing_there
from recommender.tables.purchase_lines import PurchaseLines

TEXTS = ("customers", "products", "orders", "channels")
VALUES = {"purchased_at": pa.int64(), "quantity": pa.float64(), "unit_price": pa.float64()}
_SCHEMA = pa.schema(dict.fromkeys(TEXTS, TEXT) | VALUES)


class Spill:
    """One Parquet file; ids are still texts, times and numbers are what our checks made of them."""

    def __init__(self, path: Path) -> None:
        self.path, self.lines = path, 0
        with writing_there():
            self._writer = pq.ParquetWriter(
                path, _SCHEMA, use_dictionary=list(TEXTS), write_statistics=False
            )

    def add(self, lines: PurchaseLines) -> None:
        """Takes all of them and leaves none there."""
        columns = [getattr(lines, name) for name in _SCHEMA.names]
        for cells in zip(*columns, strict=True):
            arrays = [pa.array(c, f.type) for c, f in zip(cells, _SCHEMA, strict=True)]
            with writing_there():
                self._writer.write_batch(pa.record_batch(arrays, _SCHEMA))
            self.lines += len(arrays[0])
        for column in columns:
            column.clear()

    def close(self) -> None:
        with writing_there():
            self._writer.close()
