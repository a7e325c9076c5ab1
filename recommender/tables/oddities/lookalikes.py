"""Ids that a person would take for the same one."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def bare(ids: Iterable[str]) -> pd.Series:
    """Ids without case, leading zeros, blanks and marks that nobody sees; indexed by the id."""
    keys = list(ids)
    seen = pd.Series(keys, keys, dtype="str").str.normalize("NFKC").str.casefold()
    return seen.str.replace(r"[\s\u200b-\u200d\ufeff]", "", regex=True).str.lstrip("0")


def lookalikes(name: str, ids: Iterable[str]) -> str | None:
    """Ids that differ only in case, in leading zeros or in blanks and marks that nobody sees."""
    plain = bare(ids)
    alike = plain[plain.duplicated(keep=False)]
    if alike.empty:
        return None
    groups = alike.index.to_series().groupby(alike)
    shown = " and ".join(" / ".join(map(repr, group)) for _, group in list(groups)[:3])
    look = "group of {} looks" if len(groups) == 1 else "groups of {} look"
    return f"{len(groups):,} {look.format(name)} alike and are kept apart: {shown}"
