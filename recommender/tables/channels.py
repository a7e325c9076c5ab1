"""Which way each purchase came: web, phone, a rep's visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.tables.large.mapped import taken
from recommender.text import TextColumn

FEW = np.iinfo(np.int16).max
"""Channels that two bytes a line can number."""

MOST_CHANNELS = 50
"""Nobody sells in more ways; such a column holds something else."""


@dataclass(frozen=True)
class Channels:
    """The channel of every line, in the order of the lines."""

    names: TextColumn
    """Sorted by their bytes."""
    numbers: npt.NDArray[np.integer[Any]]
    """(n,) position in `names`, -1 where none is known."""

    @classmethod
    def of(cls, names: TextColumn, numbers: npt.NDArray[np.integer[Any]]) -> Channels | None:
        """None where no line names one: then nothing is kept of them."""
        if not len(names):
            return None
        return cls(names, numbers.astype(number_type(names), copy=False))

    def take(self, rows: npt.NDArray[Any]) -> Channels:
        return Channels(self.names, taken(self.numbers, rows))


def number_type(names: TextColumn) -> type[np.int16] | type[np.int32]:
    return np.int16 if len(names) <= FEW else np.int32
