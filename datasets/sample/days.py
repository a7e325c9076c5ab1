"""The calendar of the sample data: days counted from the first one, and the seasons."""

from datetime import date, datetime, time, timedelta

FIRST = date(2024, 11, 16)
LAST = date(2026, 11, 15)
LAST_DAY = (LAST - FIRST).days
HORIZON = LAST_DAY + 60
"""Orders are played on past the end: what is nearly bought shows as views and quotes."""

SATURDAY, SUNDAY = 5, 6
HOLIDAYS = {(1, 1), (1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 25), (12, 26)}
SAWMILL = (0.85, 0.95, 1.25, 1.3, 1.2, 1.0, 0.9, 0.75, 1.15, 1.25, 1.1, 0.65)
WINTER = (1.6, 1.35, 1.0, 0.75, 0.6, 0.6, 0.6, 0.65, 0.9, 1.2, 1.5, 1.5)
USUAL = (0.95, 1.0, 1.05, 1.05, 1.05, 1.05, 1.0, 0.75, 1.05, 1.1, 1.1, 0.75)


def on(day: float) -> date:
    """The date of a day number."""
    return FIRST + timedelta(days=int(day))


def day_of(year: int, month: int, day: int) -> int:
    """The day number of a date."""
    return (date(year, month, day) - FIRST).days


def season(day: float, segment: str, fits: tuple[str, ...]) -> float:
    """How much faster than usual a need comes back at this time of the year."""
    months = WINTER if "chain saw" in fits else SAWMILL if segment == "sawmill" else USUAL
    return months[on(day).month - 1]


def open_day(day: int, weekends_too: bool) -> int:
    """This day, or the next one on which orders are taken."""
    while _closed(on(day), weekends_too):
        day += 1
    return day


def _closed(when: date, weekends_too: bool) -> bool:
    if (when.month, when.day) in HOLIDAYS:
        return True
    return when.weekday() >= SATURDAY and not weekends_too


def stamp(day: int, minute: int, second: int = 0) -> str:
    """ISO date and time of day, local time as an ERP writes it."""
    clock = time(minute // 60, minute % 60, second)
    return datetime.combine(on(day), clock).isoformat()
