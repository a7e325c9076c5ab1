"""Cells as yes or no."""

from __future__ import annotations

import numpy as np

from recommender.tables.cells.texts import as_text
from recommender.tables.chunk import Column, Fault, Mask

_YES = frozenset({"true", "t", "1", "yes", "y", "ja", "j", "wahr", "oui", "si", "sí"})
_NO = frozenset({"false", "f", "0", "no", "n", "nein", "falsch", "non"})


def flags(column: Column, *, empty: bool) -> tuple[Mask, list[Fault]]:
    """(n,) with `empty` for empty cells; what is neither yes nor no is a fault."""
    text = as_text(column)
    cells = [(cell or "").strip().casefold() for cell in text.dictionary.to_pylist()]
    rows = text.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    values = np.array([*(c in _YES or (not c and empty) for c in cells), empty])
    wrong = np.array([*(c not in _YES | _NO and c != "" for c in cells), False])
    return values[rows], [Fault("is neither yes nor no; write true or false", wrong[rows])]
