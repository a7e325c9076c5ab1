"""The rows of the cross-sell list and of what was held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recommender.release.opening import Release
from recommender.suggest.answers import described
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.reasons import BoughtReason, PeersReason
from recommender.suggest.regular_reasons import BuysLessReason
from recommender.suggest.suggestion import REGULAR_KINDS, Suggestion, SuggestionList
from recommender.suggest.wording import product_name, why

Cell = str | int | float | None
Row = dict[str, Cell]
Columns = Mapping[str, type]

LIST_COLUMNS: dict[str, type] = {
    "customer_id": str,
    "customer_name": str,
    "segment": str,
    "region": str,
    "rep": str,
    "product_id": str,
    "product_name": str,
    "category": str,
    "kind": str,
    "rank": int,
    "chance": float,
    "expected_value": float,
    "currency": str,
    "why": str,
    "evidence_products": str,
    "peers": int,
    "peers_bought": int,
    "last_outcome": str,
    "contact": str,
    "release": str,
    "recommendation_id": str,
}
HELD_COLUMNS: dict[str, type] = {
    "customer_id": str,
    "customer_name": str,
    "rep": str,
    "product_id": str,
    "product_name": str,
    "hold_reason": str,
    "release": str,
}


def list_rows(
    release: Release, row: int, found: SuggestionList, facts: Facts = NOTHING_KNOWN
) -> Iterator[Row]:
    """One row a suggestion, with the columns of `LIST_COLUMNS`."""
    customers = release.customers
    head: Row = {
        "customer_id": found.customer_id,
        "customer_name": customers.name[row],
        "segment": customers.segment[row],
        "region": customers.region[row],
        "rep": customers.rep[row],
    }
    tail: Row = {
        "contact": None if facts.contact is None else ";".join(facts.contact),
        "release": found.release,
        "recommendation_id": found.recommendation_id,
    }
    outcomes = {known.product_id: known.outcome for known in facts.outcomes}
    for suggestion in found.suggestions:
        last: Row = {"last_outcome": outcomes.get(suggestion.product_id)}
        yield head | _suggested(release, suggestion) | last | tail


def held_rows(release: Release, row: int, found: SuggestionList) -> Iterator[Row]:
    """One row a product that a rule kept off this list, with the columns of `HELD_COLUMNS`."""
    for product_id, rule in found.held:
        yield {
            "customer_id": found.customer_id,
            "customer_name": release.customers.name[row],
            "rep": release.customers.rep[row],
            "product_id": product_id,
            "product_name": product_name(release, product_id),
            "hold_reason": rule,
            "release": found.release,
        }


def _suggested(release: Release, suggestion: Suggestion) -> Row:
    product = described(release, suggestion.product_id)
    counted = (PeersReason, BuysLessReason)
    peers = next((r for r in suggestion.reasons if isinstance(r, counted)), None)
    evidence = [r.product_id for r in suggestion.reasons if isinstance(r, BoughtReason)]
    if suggestion.kind in REGULAR_KINDS:
        evidence = [suggestion.product_id]
    return {
        "product_id": suggestion.product_id,
        "product_name": product["name"],
        "category": product["category"],
        "kind": suggestion.kind,
        "rank": suggestion.rank,
        "chance": suggestion.chance,
        "expected_value": suggestion.expected_value,
        "currency": release.manifest.currency,
        "why": why(release, suggestion.reasons),
        "evidence_products": ";".join(evidence),
        "peers": peers.peers if peers else None,
        "peers_bought": peers.peers_bought if peers else None,
    }
