"""What is at stake with a customer, in words."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from service.pages.formats import count, day, decimal, whole_money
from service.sales.directory import Sort
from service.sales.today import CustomerState

Json = dict[str, Any]
STATES_IN_WORDS: dict[CustomerState, str] = {
    "overdue": "Complaint overdue",
    "complaint": "Open complaint",
    "churn_warning": "Falling silent",
    "prospect": "Never bought",
    "may_be_called": "May be called",
}
SORTS_IN_WORDS: dict[Sort, str] = {
    "value_at_stake": "Most at stake",
    "name": "Name",
    "last_bought_on": "Last purchase",
    "products_bought": "Products bought",
}
ORDER_IN_WORDS = {
    "money": "Overdue complaints first, then the most money at stake: expected from offers, or "
    "that a call may still keep from falling silent.",
    "purchases": "Overdue complaints first, then the most purchases expected: no prices are known, "
    "so nothing can be said in money.",
    "nothing": "Overdue complaints first, then by name: this release does not say what is at "
    "stake; the next training does.",
}
"""By what customers are compared with."""


class Line(NamedTuple):
    """One thing at stake."""

    kind: str
    """complaint, silence, offers or secret."""
    words: str


def lines(customer: Json, today: date, currency: str) -> list[Line]:
    """The gravest first."""
    found = [_complaint(customer["complaint"], today)] if customer["complaint"] else []
    if not customer["allowed"]:
        return [*found, Line("secret", "Not told: its purchases may not be used")]
    if customer["silence"]:
        found.append(_silence(customer, currency))
    return [*found, *_offers(customer, currency)]


def _complaint(complaint: Json, today: date) -> Line:
    since = complaint["overdue_since"]
    if since is not None:
        return Line("overdue", f"Complaint overdue since {day(since)}")
    due = date.fromisoformat(complaint["due_on"])
    return Line("complaint", f"Open complaint, due {'today' if due == today else day(due)}")


def _silence(customer: Json, currency: str) -> Line:
    silence, cost = customer["silence"], customer["churn_value"]
    said = f"Silent for {_days(silence['days'])}, usually {_pace(round(silence['usual_days']))}"
    return Line("silence", f"{said}: {whole_money(cost, currency)} at stake" if cost else said)


def _offers(customer: Json, currency: str) -> list[Line]:
    offers, value = customer["offers"], customer["offer_value"]
    if not offers:
        return []
    counted = f"{count(offers)} new offer{'s' if offers != 1 else ''}"
    if value is not None:
        return [Line("offers", f"{whole_money(value, currency)} in {counted}")]
    return [
        Line("offers", f"{counted}, {decimal(customer['expected_purchases'])} purchases expected")
    ]


def _days(number: int) -> str:
    return "a day" if number == 1 else f"{count(number)} days"


def _pace(number: int) -> str:
    return "every day" if number <= 1 else f"every {count(number)}"


def total(customer: Json, currency: str) -> str:
    """What the list is sorted by, as a figure."""
    if customer["value_at_stake"] is not None:
        return whole_money(customer["value_at_stake"], currency)
    expected = customer["expected_purchases"]
    return "–" if not expected else decimal(expected)


class Bar(NamedTuple):
    """Widths in percent of the widest of the page."""

    offers: float
    risk: float


def bars(customers: list[Json]) -> list[Bar]:
    """Nothing where nothing is told in money."""
    parts = [(c["offer_value"] or 0.0, c["churn_value"] or 0.0) for c in customers]
    most = max((sum(part) for part in parts), default=0.0) or 1.0
    return [Bar(*(round(100 * amount / most, 1) for amount in part)) for part in parts]
