"""The few values that `auto` climbs up and down, and that a longer search begins with."""

from __future__ import annotations

from dataclasses import replace

from recommender.models.engine import EngineName
from recommender.models.settings import Settings
from recommender.tuning.trial import values_of

LADDER: dict[str, tuple[float, ...]] = {
    "half_life_days": (7.0, 20.0, 60.0, 180.0, 540.0),
    "alpha": (1.0, 2.0, 4.0, 8.0),
    "regularization": (3.0, 10.0, 30.0),
    "factors": (32, 64, 128),
}
"""In the order of what they are worth; the default stands on each."""
LADDERS: dict[EngineName, dict[str, tuple[float, ...]]] = {
    "implicit": LADDER,
    "spark": {
        "half_life_days": LADDER["half_life_days"],
        "regularization": (10.0, 20.0, 40.0),
        "alpha": (2.0, 4.0, 8.0),
    },
}
"""Spark's is short, for each of its trials takes as long as thirty."""


def one_step_away(values: dict[str, float]) -> list[dict[str, float]]:
    """The values themselves, then each step of their ladders alone: better than any at random."""
    alone = [{name: step} for name in values for step in LADDER[name]]
    return [values, *(values | one for one in alone if values | one != values)]


def with_values(settings: Settings, **values: float) -> Settings:
    """The same settings with some of what is searched replaced, by the keys of the config."""
    all_values = values_of(settings) | values
    return replace(
        settings,
        weighting=replace(settings.weighting, half_life_days=all_values["half_life_days"]),
        als=replace(
            settings.als,
            factors=int(all_values["factors"]),
            regularization=all_values["regularization"],
            alpha=all_values["alpha"],
        ),
    )


def steps(ladder: tuple[float, ...], value: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What stands above and below a value of the ladder, nearest first."""
    place = ladder.index(value)
    return ladder[place + 1 :], ladder[:place][::-1]
