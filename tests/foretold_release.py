"""The small release with what is foretold of one customer, its figures round and easy to check."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from recommender.release.contents import Contents
from recommender.release.insight import CustomerRhythms, Lifetime, Potential, Sizes
from tests.small_release import TODAY, publish_small_release, small_contents

FORETOLD = "C22"
"""It buys for 1,000 in Blades, where 2,000 are expected, for 500 in Glue, and nothing is told of
Sandpaper; it usually orders every 10 days, last 40 days before the data end."""
SETTINGS: dict[str, Any] = {
    "insight": {"lifetime": {"horizon_days": 365, "sees_leaving": True}},
}


def foretold_contents() -> Contents:
    contents = small_contents()
    customers = len(contents.customers.ids)
    row = contents.customers.ids.position(FORETOLD)
    assert row is not None
    starts = np.zeros(customers + 1, np.int64)
    starts[row + 1 :] = 3
    return replace(
        contents,
        lifetime=Lifetime(
            chance_alive=_of(customers, row, 0.8, np.float32),
            orders=_of(customers, row, 12.5, np.float32),
            revenue=_of(customers, row, 9000.0, np.float64),
            margin=_of(customers, row, 3000.0, np.float64),
        ),
        customer_rhythms=CustomerRhythms(
            usual_days=_of(customers, row, 10.0, np.float32),
            last_day=_of(customers, row, TODAY - 40, np.int32, nothing=-1),
            lateness=_of(customers, row, 0.9, np.float32),
            chance_silent=_of(customers, row, 0.5, np.float32),
            warned=_of(customers, row, True, np.bool_, nothing=False),
        ),
        sizes=Sizes(
            _of(customers, row, 4000.0, np.float64, nothing=0),
            _of(customers, row, 25, np.int32, nothing=0),
        ),
        potential=Potential(
            starts=starts,
            categories=np.array([0, 1, 2], np.int32),
            actual=np.array([1000.0, 500.0, 2500.0]),
            expected=np.array([2000.0, 400.0, np.nan]),
            low=np.array([1500.0, 300.0, np.nan]),
            high=np.array([2500.0, 600.0, np.nan]),
            peers_buying=np.array([20, 15, 0], np.int32),
        ),
    )


def publish_foretold_release(directory: Path) -> str:
    return publish_small_release(directory, foretold_contents(), settings=SETTINGS)


def _of(customers: int, row: int, value: Any, kind: Any, nothing: Any = np.nan) -> Any:
    """(customers,) this value of one, nothing of the others."""
    found = np.full(customers, nothing, kind)
    found[row] = value
    return found
