"""Whatever comes in ends in counted rejections or in a clear error, never in anything else."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from recommender.config import Config, load_config
from recommender.errors import BadDataError, ConfigError, ReadWriteError, RecommenderError
from recommender.tables.tables import Tables, read_tables
from tests.malformed.other_files import OTHER_FILES
from tests.malformed.text_files import TEXT_FILES
from tests.malformed.unusable_files import UNUSABLE_FILES
from tests.malformed.unusable_text import UNUSABLE_TEXT
from tests.malformed.writers import Write, parquet

USABLE = TEXT_FILES | OTHER_FILES
UNUSABLE = UNUSABLE_TEXT | UNUSABLE_FILES


def config(folder: Path, source: str, settings: str = "", columns: str = "") -> Config:
    path = folder / "recommender.toml"
    path.write_text(
        f'[purchases]\nsource = "{source}"\n{settings}\n[purchases.columns]\n{columns}\n',
        encoding="utf-8",
    )
    return load_config(path)


def read(folder: Path, write: Write, source: str, settings: str = "", columns: str = "") -> Tables:
    write(folder)
    return read_tables(config(folder, source, settings, columns))


@pytest.mark.parametrize("case", USABLE)
def test_bad_rows_are_counted_and_good_ones_kept(case: str, tmp_path: Path) -> None:
    write, source, settings, kept, rejected = USABLE[case]
    report = read(tmp_path, write, source, settings).reports[0]
    assert (report.kept, len(report.rejected)) == (kept, rejected)
    assert report.read == report.kept + len(report.rejected) + report.merged + report.left_out


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_used_is_told_with_what_to_do(case: str, tmp_path: Path) -> None:
    write, source, settings, columns, kind, said = UNUSABLE[case]
    with pytest.raises(kind) as caught:
        read(tmp_path, write, source, settings, columns)
    message = str(caught.value)
    assert all(part in message for part in said), message
    assert str(tmp_path) not in message


MOMENT = datetime.datetime(2024, 1, 31)
TYPED: dict[str, tuple[Any, pa.DataType]] = {
    "boolean": (True, pa.bool_()),
    "small integer": (7, pa.int8()),
    "large integer": (2**63, pa.uint64()),
    "half float": (7.0, pa.float16()),
    "float": (7.5, pa.float32()),
    "small decimal": (Decimal("7.0"), pa.decimal32(5, 1)),
    "large decimal": (Decimal("7.00"), pa.decimal256(50, 2)),
    "date": (MOMENT.date(), pa.date64()),
    "time of day": (datetime.time(1, 2), pa.time64("ns")),
    "time": (MOMENT, pa.timestamp("ns", "Europe/Berlin")),
    "last time": (2**63 - 1, pa.timestamp("us")),
    "first time": (1 - 2**63, pa.timestamp("ms")),
    "duration": (datetime.timedelta(1), pa.duration("s")),
    "bytes": (b"abc", pa.binary(3)),
    "dictionary": ("7", pa.dictionary(pa.int8(), pa.string())),
    "nothing": (None, pa.null()),
    "list": ([7], pa.list_(pa.int8())),
    "record": ({"a": 7}, pa.struct([("a", pa.int8())])),
}
ROLES = ("customer_id", "product_id", "purchased_at", "quantity", "unit_price", "order_id")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", TYPED)
def test_a_column_of_any_type_is_read_or_refused(kind: str, role: str, tmp_path: Path) -> None:
    value, arrow = TYPED[kind]
    columns = dict(zip(ROLES, (["C"], ["P"], ["2024-01-31"], [1], [1.0], ["O"]), strict=True))
    parquet(**{**columns, role: pa.array([value], arrow)})(tmp_path)
    refused = None
    try:
        read_tables(config(tmp_path, "purchases.parquet"))
    except RecommenderError as error:
        refused = str(error)
    assert refused is None or role in refused


def sql(folder: Path, url: str, query: str) -> Config:
    path = folder / "recommender.toml"
    path.write_text(f"[purchases]\nurl = '{url}'\nquery = '{query}'\n", encoding="utf-8")
    return load_config(path)


SQL_ERRORS: dict[str, tuple[str, str, type[RecommenderError], tuple[str, ...]]] = {
    "no such file": ("sqlite:///no.db", "select 1", ConfigError, ("[purchases] url", "no.db")),
    "no URL": ("shop", "select 1", ConfigError, ("[purchases] url", "postgresql://")),
    "no driver": ("oracul://u:secret@h/d", "select 1", ConfigError, ("oracul", "install")),
    "no variable": ("env:NO_SUCH_SHOP", "select 1", ConfigError, ("NO_SUCH_SHOP", "not set")),
    "no server": (
        "postgresql://bob:secret@127.0.0.1:1/shop",
        "select 1",
        ReadWriteError,
        ("[purchases]", "bob:***@127.0.0.1", "check url"),
    ),
    "no table": (
        "sqlite:///shop.db",
        "select * from nowhere",
        ReadWriteError,
        ("no such table: nowhere", "query"),
    ),
    "no rows": ("sqlite:///shop.db", "pragma cache_size = 1", BadDataError, ("select",)),
    "writing": ("sqlite:///shop.db", "create table t (a int)", ReadWriteError, ("readonly",)),
    "no columns": ("sqlite:///shop.db", "select 1 as a", BadDataError, ("customer_id", "query")),
}


@pytest.mark.parametrize("case", SQL_ERRORS)
def test_a_database_that_refuses_is_told_without_its_password(case: str, tmp_path: Path) -> None:
    url, query, kind, said = SQL_ERRORS[case]
    (tmp_path / "shop.db").touch()
    with pytest.raises(kind) as caught:
        read_tables(sql(tmp_path, url, query))
    message = str(caught.value)
    assert all(part in message for part in said), message
    assert "secret" not in message
