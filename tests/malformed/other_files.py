"""Other files and folders that can be read, though not every row of them."""

from __future__ import annotations

import gzip

import pyarrow as pa

from tests.malformed.writers import (
    EXCEL,
    EXCEL_HEAD,
    GOOD,
    GZIP,
    HEAD,
    LENIENT,
    PARQUET,
    Write,
    both,
    excel,
    in_folder,
    parquet,
    raw,
    text,
)

# Name: what is written, source, settings, number of rows kept, of rows rejected.
OTHER_FILES: dict[str, tuple[Write, str, str, int, int]] = {
    "gzip": (raw(gzip.compress((HEAD + GOOD).encode()), GZIP), GZIP, "", 3, 0),
    "gzip in two parts": (
        raw(gzip.compress(HEAD.encode()) + gzip.compress(GOOD.encode()), GZIP),
        GZIP,
        "",
        3,
        0,
    ),
    "parquet with nulls": (
        parquet(
            customer_id=["C1", None, "C2"],
            product_id=["P1"] * 3,
            purchased_at=["2024-01-01", "2024-01-01", None],
            quantity=[1.0, 2.0, float("nan")],
        ),
        PARQUET,
        LENIENT,
        1,
        2,
    ),
    "parquet with infinities": (
        parquet(
            customer_id=["C1", "C2"],
            product_id=[1.0, 2.0],
            purchased_at=["2024-01-01"] * 2,
            quantity=[float("inf"), 1.0],
        ),
        PARQUET,
        LENIENT,
        1,
        1,
    ),
    "parquet with ids past exact floats": (
        parquet(
            customer_id=[1e17, 123.0],
            product_id=["P", "P"],
            purchased_at=["2024-01-01"] * 2,
        ),
        PARQUET,
        LENIENT,
        1,
        1,
    ),
    "parquet with times past all calendars": (
        parquet(
            customer_id=["C1", "C2"],
            product_id=["P", "P"],
            purchased_at=pa.array([10**15, 1_700_000_000], pa.timestamp("s")),
        ),
        PARQUET,
        LENIENT,
        1,
        1,
    ),
    "excel formulas without results": (
        excel(EXCEL_HEAD, ["C1", "P1", "2024-01-01", 1], ["=A2", "P1", "2024-01-01", 1]),
        EXCEL,
        LENIENT,
        1,
        1,
    ),
    "excel errors": (
        excel(EXCEL_HEAD, ["C1", "P1", "2024-01-01", 1], ["#N/A", "P1", "2024-01-01", "#REF!"]),
        EXCEL,
        LENIENT,
        1,
        1,
    ),
    "excel dates as serial numbers": (
        excel(EXCEL_HEAD, ["C1", "P1", "2024-01-01", 1], ["C1", "P1", 45292, 1]),
        EXCEL,
        LENIENT,
        1,
        1,
    ),
    "excel rows without cells": (
        excel([], EXCEL_HEAD, [], ["C1", "P1", "2024-01-01", 1], [], []),
        EXCEL,
        "",
        1,
        0,
    ),
    "folder with other things in it": (
        in_folder(both(text(HEAD + GOOD), text("hello", name="readme.md"))),
        "parts",
        "",
        3,
        0,
    ),
    "folder of columns in different order": (
        in_folder(
            both(
                text(HEAD + GOOD),
                text("purchased_at;product_id;customer_id\n2024-01-01;P1;C1\n", name="b.csv"),
            )
        ),
        "parts",
        "",
        4,
        0,
    ),
}
