"""Numbers, money and days in the locale that the config names."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale, localedata
from babel.numbers import format_currency, format_decimal, format_percent, parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from recommender.config import load_config
from recommender.errors import ConfigError
from recommender.formats.days import MONTHS
from recommender.formats.formats import Formats, formats_of
from recommender.formats.numbers import visible

NARROW, NO_BREAK, MINUS = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
LOCALES = ["en", "en-GB", "en-IN", "de", "de-AT", "de-CH", "fr", "it", "ja", "nl", "pt", "sv", "tr"]


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "-1,234,567.80"),
        ("de", "-1.234.567,80"),
        ("de-CH", "-1’234’567.80"),
        ("fr", f"-1{NARROW}234{NARROW}567,80"),
        ("sv", f"{MINUS}1{NO_BREAK}234{NO_BREAK}567,80"),
        ("ja", "-1,234,567.80"),
        ("en-IN", "-12,34,567.80"),
    ],
)
def test_large_and_negative_numbers_have_the_signs_of_the_locale(locale: str, shown: str) -> None:
    assert formats_of(locale).number(-1234567.8, 2) == shown


@pytest.mark.parametrize(
    ("locale", "currency", "shown"),
    [
        ("en", "EUR", "-1,234.50 EUR"),
        ("en", "JPY", "-1,234 JPY"),
        ("en-GB", "GBP", "-£1,234.50"),
        ("en-GB", "SEK", "-SEK 1,234.50"),
        ("en-US", "USD", "-$1,234.50"),
        ("de", "EUR", "-1.234,50 €"),
        ("de-AT", "EUR", "-€ 1.234,50"),
        ("de-CH", "CHF", "CHF-1’234.50"),
        ("fr", "EUR", f"-1{NARROW}234,50 €"),
        ("sv", "SEK", f"{MINUS}1{NO_BREAK}234,50 kr"),
        ("ja", "JPY", "-￥1,234"),
        ("ja", "KWD", "-KWD 1,234.500"),
    ],
)
def test_a_currency_has_its_decimals_and_its_place(locale: str, currency: str, shown: str) -> None:
    assert formats_of(locale).money(-1234.5, currency) == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_never_below_zero(locale: str) -> None:
    formats = formats_of(locale)
    assert formats.number(-0.004, 2) == formats.number(0, 2) == formats.number(0.004, 2)
    assert formats.money(-0.004, "EUR") == formats.money(0, "EUR")
    assert formats.percent(-0.0004) == formats.percent(0.0)


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("en", "12.5%"), ("de", "12,5 %"), ("de-CH", "12.5%"), ("tr", "%12,5"), ("sv", "12,5 %")],
)
def test_percent(locale: str, shown: str) -> None:
    assert formats_of(locale).percent(0.125, 1) == shown


@pytest.mark.parametrize(
    ("locale", "last_of_the_year"),
    [
        ("en", "31 Dec 2025"),
        ("en-US", "Dec 31, 2025"),
        ("de", "31.12.2025"),
        ("de-CH", "31.12.2025"),
        ("fr", "31 Dec 2025"),
        ("sv", "31 Dec 2025"),
        ("ja", "2025/12/31"),
        ("pt", "31/12/2025"),
        ("bg", "31.12.2025"),
    ],
)
def test_days_have_the_order_of_the_locale_and_english_months(
    locale: str, last_of_the_year: str
) -> None:
    """2025-12-29 to 31 lie in the first ISO week of 2026, which is no year of a day."""
    assert formats_of(locale).day(date(2025, 12, 31)) == last_of_the_year
    assert "2026" in formats_of(locale).day(date(2026, 1, 1))


@pytest.mark.slow
def test_in_every_locale_of_the_world_days_differ_and_hold_no_foreign_word() -> None:
    known = {str(Locale.parse(name)) for name in localedata.locale_identifiers()}
    days = [date(2025, 12, 28) + timedelta(n) for n in range(9)]
    for name in sorted(known):
        if name == "root":
            continue
        shown = [formats_of(name.replace("_", "-")).day(day) for day in days]
        assert len(set(shown)) == len(days), name
        for text, day in zip(shown, days, strict=True):
            assert str(day.year) in text
            word = "".join(c for c in text if c.isalpha())
            assert word in {"", MONTHS[day.month - 1]}, (name, text)


def test_numbers_with_the_decimals_they_have() -> None:
    exact = formats_of("de").exact
    assert [exact(v) for v in (4, 4.0, 2.5, 1234.25, 1e12, 0.0)] == [
        "4",
        "4",
        "2,5",
        "1.234,25",
        "1.000.000.000.000",
        "0",
    ]
    assert exact(1_250_000, 6) == "1.250.000", "and no power of ten"


@given(st.sampled_from(LOCALES), st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3))
def test_a_number_reads_back_as_itself_rounded(locale: str, value: Decimal, decimals: int) -> None:
    shown = formats_of(locale).number(float(value), decimals)
    read = parse_decimal(shown.replace(MINUS, "-"), locale=Locale.parse(locale, sep="-"))
    assert read == Decimal(f"{float(value):.{decimals}f}")


@given(st.sampled_from(LOCALES[1:]), st.integers(-(10**9), 10**9))
def test_what_is_compiled_once_is_what_babel_works_out_each_time(locale: str, cents: int) -> None:
    """But for spaces, marks of direction, and Babel's hyphen where the locale has a minus."""
    formats, babel = formats_of(locale), Locale.parse(locale, sep="-")
    exact, value = Decimal(cents) / 100, cents / 100
    pairs = [
        (formats.number(value, 2), format_decimal(exact, "#,##0.00", babel)),
        (formats.money(value, "EUR"), format_currency(exact, "EUR", locale=babel)),
        (formats.percent(value), format_percent(exact, locale=babel)),
    ]
    if locale == "en-IN":
        pairs = pairs[1:]  # the pattern above groups by thousands
    for ours, theirs in pairs:
        assert _bare(ours, formats) == _bare(theirs, formats)


def _bare(text: str, formats: Formats) -> str:
    return visible("".join(text.split())).replace("-", formats.numbers.minus)


@pytest.mark.parametrize("wrong", ["german", "xx", "de-XX", "", "root", "de_AT", "../de"])
def test_a_locale_nobody_knows_is_an_error_with_examples(wrong: str, tmp_path: Path) -> None:
    config = tmp_path / "recommender.toml"
    config.write_text(f'[purchases]\nsource = "p.csv"\n[service]\nlocale = "{wrong}"\n')
    with pytest.raises(ConfigError) as error:
        load_config(config)
    assert f"[service] locale = {wrong!r}: is no locale" in str(error.value)
    assert "de-CH" in str(error.value)


@pytest.mark.parametrize("known", ["en", "en-GB", "de", "de-AT", "fr", "ja", "sv", "zh-TW"])
def test_any_other_is_taken(known: str, tmp_path: Path) -> None:
    config = tmp_path / "recommender.toml"
    config.write_text(f'[purchases]\nsource = "p.csv"\n[service]\nlocale = "{known}"\n')
    assert load_config(config).service.locale == known
