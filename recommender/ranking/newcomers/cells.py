"""One column of a table, as groups of equal cells and as words that cells share."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Groups = npt.NDArray[np.int32]
"""A group number each, -1 where none is known."""

LEAST_NUMERIC = 0.8
"""Share of the filled cells, for a column to be one of numbers."""
FEW_NUMBERS = 12
"""So many different numbers are names of kinds rather than sizes."""
BANDS = 8
"""Of a column of numbers, equally full."""
PARTS, LETTERS = re.compile(r"[^;|]+"), re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Words:
    """What the cells of one column say: thing, word and how much, entry by entry."""

    things: npt.NDArray[np.int32]
    words: npt.NDArray[np.int32]
    """Numbered within the column, from 0."""
    much: npt.NDArray[np.float32]
    count: int
    """Of different words."""


def texts_of(cells: pd.Series) -> pd.Series:
    """Small letters, "" where a cell says nothing."""
    return cells.astype("str").where(cells.notna(), "").str.strip().str.lower()


def numbers_of(texts: pd.Series) -> npt.NDArray[np.float64] | None:
    """NaN where there is none; None where the column is not one of numbers."""
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    given = numbers[np.isfinite(numbers)]
    if len(given) < LEAST_NUMERIC * (texts != "").sum() or len(np.unique(given)) <= FEW_NUMBERS:
        return None
    return numbers


def band_edges(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.unique(np.nanquantile(numbers, np.linspace(0, 1, BANDS + 1)))


def grouped(texts: pd.Series) -> Groups:
    numbers = {text: n for n, text in enumerate(sorted(set(texts) - {""}))}
    return np.array([numbers.get(text, -1) for text in texts], np.int32)


def banded(numbers: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> Groups:
    bands = np.searchsorted(edges[1:-1], numbers, side="right")
    return np.where(np.isfinite(numbers), bands, -1).astype(np.int32)


def parts(texts: pd.Series, pattern: re.Pattern[str]) -> Words:
    """Each part of a cell is a word: of `edger; log band saw` there are two."""
    found = [
        (thing, part.strip())
        for thing, text in enumerate(texts)
        for part in sorted(set(pattern.findall(text)))
    ]
    words = {word: n for n, word in enumerate(sorted({word for _, word in found}))}
    return Words(
        things=np.array([thing for thing, _ in found], np.int32),
        words=np.array([words[word] for _, word in found], np.int32),
        much=np.ones(len(found), np.float32),
        count=len(words),
    )


def marks(numbers: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> Words:
    """A number says the two edges it lies between, the nearer one more: close numbers agree."""
    things = np.flatnonzero(np.isfinite(numbers)).astype(np.int32)
    place = np.interp(numbers[things], edges, np.arange(len(edges)))
    lower = np.minimum(place.astype(np.int32), max(len(edges) - 2, 0))
    upper_part = (place - lower).astype(np.float32)
    return Words(
        things=np.concatenate([things, things]),
        words=np.concatenate([lower, lower + 1]),
        much=np.concatenate([1 - upper_part, upper_part]),
        count=len(edges) + 1,
    )
