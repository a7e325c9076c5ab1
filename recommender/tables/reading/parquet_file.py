"""Chunks of a Parquet file, with its own types."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.errors import BadDataError
from recommender.tables.chunk import CHUNK_ROWS, TEXT, Chunk, Column
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.sources import SourceFile, reading

_TEXTS = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
    pa.types.is_null,
)
_VALUES = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_duration,
)


def read_parquet(file: SourceFile, contract: Contract, journal: Journal) -> Iterator[Chunk]:
    """Raises `BadDataError` where the file as a whole is unusable, naming it."""
    journal.hashed(file.sha256())
    try:
        with reading(file.name), pq.ParquetFile(file.path, memory_map=True) as parquet:
            names = parquet.schema_arrow.names
            places = contract.places(names, file.name, journal)
            yield from _chunks(parquet, file.name, {n: names[i] for n, i in places.items()})
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise BadDataError(
            f"{file.name}: not a sound Parquet file ({str(error).splitlines()[0]}); export it again"
        ) from error


def _chunks(parquet: pq.ParquetFile, file: str, headings: dict[str, str]) -> Iterator[Chunk]:
    line = 1
    wanted = list(dict.fromkeys(headings.values()))
    for batch in parquet.iter_batches(CHUNK_ROWS, columns=wanted):
        # Arrow does not check text by itself, and what is no UTF-8 fails much later.
        batch.validate(full=True)
        columns = {
            name: _column(batch.column(heading), heading, file)
            for name, heading in headings.items()
        }
        yield Chunk(file, np.arange(line, line + len(batch), dtype=np.int64), columns)
        line += len(batch)


def _column(values: pa.Array, heading: str, file: str) -> Column:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if isinstance(values, pa.ExtensionArray):
        values, kind = values.storage, values.storage.type
    if _is_any(kind, _TEXTS):
        return Column(values.cast(pa.string()).dictionary_encode().cast(TEXT))
    # Arrow can do little with its smallest types.
    if pa.types.is_float16(kind):
        return Column(values.cast(pa.float32()))
    if pa.types.is_decimal(kind) and kind.bit_width < 128:
        return Column(values.cast(pa.decimal128(kind.precision, kind.scale)))
    if not _is_any(kind, _VALUES):
        raise BadDataError(
            f"{file}: column {heading!r} holds {kind}, expected a text, a number or a time a row; "
            "convert it"
        )
    return Column(values)


def _is_any(kind: pa.DataType, tests: tuple[Callable[[pa.DataType], bool], ...]) -> bool:
    return any(test(kind) for test in tests)
