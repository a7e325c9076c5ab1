"""What speaks for the first candidates of each customer, worked out once rather than a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Shares = npt.NDArray[np.int16]
"""Ten-thousandths."""


@dataclass(frozen=True)
class Evidence:
    """One entry each for the first candidates of a customer, in their order.

    As `suggest.reasons` says it from the release alone; what was told since is looked at then.
    """

    starts: npt.NDArray[np.int64]
    first: Numbers
    """(entries,) the purchase with the largest share; -1 where none is large enough."""
    first_share: Shares
    second: Numbers
    second_share: Shares
    peers_bought: Numbers
    """(entries,) of all its peers; -1 where it must be counted anew, for one was forgotten."""


EVIDENCE = ("evidence",)
"""Parts that releases of before they were kept lack."""
CANDIDATES_EXPLAINED = 20
"""Of each customer: twice as many as a list is usually asked for, for some are held back."""
COUNT_ANEW = -1


def no_evidence(customers: int) -> dict[str, Any]:
    """These parts where nothing was worked out before."""
    none, share = np.zeros(0, np.int32), np.zeros(0, np.int16)
    starts = np.zeros(customers + 1, np.int64)
    return {"evidence": Evidence(starts, none, share, none, share, none)}
