"""The day in the order of a locale, its month in digits or in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from babel.core import Locale

from recommender.formats.locales import ENGLISH
from recommender.formats.numbers import visible

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMERIC, ISO = "yMd", "y-MM-dd"
WORLD_ENGLISH = "en-001"
FIELD = re.compile(r"d+|M+|L+|y+")
IN_QUOTES = re.compile(r"\s*'[^']*'\.?")
PLACES = {
    "d": "{day}",
    "dd": "{day:02}",
    "M": "{month}",
    "MM": "{month:02}",
    "L": "{month}",
    "LL": "{month:02}",
}
IN_WORDS = "{name}"
YEAR = "{year}"


@dataclass(frozen=True)
class Days:
    """Made once a locale; `template` is filled for each day."""

    template: str

    @classmethod
    def of(cls, locale: Locale) -> Days:
        """The medium pattern, unless it holds words: a foreign one reads badly among English."""
        if str(locale) == ENGLISH:
            locale = Locale.parse(WORLD_ENGLISH, sep="-")
        numeric = IN_QUOTES.sub("", locale.datetime_skeletons[NUMERIC].pattern)
        patterns = (locale.date_formats["medium"].pattern, numeric)
        wordless = next((p for p in patterns if not _has_words(p)), ISO)
        return cls(FIELD.sub(_place, visible(wordless)))

    def text(self, day: date) -> str:
        name = MONTHS[day.month - 1]
        return self.template.format(day=day.day, month=day.month, name=name, year=day.year)


def _has_words(pattern: str) -> bool:
    return any(c.isalpha() for c in FIELD.sub("", pattern))


def _place(field: re.Match[str]) -> str:
    letters = field.group()
    return YEAR if letters[0] == "y" else PLACES.get(letters, IN_WORDS)
