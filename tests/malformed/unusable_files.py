"""Other files that end in an error."""

from __future__ import annotations

import gzip

from recommender.errors import BadDataError, ConfigError
from tests.malformed.unusable_text import Unusable
from tests.malformed.writers import (
    CSV,
    EXCEL,
    EXCEL_HEAD,
    GOOD,
    GZIP,
    HEAD,
    LENIENT,
    PARQUET,
    both,
    excel,
    in_folder,
    parquet,
    raw,
    text,
    zipped,
)

UNUSABLE_FILES: dict[str, Unusable] = {
    "truncated gzip": (
        raw(gzip.compress((HEAD + GOOD).encode())[:-12], GZIP),
        GZIP,
        "",
        "",
        BadDataError,
        (GZIP, "not a complete gzip file", "again"),
    ),
    "gzip that is none": (text(HEAD + GOOD, name=GZIP), GZIP, "", "", BadDataError, (GZIP, "gzip")),
    "parquet that is text": (
        text(HEAD + GOOD, name=PARQUET),
        PARQUET,
        "",
        "",
        BadDataError,
        (PARQUET, "not a sound Parquet file", "again"),
    ),
    "parquet of nothing": (raw(b"", PARQUET), PARQUET, "", "", BadDataError, (PARQUET, "Parquet")),
    "parquet cut in two": (
        lambda folder: (
            parquet(customer_id=["C"], product_id=["P"], purchased_at=["2024-01-01"])(folder),
            (folder / PARQUET).write_bytes((folder / PARQUET).read_bytes()[:-20]),
        )[0],
        PARQUET,
        "",
        "",
        BadDataError,
        (PARQUET, "not a sound Parquet file"),
    ),
    "parquet of lists": (
        parquet(customer_id=[["C1"]], product_id=["P"], purchased_at=["2024-01-01"]),
        PARQUET,
        "",
        "",
        BadDataError,
        (PARQUET, "'customer_id'", "list"),
    ),
    "parquet of bytes": (
        parquet(customer_id=[b"\xff\xfe"], product_id=["P"], purchased_at=["2024-01-01"]),
        PARQUET,
        "",
        "",
        BadDataError,
        (PARQUET, "UTF8"),
    ),
    "excel that is garbage": (
        raw(zipped("nonsense.txt"), EXCEL),
        EXCEL,
        "",
        "",
        BadDataError,
        (EXCEL, "not a sound Excel file", "save it"),
    ),
    "excel that looks like one": (
        raw(zipped("[Content_Types].xml", "xl/workbook.xml"), EXCEL),
        EXCEL,
        "",
        "",
        BadDataError,
        (EXCEL, "not a sound Excel file"),
    ),
    "excel that is text": (text(HEAD, name=EXCEL), EXCEL, "", "", BadDataError, (EXCEL, "Excel")),
    "excel without cells": (excel(), EXCEL, "", "", BadDataError, (EXCEL, "'Sheet1' is empty")),
    "excel without that sheet": (
        excel(EXCEL_HEAD),
        EXCEL,
        'sheet = "Sales"',
        "",
        ConfigError,
        ("[purchases] sheet", "'Sales'", "'Sheet1'"),
    ),
    "one bad file among many": (
        in_folder(
            both(
                *(text(HEAD + GOOD, name=f"{i}.csv") for i in range(4)),
                text("a,b\n1,2\n", name="9.csv"),
            )
        ),
        "parts",
        "",
        "",
        BadDataError,
        ("parts/9.csv", "no column for customer_id"),
    ),
    "days that cannot be told from months": (
        text("customer_id,product_id,purchased_at\nC1,P1,01/02/2024\nC1,P1,03/04/2024\n"),
        CSV,
        "",
        "",
        BadDataError,
        ("2 of 2 rows", "date_format", "purchases.csv:2", "'01/02/2024'"),
    ),
    "dates without a century": (
        text("customer_id,product_id,purchased_at\nC1,P1,31.12.24\n"),
        CSV,
        "",
        "",
        BadDataError,
        ("date_format", "'31.12.24'"),
    ),
    "too many bad rows": (
        text(HEAD + GOOD + "C1,P1,2024-01-01,x,1,O4\n" * 3 + ",P1,2024-01-01,1,1,O4\n"),
        CSV,
        "",
        "",
        BadDataError,
        ("4 of 7 rows", "57%", "20%", "3 x quantity is not a number", "purchases.csv:5 'x'"),
    ),
    "no row left": (
        text(HEAD + "C1,P1,2024-01-01,0,1,O4\n"),
        CSV,
        LENIENT,
        "",
        BadDataError,
        ("no row is left of 1 read",),
    ),
}
