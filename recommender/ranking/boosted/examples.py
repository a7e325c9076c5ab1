"""Training examples: candidates of an earlier moment, and whether they were bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_UNBOUGHT = 60_000
"""Candidates of a window that teach though nobody bought them; weights make up for the rest."""


@dataclass(frozen=True)
class Examples:
    features: npt.NDArray[np.float32]
    """(examples, names)."""
    bought: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float32]
    """Candidates each example stands for."""


def keep_rate(candidates: int) -> float:
    """Share of unbought candidates to keep when a window has so many."""
    return min(1.0, MOST_UNBOUGHT / max(candidates, 1))


def sample(
    features: npt.NDArray[np.float32],
    bought: npt.NDArray[np.bool_],
    rate: float,
    random: np.random.Generator,
) -> Examples:
    """All that were bought and a share of the others."""
    kept = bought | (random.random(len(bought)) < rate)
    weights = np.where(bought[kept], 1.0, 1.0 / rate).astype(np.float32)
    return Examples(features[kept], bought[kept], weights)


def join(parts: list[Examples]) -> Examples:
    return Examples(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )
