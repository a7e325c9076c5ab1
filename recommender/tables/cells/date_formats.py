"""What to write as `date_format`, and whether what was written is one."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from recommender.errors import ConfigError

_CLOCK = r"(?P<clock>[ T]+\d{1,2}:\d{2}(?P<seconds>:\d{2})?)?"
_THREE_PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})" + _CLOCK, re.ASCII)
_SERIAL = re.compile(r"[2-6]\d{4}(\.\d+)?", re.ASCII)
"""Days since 1900, as a spreadsheet keeps a date: from 1954 to 2091."""
_LETTERS = re.compile(r"y{4}|j{4}|y{2}|j{2}|d{1,2}|t{1,2}|m{1,2}|h{1,2}|s{1,2}", re.IGNORECASE)
_MEANING = {"y": "%Y", "j": "%Y", "d": "%d", "t": "%d", "m": "%m", "h": "%H", "s": "%S"}


def remedy(text: str, table: str) -> str:
    """What to do about a cell that cannot be read as a time, in the form of that cell."""
    if _SERIAL.fullmatch(text):
        return "it may be how Excel counts days; give the column a date format and save again"
    match = _THREE_PARTS.fullmatch(text)
    if match is None:
        return f'write it as 2026-11-30, or set [{table}] date_format, such as "%d.%m.%Y %H:%M"'
    formats = " or ".join(f'"{f}"' for f in _fitting(match))
    return f"set [{table}] date_format = {formats}" if formats else "correct it"


def check_format(asked: str, table: str) -> None:
    """Raises `ConfigError` for what `strptime` does not take."""
    if "%" not in asked:
        raise ConfigError(f"[{table}] date_format = {asked!r}: write {_with_percents(asked)}")
    try:
        datetime.strptime(datetime(1970, 1, 1, tzinfo=UTC).strftime(asked), asked)
    except (ValueError, re.error) as error:
        raise ConfigError(
            f"[{table}] date_format = {asked!r}: {error}; write it as in %d.%m.%Y %H:%M"
        ) from error


def _fitting(match: re.Match[str]) -> list[str]:
    """The formats that read this cell: one, unless day and month could change places."""
    mark, year = match[2], "%Y" if len(match[4]) == 4 else "%y"
    clock = "" if not match["clock"] else " %H:%M:%S" if match["seconds"] else " %H:%M"
    first, second = int(match[1]), int(match[3])
    day_first, month_first = (
        f"{mark.join((*order, year))}{clock}" for order in (("%d", "%m"), ("%m", "%d"))
    )
    fits_day = 1 <= first <= 31 and 1 <= second <= 12
    fits_month = 1 <= first <= 12 and 1 <= second <= 31 and not (mark == "." and fits_day)
    return [f for f, fits in ((day_first, fits_day), (month_first, fits_month)) if fits]


def _with_percents(asked: str) -> str:
    """`dd.mm.yyyy` as it has to be written here; minutes are the `mm` after the hours."""
    found = ""

    def percent(match: re.Match[str]) -> str:
        nonlocal found
        letter = match[0][0].lower()
        meaning = "%y" if letter in "yj" and len(match[0]) == 2 else _MEANING[letter]
        meaning = "%M" if meaning == "%m" and "%H" in found else meaning
        found += meaning
        return meaning

    written = _LETTERS.sub(percent, asked)
    is_whole = all(part in written.lower() for part in ("%d", "%m", "%y"))
    return f'"{written}"' if is_whole else 'it as in "%d.%m.%Y %H:%M"'
