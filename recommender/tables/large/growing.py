"""A column of which nobody knows yet how long it will be."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from recommender.tables.large.mapped import MOST_HELD, Column, ColumnFile


class Growing:
    """Held in memory while it is short, in a file once it is long."""

    def __init__(self, kind: npt.DTypeLike) -> None:
        self._kind = np.dtype(kind)
        self._held: list[Column] = []
        self._values = 0
        self._file: ColumnFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.__exit__()

    def write(self, values: Column) -> None:
        self._held.append(values)
        self._values += len(values)
        if self._file is None and self._values > MOST_HELD:
            self._file = ColumnFile(self._kind)
        if self._file:
            for part in self._held:
                self._file.write(part)
            self._held.clear()

    def whole(self) -> Column:
        """All that was written."""
        if self._file:
            return self._file.mapped()
        return np.concatenate([np.zeros(0, self._kind), *self._held])
