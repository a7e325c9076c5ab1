"""Numbers, dates and names of fields as people read them, the same on every page."""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import date
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from recommender.formats.formats import Formats, formats_of
from recommender.formats.locales import ENGLISH
from recommender.formats.numbers import is_below_zero

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
SHORT_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_LOCALE: ContextVar[str] = ContextVar("locale", default=ENGLISH)
"""Of the service that answers: a filter of a template is given nothing but the value."""


def write_as_in(locale: str) -> None:
    """From here on, within this request."""
    _LOCALE.set(locale)


def _formats() -> Formats:
    return formats_of(_LOCALE.get())


def money(amount: float | None, currency: str) -> str:
    return "–" if amount is None else glued(_formats().money(amount, currency))


def whole_money(amount: float | None, currency: str) -> str:
    """Where cents would say more than is known."""
    return "–" if amount is None else glued(_formats().money(amount, currency, 0))


def short_money(amount: float, currency: str = "") -> str:
    """For a narrow cell: 840, 8.4k, 84k, 8.4M; with its currency in a sentence."""
    formats, size = _formats(), abs(amount)
    unit, letter = 1.0, ""
    for unit_tried, its_letter in SHORT_UNITS:
        if size >= unit_tried * 0.9995:
            unit, letter = unit_tried, its_letter
            break
    decimals = 1 if letter and size < 9.95 * unit else 0
    if not currency:
        return formats.number(amount / unit, decimals) + letter
    digits = formats.numbers.digits(amount / unit, decimals) + letter
    is_negative = is_below_zero(amount / unit, decimals)
    return glued(formats.money_around(digits, currency, is_negative=is_negative))


def percent(share: float) -> str:
    """Small chances keep a decimal: between 0.4% and 0.8% lies a factor of two."""
    formats = _formats()
    if 0 < share < 0.001:
        return f"under {glued(formats.percent(0.001, 1))}"
    return glued(formats.percent(share, 1 if share < 0.0995 else 0))


def whole_percent(share: float) -> str:
    return glued(_formats().percent(share))


def count(number: float) -> str:
    return _formats().number(number)


def decimal(number: float, decimals: int = 1) -> str:
    return _formats().number(number, decimals)


def glued(text: str) -> str:
    """On a page neither an amount nor a day is torn apart at the end of a line."""
    return text.replace(" ", NO_BREAK)


def day(when: date | str | None) -> str:
    if when is None:
        return "never"
    known = date.fromisoformat(when[:10]) if isinstance(when, str) else when
    return glued(_formats().day(known))


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
        return _formats().exact(value, 6) if abs(value) < 10_000 else count(value)
    if isinstance(value, list):
        return ", ".join(field_value(part) for part in value)
    text = str(value)
    if re.fullmatch(r"\d{5,15}", text) and _unit(field):
        return count(int(text))
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
    "decimal": decimal,
    "day": day,
    "path_part": path_part,
    "field_title": field_title,
    "field_value": field_value,
    "with_code": with_code,
}
