"""Lists made at a moment whose future is known, and what those who made them had seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender.ranking.ranked import Ranked


@dataclass(frozen=True)
class Foretold:
    """A judgement of lists that knew what they foretell is worth nothing: these cannot have.

    Raises ValueError where the models or the order saw the window that begins at `at`.
    """

    at: int
    """Seconds since 1970 UTC."""
    new: Ranked
    """Products never bought."""
    again: Ranked | None
    """Products bought before; None where nobody ranked them."""
    seen_until: int
    """The newest purchase that the models saw."""
    learned_until: int
    """The end of the newest window whose outcomes taught the order; 0 where none did."""

    def of(self, customers: npt.NDArray[np.bool_]) -> Foretold:
        """(customers,) True for whose lists stay."""
        again = None if self.again is None else self.again.of(customers)
        return replace(self, new=self.new.of(customers), again=again)

    def __post_init__(self) -> None:
        if self.seen_until >= self.at:
            raise ValueError(
                f"models that saw purchases up to {self.seen_until} are judged on the window that "
                f"begins at {self.at}; learn them from purchases before it"
            )
        if self.learned_until > self.at:
            raise ValueError(
                f"the ranking learned from outcomes up to {self.learned_until} and is judged on "
                f"the window that begins at {self.at}; train it on windows that end before"
            )
