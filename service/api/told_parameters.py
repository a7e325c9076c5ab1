"""What people may tell us: the texts, days and moments in the bodies of writes, checked once."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi.params import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from service.records.times import now

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_DAY = date(1990, 1, 1)
"""What is dated before it is a mistake of typing or of a program."""
LONGEST_ID = 200
LONGEST_TEXT = 4000
AHEAD = timedelta(minutes=5)
"""By which other clocks may be ahead of ours."""


class Told(BaseModel):
    """A body: what it does not know is an error, and nothing is made out of something else."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def shown(example: dict[str, Any]) -> ConfigDict:
    """The example that the documentation gives of a body."""
    return ConfigDict(json_schema_extra={"examples": [example]})


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL, and half a character is no text anywhere."""
    if "\x00" in text or (not text.isascii() and re.search("[\ud800-\udfff]", text)):
        raise ValueError("should be text without NUL characters and half characters")
    return text


def as_day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if DAY.fullmatch(value) else _no_day()
    except (TypeError, ValueError):
        return _no_day()


def _no_day() -> date:
    raise ValueError("should be a day such as 2026-06-01")


def not_to_come(day: date) -> date:
    """One day more, for it may already be tomorrow where it was said."""
    if not FIRST_DAY <= day <= now().date() + timedelta(days=1):
        raise ValueError(f"should be a day from {FIRST_DAY} to today")
    return day


def as_moment(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None or "T" not in value:
        raise ValueError("should be a moment with its time zone, such as 2026-06-01T08:30:00+02:00")
    return moment


def happened(moment: datetime) -> datetime:
    if moment.year < FIRST_DAY.year:
        raise ValueError(f"should not be before {FIRST_DAY.year}")
    if moment > now() + AHEAD:
        raise ValueError("lies in the future; see that the clock is right")
    return moment


Id = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ID), AfterValidator(storable)
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(storable),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(storable),
]
Day = Annotated[date, BeforeValidator(as_day)]
PastDay = Annotated[Day, AfterValidator(not_to_come)]
PastMoment = Annotated[datetime, BeforeValidator(as_moment), AfterValidator(happened)]
AnyCustomerId = Annotated[
    str,
    Path(
        description="The customer's id: text, percent-encoded.",
        min_length=1,
        max_length=LONGEST_ID,
    ),
    AfterValidator(storable),
]
RecordId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
