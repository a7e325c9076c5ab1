"""A question, and what its answers would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from recommender.suggest.suggestion import Wish

PLACES = Wish().n
"""Of the list that the answers change: what is bought anyway needs no question."""

AskedAbout = Literal["category", "brand", "portrait"]


@dataclass(frozen=True)
class Answered:
    """One answer, and how many of those asked would give it."""

    answer: str
    customers: int
    products: tuple[str, ...]
    """The list that it leads to, product ids, best first."""


@dataclass(frozen=True)
class Question:
    about: AskedAbout
    value: str
    """The category, the brand, or the field of the portrait."""
    answers: tuple[Answered, ...]
    by_chance: float = 0.0
    """Places that would differ if the answers were dealt out at random."""

    @property
    def customers(self) -> int:
        """From whom it is known how likely each answer is."""
        return sum(answer.customers for answer in self.answers)

    @property
    def changes(self) -> int:
        """Places in which two answers differ at most."""
        lists = [answer.products for answer in self.answers]
        return max(places_changed(a, b) for a in lists for b in lists)

    @property
    def expected(self) -> float:
        """Places that differ between two customers drawn from those asked, less what chance does.

        Rao's quadratic entropy (Theoretical Population Biology 21, 1982): the sum over pairs of
        answers of their shares times the distance of their lists.
        """
        lists = [answer.products for answer in self.answers]
        shares = [answer.customers / self.customers for answer in self.answers]
        return max(quadratic_entropy(lists, shares) - self.by_chance, 0.0)


def places_changed(one: Sequence[object], other: Sequence[object]) -> int:
    """Places of the longer list whose product the other has not."""
    return max(len(one), len(other)) - len(set(one) & set(other))


def quadratic_entropy(lists: Sequence[Sequence[object]], shares: Sequence[float]) -> float:
    return sum(
        p * q * places_changed(one, other)
        for one, p in zip(lists, shares, strict=True)
        for other, q in zip(lists, shares, strict=True)
    )
