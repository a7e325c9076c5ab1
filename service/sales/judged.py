"""How good the lists of a release were found to be, from its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

JUDGED_METRIC = "recall20"
OURS, BEST_SELLERS = "ours", "popularity"
REPORT = "report.json"
NOT_JUDGED: dict[str, Any] = {"verdict": [], "measured": []}


def judged_of(folder: Path) -> dict[str, Any]:
    """The verdict, and ours beside the strongest alternative and best-sellers."""
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return NOT_JUDGED
    lists = ((found.get("new") or {}).get("all") or {}).get("lists") or {}
    known = {name: m[JUDGED_METRIC] for name, m in lists.items() if JUDGED_METRIC in m}
    return {
        "verdict": list(found.get("verdict") or []),
        "measured": [{"name": name, **known[name]} for name in _named(known)],
    }


def _named(known: dict[str, Any]) -> list[str]:
    others = [name for name in known if name != OURS]
    strongest = max(others, key=lambda name: known[name]["value"], default="")
    wanted = dict.fromkeys([OURS, strongest, BEST_SELLERS])
    return [name for name in wanted if name in known]
