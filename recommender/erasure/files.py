"""Files that lie in a release or beside one: rejected rows, reports, trials."""

from __future__ import annotations

import io
from pathlib import PurePath

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.erasure.traces import Traces


def without_traces(name: str, content: bytes, traces: Traces) -> bytes | None:
    """The content itself where nothing betrays the customer; None for what cannot be read."""
    try:
        match PurePath(name).suffix:
            case ".parquet":
                return _parquet(content, traces)
            case ".json":
                return traces.scrubbed_document(content.decode()).encode()
            case ".html":
                return traces.scrubbed_html(content.decode()).encode()
            case _:
                return traces.scrubbed(content.decode()).encode()
    except (ValueError, OSError, RecursionError, pa.ArrowException):
        return None


def _parquet(content: bytes, traces: Traces) -> bytes:
    """Without the rows in which a text names the customer."""
    table = pq.read_table(io.BytesIO(content))
    texts = [name for name in table.column_names if _is_text(table[name].type)]
    cells = zip(*(table[name].cast(pa.string()).to_pylist() for name in texts), strict=True)
    kept = [not traces.is_in_row(filter(None, row)) for row in cells]
    if all(kept):
        return content
    buffer = io.BytesIO()
    pq.write_table(table.filter(pa.array(kept)), buffer)
    return buffer.getvalue()


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind)) or bool(pa.types.is_large_string(kind))
