"""Texts of many chunks as numbers, in the order of the sorted texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from recommender.tables.chunk import TEXT
from recommender.text import Ids, TextColumn

Codes = npt.NDArray[np.int32]


def coded(chunks: list[pa.DictionaryArray]) -> tuple[pa.StringArray, Codes]:
    """The texts that occur, sorted by UTF-8 bytes, and (n,) each cell's position, -1 for null.

    Empties the list: with millions of different texts two copies are too many.
    """
    together = pa.chunked_array(chunks, TEXT).unify_dictionaries()
    chunks.clear()
    if not len(together):
        return pa.array([], pa.string()), np.zeros(0, np.int32)
    texts = together.chunk(0).dictionary
    numbers = np.concatenate([_numbers(chunk) for chunk in together.chunks])
    occurs = np.zeros(len(texts) + 1, np.bool_)
    occurs[numbers] = True
    occurring = np.flatnonzero(occurs[:-1])
    ordered = occurring[pc.sort_indices(texts.take(pa.array(occurring))).to_numpy()]
    position = np.full(len(texts) + 1, -1, np.int32)
    position[ordered] = np.arange(len(ordered), dtype=np.int32)
    return texts.take(pa.array(ordered)), position[numbers]


def as_ids(ordered: pa.StringArray) -> Ids:
    texts = as_texts(ordered)
    return Ids(texts.ends, texts.content)


def as_texts(array: pa.StringArray) -> TextColumn:
    """Without a Python text for each; none may be null."""
    whole = array.cast(pa.large_string())
    _, ends, content = whole.buffers()
    first, last = whole.offset, whole.offset + len(whole) + 1
    ends = np.frombuffer(ends, np.int64)[first:last] if len(whole) else np.zeros(1, np.int64)
    content = np.frombuffer(content or b"", np.uint8)[ends[0] : ends[-1]]
    return TextColumn(ends - ends[0], content.copy())


def _numbers(chunk: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    return np.asarray(chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int32)
