"""The engine's answers as JSON, word for word the contract that the API and `--json` promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from recommender.release.opening import Release
from recommender.suggest.also_bought import CustomerAlsoBought, ProductAlsoBought
from recommender.suggest.facts import Facts, OutcomeName
from recommender.suggest.reasons import Reason
from recommender.suggest.suggestion import SuggestionList
from recommender.suggest.targets import Target, TargetList
from recommender.suggest.wording import product_name

Json = dict[str, Any]


def suggestions_answer(release: Release, found: SuggestionList) -> Json:
    """A list of suggestions as in the contract."""
    return {
        "recommendation_id": found.recommendation_id,
        "customer_id": found.customer_id,
        "release": found.release,
        "data_through": found.data_through,
        "source": found.source,
        "fallback_reason": found.fallback_reason,
        "requested": found.requested,
        "returned": found.returned,
        "withheld": found.withheld,
        "suggestions": [
            described(release, s.product_id)
            | {
                "kind": s.kind,
                "rank": s.rank,
                "chance": s.chance,
                "expected_value": s.expected_value,
                "reasons": [reason_answer(release, reason) for reason in s.reasons],
            }
            for s in found.suggestions
        ],
    }


def customer_also_bought_answer(release: Release, found: CustomerAlsoBought) -> Json:
    """What customers like this one also bought."""
    head = {
        "recommendation_id": found.recommendation_id,
        "customer_id": found.customer_id,
        "release": found.release,
        "data_through": found.data_through,
        "fallback_reason": found.fallback_reason,
        "requested": found.requested,
        "returned": found.returned,
        "withheld": found.withheld,
        "peers": found.peers,
    }
    return head | {"also_bought": _with_products(release, found.also_bought)}


def product_also_bought_answer(release: Release, found: ProductAlsoBought) -> Json:
    """What goes with a product."""
    head = {
        "product_id": found.product_id,
        "name": product_name(release, found.product_id),
        "release": found.release,
        "data_through": found.data_through,
        "requested": found.requested,
        "returned": found.returned,
        "customers": found.customers,
        "withheld": found.withheld,
    }
    return head | {"also_bought": _with_products(release, found.also_bought)}


def targets_answer(release: Release, found: TargetList) -> Json:
    """The customers for a product."""
    head = {
        "product_id": found.product_id,
        "name": product_name(release, found.product_id),
        "release": found.release,
        "data_through": found.data_through,
        "requested": found.requested,
        "returned": found.returned,
        "withheld": found.withheld,
    }
    return head | {
        "targets": [_target(release, found.product_id, target) for target in found.targets]
    }


def _target(release: Release, product_id: str, target: Target) -> Json:
    row, customers = release.customers.ids.position(target.customer_id), release.customers
    columns, contact = ("name", "segment", "region", "rep"), target.facts.contact
    known = {} if row is None else {c: getattr(customers, c)[row] or None for c in columns}
    return {
        "customer_id": target.customer_id,
        **(known | {"name": known.get("name") or target.customer_id}),
        "contact": None if contact is None else list(contact),
        "kind": target.kind,
        "rank": target.rank,
        "chance": target.chance,
        "expected_value": target.expected_value,
        "reasons": [reason_answer(release, reason) for reason in target.reasons],
        "last_outcome": last_outcome(target.facts, product_id),
        "recommendation_id": target.recommendation_id,
    }


def last_outcome(facts: Facts, product_id: str) -> OutcomeName | None:
    """The newest word on a product; None where there was none yet."""
    said = (known.outcome for known in facts.outcomes if known.product_id == product_id)
    return next(said, None)


def described(release: Release, product_id: str) -> Json:
    """What the catalogue says of a product: id, name, category, price."""
    catalogue = release.catalogue
    column = catalogue.columns.get(product_id)
    if column is None:
        return {"product_id": product_id, "name": product_id, "category": None, "price": None}
    return {
        "product_id": product_id,
        "name": catalogue.names[column],
        "category": catalogue.categories[column],
        "price": catalogue.prices[column],
    }


def reason_answer(release: Release, reason: Reason) -> Json:
    """Its kind and fields, days in ISO 8601; a product is named beside its id."""
    # not asdict, which copies every value and takes ten times as long
    answer = {"kind": reason.kind, **vars(reason)}
    for name, said in answer.items():
        if isinstance(said, date):
            answer[name] = said.isoformat()
    if "product_id" in answer:
        answer["name"] = product_name(release, answer["product_id"])
    return answer


def _with_products(release: Release, found: Sequence[Any]) -> list[Json]:
    return [described(release, entry.product_id) | asdict(entry) for entry in found]
