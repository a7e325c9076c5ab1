"""Everything that a locale decides, ready to be used for each number of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from babel.core import Locale
from babel.numbers import get_currency_precision

from recommender.formats.days import Days
from recommender.formats.locales import ENGLISH, locale_named
from recommender.formats.numbers import Frame, Numbers, is_below_zero

AMOUNT_FIRST = "#,##0.00 ¤"


@dataclass(frozen=True)
class MoneyFormat:
    frame: Frame
    decimals: int


@dataclass(frozen=True)
class Formats:
    """Texts with common spaces, and what CLDR has between the groups of a number."""

    locale: Locale
    numbers: Numbers
    days: Days
    plain: Frame
    per_cent: Frame
    _moneys: dict[str, MoneyFormat] = field(default_factory=dict, compare=False)

    def number(self, value: float, decimals: int = 0) -> str:
        return self._framed(self.plain, value, decimals)

    def exact(self, value: float, significant: int = 10) -> str:
        """With the decimals it has, of so many significant digits."""
        text = f"{value:.{significant}g}"
        if "e" in text:
            return self.number(value, 0 if abs(value) > 1 else significant)
        return self.number(value, len(text.partition(".")[2]))

    def percent(self, share: float, decimals: int = 0) -> str:
        return self._framed(self.per_cent, 100 * share, decimals)

    def money(self, amount: float, currency: str, decimals: int | None = None) -> str:
        """With as many decimals as the currency has, unless fewer are asked for."""
        known = self._money(currency)
        return self._framed(known.frame, amount, known.decimals if decimals is None else decimals)

    def money_around(self, digits: str, currency: str, *, is_negative: bool = False) -> str:
        """Digits that were shortened, in their currency."""
        return self._money(currency).frame.around(digits, is_negative=is_negative)

    def day(self, when: date) -> str:
        return self.days.text(when)

    def _framed(self, frame: Frame, value: float, decimals: int) -> str:
        digits = self.numbers.digits(value, decimals)
        return frame.around(digits, is_negative=value < 0 and is_below_zero(value, decimals))

    def _money(self, currency: str) -> MoneyFormat:
        if currency not in self._moneys:
            self._moneys[currency] = _money_format(self.locale, self.numbers, currency)
        return self._moneys[currency]


@lru_cache
def formats_of(locale: str) -> Formats:
    """Raises ValueError for a locale nobody knows."""
    known = locale_named(locale)
    numbers = Numbers.of(known)
    return Formats(
        locale=known,
        numbers=numbers,
        days=Days.of(known),
        plain=Frame.of(known.decimal_formats[None].pattern, numbers),
        per_cent=Frame.of(known.percent_formats[None].pattern, numbers),
    )


def _money_format(locale: Locale, numbers: Numbers, currency: str) -> MoneyFormat:
    decimals = get_currency_precision(currency)
    if str(locale) == ENGLISH:
        return MoneyFormat(Frame.of(AMOUNT_FIRST, numbers, currency), decimals)
    symbol = locale.currency_symbols.get(currency, currency)
    pattern = locale.currency_formats["standard"].pattern
    return MoneyFormat(Frame.of(pattern, numbers, symbol), decimals)
