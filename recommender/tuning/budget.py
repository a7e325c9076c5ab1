"""How much may be tried: counted in work and not in seconds, so that every run tries the same.

One unit is a multiplication with its addition; a core of 2025 does about 1.7 thousand million of
them a second in these fits.
"""

from __future__ import annotations

from recommender.models.engine import EngineName
from recommender.models.settings import Settings

ITERATIONS = 8
"""Of a fit that only has to show which settings are better; 15 put them in the same order."""
WORK = 9e9
"""Of all that `auto` tries: ten seconds of one core at most, whatever the size of the data."""
WORK_OF_ONE = 1.5e9
"""Of one setting in all its windows, so that at least six can be tried."""

MOST_TRIALS: dict[EngineName, int] = {"implicit": 1000, "spark": 6}
"""Settings that `auto` tries: `WORK` ends it for implicit, seconds of every iteration for Spark."""
MOST_EXAMS: dict[EngineName, int] = {"implicit": 1000, "spark": 2}


def work_of_fit(pairs: int, rows: int, settings: Settings, iterations: int = ITERATIONS) -> float:
    """Of conjugate gradients, three steps a row: `rows` counts customers and products."""
    factors = settings.als.factors
    return float(iterations * factors * (6 * pairs + rows * factors))
