"""A customer's portrait as the company knows it: fields, values, ages, and what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from recommender.release.opening import Release

CUSTOMERS_ASKED = 1000
OF_A_FIELD = ("_updated_at", "_updated_on", "_changed_on", "_as_of", "_on", "_at")
"""Ends of a column that says when the field before it was last changed."""
OF_THE_ROW = ("updated_at", "updated_on", "last_updated_at", "last_updated_on", "as_of")
"""Columns that say when the whole row was."""


PARENT = "parent_id"
"""No trait; most customers have none, and nobody misses it."""


@dataclass(frozen=True)
class Trait:
    """One field of a portrait."""

    field: str
    value: Any
    """None where it is not known."""
    changed_on: date | None
    """None where only the day is known on which the table was read."""


def portrait_fields(release: Release) -> tuple[str, ...]:
    """Fields that some customer has, so that others can show them as missing.

    A thousand customers spread over the base name them all; reading a million would take seconds.
    """
    portraits = release.customers.portrait
    count = min(len(portraits), CUSTOMERS_ASKED)
    rows = np.linspace(0, len(portraits) - 1, count, dtype=int).tolist()
    return tuple(dict.fromkeys(field for row in rows for field in _read(portraits[row])))


def portrait(release: Release, row: int, fields: tuple[str, ...]) -> dict[str, Any]:
    """Every known field in its usual order, None where this customer has no value."""
    values = _read(release.customers.portrait[row])
    return {field: values.get(field) for field in dict.fromkeys([*fields, *values])}


def known_portrait(release: Release, row: int) -> dict[str, Any]:
    """What is known of it, without the columns that say when."""
    values = portrait(release, row, ())
    return {trait.field: trait.value for trait in traits(values) if trait.value is not None}


def traits(values: dict[str, Any]) -> tuple[Trait, ...]:
    """The fields, each with its day; columns of such days are no fields of their own."""
    days = {field: _day_column(field, values) for field in values}
    row_day = next((_day(values[name]) for name in OF_THE_ROW if values.get(name)), None)
    aside = {column for column in days.values() if column} | {*OF_THE_ROW}
    return tuple(
        Trait(field, value, _day(values.get(days[field] or "")) or row_day)
        for field, value in values.items()
        if field not in aside and (value is not None or field != PARENT)
    )


def portrait_answer(release: Release, values: dict[str, Any]) -> dict[str, Any]:
    """Known fields with their days, missing ones, and when the table was read."""
    found = traits(values)
    known = [trait for trait in found if trait.value is not None]
    return {
        "fields": {trait.field: trait.value for trait in known},
        "missing": [trait.field for trait in found if trait.value is None],
        "changed_on": {t.field: t.changed_on.isoformat() for t in known if t.changed_on},
        "known": len(known),
        "of": len(found),
        "source": "customers table",
        "as_of": release.manifest.created_at[:10],
    }


def _day_column(field: str, values: dict[str, Any]) -> str | None:
    return next((field + end for end in OF_A_FIELD if field + end in values), None)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _read(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text or "{}")
    return values
