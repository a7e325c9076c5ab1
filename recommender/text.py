"""Columns of text that can be memory-mapped: one run of UTF-8 bytes, and where each text ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

STRIDE = 16
"""Of so many ids one is kept as Python's own bytes, to find the others by."""


@dataclass(frozen=True, repr=False, eq=False)
class TextColumn(Sequence[str]):
    """Immutable texts; one costs its UTF-8 bytes and eight more, in memory as on disk."""

    ends: npt.NDArray[np.int64]
    """(n + 1,) where text i starts at `ends[i]` and stops before `ends[i + 1]`."""
    content: npt.NDArray[np.uint8]
    """All texts one after the other."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> TextColumn:
        encoded = [text.encode() for text in texts]
        ends = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(e) for e in encoded], out=ends[1:])
        return cls(ends, np.frombuffer(b"".join(encoded), np.uint8))

    def __post_init__(self) -> None:
        if self.ends[0] != 0 or self.ends[-1] != len(self.content):
            raise ValueError(
                f"the last text ends at byte {self.ends[-1]}, the bytes at {len(self.content)}"
            )

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self):,} texts, {len(self.content):,} bytes)"

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> list[str]: ...
    def __getitem__(self, position: int | slice) -> str | list[str]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        count = len(self)
        if not -count <= position < count:
            raise IndexError(f"text {position} of {count}")
        return self._bytes(position % count).decode()

    def __iter__(self) -> Iterator[str]:
        content, ends = self.content.tobytes(), self.ends.tolist()
        return (content[a:b].decode() for a, b in pairwise(ends))

    def _bytes(self, position: int) -> bytes:
        ends, content = self._views
        return content[ends[position] : ends[position + 1]].tobytes()

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """`ends` and `content` as Python reads them: for one text NumPy takes twice as long."""
        return self.ends.data, self.content.data


class Ids(TextColumn):
    """Business keys, sorted by UTF-8 bytes and unique; a key's position is its row or column."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Ids:
        """Sorts and removes repetitions: the order in which ids were met leaves no trace."""
        ids = TextColumn.of(sorted(set(texts), key=str.encode))
        return cls(ids.ends, ids.content)

    def position(self, key: str) -> int | None:
        """Where `key` stands, or None; a search, because a map of a million ids is not free."""
        wanted = key.encode("utf-8", "surrogatepass")
        first = (bisect_right(self._signposts, wanted) - 1) * STRIDE
        if first < 0:
            return None
        ends = self.ends[first : first + STRIDE + 1].tolist()
        run, begin = self.content[ends[0] : ends[-1]].tobytes(), ends[0]
        try:
            return first + [run[a - begin : b - begin] for a, b in pairwise(ends)].index(wanted)
        except ValueError:
            return None

    @cached_property
    def _signposts(self) -> list[bytes]:
        """Every `STRIDE`-th id; about 3 MB of a million, where seventeen looks took 20 µs."""
        return [self._bytes(i) for i in range(0, len(self), STRIDE)]

    def is_hidden(self, position: int) -> bool:  # noqa: ARG002
        """Whether who asks for the key that stands there does not find it; none here."""
        return False

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.position(key) is not None

    def is_sorted_and_unique(self) -> bool:
        encoded = [self._bytes(i) for i in range(len(self))]
        return all(a < b for a, b in pairwise(encoded))
