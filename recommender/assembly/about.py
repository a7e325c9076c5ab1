"""What the manifest of a release says of its training."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from recommender.models.models import Models
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables

LIBRARIES = ("recommender", "implicit", "lightgbm", "numpy", "scipy", "pandas", "pyarrow")


def about_training(
    tables: Tables,
    models: Models,
    settings: Mapping[str, Any],
    *,
    currency: str,
    gate: Mapping[str, str | None],
) -> dict[str, Any]:
    """The fields of the manifest that the training knows."""
    return {
        "data_through": iso(models.netted.purchases.last_at)[:10],
        "as_of": iso(models.now),
        "currency": currency,
        "settings": dict(settings),
        "data": {report.table: _counted(report) for report in tables.reports},
        "counts": counts_of(models),
        "versions": {"python": platform.python_version()} | {n: version(n) for n in LIBRARIES},
        "gate": dict(gate),
    }


def counts_of(models: Models) -> dict[str, int]:
    customers, products = models.matrix.weights.shape
    return {
        "customers": customers,
        "customers_with_purchases": models.popularity.active_customers,
        "products": products,
        "purchases": len(models.netted.purchases),
        "pairs": models.matrix.weights.nnz,
        "unmatched_returns": models.netted.unmatched_returns,
    }


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _counted(report: TableReport) -> dict[str, Any]:
    counted = {
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
    if report.written_at is None:
        return counted
    # what is told of stock and price holds from then on
    told = {"columns": list(report.columns), "written_at": report.written_at.isoformat()}
    return counted | told
