"""The headings of the tables in a folder, without reading the tables."""

from __future__ import annotations

import codecs
import io
import os
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from recommender.config import TableSection
from recommender.errors import RecommenderError
from recommender.tables.journal import Journal
from recommender.tables.reading.contract import Contract, clean
from recommender.tables.reading.csv_rows import CsvRows
from recommender.tables.reading.encoding import marked_encoding, open_bytes
from recommender.tables.reading.separator import find_separator
from recommender.tables.reading.sources import BLOCK_BYTES, ENDINGS, SourceFile
from recommender.tables.reading.workbook import Sheet

_ANY = Contract("any", TableSection(source=""), (), ())


@dataclass(frozen=True)
class Shape:
    """Files of the same headings."""

    source: str
    """One file, or a glob of all of them."""
    headings: tuple[str, ...]


def find_shapes(folder: Path) -> list[Shape]:
    """Of the files in the folder and in the folders in it; unreadable ones are left out."""
    files = [*_tables_in(folder, ""), *_tables_one_below(folder)]
    groups = defaultdict(list)
    for file in files:
        headings = read_headings(file)
        if headings:
            groups[headings, Path(file.name).parent, file.ending].append(file.name)
    names = [file.name for file in files]
    return [
        Shape(source, headings)
        for (headings, _, ending), group in groups.items()
        for source in _sources(group, ending, names)
    ]


def read_headings(file: SourceFile) -> tuple[str, ...]:
    """The headings of one file; none where it cannot be read."""
    found: list[str] = []
    with suppress(RecommenderError, OSError, EOFError, zlib.error, ValueError, pa.ArrowException):
        if file.ending == ".parquet":
            found = pq.read_schema(file.path).names
        elif file.ending == ".xlsx":
            found = _excel_headings(file)
        else:
            found = _csv_headings(file)
    return tuple(heading for heading in map(clean, found) if heading)


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


def _csv_headings(file: SourceFile) -> list[str]:
    with open_bytes(file.path) as stream:
        start = stream.read(BLOCK_BYTES // 16)
    text = io.StringIO(_decoded(start), newline="")
    return CsvRows(text, find_separator(text, _ANY, Journal("any", 1), file.name)).header()


def _decoded(start: bytes) -> str:
    if marked := marked_encoding(start):
        return start.decode(marked, "ignore")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # The last character may be cut in two.
        return decoder.decode(start)
    except UnicodeDecodeError:
        return start.decode("cp1252", "replace")


def _excel_headings(file: SourceFile) -> list[str]:
    for _, cells, _ in Sheet(file, _ANY, Journal("any", 1)).take(1):
        return ["" if cell is None else str(cell) for cell in cells]
    return []
