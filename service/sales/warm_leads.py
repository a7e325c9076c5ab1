"""What a customer looked at and did not buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recommender.release.opening import Release
from recommender.suggest.facts import Facts, Interest
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
    ids = release.products.ids
    passed_over = _bought(release, row, facts)
    passed_over |= {ids[c] for _, held in withheld_by_word(release, facts) for c in held.tolist()}
    found: list[WarmLead] = []
    for seen in facts.interest:
        if seen.product_id in passed_over or seen.product_id not in ids:
            continue
        passed_over.add(seen.product_id)
        found.append(WarmLead(seen.product_id, seen.event, seen.at.date()))
    return found[:MOST_LEADS]


def _bought(release: Release, row: int, facts: Facts) -> set[str]:
    """Before the release or since."""
    first, end = release.bought.starts[row : row + 2]
    known = {release.products.ids[c] for c in release.bought.products[first:end].tolist()}
    return known | {bought.product_id for bought in facts.purchases if bought.quantity > 0}
