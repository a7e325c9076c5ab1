"""Customers as rows of a file, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recommender.listing.rows import Row
from recommender.release.manifest import Manifest

CUSTOMER_COLUMNS: dict[str, type] = {
    "customer_id": str,
    "customer_name": str,
    "segment": str,
    "region": str,
    "rep": str,
    "value_at_stake": float,
    "offer_value": float,
    "churn_value": float,
    "currency": str,
    "expected_purchases": float,
    "offers": int,
    "silent_days": int,
    "usual_days": float,
    "complaint_opened_on": str,
    "complaint_due_on": str,
    "complaint_overdue_since": str,
    "product_id": str,
    "product_name": str,
    "chance": float,
    "products_bought": int,
    "last_bought_on": str,
    "contact": str,
    "personalisation": str,
    "release": str,
}


def customer_rows(manifest: Manifest, customers: list[dict[str, Any]]) -> Iterator[Row]:
    for customer in customers:
        yield _row(manifest, customer)


def _row(manifest: Manifest, customer: dict[str, Any]) -> Row:
    silence, complaint = customer["silence"] or {}, customer["complaint"] or {}
    offer = customer["top_offer"] or {}
    return customer | {
        "customer_name": customer["name"],
        "currency": manifest.currency,
        "silent_days": silence.get("days"),
        "usual_days": silence.get("usual_days"),
        "complaint_opened_on": complaint.get("opened_on"),
        "complaint_due_on": complaint.get("due_on"),
        "complaint_overdue_since": complaint.get("overdue_since"),
        "product_id": offer.get("product_id"),
        "product_name": offer.get("name"),
        "chance": offer.get("chance"),
        "contact": ";".join(customer["may_contact"]),
        "personalisation": "yes" if customer["allowed"] else "no",
        "release": manifest.name,
    }
