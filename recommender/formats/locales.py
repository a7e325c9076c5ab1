"""Which locale a name means, by the data of Unicode's CLDR."""

from __future__ import annotations

from babel.core import Locale, UnknownLocaleError

ENGLISH = "en"
"""Of no country: days like the British, amounts before the letters of their currency."""
EXAMPLES = "en, en-GB, de, de-CH, fr, ja or sv"


def locale_named(name: str) -> Locale:
    """Raises ValueError, with examples, for what is none."""
    try:
        locale = Locale.parse(name, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError(_REMEDY) from error
    if locale.language == "root":
        raise ValueError(_REMEDY)
    return locale


_REMEDY = f"is no locale that is known; write a language, with its country or without: {EXAMPLES}"
