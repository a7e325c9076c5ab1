"""The rows of the cross-sell list, of a call list, and of what was held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recommender.release.opening import Release
from recommender.suggest.answers import described, last_outcome
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.reasons import BoughtReason, PeersReason, ResemblesReason
from recommender.suggest.regular.reasons import BuysLessReason
from recommender.suggest.suggestion import REGULAR_KINDS, Suggestion, SuggestionList
from recommender.suggest.targets import Target, TargetList
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

HEAD, HELD_HEAD = ("name", "segment", "region", "rep"), ("name", "rep")
EVIDENCE = (BoughtReason, ResemblesReason)
"""Reasons that name a purchase of the customer."""
COUNTED = (PeersReason, BuysLessReason)
"""Reasons that count customers like it."""


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
        yield head | _offered(release, suggestion.product_id, suggestion) | last | tail


def target_rows(release: Release, found: TargetList) -> Iterator[Row]:
    """One row a customer, with the columns of `LIST_COLUMNS`; the rank is that of the customer."""
    for target in found.targets:
        contact = target.facts.contact
        yield {
            **_customer(release, target.customer_id, HEAD),
            **_offered(release, found.product_id, target),
            "last_outcome": last_outcome(target.facts, found.product_id),
            "contact": None if contact is None else ";".join(contact),
            "release": found.release,
            "recommendation_id": target.recommendation_id,
        }


def held_target_rows(release: Release, found: TargetList) -> Iterator[Row]:
    """One row a customer that was passed over, with the columns of `HELD_COLUMNS`."""
    for customer_id, rule in found.held:
        yield {
            **_customer(release, customer_id, HELD_HEAD),
            "product_id": found.product_id,
            "product_name": product_name(release, found.product_id),
            "hold_reason": rule,
            "release": found.release,
        }


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


def _customer(release: Release, customer_id: str, columns: tuple[str, ...]) -> Row:
    row = release.customers.ids.position(customer_id)
    known = {name: "" if row is None else getattr(release.customers, name)[row] for name in columns}
    name = known.pop("name")
    return {"customer_id": customer_id, "customer_name": name, **known}


def _offered(release: Release, product_id: str, said: Suggestion | Target) -> Row:
    product = described(release, product_id)
    peers = next((r for r in said.reasons if isinstance(r, COUNTED)), None)
    evidence = [r.product_id for r in said.reasons if isinstance(r, EVIDENCE)]
    if said.kind in REGULAR_KINDS:
        evidence = [product_id]
    return {
        "product_id": product_id,
        "product_name": product["name"],
        "category": product["category"],
        "kind": said.kind,
        "rank": said.rank,
        "chance": said.chance,
        "expected_value": said.expected_value,
        "currency": release.manifest.currency,
        "why": why(release, said.reasons),
        "evidence_products": ";".join(evidence),
        "peers": peers.peers if peers else None,
        "peers_bought": peers.peers_bought if peers else None,
    }
