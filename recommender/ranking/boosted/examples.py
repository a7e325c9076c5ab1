"""Training examples: candidates of an earlier moment, and whether they were bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_UNBOUGHT = 40_000
"""Candidates of a window that teach though nobody bought them; weights make up for the rest."""
UNBOUGHT_EACH = 40
"""Of these, for each one that was bought."""


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


def draw(
    bought: npt.NDArray[np.bool_], rate: float, random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """(candidates,) True for all that were bought and a share of the others."""
    return bought | (random.random(len(bought)) < rate)


def drawn(
    features: npt.NDArray[np.float32],
    bought: npt.NDArray[np.bool_],
    rate: float,
    weights: npt.NDArray[np.float32] | None = None,
) -> Examples:
    """Of what `draw` left: the unbought stand for those that went.

    `weights` (examples,) where each stood for more than itself before.
    """
    heavier = np.where(bought, 1.0, 1.0 / rate) * (1.0 if weights is None else weights)
    return Examples(features, bought, heavier.astype(np.float32))


def thin(examples: Examples, random: np.random.Generator) -> Examples:
    """At most `UNBOUGHT_EACH` unbought examples for each bought one: more only take time."""
    bought = int(examples.bought.sum())
    unbought = len(examples.bought) - bought
    if not bought or unbought <= UNBOUGHT_EACH * bought:
        return examples
    rate = UNBOUGHT_EACH * bought / unbought
    kept = draw(examples.bought, rate, random)
    features, those_bought = examples.features[kept], examples.bought[kept]
    return drawn(features, those_bought, rate, examples.weights[kept])


def join(parts: list[Examples]) -> Examples:
    return Examples(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.bought for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )
