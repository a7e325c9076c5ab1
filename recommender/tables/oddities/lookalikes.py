"""Ids that a person would take for the same one."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd


def lookalikes(name: str, ids: Iterable[str]) -> str | None:
    """Ids that differ only in case, in leading zeros or in blanks and marks that nobody sees."""
    keys = pd.Series(list(ids), dtype="str")
    bare = (
        keys.str.normalize("NFKC")
        .str.casefold()
        .str.replace(r"[\s\u200b-\u200d\ufeff]", "", regex=True)
    )
    bare = bare.str.lstrip("0")
    alike = keys[bare.duplicated(keep=False)]
    if alike.empty:
        return None
    groups = alike.groupby(bare[alike.index])
    shown = " and ".join(" / ".join(map(repr, group)) for _, group in list(groups)[:3])
    return f"{len(groups):,} groups of {name} look alike and are kept apart: {shown}"
