"""Cells as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.tables.cells.decimals import DecimalMark, is_either, number
from recommender.tables.cells.texts import as_text
from recommender.tables.chunk import Column, Fault, Mask

Numbers = npt.NDArray[np.float64]


def numbers(column: Column, decimal: DecimalMark) -> tuple[Numbers, list[Fault]]:
    """(n,) NaN where a cell is empty or has a fault; infinities are faults."""
    kind = column.values.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values = column.values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return _finite(np.array(values))
    if not column.is_text:
        column = replace(column, values=as_text(column))
    values, either, wrong = _parsed(column, decimal)
    result, faults = _finite(values)
    return result, [Fault("is not a number", wrong), Fault(decimal.remedy(), either), *faults]


def _parsed(column: Column, decimal: DecimalMark) -> tuple[Numbers, Mask, Mask]:
    """Values; true where a cell can be read two ways; true where it is no number."""
    cells = [(text or "").strip() for text in column.values.dictionary.to_pylist()]
    rows = column.values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    either = np.array([*(decimal.mark is None and is_either(t) for t in cells), False])[rows]
    filled = np.array([*(t != "" for t in cells), False])[rows]
    values = np.where(either, np.nan, _values(cells, decimal.mark or ".")[rows])
    if column.typed is not None:
        values = np.where(column.typed, _values(cells, ".")[rows], values)
        either &= ~column.typed
    return values, either, filled & np.isnan(values) & ~either


def _values(cells: list[str], mark: str) -> Numbers:
    """(n + 1,) with a NaN at the end, for cells that are null."""
    parsed = (number(text, mark) for text in cells)
    return np.array([*(np.nan if value is None else value for value in parsed), np.nan])


def _finite(values: Numbers) -> tuple[Numbers, list[Fault]]:
    infinite = np.isinf(values)
    values[infinite] = np.nan
    return values, [Fault("is infinite", infinite)]
