"""One chunk as the bytes of a Parquet file, and back to the very same chunk."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.tables.chunk import Chunk, Column, Fault, Rejection
from recommender.tables.journal import VALUE_LENGTH

CELLS = "cells."
_LINE, _TYPED, _FAULT = "line", "typed.", "fault."
_REASONS = b"reasons"
_REJECTION = pa.schema(
    {"line": pa.int64(), "column": pa.string(), "value": pa.string(), "reason": pa.string()}
)


def packed(chunk: Chunk) -> bytes:
    """All of a chunk but its file and its broken rows."""
    columns: dict[str, pa.Array] = {_LINE: pa.array(chunk.lines)}
    reasons: dict[str, str] = {}
    for name, column in chunk.columns.items():
        columns[f"{CELLS}{name}"] = column.values
        if column.typed is not None:
            columns[f"{_TYPED}{name}"] = pa.array(column.typed)
        for number, fault in enumerate(f for f in column.faults if f.rows.any()):
            columns[f"{_FAULT}{number}.{name}"] = pa.array(fault.rows)
            reasons[f"{_FAULT}{number}.{name}"] = fault.reason
    table = pa.table(columns)
    said = table.schema.metadata or {}
    return _parquet(table.replace_schema_metadata(said | {_REASONS: json.dumps(reasons)}))


def unpacked(content: bytes, file: str, broken: tuple[Rejection, ...]) -> Chunk:
    table = pq.read_table(io.BytesIO(content))
    reasons = json.loads(table.schema.metadata[_REASONS])
    names = [n.removeprefix(CELLS) for n in table.column_names if n.startswith(CELLS)]
    columns = {name: _column(table, name, reasons) for name in names}
    return Chunk(file, _values(table, _LINE), columns, broken)


def packed_rejections(rows: Sequence[Rejection]) -> bytes:
    """No longer than they are told of."""
    told = [(r.line, r.column, r.value[:VALUE_LENGTH], r.reason) for r in rows]
    columns = [
        pa.array(c, f.type) for c, f in zip(zip(*told, strict=True), _REJECTION, strict=True)
    ]
    return _parquet(pa.Table.from_arrays(columns, schema=_REJECTION))


def unpacked_rejections(content: bytes) -> tuple[Rejection, ...]:
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    return tuple(Rejection(**row) for row in rows)


def _column(table: pa.Table, name: str, reasons: dict[str, str]) -> Column:
    typed = f"{_TYPED}{name}"
    faults = (
        Fault(reason, _values(table, fault))
        for fault, reason in reasons.items()
        if fault.split(".", 2)[2] == name
    )
    return Column(
        table[f"{CELLS}{name}"].combine_chunks(),
        _values(table, typed) if typed in table.column_names else None,
        tuple(faults),
    )


def _values(table: pa.Table, name: str) -> np.ndarray:
    return np.asarray(table[name].combine_chunks().to_numpy(zero_copy_only=False))


def _parquet(table: pa.Table) -> bytes:
    """Texts keep the order of their dictionary: examples in warnings are the first ones in it."""
    buffer = io.BytesIO()
    pq.write_table(
        table,
        buffer,
        compression="zstd",
        write_statistics=False,
        dictionary_pagesize_limit=2**30,
    )
    return buffer.getvalue()
