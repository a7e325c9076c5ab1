"""Whether an expected sum is told of a customer, or why not."""

from __future__ import annotations

from enum import IntEnum

LEAST_PEERS, LEAST_BUYING = 20, 0.4
"""Peers that bought anything in the time, and the share of them that buys in the category."""


class Told(IntEnum):
    """Whether an expected sum is told, or why not."""

    YES = 0
    NO_SIZE = 1
    """The customer bought nothing in the time: what it could buy in all is not known."""
    FEW_PEERS = 2
    FEW_BUY = 3
    """Too few of the peers buy in the category."""
