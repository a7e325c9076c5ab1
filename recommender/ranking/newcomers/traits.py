"""What the tables say of things, customers or products, so that things alike can be found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from recommender.ranking.newcomers.cells import (
    LETTERS,
    PARTS,
    Groups,
    Words,
    band_edges,
    banded,
    grouped,
    marks,
    numbers_of,
    parts,
    texts_of,
)
from recommender.text import Ids

NOT_TRAITS = frozenset(
    {"customer_id", "product_id", "name", "rep", "parent_id", "cost", "in_stock", "listed_at"}
)
MOST_COLUMNS = 12
"""Fullest first: further columns seldom add and always cost."""
LEAST_THINGS = 2
"""That share a word, for it to say that they are alike."""


@dataclass(frozen=True)
class Traits:
    groups: dict[str, Groups]
    """Column -> (things,) which value, or which band of values, each has."""
    words: sparse.csr_matrix
    """(things, words) all that is said of each; rare words weigh more, rows have length 1 or 0."""

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """(things,) True where something is said that is said of another, too."""
        return np.asarray(np.diff(self.words.indptr) > 0)


def read_traits(ids: Ids, table: pd.DataFrame | None, key: str, *, named: bool) -> Traits:
    """Aligned to the ids; `named` where the words of a name tell what the thing is."""
    rows = pd.DataFrame(index=range(len(ids)))
    if table is not None:
        rows = table.set_index(key).reindex(list(ids)).reset_index(drop=True)
    columns = {column: texts_of(rows[column]) for column in rows.columns}
    read = {column: _read(columns[column]) for column in _fullest(columns)}
    said = [words for _, words in read.values()]
    if named and "name" in columns:
        said.append(parts(columns["name"], LETTERS))
    groups = {column: group for column, (group, _) in read.items() if _tells(group)}
    return Traits(groups, _weighted(said, len(ids)))


def _fullest(columns: dict[str, pd.Series]) -> list[str]:
    filled = {c: int((texts != "").sum()) for c, texts in columns.items() if c not in NOT_TRAITS}
    fullest = sorted((c for c in filled if filled[c]), key=lambda c: (-filled[c], c))
    return sorted(fullest[:MOST_COLUMNS])


def _read(texts: pd.Series) -> tuple[Groups, Words]:
    numbers = numbers_of(texts)
    if numbers is None:
        return grouped(texts), parts(texts, PARTS)
    edges = band_edges(numbers)
    return banded(numbers, edges), marks(numbers, edges)


def _tells(group: Groups) -> bool:
    """A value each, or one value for all, makes nobody alike."""
    different = len(np.unique(group[group >= 0]))
    return 2 <= different <= max(len(group) // 2, 2)


def _weighted(said: list[Words], things: int) -> sparse.csr_matrix:
    """A word weighs the logarithm of how rare it is, so that a rare one in common counts most."""
    offsets = np.cumsum([0, *(words.count for words in said)])
    rows = np.concatenate([np.zeros(0, np.int32), *(words.things for words in said)])
    columns = [words.words + offset for words, offset in zip(said, offsets, strict=False)]
    much = np.concatenate([np.zeros(0, np.float32), *(words.much for words in said)])
    cells = (much, (rows, np.concatenate([np.zeros(0, np.int64), *columns])))
    matrix = sparse.csr_matrix(cells, (things, int(offsets[-1])), dtype=np.float32)
    matrix.eliminate_zeros()
    saying = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = np.where(saying >= LEAST_THINGS, np.log(things / np.maximum(saying, 1)), 0.0)
    matrix = sparse.csr_matrix(matrix @ sparse.diags(rarity.astype(np.float32)))
    matrix.eliminate_zeros()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scaled = sparse.diags(1 / np.maximum(lengths, 1e-9).astype(np.float32)) @ matrix
    return sparse.csr_matrix(scaled)
