"""Purchases from a real PostgreSQL are the purchases of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from recommender.config import load_config
from recommender.errors import ReadWriteError
from recommender.tables.tables import read_tables
from tests.conftest import skip_or_fail
from tests.postgres import server_programs, throwaway_postgres

pytestmark = pytest.mark.postgres
LINES = 60_000
ROWS = """
    select 'C' || (n % 700) as customer, 'P' || (n % 90) as product,
           timestamptz '2026-01-01 00:00:00+01' + n * interval '1 minute' as sold_at,
           (n % 7) - 1.5 as quantity, 'O' || n / 3 as order_id
    from generate_series(1, {lines}) as n
"""
TOML = """
[purchases]
{source}
[purchases.columns]
customer_id = "customer"
product_id = "product"
purchased_at = "sold_at"
"""


@pytest.fixture(scope="module")
def shop_db() -> Iterator[str]:
    programs = server_programs()
    if programs is None:
        skip_or_fail("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    else:
        with throwaway_postgres(programs) as url:
            engine = sa.create_engine(url)
            with engine.begin() as connection:
                connection.execute(sa.text(f"create table sales as {ROWS.format(lines=LINES)}"))
            engine.dispose()
            yield url


def config_of(folder: Path, source: str) -> Path:
    path = folder / "recommender.toml"
    path.write_text(TOML.format(source=source))
    return path


def by_query(query: str = "select * from sales") -> str:
    return f'url = "env:SHOP_DB"\nquery = "{query}"'


def test_rows_of_a_query_are_the_rows_of_a_file(
    shop_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DB", shop_db)
    queried = read_tables(load_config(config_of(tmp_path, by_query()))).purchases
    engine = sa.create_engine(shop_db)
    with engine.connect() as connection, (tmp_path / "sales.csv").open("w") as file:
        file.write("customer,product,sold_at,quantity,order_id\n")
        for row in connection.execute(sa.text("select * from sales order by random()")):
            when = row.sold_at.isoformat()
            file.write(f"{row.customer},{row.product},{when},{row.quantity},{row.order_id}\n")
    engine.dispose()
    read = read_tables(load_config(config_of(tmp_path, 'source = "sales.csv"'))).purchases
    assert len(queried) == LINES
    for column in ("customer_rows", "product_columns", "purchased_at", "quantity", "orders"):
        assert np.array_equal(getattr(queried, column), getattr(read, column)), column


@pytest.mark.parametrize(
    "query",
    ["delete from sales returning *", "with s as (delete from sales returning *) select * from s"],
)
def test_a_query_cannot_change_the_database(
    shop_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setenv("SHOP_DB", shop_db)
    with pytest.raises(ReadWriteError):
        read_tables(load_config(config_of(tmp_path, by_query(query))))
    rows = read_tables(load_config(config_of(tmp_path, by_query()))).purchases
    assert len(rows) == LINES


def test_a_server_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_DB", "postgresql://shop:secret@127.0.0.1:1/shop")
    with pytest.raises(ReadWriteError) as error:
        read_tables(load_config(config_of(tmp_path, by_query())))
    assert "127.0.0.1:1" in str(error.value)
    assert "secret" not in str(error.value)
