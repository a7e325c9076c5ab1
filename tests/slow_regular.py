"""What a customer buys regularly, entry by entry in plain numbers: slow, obvious, written apart."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import comb
from statistics import median

from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from tests.brute_force import peers_of, row_of

EVERY_KIND = ("reorder", "lapsed", "more")


@dataclass(frozen=True)
class Entry:
    """One product that a customer bought on three days or more."""

    product_id: str
    gap: float
    quantity: float
    last_on: date
    chance: float

    @property
    def quantity_a_year(self) -> float:
        return self.quantity * 365 / self.gap

    def kind(self, today: date) -> str | None:
        """Lapsed, due, or neither."""
        since = (today - self.last_on).days
        if since >= 3 * self.gap and since - self.gap >= 28:
            return "lapsed"
        return "reorder" if since >= 0.75 * self.gap else None


def entries_of(release: Release, row: int) -> list[Entry]:
    part, chances = release.contents.product_rhythms, release.contents.regular.chance
    return [
        Entry(
            release.products.ids[int(part.products[i])],
            float(part.gap_days[i]),
            float(part.quantity[i]),
            date(1970, 1, 1) + timedelta(days=int(part.last_day[i])),
            float(chances[i]),
        )
        for i in range(int(part.starts[row]), int(part.starts[row + 1]))
    ]


def today_of(release: Release, facts: Facts) -> date:
    through = date.fromisoformat(release.manifest.data_through)
    return max([through + timedelta(days=1), *(p.at.date() for p in facts.purchases)])


def moved(entry: Entry, facts: Facts) -> Entry:
    """With what was bought since; facts with returns are no matter of this file."""
    days = [p.at.date() for p in facts.purchases if p.product_id == entry.product_id]
    last_on = max([entry.last_on, *days])
    return Entry(entry.product_id, entry.gap, entry.quantity, last_on, entry.chance)


def pace_of_peers(release: Release, row: int, product_id: str, facts: Facts) -> list[float]:
    """What each peer that agreed takes a year, of those that have not stopped."""
    today, found = today_of(release, facts), list[float]()
    for peer in peers_of(release, row):
        if facts.consent.may_personalise(release.customers.ids[peer]):
            own = [entry for entry in entries_of(release, peer) if entry.product_id == product_id]
            found += [entry.quantity_a_year for entry in own if entry.kind(today) != "lapsed"]
    return found


def low_end(values: list[float]) -> float:
    """Of the 95 % interval of their median, which a fair coin's throws give."""
    heads, total = 0, len(values)
    while Fraction(sum(comb(total, k) for k in range(heads + 1)), 2**total) < Fraction(1, 40):
        heads += 1
    return sorted(values)[max(heads - 1, 0)]


def regular_by_brute_force(
    release: Release,
    customer_id: str,
    wished: Collection[str] = EVERY_KIND,
    facts: Facts = NOTHING_KNOWN,
) -> dict[str, tuple[str, Entry]]:
    """Product -> its kind, and the entry it is told from; nothing for lists of what others buy."""
    row = row_of(release, customer_id)
    if row is None or release.bought.starts[row] == release.bought.starts[row + 1]:
        return {}
    found = {}
    for known in entries_of(release, row):
        entry = moved(known, facts)
        kind = entry.kind(today_of(release, facts))
        if kind is None and entry.last_on == known.last_on:
            theirs = pace_of_peers(release, row, entry.product_id, facts)
            if len(theirs) >= 5 and entry.quantity_a_year < low_end(theirs):
                kind = "more"
        if kind in wished and not math.isnan(entry.chance):
            found[entry.product_id] = (str(kind), entry)
    return found


def middle(values: list[float]) -> float:
    return round(median(values), 1)
