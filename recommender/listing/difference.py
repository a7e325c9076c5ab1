"""What changed between two lists: suggestions that are new, gone or moved."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

KEY = ["customer_id", "product_id"]
COLUMNS = [*KEY, "rank"]


def difference(old: Path, new: Path) -> dict[str, int] | None:
    """Counts of suggestions; None where there was no list before, or one that cannot be read."""
    before, after = _ranks(old), _ranks(new)
    if before is None or after is None:
        return None
    both = before.merge(after, how="outer", on=KEY, suffixes=("_old", "_new"), indicator="side")
    moved = (both["side"] == "both") & (both["rank_old"] != both["rank_new"])
    return {
        "new": int((both["side"] == "right_only").sum()),
        "gone": int((both["side"] == "left_only").sum()),
        "moved": int(moved.sum()),
        "same": int(((both["side"] == "both") & ~moved).sum()),
    }


def _ranks(path: Path) -> pd.DataFrame | None:
    texts = dict.fromkeys(KEY, "str")
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path, columns=COLUMNS)
        if path.suffix == ".xlsx":
            return pd.read_excel(path, usecols=COLUMNS, dtype=texts, keep_default_na=False)
        return pd.read_csv(path, usecols=COLUMNS, dtype=texts, keep_default_na=False)
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
