"""Finding customers: by words, rep, segment and region, in some order, page by page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags
from recommender.release.opening import Release

Sort = Literal["value_at_stake", "name", "last_bought_on", "products_bought"]
SORTS: tuple[Sort, ...] = get_args(Sort)
NEVER = -1

Rows = npt.NDArray[np.int64]
"""Positions of customers."""


@dataclass(frozen=True)
class Search:
    """What to look for; what is None or empty does not narrow."""

    query: str = ""
    """Words, each of which must occur in id, name or region; case and accents do not matter."""
    rep: str | None = None
    segment: str | None = None
    region: str | None = None
    sort: Sort = "name"
    limit: int = 50
    seen_by: str | None = None
    """A rep, who finds its own customers only."""


@dataclass(frozen=True)
class Found:
    """One page of customers."""

    rows: list[int]
    total: int
    """On all pages."""
    first: int
    """How many stand on the pages before."""

    @property
    def end(self) -> int:
        return self.first + len(self.rows)

    @property
    def has_more(self) -> bool:
        return self.end < self.total


@dataclass(frozen=True, repr=False)
class CustomerDirectory:
    """Built once a release; a search then walks arrays, never Python objects."""

    text: npt.NDArray[np.uint8]
    """One folded line a customer, each ended by a line feed."""
    line_starts: Rows
    reps: tuple[str, ...]
    rep_numbers: Rows
    segments: tuple[str, ...]
    segment_numbers: Rows
    regions: tuple[str, ...]
    region_numbers: Rows
    products_bought: Rows
    last_day: Rows
    """Days since 1970-01-01 UTC, `NEVER` for those who bought nothing."""
    prospects: Flags
    """Who never bought anything."""
    orders: dict[Sort, Rows]
    places: dict[Sort, Rows]
    """(customers,) where each stands in these orders."""
    hidden: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    """Customers that no search finds."""

    @classmethod
    def of(cls, release: Release) -> CustomerDirectory:
        customers, bought = release.customers, release.bought
        lines = [
            folded(" ".join(parts)).replace("\n", " ").encode("utf-8", "surrogatepass") + b"\n"
            for parts in zip(customers.ids, customers.name, customers.region, strict=True)
        ]
        reps, rep_numbers = _numbered(customers.rep)
        segments, segment_numbers = _numbered(customers.segment)
        regions, region_numbers = _numbered(customers.region)
        products_bought, last_day = np.diff(bought.starts), _last_days(release)
        names = [
            folded(name or key) for key, name in zip(customers.ids, customers.name, strict=True)
        ]
        orders = _orders(names, products_bought, last_day)
        return cls(
            text=np.frombuffer(b"".join(lines), np.uint8),
            line_starts=np.array([0, *accumulate(map(len, lines))][:-1], np.int64),
            reps=reps,
            rep_numbers=rep_numbers,
            segments=segments,
            segment_numbers=segment_numbers,
            regions=regions,
            region_numbers=region_numbers,
            products_bought=products_bought,
            last_day=last_day,
            prospects=_prospects(release),
            orders=orders,
            places={sort: np.argsort(order) for sort, order in orders.items()},
        )

    def find(
        self,
        search: Search,
        after: int | None = None,
        *,
        places: Rows | None = None,
        among: Flags | None = None,
    ) -> Found:
        """The page that begins behind the customer in row `after`, or the first one.

        `places` (customers,) is another order than those kept here; `among` narrows further.
        """
        matches = self._matches(search)
        rows = np.flatnonzero(matches if among is None else matches & among)
        stand = self.places[search.sort] if places is None else places
        first = 0 if after is None else int((stand[rows] <= stand[after]).sum())
        shown = _first_of(rows, stand, first + search.limit)[first:]
        return Found(shown.tolist(), len(rows), first)

    def of_rep(self, rep: str) -> Flags:
        """Which customers are this rep's; nobody's are not of the rep without a name."""
        theirs: Flags = self.rep_numbers == _number_of(rep, self.reps)
        return theirs

    def of_segment(self, segment: str) -> Flags:
        theirs: Flags = self.segment_numbers == _number_of(segment, self.segments)
        return theirs

    def of_region(self, region: str) -> Flags:
        theirs: Flags = self.region_numbers == _number_of(region, self.regions)
        return theirs

    def regions_proposed(self, most: int) -> list[str]:
        """All where they are few, else those of most customers; sorted."""
        counts = np.bincount(self.region_numbers + 1, minlength=len(self.regions) + 1)[1:]
        first = np.argsort(-counts, kind="stable")[:most].tolist()
        return sorted(self.regions[i] for i in first)

    def seen_by(self, rep: str | None) -> Flags:
        """Which customers this rep may come across; None for who sees all."""
        seen: Flags = np.ones(len(self.line_starts), bool) if rep is None else self.of_rep(rep)
        seen[self.hidden] = False
        return seen

    def of_kind(self, row: int) -> Rows:
        """Customers of its segment and region, itself among them; nobody where one is not known."""
        segment, region = self.segment_numbers[row], self.region_numbers[row]
        if segment < 0 or region < 0:
            return np.zeros(0, np.int64)
        alike = (self.segment_numbers == segment) & (self.region_numbers == region)
        return np.setdiff1d(np.flatnonzero(alike), self.hidden)

    def _matches(self, search: Search) -> Flags:
        matches = self.seen_by(search.seen_by)
        for word in folded(search.query).split():
            matches &= self._lines_with(word.encode("utf-8", "surrogatepass"))
        if search.rep is not None:
            matches &= self.of_rep(search.rep)
        if search.segment is not None:
            matches &= self.of_segment(search.segment)
        if search.region is not None:
            matches &= self.of_region(search.region)
        return matches

    def _lines_with(self, word: bytes) -> Flags:
        """Narrows the places of the first byte, byte by byte; a million lines take some 50 ms."""
        reach = max(len(self.text) - len(word) + 1, 0)
        places = np.flatnonzero(self.text[:reach] == word[0])
        for offset, byte in enumerate(word[1:], 1):
            places = places[self.text[places + offset] == byte]
        lines = np.zeros(len(self.line_starts), bool)
        lines[np.searchsorted(self.line_starts, places, side="right") - 1] = True
        return lines


def folded(text: str) -> str:
    """Without case and accents, so that `Roßauer` and `muller` are found however they are typed."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _numbered(texts: Iterable[str]) -> tuple[tuple[str, ...], Rows]:
    """The different texts sorted, and which of them each customer has; -1 for the empty one."""
    column = list(texts)
    different = tuple(sorted(set(column) - {""}))
    numbers = {text: number for number, text in enumerate(different)} | {"": -1}
    return different, np.array([numbers[text] for text in column], np.int64)


