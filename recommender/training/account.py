"""What is told about a training: the fields of its manifest, and its report."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from recommender.assembly.about import about_training, counts_of, iso
from recommender.assembly.insight import about_insight
from recommender.config import Config
from recommender.judging.report import report_files
from recommender.judging.report_html import About
from recommender.tables.report import TableReport
from recommender.training.kept import Kept, kept_ranker, kept_report, ranker_file
from recommender.training.learned import Learned
from recommender.training.permitted import Permitted


@dataclass(frozen=True)
class Account:
    config: Config
    permitted: Permitted
    learned: Learned
    refusal: str | None
    """Why the gate does not let it go live."""
    force: str | None
    """Why someone wants it live all the same."""

    @property
    def gate(self) -> dict[str, str | None]:
        if isinstance(self.learned.found, Kept):
            return dict(self.learned.found.gate)
        return {"refusal": self.refusal, "forced": self.force if self.refusal else None}

    def manifest_fields(self) -> dict[str, Any]:
        about = about_training(
            self.permitted.tables,
            self.learned.new.models,
            self.settings | {"insight": about_insight(self.learned.insight)},
            currency=self.config.service.currency,
            gate=self.gate,
        )
        about["versions"] |= self.learned.chosen.settings.engine.versions
        left_out = self.permitted.left_out
        if left_out is not None:
            about["counts"] |= left_out.counts
            for table, rows in left_out.rows.items():
                about["data"][table]["not_learned_from"] = rows
        return about

    @property
    def settings(self) -> dict[str, Any]:
        """All that was decided, and which of it was left to us."""
        learned = self.learned
        settings = learned.chosen.settings
        asked = self.config.train.searched(settings.engine.name)
        return (
            settings.as_json()
            | {
                "auto": [name for name, value in asked.items() if value == "auto"],
                "why": learned.chosen.why,
                "warm_start": learned.warm_start,
                "ranking": str(learned.new.ranker),
                "hits": learned.new.hits,
                "again": str(learned.again.model),
                "again_hits": learned.again.hits,
                "slope_of_liking": learned.slope_of_liking,
            }
            | (
                {"ranker_kept_from": learned.found.release}
                if isinstance(learned.found, Kept)
                else {}
            )
        )

    def report(self) -> dict[str, bytes]:
        """report.html and report.json; the same training gives the same bytes at any hour.

        Of a ranker that was kept those of the training that judged it.
        """
        new, again, found = self.learned.new, self.learned.again, self.learned.found
        if isinstance(found, Kept):
            return kept_report(found, new.models.now)
        about = About(
            title=f"Trained on purchases through {iso(new.models.netted.purchases.last_at)[:10]}",
            made_at=f"as of {iso(new.models.now)}",
            counts=counts_of(new.models),
            settings=self.settings,
            tried=[_flat(trial.as_json()) for trial in self.learned.chosen.tried],
            features=new.ranker.gains(),
            checks=found.checks,
            refusal=self.refusal,
            forced=self.gate["forced"],
        )
        more = {
            "ranking": new.ranker.as_json(),
            "again_model": again.model.as_json(),
            "settings": self.learned.chosen.as_json(),
            "insight": found.checks.as_json(),
        }
        return report_files(found.judgement, about, more)

    def ranker(self) -> dict[str, bytes]:
        """What a later training may keep."""
        new, again, found = self.learned.new, self.learned.again, self.learned.found
        if isinstance(found, Kept):
            return kept_ranker(found)
        return ranker_file(new, again, new.models.now, len(self.permitted.tables.purchases))

    def rejected(self) -> dict[str, bytes]:
        """Every rejected row of every table."""
        return {"rejected.parquet": _as_parquet(self.permitted.tables.reports)}


def _flat(trial: Mapping[str, Any]) -> dict[str, Any]:
    """The score of each window in a column of its own."""
    windows = trial["windows"].items()
    values = {name: value for name, value in trial.items() if name != "windows"}
    return values | {f"nDCG@10 of {day}": marks["ndcg10"] for day, marks in windows}


def _as_parquet(reports: tuple[TableReport, ...]) -> bytes:
    rejected = pd.concat(
        [report.rejected.astype("str").assign(table=report.table) for report in reports]
    )
    buffer = io.BytesIO()
    rejected.to_parquet(buffer, index=False)
    return buffer.getvalue()
