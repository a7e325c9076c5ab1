"""The settings of one training, every `auto` resolved."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recommender.config import Auto, TrainSection
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings
from recommender.ranking.chance import ChanceModel

HALF_LIFE_DAYS = 20.0
"""Found on gift wholesale and on liquor wholesale alike; see benchmarks/README.md."""
FACTORS = 64
REGULARIZATION = 10.0
ALPHA = 2.0


@dataclass(frozen=True)
class Settings:
    half_life_days: float
    als: AlsSettings

    def as_json(self, asked: TrainSection, chance_model: ChanceModel) -> dict[str, Any]:
        """All that was decided, and which of it was left to us."""
        return {
            "history_days": asked.history_days,
            "half_life_days": self.half_life_days,
            **asdict(self.als),
            "auto": [name for name, value in asked.model_dump().items() if value == "auto"],
            "weighting": str(RecencyQuantity(self.half_life_days)),
            "chance": str(chance_model),
        }


def resolve(asked: TrainSection) -> Settings:
    """`auto` takes the value that did best on real wholesale data of two kinds."""
    return Settings(
        half_life_days=_or_default(asked.half_life_days, HALF_LIFE_DAYS),
        als=AlsSettings(
            factors=int(_or_default(asked.factors, FACTORS)),
            regularization=_or_default(asked.regularization, REGULARIZATION),
            alpha=_or_default(asked.alpha, ALPHA),
            seed=asked.seed,
        ),
    )


def _or_default(asked: float | Auto, default: float) -> float:
    return default if asked == "auto" else float(asked)
