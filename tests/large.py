"""The same purchases read in memory and by way of the disk."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.config import Config
from recommender.matrix.purchase_matrix import PurchaseMatrix, build_matrix
from recommender.matrix.returns import net_returns
from recommender.matrix.weights import RecencyQuantity
from recommender.tables.large import gathering, growing, mapped
from recommender.tables.purchases import COLUMNS, Purchases
from recommender.tables.report import TableReport
from recommender.tables.tables import Tables, read_tables


def by_disk(patch: pytest.MonkeyPatch, place: Path) -> None:
    """From now on everything is too large for memory, and lies in `place`."""
    patch.setenv("TMPDIR", str(place))
    patch.setattr("tempfile.tempdir", None)
    patch.setattr(gathering, "BYTES_A_LINE", 2**50)
    patch.setattr(mapped, "MOST_HELD", 0)
    patch.setattr(growing, "MOST_HELD", 0)


def read_both(config: Config, place: Path) -> tuple[Tables, Tables]:
    """In memory, and by disk."""
    held = read_tables(config)
    with pytest.MonkeyPatch.context() as patch:
        by_disk(patch, place)
        return held, read_tables(config)


def assert_same(held: Tables, large: Tables) -> None:
    """To the last bit: lines, ids, matrix; and the same reports."""
    assert bits(held.purchases) == bits(large.purchases)
    assert matrix_bits(held.purchases) == matrix_bits(large.purchases)
    for one, other in zip(held.reports, large.reports, strict=True):
        assert told(one) == told(other)


def is_mapped(purchases: Purchases) -> bool:
    return all(isinstance(getattr(purchases, name), np.memmap) for name in COLUMNS)


def bits(purchases: Purchases) -> dict[str, Any]:
    columns = [getattr(purchases, name) for name in COLUMNS]
    columns += [purchases.channels.numbers] if purchases.channels else []
    names = [*purchases.channels.names] if purchases.channels else None
    return {
        "columns": [(column.dtype, column.tobytes()) for column in columns],
        "ids": ([*purchases.customers], [*purchases.products], names),
    }


def matrix_bits(purchases: Purchases) -> list[bytes]:
    matrix: PurchaseMatrix = build_matrix(
        net_returns(purchases), RecencyQuantity(20.0), purchases.last_at + 1
    )
    weights, returned = matrix.weights, matrix.returned
    arrays = (weights.indptr, weights.indices, weights.data, matrix.times, matrix.last_day)
    return [array.tobytes() for array in (*arrays, returned.indptr, returned.indices)]


def told(report: TableReport) -> dict[str, Any]:
    found = {field.name: getattr(report, field.name) for field in fields(report)}
    return found | {"rejected": report.rejected.to_dict("list")}
