"""Numbers with the signs of a locale, and what stands before and behind them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from babel.core import Locale
from babel.numbers import parse_pattern

LATIN = "latn"
"""Digits 0 to 9 in every locale: the words beside them are English."""
THOUSANDS = (3, 3)


@dataclass(frozen=True)
class Numbers:
    """How one locale writes digits; made once, for Babel works each number out anew."""

    decimal: str
    group: str
    minus: str
    percent: str
    grouping: tuple[int, int]
    """Digits of the last group, and of those before it: lakhs and crores have two."""

    @classmethod
    def of(cls, locale: Locale) -> Numbers:
        signs = locale.number_symbols[LATIN]
        first, others = parse_pattern(locale.decimal_formats[None]).grouping
        return cls(
            visible(signs["decimal"]),
            visible(signs["group"]),
            visible(signs["minusSign"]),
            visible(signs["percentSign"]),
            (first, others),
        )

    def digits(self, number: float, decimals: int) -> str:
        """Rounded to so many decimals, without its sign."""
        if self.grouping == THOUSANDS:
            whole, point, rest = f"{abs(number):,.{decimals}f}".partition(".")
            return whole.replace(",", self.group) + (self.decimal + rest if point else "")
        whole, point, rest = f"{abs(number):.{decimals}f}".partition(".")
        return self._grouped(whole) + (self.decimal + rest if point else "")

    def _grouped(self, whole: str) -> str:
        last, size = self.grouping
        groups, rest = [whole[-last:]], whole[:-last]
        while rest:
            groups.append(rest[-size:])
            rest = rest[:-size]
        return self.group.join(reversed(groups))


@dataclass(frozen=True)
class Frame:
    """What stands around a number: (before, behind) of positive ones, and of negative ones."""

    positive: tuple[str, str]
    negative: tuple[str, str]

    @classmethod
    def of(cls, pattern: str, numbers: Numbers, currency: str = "") -> Frame:
        """A space in it may break, so that a text in a file is found by who types one."""
        parsed = parse_pattern(pattern)
        pairs = zip(parsed.prefix, parsed.suffix, strict=True)
        positive, negative = (
            (_apart(_filled(before, numbers, currency)), _apart(_filled(behind, numbers, currency)))
            for before, behind in pairs
        )
        return cls(
            (_before(positive[0]), _behind(positive[1])),
            (_before(negative[0]), _behind(negative[1])),
        )

    def around(self, digits: str, *, is_negative: bool) -> str:
        before, behind = self.negative if is_negative else self.positive
        return f"{before}{digits}{behind}"


def is_below_zero(number: float, decimals: int) -> bool:
    """Not what rounds to nothing: nobody owes 0.00."""
    return round(number, decimals) < 0


def visible(text: str) -> str:
    """Without the marks that turn the direction of writing: the text around it is English."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _filled(affix: str, numbers: Numbers, currency: str) -> str:
    signs = visible(affix).replace("-", numbers.minus).replace("%", numbers.percent)
    return signs.replace("¤", currency)


def _apart(affix: str) -> str:
    """Any space as the common one."""
    return "".join(" " if c.isspace() else c for c in affix)


def _before(affix: str) -> str:
    """Letters never touch digits."""
    return f"{affix} " if affix[-1:].isalpha() else affix


def _behind(affix: str) -> str:
    return f" {affix}" if affix[:1].isalpha() else affix
