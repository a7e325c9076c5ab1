"""Reasons for what a customer already buys: its rhythm, its silence, and what its peers take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar


@dataclass(frozen=True)
class RhythmReason:
    """The customer buys the product every so many days, and as many have nearly passed."""

    kind: ClassVar[str] = "rhythm"
    usual_gap_days: float
    """Median days from one purchase to the next."""
    usual_quantity: float
    """Median of a day on which it is bought."""
    last_on: date
    days_late: int
    """Below 0 while it is due soon."""


@dataclass(frozen=True)
class StoppedReason:
    """The customer bought the product regularly and does not any more."""

    kind: ClassVar[str] = "stopped"
    usual_gap_days: float
    last_on: date
    days_since: int


@dataclass(frozen=True)
class BuysLessReason:
    """Customers like this one that buy the product regularly take more of it in a year."""

    kind: ClassVar[str] = "buys_less"
    peers: int
    peers_bought: int
    """Of these, those that buy it with a rhythm, and have not stopped."""
    quantity_a_year: float
    """Usual quantity x 365 / usual gap."""
    peers_quantity_a_year: float
    """Median of the same over `peers_bought`."""


RegularReason = RhythmReason | StoppedReason | BuysLessReason
