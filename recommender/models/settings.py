"""How to learn: the settings of one training, every `auto` resolved."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recommender.config import Auto, TrainSection
from recommender.errors import ConfigError
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings
from recommender.models.engine import IMPLICIT, Engine, EngineName

HALF_LIFE_DAYS = 20.0
"""Found on gift wholesale and on liquor wholesale alike; see benchmarks/README.md."""
FACTORS = 64
REGULARIZATION = 10.0
ALPHA = 2.0
DEFAULTS = {
    "implicit": {"regularization": REGULARIZATION, "alpha": ALPHA, "iterations": 15},
    "spark": {"regularization": 20.0, "alpha": 4.0, "iterations": 5},
}
"""Of each engine its own: what is good for one is not for the other."""


@dataclass(frozen=True)
class Settings:
    weighting: RecencyQuantity
    als: AlsSettings
    history_days: int = 730
    """Purchases before it say what a customer owns, and teach nothing."""
    diversity: float = 0.0
    """How far lists are spread; it teaches nothing, and is read when they are asked for."""
    engine: Engine = IMPLICIT

    def as_json(self) -> dict[str, Any]:
        return {
            "engine": self.engine.name,
            "history_days": self.history_days,
            "half_life_days": self.weighting.half_life_days,
            **asdict(self.als),
            "weighting": str(self.weighting),
            "diversity": self.diversity,
        }


def resolve(asked: TrainSection, engine: Engine = IMPLICIT) -> Settings:
    """`auto` takes the value that did best on real wholesale data of two kinds."""
    default, values = DEFAULTS[engine.name], asked.searched(engine.name)
    return Settings(
        weighting=RecencyQuantity(_or_default(values["half_life_days"], HALF_LIFE_DAYS)),
        als=AlsSettings(
            factors=int(_or_default(values["factors"], FACTORS)),
            regularization=_or_default(values["regularization"], default["regularization"]),
            alpha=_or_default(values["alpha"], default["alpha"]),
            iterations=int(default["iterations"]),
            seed=asked.seed,
        ),
        history_days=asked.history_days,
        diversity=asked.diversity,
        engine=engine,
    )


def check_settings(asked: TrainSection, engine: EngineName) -> None:
    """Raises `ConfigError` where a number was written for the other engine."""
    if engine == "implicit":
        return
    for name in ("regularization", "alpha"):
        value = getattr(asked, name)
        if value != "auto":
            raise ConfigError(
                f"[train] {name} = {value:g}: is for implicit, and such settings do not carry over "
                f'to Spark; leave it "auto" there and write [train.spark] {name}, or leave both out'
            )


def _or_default(asked: float | Auto, default: float) -> float:
    return default if asked == "auto" else float(asked)
