"""A record as JSON: its fields, days and moments in ISO 8601."""

from __future__ import annotations

from datetime import date
from typing import Any


def recorded(record: object, *left_out: str) -> dict[str, Any]:
    """Of a dataclass."""
    return {name: _plain(v) for name, v in vars(record).items() if name not in left_out}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
