"""The customers of a release: everyone in the table and everyone who ever bought."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from recommender.release.contents import Customers
from recommender.text import Ids, TextColumn

NAMED = ("customer_id", "name", "segment", "region", "rep")


def customer_columns(ids: Ids, table: pd.DataFrame | None, segments: TextColumn) -> Customers:
    """`segments` are those with a list of their own, in the order of `Fallback.segments`."""
    table = _aligned(ids, table)
    number = {segment: position for position, segment in enumerate(segments)}
    return Customers(
        ids=ids,
        name=TextColumn.of(table["name"]),
        segment=TextColumn.of(table["segment"]),
        region=TextColumn.of(table["region"]),
        rep=TextColumn.of(table["rep"]),
        portrait=TextColumn.of(_portraits(table)),
        segment_number=np.array([number.get(s, -1) for s in table["segment"]], np.int32),
    )


def segments_of(ids: Ids, table: pd.DataFrame | None) -> list[str]:
    """(customers,) "" where none is known."""
    return list(_aligned(ids, table)["segment"])


def _aligned(ids: Ids, table: pd.DataFrame | None) -> pd.DataFrame:
    """One row an id, in the order of the ids; customers without a row get empty cells."""
    if table is None:
        table = pd.DataFrame({column: pd.Series(dtype="str") for column in NAMED})
    aligned = table.set_index("customer_id").reindex(list(ids), fill_value="")
    missing = [column for column in NAMED[1:] if column not in aligned]
    return aligned.assign(**dict.fromkeys(missing, ""))


def _portraits(table: pd.DataFrame) -> list[str]:
    """One JSON object a customer; a field nobody filled in stays as null, for it may be asked."""
    columns = [column for column in table.columns if column not in NAMED]
    rows = zip(*(table[column] for column in columns), strict=True) if columns else ()
    portraits = [
        json.dumps({c: v or None for c, v in zip(columns, row, strict=True)}, ensure_ascii=False)
        for row in rows
    ]
    return portraits or ["{}"] * len(table)
