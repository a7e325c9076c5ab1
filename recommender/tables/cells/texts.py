"""Cells as the text they are: ids above all, names and attributes."""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recommender.tables.chunk import Column, Fault, Mask
from recommender.tables.journal import Journal

LONGEST_ID = 200
EXACT_FLOAT = 2.0**53
_CONTROL = r"\p{Cc}"
_NUL = r"\x00"


def as_text(column: Column) -> pa.DictionaryArray:
    """`TEXT`: numbers that are whole without a point, booleans as TRUE and FALSE, times ISO."""
    if column.is_text:
        return column.values
    encoded = column.values.dictionary_encode()
    texts = pa.array(_written(encoded.dictionary), pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), texts)


def _written(values: pa.Array) -> list[str | None]:
    try:
        return [written(value) for value in values.to_pylist()]
    except (ValueError, OverflowError):
        # A year 30000 is a time to Arrow, not to Python.
        texts: list[str | None] = values.cast(pa.string()).to_pylist()
        return texts


def written(value: Any) -> str | None:
    """One typed cell as text; None and NaN are nothing."""
    match value:
        case None:
            text = None
        case bool():
            text = str(value).upper()
        case float() | decimal.Decimal():
            text = None if math.isnan(value) else _number(value)
        case datetime.date() | datetime.time():
            text = value.isoformat()
        case bytes() | memoryview():
            text = bytes(value).decode(errors="replace")
        case _:
            text = str(value)
    return text


def ids(column: Column, name: str, journal: Journal) -> tuple[pa.DictionaryArray, list[Fault]]:
    """Trimmed ids, null where empty; faults for what no key may hold, not for empty ones."""
    _count_floats(column, name, journal)
    text = trimmed(as_text(column), name, journal)
    values = text.dictionary
    faults = [
        Fault("is a float too large to be exact; store it as text", _inexact(column)),
        _fault("holds a control character", text, _matches(values, _CONTROL)),
        _fault(
            f"is longer than {LONGEST_ID} characters",
            text,
            _as_mask(pc.greater(pc.utf8_length(values), LONGEST_ID)),
        ),
    ]
    return text, [f for f in faults if f.rows.any()]


def names(column: Column, name: str, journal: Journal) -> tuple[pa.DictionaryArray, list[Fault]]:
    """Trimmed texts of any kind, null where empty; only what no database stores is a fault."""
    text = trimmed(as_text(column), name, journal)
    fault = _fault("holds a NUL character", text, _matches(text.dictionary, _NUL))
    return text, [fault] if fault.rows.any() else []


def missing(text: pa.Array) -> Fault:
    return Fault("is empty", _as_mask(text.is_null()))


def trimmed(text: pa.DictionaryArray, name: str, journal: Journal) -> pa.DictionaryArray:
    """Without blanks around the cells, which are counted; null where nothing is left."""
    values = pc.utf8_trim_whitespace(text.dictionary)
    values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    changed = _as_mask(pc.fill_null(pc.not_equal(values, text.dictionary), False))
    if changed.any():
        rows = spread(changed, text)
        example = repr(text.dictionary[int(np.argmax(changed))].as_py())
        journal.count(
            f"{name} cells had blanks around them, which are left out", rows.sum(), example
        )
    return (
        values.take(text.indices).dictionary_encode() if _collapses(values) else _with(text, values)
    )


def spread(of_values: Mask, text: pa.DictionaryArray) -> Mask:
    """(n,) what holds for a cell's value; false where the cell is empty."""
    indices = text.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.asarray(np.append(of_values, False)[indices])


def _collapses(values: pa.Array) -> bool:
    return values.null_count > 0 or len(values.unique()) < len(values)


def _with(text: pa.DictionaryArray, values: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(text.indices, values)


def _fault(reason: str, text: pa.DictionaryArray, of_values: Mask) -> Fault:
    return Fault(reason, spread(of_values, text))


def _matches(values: pa.Array, pattern: str) -> Mask:
    return _as_mask(pc.match_substring_regex(values, pattern))


def _as_mask(array: pa.Array) -> Mask:
    return np.asarray(array.fill_null(False).to_numpy(zero_copy_only=False), np.bool_)


def _number(value: float | decimal.Decimal) -> str:
    is_whole = math.isfinite(value) and value == int(value)
    return str(int(value)) if is_whole else str(value)


def _count_floats(column: Column, name: str, journal: Journal) -> None:
    if pa.types.is_floating(column.values.type):
        sentence = f"{name} cells are floats, as if they were measured; 123.0 is read as 123"
        journal.count(sentence, len(column) - column.values.null_count)


def _inexact(column: Column) -> Mask:
    if not pa.types.is_floating(column.values.type):
        return np.zeros(len(column), np.bool_)
    return np.asarray(np.abs(column.values.to_numpy(zero_copy_only=False)) >= EXACT_FLOAT)
