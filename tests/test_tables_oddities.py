"""What is odd but usable is told in plain sentences with numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.config import load_config
from recommender.errors import BadDataError
from recommender.tables.oddities.fees import is_fee
from recommender.tables.tables import read_tables

HEAD = "customer_id,product_id,purchased_at,quantity,unit_price\n"


def warnings(folder: Path, lines: str, **others: str) -> str:
    (folder / "purchases.csv").write_text(HEAD + lines, encoding="utf-8")
    config = ['[purchases]\nsource = "purchases.csv"']
    for table, content in others.items():
        (folder / f"{table}.csv").write_text(content, encoding="utf-8")
        config.append(f'[{table}]\nsource = "{table}.csv"')
    path = folder / "recommender.toml"
    path.write_text("\n".join(config), encoding="utf-8")
    return "\n".join(read_tables(load_config(path)).reports[0].warnings)


def days(n: int, line: str) -> str:
    return "".join(line.format(i=i, day=1 + i % 28, month=1 + i // 28 % 12) for i in range(n))


def test_ordinary_purchases_raise_no_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path, days(60, "C{i},P{i},2024-{month:02}-{day:02},1,2\n")) == ""


def test_ids_that_look_alike_are_named(tmp_path: Path) -> None:
    lines = "C1,85123A,2024-01-01,1,1\nC01,85123a,2024-01-01,1,1\nC2,0042,2024-01-01,1,1\n"
    told = warnings(tmp_path, lines + "C3,42,2024-01-01,1,1\n")
    assert "2 groups of product_id look alike" in told
    assert "'85123A' / '85123a'" in told
    assert "'0042' / '42'" in told
    assert "customer_id look alike" not in told


@pytest.mark.parametrize(
    ("key", "name"),
    [
        *[(key, "") for key in ("POST", "DOT", "BANK CHARGES", "AMAZONFEE", "M", "D", "C2", "S")],
        ("4711", "Versandkosten DHL"),
        ("F1", "Freight charge"),
        ("gift_0001", "Gift voucher 20"),
    ],
)
def test_fees_are_told_from_products(key: str, name: str) -> None:
    assert is_fee(key, name)


@pytest.mark.parametrize(
    ("key", "name"), [("85123A", "WHITE HANGING HEART"), ("M8", "Screw M8"), ("1", "Postcard")]
)
def test_products_are_not_taken_for_fees(key: str, name: str) -> None:
    assert not is_fee(key, name)


def test_fees_are_named_with_their_lines(tmp_path: Path) -> None:
    products = "product_id,name\nX1,Postage abroad\nP1,Ball\n"
    lines = "C1,POST,2024-01-01,1,1\nC1,X1,2024-01-02,1,1\nC2,X1,2024-01-01,1,1\n"
    told = warnings(tmp_path, lines, products=products)
    assert "2 products look like fees" in told
    assert "'X1' (Postage abroad) with 2 lines, 'POST' with 1 line" in told


def test_one_moment_for_all_is_told_but_midnight_of_many_days_is_not(tmp_path: Path) -> None:
    told = warnings(tmp_path, days(60, "C{i},P{i},2024-01-01 10:30,1,1\n"))
    assert "all lines share one moment, 2024-01-01 10:30:00" in told


def test_a_day_with_a_fifth_of_all_lines_is_told(tmp_path: Path) -> None:
    lines = days(60, "C{i},P{i},2024-{month:02}-{day:02},1,1\n")
    told = warnings(tmp_path, lines + days(20, "D{i},P{i},2024-06-30 10:{day:02},1,1\n"))
    assert told == "25% of the lines fall on one day, 2024-06-30"


def test_a_customer_with_half_of_the_sales_is_told(tmp_path: Path) -> None:
    told = warnings(tmp_path, "A,P,2024-01-01,1,90\nB,P,2024-01-01,1,20\nC,P,2024-01-01,1,20\n")
    assert "customer 'A' has 69% of all sales" in told


def test_returns_without_their_sale_are_counted(tmp_path: Path) -> None:
    lines = "A,P,2024-01-02,5,1\nA,P,2024-01-03,-1,1\nA,P,2024-01-01,-1,1\nB,P,2024-01-03,-1,1\n"
    assert "2 of 3 returns have no sale before them" in warnings(tmp_path, lines)


def test_prices_of_zero_and_broken_quantities_are_counted(tmp_path: Path) -> None:
    told = warnings(tmp_path, "A,P,2024-01-01,1,0\nB,Q,2024-01-02,0.5,2\n")
    assert "1 line has a price of 0, such as 'P' by 'A'" in told
    assert "1 quantity is not whole, such as 'Q' by 'B'" in told


def test_strangers_to_the_other_tables_are_counted(tmp_path: Path) -> None:
    told = warnings(
        tmp_path,
        "A,P,2024-01-01,1,1\nB,Q,2024-01-02,1,2\n",
        products="product_id\nP\n",
        customers="customer_id\nA\nB\n",
    )
    assert "1 of 2 products with purchases are not in [products]: 'Q'" in told
    assert "[customers]" not in told


def test_ids_that_lost_their_zeros_stop_the_run_and_say_so(tmp_path: Path) -> None:
    lines = "A,1,2024-01-01,1,1\nB,2,2024-01-02,1,2\nB,x3,2024-01-02,1,2\n"
    with pytest.raises(BadDataError) as caught:
        warnings(tmp_path, lines, products="product_id\n00001\n00002\n00003\n")
    assert str(caught.value).startswith(
        "3 of 3 products with purchases are not in [products]: '1', '2', 'x3'; 2 of them look"
    )
    assert "'1' looks like '00001' in [products]: format the column as text" in str(caught.value)


def test_products_of_another_kind_stop_the_run_too(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match=r"\[products\] has ids such as 'X', 'Y'"):
        warnings(tmp_path, "A,1,2024-01-01,1,1\n", products="product_id\nX\nY\n")


def test_customers_that_do_not_meet_are_told_with_the_same_hint(tmp_path: Path) -> None:
    told = warnings(tmp_path, "7,P,2024-01-01,1,1\n", customers="customer_id\n007\n")
    assert "1 of 1 customers with purchases are not in [customers]: '7'" in told
    assert "'7' looks like '007' in [customers]" in told


def test_dates_without_a_time_are_told_once(tmp_path: Path) -> None:
    lines = days(60, "C{i},P{i},2024-{month:02}-{day:02},1,1\n")
    told = warnings(tmp_path, lines + days(70, "D{i},P{i},2024-06-30,1,1\n"))
    assert "share one moment" in told
    assert "fall on one day" not in told
