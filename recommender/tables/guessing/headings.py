"""The headings of the tables in a folder, without reading the tables."""

from __future__ import annotations

import codecs
import csv
import io
import os
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.config import TableSection
from recommender.errors import RecommenderError
from recommender.tables.guessing.synonyms import SYNONYMS, is_complete, match_columns
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract, clean
from recommender.tables.reading.csv_rows import CsvRows
from recommender.tables.reading.encoding import marked_encoding, open_bytes
from recommender.tables.reading.header import find_header
from recommender.tables.reading.separator import find_separator
from recommender.tables.reading.sources import BLOCK_BYTES, ENDINGS, SourceFile
from recommender.tables.reading.workbook import Sheet, sheet_names


class _AnyTable(Contract):
    """Wants whatever could be a column of one of our tables, and only the keys for certain."""

    def wanted_in(self, headings: Sequence[str]) -> int:
        return max(len(match_columns(table, headings)) for table in SYNONYMS)

    def fits(self, headings: Sequence[str]) -> bool:
        return any(is_complete(table, headings) for table in SYNONYMS)


_FOREIGN = {".xls", ".xlsb", ".xlsm", ".ods", ".tsv", ".txt", ".json", ".dbf"}
_ANY = _AnyTable("any", TableSection(source=""), (), ())


@dataclass(frozen=True)
class Shape:
    """Files of the same headings; without any where they cannot be read."""

    source: str
    """One file, or a glob of all of them."""
    headings: tuple[str, ...]
    sheet: str | None = None
    """Of a workbook that has several."""

    @property
    def name(self) -> str:
        return f"{self.source}, sheet {self.sheet!r}" if self.sheet else self.source


def find_shapes(folder: Path) -> list[Shape]:
    """Of the files in the folder and in the folders in it."""
    files = [*_tables_in(folder, ""), *_tables_one_below(folder)]
    groups = defaultdict(list)
    for file in files:
        for sheet, headings in _read_headings(file):
            alone = "" if headings else file.name
            key = (headings, Path(file.name).parent, file.ending, sheet, alone)
            groups[key].append(file.name)
    names = [file.name for file in files]
    return [
        Shape(source, headings, sheet)
        for (headings, _, ending, sheet, _), group in groups.items()
        for source in _sources(group, ending, names)
    ]


def _read_headings(file: SourceFile) -> list[tuple[str | None, tuple[str, ...]]]:
    """Sheet and headings of each table in one file; no headings where it cannot be read."""
    found: list[tuple[str | None, list[str]]] = []
    with suppress(RecommenderError, OSError, EOFError, zlib.error, ValueError, pa.ArrowException):
        if file.ending == ".parquet":
            found = [(None, pq.read_schema(file.path).names)]
        elif file.ending == ".xlsx":
            found = _excel_headings(file)
        else:
            found = [(None, _csv_headings(file))]
    cleaned = [(sheet, tuple(h for h in map(clean, cells) if h)) for sheet, cells in found]
    return [(s, h) for s, h in cleaned if h] or [(None, ())]


def _sources(group: list[str], ending: str, names: list[str]) -> list[str]:
    """A glob that matches the group and nothing else; the single files where there is none."""
    if len(group) == 1:
        return group
    beginning = os.path.commonprefix(group)  # noqa: RUF071  # letters are what is wanted
    pattern = f"{beginning}*{ending}"
    fitting = [name for name in names if fnmatchcase(name, pattern)]
    return [pattern] if sorted(fitting) == sorted(group) else group


def _tables_in(folder: Path, prefix: str) -> Iterator[SourceFile]:
    for path in sorted(folder.iterdir()):
        file = SourceFile(path, prefix + path.name)
        if path.name[0] not in "._~" and path.is_file() and file.ending in ENDINGS:
            yield file


def _tables_one_below(folder: Path) -> Iterator[SourceFile]:
    for path in sorted(folder.iterdir()):
        if path.name[0] not in "._~" and path.is_dir():
            with suppress(PermissionError):
                yield from _tables_in(path, f"{path.name}/")


def foreign_files(folder: Path) -> list[str]:
    """Files in the folder that hold tables in a format we do not read."""
    return sorted(p.name for p in folder.iterdir() if p.suffix.lower() in _FOREIGN and p.is_file())


def _csv_headings(file: SourceFile) -> list[str]:
    with open_bytes(file.path) as stream:
        start = stream.read(BLOCK_BYTES // 16)
    text = io.StringIO(_decoded(start), newline="")
    rows = CsvRows(text, find_separator(text, _ANY, Journal("any", 1), file.name))
    with suppress(csv.Error):
        header = find_header(((rows.line, row) for row in iter(rows.header, [])), _ANY)
        return header.cells if header else []
    return []


def _decoded(start: bytes) -> str:
    if marked := marked_encoding(start):
        return start.decode(marked, "ignore")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # The last character may be cut in two.
        return decoder.decode(start)
    except UnicodeDecodeError:
        return start.decode("cp1252", "replace")


def _excel_headings(file: SourceFile) -> list[tuple[str | None, list[str]]]:
    names = sheet_names(file, _ANY)
    headers = [(name, find_header(Sheet(file, name).texts(), _ANY)) for name in names]
    return [(name if len(names) > 1 else None, h.cells) for name, h in headers if h]
