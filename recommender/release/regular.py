"""How likely each product that a customer buys regularly is bought again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Regular:
    """Entry by entry beside `product_rhythms`."""

    starts: npt.NDArray[np.int64]
    """Those of `product_rhythms`."""
    chance: npt.NDArray[np.float32]
    """Calibrated chance that the customer buys it within 28 days; NaN where none is known."""


REGULAR = ("regular",)
"""Parts that releases of before they were suggested lack."""


def nothing_regular(customers: int) -> dict[str, Any]:
    """These parts where nothing is bought regularly."""
    return {"regular": Regular(np.zeros(customers + 1, np.int64), np.zeros(0, np.float32))}
