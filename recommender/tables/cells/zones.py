"""Local times as moments."""

from __future__ import annotations

import zoneinfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import ConfigError
from recommender.tables.chunk import Mask

Seconds = npt.NDArray[np.int64]


def find_zone(name: str, table: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"[{table}] time_zone = {name!r}: no such time zone; "
            "write it as UTC or as in Europe/Berlin"
        ) from error


def as_times(moments: pd.Series) -> pd.Series:
    """Seconds since 1970 UTC as datetime64[us, UTC]; the smallest number is NaT."""
    times = moments.to_numpy().astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return pd.Series(times, moments.index).dt.tz_localize("UTC")


def to_utc(wall: Seconds, zone: zoneinfo.ZoneInfo) -> tuple[Seconds, Mask]:
    """Seconds since 1970 UTC of clock times in a zone, and where the clock was being changed.

    An hour that comes twice is taken as the first; one that is skipped as the moment after it.
    """
    if zone.key == "UTC":
        return wall, np.zeros(len(wall), np.bool_)
    times = pd.DatetimeIndex(wall.astype("datetime64[s]"))
    firm = times.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    odd = np.asarray(firm.isna())
    if odd.any():
        first = np.ones(len(times), np.bool_)
        firm = times.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return np.asarray(firm.tz_convert("UTC").tz_localize(None)).astype("datetime64[s]").astype(
        np.int64
    ), odd
