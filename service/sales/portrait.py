"""A customer's portrait as the company knows it: fields, values, and what is missing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from recommender.release.opening import Release

CUSTOMERS_ASKED = 1000


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


def _read(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text or "{}")
    return values
