"""Cells as yes or no."""

from __future__ import annotations

import numpy as np

from recommender.tables.cells.amounts import plain
from recommender.tables.cells.decimals import number
from recommender.tables.cells.texts import as_text
from recommender.tables.chunk import Column, Fault, Mask

_YES = frozenset({"true", "t", "1", "yes", "y", "ja", "j", "wahr", "oui", "si", "sí"})
_NO = frozenset({"false", "f", "0", "no", "n", "nein", "falsch", "non"})


def flags(column: Column, *, empty: bool) -> tuple[Mask, list[Fault], Mask]:
    """(n,) with `empty` for empty cells; what is neither yes nor no is a fault.

    Last, where a cell is a number other than 0 and 1: more than 0 is yes, as of a stock.
    """
    text = as_text(column)
    cells = [(cell or "").strip().casefold() for cell in text.dictionary.to_pylist()]
    rows = text.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    amounts = [None if cell in _YES | _NO else _amount(cell) for cell in cells]
    counts = np.array([*(amount is not None for amount in amounts), False])
    yes = [
        c in _YES or (not c and empty) or (a or 0) > 0 for c, a in zip(cells, amounts, strict=True)
    ]
    wrong = np.array([*(c not in _YES | _NO and c != "" for c in cells), False]) & ~counts
    fault = Fault("is neither yes nor no; write true or false", wrong[rows])
    return np.array([*yes, empty])[rows], [fault], counts[rows]


def _amount(text: str) -> float | None:
    """Only whether it is above 0 matters, so the decimal mark does not."""
    written = plain(text)
    found = number(written, ".")
    return number(written, ",") if found is None else found
