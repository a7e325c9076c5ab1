"""Columns of Python values, as spreadsheets and databases give them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from recommender.tables.cells.texts import written
from recommender.tables.chunk import Column, Fault

_NOTHING = type(None)
_UNIFORM = (
    ({str}, pa.string()),
    ({int}, pa.int64()),
    ({float}, pa.float64()),
    ({int, float}, pa.float64()),
)


def column_of(values: Sequence[Any], faults: tuple[Fault, ...] = ()) -> Column:
    """Typed where all values are of one type, else as text that knows which cells were typed."""
    kinds = set(map(type, values)) - {_NOTHING}
    if kinds <= {str}:
        return Column(Column.of_texts(values).values, None, faults)
    uniform = next((kind for types, kind in _UNIFORM if kinds <= types), None)
    if uniform is not None and _fits(values, kinds):
        return Column(pa.array(values, uniform, from_pandas=True), None, faults)
    if kinds == {datetime.datetime} and not any(v.tzinfo for v in values if v is not None):
        return Column(pa.array(values, pa.timestamp("us")), None, faults)
    typed = np.array([not isinstance(v, str) for v in values], np.bool_)
    return Column(Column.of_texts([written(v) for v in values]).values, typed, faults)


def _fits(values: Sequence[Any], kinds: set[type]) -> bool:
    """Whether no whole number is too large for the machine's own, or for an exact float."""
    most = 2**53 if float in kinds else 2**63
    return all(-most <= v < most for v in values if type(v) is int)
