"""Numbers, dates and names of fields as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from service.pages.docs import type_in_words
from service.pages.formats import (
    day,
    field_title,
    field_value,
    money,
    path_part,
    percent,
    with_code,
)
from service.pages.start import age_in_words


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0.0%"), (0.0004, "under 0.1%"), (0.044, "4.4%"), (0.0996, "10%"), (0.184, "18%")],
)
def test_small_chances_keep_a_decimal(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_money_and_days() -> None:
    assert money(1234.5, "EUR") == "1,234.50\N{NO-BREAK SPACE}EUR"
    assert money(None, "EUR") == "–"
    assert (
        day("2026-06-01") == day(date(2026, 6, 1)) == "1\N{NO-BREAK SPACE}Jun\N{NO-BREAK SPACE}2026"
    )
    assert day(None) == "never"


@pytest.mark.parametrize(
    ("field", "title"),
    [
        ("floor_space_m2", "Floor space (m²)"),
        ("last_visit_on", "Last visit"),
        ("employees", "Employees"),
        ("m2", "M2"),
        ("Größe (cm)", "Größe (cm)"),
    ],
)
def test_fields_read_like_words(field: str, title: str) -> None:
    assert field_title(field) == title


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("floor_space_m2", "12400", "12,400"),
        ("tax_number", "0012400", "0012400"),
        ("brands", "A;B ;C", "A, B, C"),
        ("last_visit_on", "2026-09-15", "15\N{NO-BREAK SPACE}Sep\N{NO-BREAK SPACE}2026"),
        ("odd", "2026-99-15", "2026-99-15"),
        ("delivers", True, "yes"),
        ("employees", 12, "12"),
        ("turnover", 1250000, "1,250,000"),
    ],
)
def test_values_stay_what_they_are(field: str, value: object, shown: str) -> None:
    assert field_value(value, field) == shown


def test_an_id_in_an_address_keeps_every_character() -> None:
    assert path_part("A 1/ü&50%?#") == "A%201%2F%C3%BC%2650%25%3F%23"


def test_code_is_marked_and_the_rest_escaped() -> None:
    assert with_code("`n` < 3") == "<code>n</code> &lt; 3"


def test_the_age_of_the_data_in_words() -> None:
    ages = [age_in_words("2026-11-19", date(2026, 11, d)) for d in (18, 19, 20, 29)]
    assert ages == ["", "today", "yesterday", "10 days ago"]


def test_types_are_named_with_their_bounds() -> None:
    whole = {"type": "integer", "minimum": 1, "maximum": 100}
    assert type_in_words(whole) == "integer 1 to 100"
    assert type_in_words({"anyOf": [{"type": "string"}, {"type": "null"}]}) == "string"
    kinds = {"type": "array", "items": {"type": "string", "enum": ["upgrade", "new"]}}
    assert type_in_words(kinds) == "list of upgrade | new"
