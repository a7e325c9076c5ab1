"""What the prepare scripts share: reading raw files, setting rows aside, writing tables."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

BAD_DATA = 65
CANNOT_READ_OR_WRITE = 74

Counts = Mapping[str, int]


class UnreadableFileError(OSError):
    """A raw file that is missing, damaged, or without a column it should have."""


class RowsLostError(ValueError):
    """Not every raw row reached one of the tables written."""


def command_line(purpose: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("raw_dir", type=Path, metavar="RAW_DIR", help="folder of the raw files")
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR", help="folder to write into")
    return parser


def run(prepare: Callable[[argparse.Namespace], None], parser: argparse.ArgumentParser) -> int:
    """The exit code of one prepare script; a failure is one line on stderr."""
    options = parser.parse_args()
    if options.raw_dir.resolve() == options.out_dir.resolve():
        parser.error("OUT_DIR is RAW_DIR: name another folder, the raw files stay as they are")
    try:
        prepare(options)
    except OSError as error:
        return _fail(error, CANNOT_READ_OR_WRITE)
    except RowsLostError as error:
        return _fail(error, BAD_DATA)
    return 0


def _fail(error: Exception, code: int) -> int:
    print(f"error: {error}", file=sys.stderr)
    return code


def read_parquet(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """The named columns of one raw file, dates as timestamps."""
    try:
        with pq.ParquetFile(path) as file:
            missing = [c for c in columns if c not in file.schema_arrow.names]
            if missing:
                raise UnreadableFileError(
                    f"{path}: no column {missing[0]!r}, it has {_names(file)}"
                )
            frame: pd.DataFrame = file.read(list(columns)).to_pandas(date_as_object=False)
    except FileNotFoundError as error:
        raise UnreadableFileError(
            f"{path}: no such file, see the README on the raw files"
        ) from error
    except pa.ArrowException as error:
        raise UnreadableFileError(f"{path}: cannot be read as Parquet: {error}") from error
    return frame


def _names(file: pq.ParquetFile) -> str:
    return ", ".join(file.schema_arrow.names)


def read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """The named columns as text; only an empty cell counts as missing, `NA` is a text."""
    try:
        return pd.read_csv(
            path, usecols=list(columns), dtype="str", keep_default_na=False, na_values=[""]
        )
    except FileNotFoundError as error:
        raise UnreadableFileError(
            f"{path}: no such file, see the README on the raw files"
        ) from error
    except ValueError as error:
        raise UnreadableFileError(f"{path}: cannot be read as CSV: {error}") from error


def as_numbers(column: pd.Series, file: Path) -> pd.Series:
    """Text or decimals as numbers; a cell that is neither is named, never dropped."""
    try:
        return pd.to_numeric(column)
    except ValueError as error:
        raise UnreadableFileError(f"{file}: column {column.name!r}: {error}") from error


def first_reason(rules: Mapping[str, pd.Series]) -> pd.Series:
    """Per row the first rule that keeps it from being a purchase, missing where none does."""
    reason = pd.Series(pd.NA, index=next(iter(rules.values())).index, dtype="str")
    for name, applies in rules.items():
        reason = reason.mask(reason.isna() & applies, name)
    return reason


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Parquet sorted by all columns, first column first: same rows, same bytes."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    # What pandas notes about itself would change the bytes with its version.
    table = table.cast(_plain(table.schema)).sort_by([(c, "ascending") for c in frame.columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")


def _plain(schema: pa.Schema) -> pa.Schema:
    return pa.schema([pa.field(f.name, _plain_type(f.type)) for f in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind):
        return pa.string()
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind


def write_config(
    out_dir: Path,
    about: str,
    tables: Mapping[str, str],
    *,
    currency: str | None = None,
    train: Mapping[str, float] | None = None,
) -> None:
    """A `recommender.toml` that names the tables just written and sets only what differs."""
    sections: dict[str, Mapping[str, str | float]] = {
        name: {"source": source} for name, source in tables.items()
    }
    if train:
        sections["train"] = train
    if currency:
        sections["service"] = {"currency": currency}
    text = "\n".join([f"# {about}\n", *map(_section, sections, sections.values())])
    (out_dir / "recommender.toml").write_text(text, encoding="utf-8")


def _section(name: str, values: Mapping[str, str | float]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(v)}\n" for key, v in values.items())


def count_rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def count_reasons(path: Path, rules: Sequence[str]) -> Counts:
    """Rows per rule in a `set_aside.parquet`, also of rules that met none."""
    found = read_parquet(path, ["reason"]).reason.value_counts()
    return {f"set aside: {name}": int(found.get(name, 0)) for name in rules}


def account(read: Counts, written: Counts, notes: Counts | None = None) -> None:
    """Prints where every raw row went, as found in the files; raises `RowsLostError` on a gap."""
    _print_counts("rows read", read)
    _print_counts("rows written", written)
    _print_counts("of these and beside them", notes or {})
    rows_in, rows_out = sum(read.values()), sum(written.values())
    if rows_in != rows_out:
        raise RowsLostError(f"{rows_in:,} rows read but {rows_out:,} written; nothing may get lost")
    print(f"{rows_in:,} rows read = {rows_out:,} rows written")


def _print_counts(title: str, counts: Counts) -> None:
    if counts:
        print(title)
    for name, count in counts.items():
        print(f"  {name:<72}{count:>12,}")
