"""The training: check, build, fit, rank, publish."""

from __future__ import annotations

import io
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from recommender.assembly.contents import assemble
from recommender.config import Config
from recommender.errors import BadDataError
from recommender.models.settings import Settings
from recommender.ranking.boosted.known import read_known
from recommender.ranking.learning import LearnedRanking, learn_ranking
from recommender.release.publish import publish, training_lock
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables, read_tables
from recommender.text import Ids
from recommender.tuning.choose import Chosen, choose_settings

Say = Callable[[str], None]
LIBRARIES = ("recommender", "implicit", "numpy", "scipy", "pandas", "pyarrow")


@dataclass(frozen=True)
class Published:
    """What a training gives back."""

    name: str
    reports: tuple[TableReport, ...]
    ranking: LearnedRanking
    settings: Settings


def train(
    config: Config,
    *,
    as_of: datetime | None = None,
    say: Say = lambda _: None,
) -> Published:
    """Publishes a release made from all purchases, or from those before `as_of`.

    Raises `BusyError` when another training is running, `BadDataError` when there is nothing to
    learn from, and what the tables, the fit and the disk raise.
    """
    with training_lock(config.releases_directory):
        say("reading the tables")
        tables = read_tables(config, as_of=as_of)
        now = int(as_of.timestamp()) if as_of else tables.purchases.last_at + 1
        purchases = _numbered(tables, now, config.train.history_days)
        say(f"learning from {purchases!r}")
        chosen = choose_settings(purchases, config.train, now, say)
        settings = chosen.settings
        say(str(settings.weighting))
        known = read_known(
            purchases.customers, purchases.products, tables.customers, tables.products
        )
        ranking = learn_ranking(purchases, settings, known, now, say)
        contents = assemble(tables, ranking.models, ranking.ranked)
        say("writing the release")
        name = publish(
            config.releases_directory,
            contents,
            about=_about(config, tables, ranking, chosen),
            extras=_extras(tables.reports, ranking, chosen),
            keep=config.releases.keep,
        )
    return Published(name, tables.reports, ranking, settings)


def _numbered(tables: Tables, now: int, days: int) -> Purchases:
    """All purchases, numbered by everyone and everything the release will hold."""
    purchases = tables.purchases
    recent = purchases.purchased_at >= now - days * SECONDS_PER_DAY
    if (purchases.quantity < 0).all():
        raise BadDataError(
            f"all {len(purchases):,} quantities are negative, so all are returns; "
            "is the sign reversed in this export?"
        )
    if not (purchases.quantity[recent] > 0).any():
        raise BadDataError(
            f"no purchase in the last {days} days before {_iso(now)}; "
            "raise [train] history_days or choose another --as-of"
        )
    customers, products = tables.customers, tables.products
    return purchases.onto(
        _joined(purchases.customers, None if customers is None else customers["customer_id"]),
        _joined(purchases.products, None if products is None else products["product_id"]),
    )


def _joined(ids: Ids, more: pd.Series | None) -> Ids:
    return ids if more is None else Ids.of([*ids, *more])


def _about(
    config: Config, tables: Tables, ranking: LearnedRanking, chosen: Chosen
) -> dict[str, Any]:
    """The fields of the manifest that the training knows."""
    models = ranking.models
    customers, products = models.matrix.weights.shape
    newest = int(models.netted.purchases.last_at)
    return {
        "data_through": _iso(newest)[:10],
        "as_of": _iso(models.now),
        "currency": config.service.currency,
        "settings": _settings(config, chosen, ranking),
        "data": {report.table: _counted(report) for report in tables.reports},
        "counts": {
            "customers": customers,
            "customers_with_purchases": models.popularity.active_customers,
            "products": products,
            "purchases": len(models.netted.purchases),
            "pairs": models.matrix.weights.nnz,
            "unmatched_returns": models.netted.unmatched_returns,
        },
        "versions": {"python": platform.python_version()} | {n: version(n) for n in LIBRARIES},
    }


def _settings(config: Config, chosen: Chosen, ranking: LearnedRanking) -> dict[str, Any]:
    """All that was decided, and which of it was left to us."""
    asked = config.train.model_dump()
    auto = [name for name, value in asked.items() if value == "auto"]
    return chosen.settings.as_json() | {
        "auto": auto,
        "why": chosen.why,
        "tried": [trial.as_json() for trial in chosen.tried],
        "ranking": str(ranking.ranker),
        "hits": ranking.hits,
    }


def _counted(report: TableReport) -> dict[str, Any]:
    return {
        "sha256": report.sha256,
        "files": list(report.files),
        "read": report.read,
        "kept": report.kept,
        "rejected": len(report.rejected),
        "merged": report.merged,
        "left_out": report.left_out,
        "notes": list(report.notes),
        "warnings": list(report.warnings),
    }


def _extras(
    reports: tuple[TableReport, ...], ranking: LearnedRanking, chosen: Chosen
) -> dict[str, bytes]:
    """Every rejected row, what settings were tried, and what the ranking learned."""
    rejected = pd.concat(
        [report.rejected.astype("str").assign(table=report.table) for report in reports]
    )
    buffer = io.BytesIO()
    rejected.to_parquet(buffer, index=False)
    report = {
        "settings": chosen.as_json(),
        "ranking": ranking.ranker.as_json(),
        "hits": ranking.hits,
    }
    return {
        "rejected.parquet": buffer.getvalue(),
        "report.json": json.dumps(report, indent=1).encode(),
    }


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
