"""A release in which forgotten customers are already unknown, until the rewritten one is in use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recommender.release.opening import Release
from recommender.text import Ids
from service.records.forgotten import Forgotten


@dataclass(frozen=True, repr=False, eq=False)
class IdsWithHidden(Ids):
    """Every row keeps its number; only who asks for a hidden id does not find it."""

    hidden: frozenset[int]

    def position(self, key: str) -> int | None:
        row = super().position(key)
        return None if row in self.hidden else row

    def is_hidden(self, position: int) -> bool:
        return position in self.hidden


def rows_of(release: Release, forgotten: Forgotten) -> frozenset[int]:
    """Who of the release was forgotten; a hash for each customer, where anybody was at all."""
    if not len(forgotten):
        return frozenset()
    ids = release.customers.ids
    return frozenset(row for row, customer_id in enumerate(ids) if customer_id in forgotten)


def without_rows(release: Release, rows: frozenset[int]) -> Release:
    ids = release.customers.ids
    customers = replace(release.customers, ids=IdsWithHidden(ids.ends, ids.content, rows))
    return replace(release, contents=replace(release.contents, customers=customers))
