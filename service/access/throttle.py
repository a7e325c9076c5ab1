"""Slows down who tries keys on the sign-in page."""

from __future__ import annotations

import time
from collections import OrderedDict, deque

MOST_WRONG = 10
WITHIN_SECONDS = 60
ADDRESSES = 10_000
"""Remembered at most: who sends from more of them only makes us forget the oldest."""


class Throttle:
    """In memory, each worker its own: nobody guesses 256 bits, so this only spares the database."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def seconds_to_wait(self, address: str) -> int:
        """0 for who may try now."""
        tries = self._wrong.get(address, deque())
        if len(tries) < MOST_WRONG:
            return 0
        return max(0, int(tries[0] + WITHIN_SECONDS - time.monotonic()) + 1)

    def was_wrong(self, address: str) -> None:
        tries = self._wrong.setdefault(address, deque(maxlen=MOST_WRONG))
        tries.append(time.monotonic())
        self._wrong.move_to_end(address)
        while len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)
