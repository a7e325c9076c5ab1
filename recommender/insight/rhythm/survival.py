"""How long a wait lasts, learned from waits that ended and waits that still go on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """Kaplan and Meier, Nonparametric Estimation from Incomplete Observations (1958)."""

    waits: Floats
    """(n,) lengths that were seen, ascending."""
    beyond: Floats
    """(n,) share of waits that last longer than each."""

    @classmethod
    def of(cls, waits: Floats, ended: npt.NDArray[np.bool_]) -> Survival:
        """`ended` is False where a wait still goes on, so that nobody knows how long it will be."""
        order = np.argsort(waits, kind="stable")
        lengths, first = np.unique(waits[order], return_index=True)
        ends = np.add.reduceat(ended[order].astype(np.float64), first) if len(first) else first
        staying = 1 - ends / (len(waits) - first)
        return cls(lengths, np.cumprod(staying, dtype=np.float64))

    def share_beyond(self, waits: Floats) -> Floats:
        """Share of waits that last longer than these; past all that was seen, as at the last."""
        place = np.searchsorted(self.waits, waits, side="right")
        return np.append(1.0, self.beyond)[place]
