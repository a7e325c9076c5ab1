"""Files of purchases that are kept for the next training, where they name the customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.erasure.traces import Traces
from recommender.release.publish import drop, sweep
from recommender.release.shelf import PREPARED, prepared_names
from recommender.tables.cells.texts import as_text
from recommender.tables.chunk import Column
from recommender.tables.prepared.parts import CELLS


def drop_prepared(directory: Path, traces: Traces) -> Iterator[Path]:
    """Removes whole files, which the next training reads again; gives the folders removed.

    Also what a killed training left unfinished. Must be called under `training_lock`.
    """
    folder = directory / PREPARED
    sweep(folder)
    for name in prepared_names(folder):
        if _names(folder / name, traces):
            drop(folder / name)
            yield folder / name


def _names(folder: Path, traces: Traces) -> bool:
    """What cannot be read may name anybody."""
    try:
        return any(traces.is_in_row(_texts(path)) for path in sorted(folder.iterdir()))
    except (OSError, ValueError, pa.ArrowException):
        return True


def _texts(path: Path) -> Iterator[str]:
    if path.suffix != ".parquet":
        yield from _of_json(json.loads(path.read_bytes()))
        return
    table = pq.read_table(path)
    for name in table.column_names:
        if name.startswith(CELLS) or pa.types.is_string(table[name].type):
            yield _joined(table[name].combine_chunks())


def _joined(cells: pa.Array) -> str:
    """Each different cell on a line of its own, numbers as ids are written: one text is searched
    quicker than many.
    """
    return "\n".join(as_text(Column(cells)).dictionary.drop_null().to_pylist())


def _of_json(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from value
            for inner in value.values():
                yield from _of_json(inner)
        case list():
            for inner in value:
                yield from _of_json(inner)
