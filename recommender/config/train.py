"""How to learn, and how many results are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from recommender.config.section import Auto, Section


class SparkSection(Section):
    """Where `train --engine spark` runs, and what holds for that engine alone."""

    master: str = "local[2]"
    """As Spark writes it; `local[N]` is N cores of this machine."""
    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5} ?[MG]B$")] = "2GB"
    """Of the driver and of each executor."""
    directory: str | None = None
    """For checkpoints and what executors read; on a cluster one that all machines see."""
    regularization: Annotated[float, Field(gt=0, le=1e4)] | Auto = "auto"
    """Of the customer with the usual number of products; MLlib counts it by their number."""
    alpha: Annotated[float, Field(gt=0, le=1e4)] | Auto = "auto"


class TrainSection(Section):
    history_days: Annotated[int, Field(ge=28, le=36500)] = 730
    factors: Annotated[int, Field(ge=1, le=2048)] | Auto = "auto"
    regularization: Annotated[float, Field(gt=0, le=1e6)] | Auto = "auto"
    alpha: Annotated[float, Field(gt=0, le=1e6)] | Auto = "auto"
    half_life_days: Annotated[float, Field(gt=0, le=36500)] | Auto = "auto"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    diversity: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of its worth that a suggestion loses for each of its category before it in the list."""
    keep_ranker_days: Annotated[int, Field(ge=0, le=28)] = 0
    """Days for which a training keeps the ranker of the live release, and what it was judged by."""
    spark: SparkSection = SparkSection()

    def searched(self, engine: Literal["implicit", "spark"]) -> dict[str, float | Auto]:
        """What may be left open, as it was written for the engine."""
        of_engine: TrainSection | SparkSection = self if engine == "implicit" else self.spark
        return {
            "factors": self.factors,
            "regularization": of_engine.regularization,
            "alpha": of_engine.alpha,
            "half_life_days": self.half_life_days,
        }


class ReleasesSection(Section):
    directory: str = "releases"
    keep: Annotated[int, Field(ge=1, le=1000)] = 5
