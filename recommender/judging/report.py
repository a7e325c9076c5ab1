"""The two files of a report: for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recommender.judging.judgement import Judgement
from recommender.judging.report_html import About, report_html

HTML, JSON = "report.html", "report.json"


def report_files(judgement: Judgement, about: About, more: Mapping[str, Any]) -> dict[str, bytes]:
    """`more` stands in report.json beside what was judged."""
    found = judgement.as_json() | {"refusal": about.refusal, "forced": about.forced} | dict(more)
    return {
        HTML: report_html(judgement, about).encode(),
        JSON: json.dumps(found, indent=1, ensure_ascii=False).encode(),
    }


def read_report(folder: Path) -> dict[str, Any] | None:
    """report.json of a release; None where there is none, or none that can be read."""
    try:
        found = json.loads((folder / JSON).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