def _number_of(text: str, different: tuple[str, ...]) -> int:
    """-2 for what nobody has: it equals no customer's number."""
    return different.index(text) if text in different else -2


def _last_days(release: Release) -> Rows:
    """Purchases from before the history that was learned from count as well."""
    bought, last = release.bought, release.contents.customer_rhythms.last_day.astype(np.int64)
    some = np.flatnonzero(np.diff(bought.starts))
    if len(some):
        newest = np.maximum.reduceat(bought.last_day, bought.starts[some])
        last[some] = np.maximum(last[some], newest)
    return last


def _first_of(rows: Rows, places: Rows, count: int) -> Rows:
    """In order; the rest is never sorted."""
    if count < len(rows):
        rows = rows[np.argpartition(places[rows], count)[:count]]
    found: Rows = rows[np.argsort(places[rows])]
    return found


def _prospects(release: Release) -> Flags:
    parts = (release.bought, release.earlier, release.returned)
    found: Flags = np.all([np.diff(part.starts) == 0 for part in parts], axis=0)
    return found


def _orders(names: list[str], products_bought: Rows, last_day: Rows) -> dict[Sort, Rows]:
    """Of equals the one whose name comes first."""
    by_name = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
    return {
        "name": by_name,
        "products_bought": by_name[np.argsort(-products_bought[by_name], kind="stable")],
        "last_bought_on": by_name[np.argsort(-last_day[by_name], kind="stable")],
    }
