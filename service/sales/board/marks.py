"""What was told about a customer's categories: complaints before refusals before offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from recommender.release.opening import Release
from service.records.marks import REFUSALS, open_complaints_of, outcomes_of

Mark = Literal["complaint", "declined", "offered"]
MARKS: tuple[Mark, ...] = ("complaint", "declined", "offered")
"""The gravest first."""
MARK_DAYS = 90
"""How long an offer, and what was said to it, is shown."""
WHOLE = ""
"""The category of a complaint about none."""
Marks = dict[tuple[str, str], Mark]
"""(customer_id, category)."""


def marks_of(
    connection: sa.Connection, release: Release, customer_ids: Sequence[str], since: datetime
) -> Marks:
    """The last word of a customer on a category counts; to be shown something is no word."""
    marks: Marks = {}
    for told in outcomes_of(connection, customer_ids, since):
        key = told.customer_id, category_of(release, told.product_id)
        if told.outcome != "shown":
            marks[key] = "declined" if told.outcome in REFUSALS else "offered"
        else:
            marks.setdefault(key, "offered")
    for filed in open_complaints_of(connection, customer_ids):
        category = filed.category or category_of(release, filed.product_id)
        marks[filed.customer_id, category] = "complaint"
    return marks


def gravest(marks: Iterable[Mark | None]) -> Mark | None:
    found = set(marks)
    return next((mark for mark in MARKS if mark in found), None)


def category_of(release: Release, product_id: str | None) -> str:
    column = None if product_id is None else release.catalogue.columns.get(product_id)
    return WHOLE if column is None else release.products.category[column]
