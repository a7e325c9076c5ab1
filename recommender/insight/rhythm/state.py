"""What a product's rhythm says on a given day: due, late, stopped."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.integer[Any]]
Gaps = npt.NDArray[np.floating[Any]]
DUE_FROM = 0.75
"""Of the usual gap: from there on it is bought as often as when it is late."""
STOPPED_AFTER, STOPPED_DAYS = 3.0, 28
"""Of the usual gap, and days late: a weekly product has not stopped after three weeks."""


class State(IntEnum):
    """What a rhythm says today."""

    QUIET = 0
    REORDER = 1
    LAPSED = 2


def due_days(last_day: Days, gap_days: Gaps) -> npt.NDArray[np.int32]:
    """Last day and usual gap, rounded up."""
    return (last_day + np.ceil(gap_days)).astype(np.int32)


def states(since: Days, gap_days: Gaps) -> npt.NDArray[np.int8]:
    """A `State` each, of days since the last one."""
    stopped = (since >= STOPPED_AFTER * gap_days) & (since - gap_days >= STOPPED_DAYS)
    due = np.where(since >= DUE_FROM * gap_days, State.REORDER, State.QUIET)
    return np.where(stopped, State.LAPSED, due).astype(np.int8)
