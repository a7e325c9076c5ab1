"""How to learn: the settings of one training, every `auto` resolved."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recommender.config import Auto, TrainSection
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings

HALF_LIFE_DAYS = 20.0
"""Found on gift wholesale and on liquor wholesale alike; see benchmarks/README.md."""
FACTORS = 64
REGULARIZATION = 10.0
ALPHA = 2.0


@dataclass(frozen=True)
class Settings:
    weighting: RecencyQuantity
    als: AlsSettings
    history_days: int = 730
    """Purchases before it say what a customer owns, and teach nothing."""
    diversity: float = 0.0
    """How far lists are spread; it teaches nothing, and is read when they are asked for."""

    def as_json(self) -> dict[str, Any]:
        return {
            "history_days": self.history_days,
            "half_life_days": self.weighting.half_life_days,
            **asdict(self.als),
            "weighting": str(self.weighting),
            "diversity": self.diversity,
        }


def resolve(asked: TrainSection) -> Settings:
    """`auto` takes the value that did best on real wholesale data of two kinds."""
    return Settings(
        weighting=RecencyQuantity(_or_default(asked.half_life_days, HALF_LIFE_DAYS)),
        als=AlsSettings(
            factors=int(_or_default(asked.factors, FACTORS)),
            regularization=_or_default(asked.regularization, REGULARIZATION),
            alpha=_or_default(asked.alpha, ALPHA),
            seed=asked.seed,
        ),
        history_days=asked.history_days,
        diversity=asked.diversity,
    )


def _or_default(asked: float | Auto, default: float) -> float:
    return default if asked == "auto" else float(asked)
