"""Numbers, dates and names of fields as people read them, the same on every page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

UNITS = {
    "m2": "m²",
    "m3": "m³",
    "mm": "mm",
    "cm": "cm",
    "m": "m",
    "km": "km",
    "kg": "kg",
    "ml": "ml",
} | {
    "percent": "%",
    "days": "days",
}
NO_BREAK = "\N{NO-BREAK SPACE}"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
"""Not from the locale of the machine: one service speaks one language."""


def money(amount: float | None, currency: str) -> str:
    return "–" if amount is None else f"{amount:,.2f}{NO_BREAK}{currency}"


def whole_money(amount: float | None, currency: str) -> str:
    """Where cents would say more than is known."""
    return "–" if amount is None else f"{amount:,.0f}{NO_BREAK}{currency}"


def short_money(amount: float) -> str:
    """For a narrow cell: 840, 8.4k, 84k, 8.4M."""
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(amount) >= unit * 0.9995:
            digits = 1 if abs(amount) < 9.95 * unit else 0
            return f"{amount / unit:,.{digits}f}{letter}"
    return f"{amount:,.0f}"


def percent(share: float) -> str:
    """Small chances keep a decimal: between 0.4% and 0.8% lies a factor of two."""
    if 0 < share < 0.001:
        return "under 0.1%"
    return f"{share:.1%}" if share < 0.0995 else f"{share:.0%}"


def count(number: int) -> str:
    return f"{number:,}"


def day(when: date | str | None) -> str:
    if when is None:
        return "never"
    known = date.fromisoformat(when[:10]) if isinstance(when, str) else when
    return f"{known.day}{NO_BREAK}{MONTHS[known.month - 1]}{NO_BREAK}{known.year}"


def path_part(key: str) -> str:
    """An id within an address, whatever it holds."""
    return quote(key, safe="")


def field_title(field: str) -> str:
    """`floor_space_m2` as "Floor space (m²)"; names that are no identifiers stay as they are."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", field):
        return field
    words = field.removesuffix("_on").removesuffix("_at").split("_")
    unit = _unit(field)
    title = " ".join(words[:-1] if unit else words).capitalize()
    return f"{title} ({unit})" if unit else title


def field_value(value: Any, field: str = "") -> str:
    """Lists with commas, days as days; digits are a number only where the field has a unit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,g}" if abs(value) < 10_000 else f"{value:,.0f}"
    if isinstance(value, list):
        return ", ".join(field_value(part) for part in value)
    text = str(value)
    if re.fullmatch(r"\d{5,15}", text) and _unit(field):
        return f"{int(text):,}"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _day_or_text(text)
    return ", ".join(part.strip() for part in text.split(";"))


def _unit(field: str) -> str | None:
    return UNITS.get(field.rsplit("_", maxsplit=1)[-1]) if "_" in field else None


def _day_or_text(text: str) -> str:
    try:
        return day(text)
    except ValueError:
        return text


def with_code(text: str) -> Markup:
    """Escaped, with `words` between backticks set as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704


FILTERS = {
    "money": money,
    "whole_money": whole_money,
    "short_money": short_money,
    "percent": percent,
    "count": count,
    "day": day,
    "path_part": path_part,
    "field_title": field_title,
    "field_value": field_value,
    "with_code": with_code,
}
