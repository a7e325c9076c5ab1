"""An engine: what sums purchases to a matrix, fits factors to it and lists what they like most.

All else that a training does is the same with every engine, and so is the release it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from scipy import sparse

from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix
from recommender.matrix.returns import Netted
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings, Factors, fit_als
from recommender.models.liked import Liked
from recommender.tables.purchases import Purchases

EngineName = Literal["implicit", "spark"]


@dataclass(frozen=True)
class Past:
    """What a fit may learn from."""

    purchases: Purchases
    """Everything before `now`; a return may undo what is older than the history."""
    history: Netted
    """The same, netted, without what is older than the history."""
    begins: int
    """The history, in seconds since 1970 UTC."""
    now: int


class Engine(Protocol):
    @property
    def name(self) -> EngineName: ...

    @property
    def starts_warm(self) -> bool:
        """Whether a fit can begin at factors of a like matrix."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """Of what only this engine uses."""
        ...

    def matrix(self, past: Past, weighting: RecencyQuantity) -> PurchaseMatrix: ...

    def fit(
        self, weights: sparse.csr_matrix, settings: AlsSettings, start: Factors | None = None
    ) -> Factors:
        """Raises `BadDataError` when the matrix has no weight or the factors are not finite."""
        ...

    def most_liked(
        self, factors: Factors, closed: tuple[sparse.csr_matrix, ...], n: int
    ) -> Liked | None:
        """Of products that have factors, without the pairs that one of `closed` stores.

        None where that is found out block by block as candidates are gathered.
        """
        ...


@dataclass(frozen=True)
class Implicit:
    """Everything in this process."""

    @property
    def name(self) -> EngineName:
        return "implicit"

    @property
    def starts_warm(self) -> bool:
        return True

    @property
    def versions(self) -> Mapping[str, str]:
        return {}

    def matrix(self, past: Past, weighting: RecencyQuantity) -> PurchaseMatrix:
        return build_matrix(past.history, weighting, past.now)

    def fit(
        self, weights: sparse.csr_matrix, settings: AlsSettings, start: Factors | None = None
    ) -> Factors:
        return fit_als(weights, settings, start)

    def most_liked(
        self, factors: Factors, closed: tuple[sparse.csr_matrix, ...], n: int
    ) -> Liked | None:
        del factors, closed, n
        return None


IMPLICIT = Implicit()
