"""What is at stake with each customer: offers it may take up, money that its silence may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stakes:
    """One value a customer, as of the training; of its list without facts."""

    offers: Numbers
    """Suggestions that count, at most `OFFERS_COUNTED`."""
    chances: Floats
    """Sum of their chances: purchases to expect within 28 days."""
    offer_value: Doubles
    """Sum of chance times spend where the spend is known; NaN where it is of none."""
    churn_value: Doubles
    """Chance of silence · chance of an order · money of 90 days: what a call may still turn.

    0 without a warning, NaN without prices.
    """
    first: Numbers
    """Product of the first of the offers; -1 where there is none."""
    first_chance: Floats


STAKES = ("stakes",)
"""Parts that releases of before they were told lack."""
OFFERS_COUNTED = 8
"""As many as a list shows unless it is asked for more."""


def nothing_at_stake(customers: int) -> dict[str, Any]:
    """These parts where nothing is told."""
    none, unknown = np.zeros(customers, np.int32), np.full(customers, np.nan)
    chance = np.zeros(customers, np.float32)
    return {"stakes": Stakes(none, chance, unknown, np.zeros(customers), none - 1, chance)}
