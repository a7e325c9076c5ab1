"""What a customer looked at and did not buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recommender.release.opening import Release
from recommender.suggest.facts import Facts, Interest
from recommender.suggest.rules import bought_by
from recommender.suggest.withholding import withheld_by_word

MOST_LEADS = 8


@dataclass(frozen=True)
class WarmLead:
    product_id: str
    event: Interest
    """The last one."""
    happened_on: date


def warm_leads(release: Release, row: int, facts: Facts) -> list[WarmLead]:
    """Newest first, each product once, without those that the customer's word holds back.

    A product that has left the release cannot be offered, and nobody could look it up.
    """
    if not facts.interest:
        return []
    columns = release.catalogue.columns
    passed_over = _bought(release, row, facts)
    for _, held in withheld_by_word(release, facts):
        passed_over.update(held.tolist())
    found: list[WarmLead] = []
    for seen in facts.interest:
        column = columns.get(seen.product_id)
        if column is None or column in passed_over:
            continue
        passed_over.add(column)
        found.append(WarmLead(seen.product_id, seen.event, seen.at.date()))
    return found[:MOST_LEADS]


def _bought(release: Release, row: int, facts: Facts) -> set[int]:
    """Columns of what it bought before the release or since."""
    columns = release.catalogue.columns
    since = (columns.get(bought.product_id) for bought in facts.purchases if bought.quantity > 0)
    known = bought_by(release, row).tolist()
    return {*known, *(column for column in since if column is not None)}
