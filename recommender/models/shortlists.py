"""The highest of each row, of scores that come a few columns at a time, in any order."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

LEAST_ROOM = 24
"""Places beyond the n wanted, or n if that is more: when all are full, only the n highest stay."""
SEGMENT = 128
"""Scores that are compared with the least wanted at once; most segments hold none above it."""
NOTHING = np.int64(2**63 - 1)
LOWER_BITS = 0x7FFFFFFF
"""Of a number below 0 these are the other way round, for the highest to have the greatest bits."""

LIMITS = np.finfo(np.float32)
GREATEST, SMALLEST, STEP = LIMITS.max, LIMITS.tiny, LIMITS.eps

Places = npt.NDArray[np.intp]
Columns = npt.NDArray[np.int32]
Scores = npt.NDArray[np.float32]


class Shortlists:
    """The n highest scores above `least` of each row; of equals the lower column, NaN never."""

    def __init__(self, rows: int, n: int, least: float = -np.inf) -> None:
        if n < 1:
            raise ValueError(f"the {n} highest of a row; ask for 1 or more")
        self.n = n
        self.least = np.full(rows, least, np.float32)
        """(rows,) no score up to this can still come in."""
        self._worst = np.full(rows, NOTHING)
        self._counts = np.zeros(rows, np.intp)
        self._keys = np.full((rows, n + max(n, LEAST_ROOM)), NOTHING)

    def __repr__(self) -> str:
        return f"Shortlists({len(self._counts):,} rows, {self.n} of each)"

    def take(self, scores: Scores, columns: Columns, rows: Places) -> None:
        """Looks at (some rows, some columns) scores."""
        _take(scores, columns, rows, self.n, (self.least, self._worst, self._counts, self._keys))

    def best_first(self) -> tuple[Places, Places, Places, Scores]:
        """Rows, columns, places (0 for the best) and scores, row by row."""
        _keep_all(self._keys, self._counts, self.n)
        found = self._keys[:, : self.n]
        found.sort(axis=1)
        rows, places = np.nonzero(np.arange(self.n) < self._counts[:, None])
        keys = found[rows, places]
        flipped = ~(keys >> 32).astype(np.int32)
        scores = (flipped ^ ((flipped >> 31) & LOWER_BITS)).view(np.float32)
        return rows, (keys & 0xFFFFFFFF).astype(np.intp), places, scores


@numba.njit(nogil=True, cache=True)
def _take(scores, columns, rows, n, lists):  # type: ignore[no-untyped-def]
    leasts, worsts, counts, keys = lists
    for number in range(len(scores)):
        line, row = scores[number], rows[number]
        kept, count, least, worst = keys[row], counts[row], leasts[row], worsts[row]
        for start in range(0, len(line), SEGMENT):
            segment = line[start : start + SEGMENT]
            if _any_above(segment, least):
                for place in range(len(segment)):
                    if segment[place] > least:
                        key = _key(segment[place], columns[start + place])
                        if key < worst:
                            kept[count] = key
                            count += 1
                        if count == len(kept):
                            _keep(kept, count, n)
                            count, worst = n, kept[n - 1]
                            least = _below(_score(worst))
        counts[row], leasts[row], worsts[row] = count, least, worst


@numba.njit(nogil=True, cache=True, inline="always")
def _any_above(segment, least):  # type: ignore[no-untyped-def]
    found = False
    if len(segment) == SEGMENT:
        for place in range(SEGMENT):  # of known length and without an exit: many at once
            found |= segment[place] > least
    else:
        for score in segment:
            found |= score > least
    return found


@numba.njit(nogil=True, cache=True)
def _key(score, column):  # type: ignore[no-untyped-def]
    """Less for the higher score, and of equal scores for the lower column."""
    without_sign = np.float32(score + np.float32(0.0))  # -0 and 0 are equal, their bits are not
    bits = np.int64(without_sign.view(np.int32))
    return (~(bits ^ ((bits >> 63) & LOWER_BITS)) << 32) | column


@numba.njit(nogil=True, cache=True)
def _score(key):  # type: ignore[no-untyped-def]
    bits = ~(key >> 32)
    return np.int32(bits ^ ((bits >> 63) & LOWER_BITS)).view(np.float32)


@numba.njit(nogil=True, cache=True)
def _below(score):  # type: ignore[no-untyped-def]
    """A little less, for a lower column of equal score may come later."""
    finite = min(score, GREATEST)
    return np.float32(finite - max(abs(finite) * STEP, SMALLEST))


@numba.njit(nogil=True, cache=True)
def _keep(keys, count, n):  # type: ignore[no-untyped-def]
    """Brings the n least to the front, the greatest of them last (Hoare's quickselect)."""
    low, high = 0, count - 1
    while low < high:
        middle = keys[(low + high) >> 1]
        left, right = low, high
        while left <= right:
            while keys[left] < middle:
                left += 1
            while keys[right] > middle:
                right -= 1
            if left <= right:
                keys[left], keys[right] = keys[right], keys[left]
                left += 1
                right -= 1
        if n - 1 <= right:
            high = right
        elif n - 1 >= left:
            low = left
        else:
            return


@numba.njit(nogil=True, cache=True)
def _keep_all(keys, counts, n):  # type: ignore[no-untyped-def]
    for row in range(len(counts)):
        if counts[row] > n:
            _keep(keys[row], counts[row], n)
            counts[row] = n
            keys[row, n:] = NOTHING
