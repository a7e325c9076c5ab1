"""Chunks of a Parquet file, with its own types."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from recommender.errors import BadDataError
from recommender.tables.chunk import CHUNK_ROWS, TEXT, Chunk, Column
from recommender.tables.contract import Contract
from recommender.tables.journal import Journal
from recommender.tables.sources import SourceFile, reading


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
    if pa.types.is_nested(kind):
        raise BadDataError(
            f"{file}: column {heading!r} holds {kind}, expected one value a row; flatten it"
        )
    if _is_text(kind) or pa.types.is_null(kind):
        return Column(values.cast(pa.string()).dictionary_encode().cast(TEXT))
    return Column(values)


def _is_text(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
    )
    return any(test(kind) for test in tests)
