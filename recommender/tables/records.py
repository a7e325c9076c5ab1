"""Checked rows of a table that stays one: products, customers, events."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from recommender.tables.chunk import TEXT, Chunk, Mask, Rejection
from recommender.tables.journal import Journal, as_frame


class Records:
    """Rows as they come, and where they came from."""

    def __init__(self) -> None:
        self._rows: list[pa.Table] = []
        self._origins: list[pd.DataFrame] = []

    def add(self, chunk: Chunk, columns: Mapping[str, object], rows: Mask) -> None:
        """Takes these rows of columns that each are n texts or n values."""
        table = pa.table({name: pa.array(column) for name, column in columns.items()})
        self._rows.append(table.filter(pa.array(rows)))
        self._origins.append(pd.DataFrame({"file": chunk.file, "line": chunk.lines[rows]}))

    def frame(self) -> pd.DataFrame:
        """All of them; texts are "" where a file does not have the column."""
        if not self._rows:
            return pd.DataFrame()
        table = pa.concat_tables(self._rows, promote_options="default")
        texts = {
            n: _texts(table[n]) if table[n].type == TEXT else table[n] for n in table.column_names
        }
        return as_frame(pa.table(texts))

    def unique(self, key: str, journal: Journal) -> pd.DataFrame:
        """One row each key, sorted by it: equal rows are merged, later others rejected."""
        frame = self.frame()
        if frame.empty:
            return frame
        again = frame.duplicated(key)
        if again.any():
            self._settle(frame, frame.index[again], key, journal)
        return frame[~again].sort_values(key, ignore_index=True)

    def _settle(self, frame: pd.DataFrame, again: pd.Index, key: str, journal: Journal) -> None:
        origins = pd.concat(self._origins, ignore_index=True)
        firsts = frame.drop_duplicates(key)
        first = pd.Series(firsts.index, firsts[key]).loc[frame.loc[again, key]].to_numpy()
        here, there = (
            frame.loc[again].reset_index(drop=True),
            frame.loc[first].reset_index(drop=True),
        )
        equal = np.asarray(((here == there) | (here.isna() & there.isna())).all(axis=1))
        journal.merged += int(equal.sum())
        for at, before in zip(again[~equal], first[~equal], strict=True):
            file, line = origins.loc[at]
            journal.reject(
                file,
                [
                    Rejection(
                        int(line), key, str(frame.at[at, key]), _taken(key, origins.loc[before])
                    )
                ],
            )


def _taken(key: str, first: pd.Series) -> str:
    return f"{key} is there already with other values: {first['file']}:{first['line']}"


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()).fill_null("")
