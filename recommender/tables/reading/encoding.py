"""How the bytes of a text file are to be read, found by reading all of them once."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from recommender.errors import BadDataError, ConfigError
from recommender.tables.journal import Journal
from recommender.tables.reading.sources import BLOCK_BYTES, SourceFile, reading

LONGEST_LINE = 16 * BLOCK_BYTES
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(file: SourceFile, asked: str, journal: Journal) -> str:
    """The encoding all bytes of the file are valid in; raises where there is none."""
    journal.hashed(file.sha256())
    start = _start(file)
    if asked != "auto":
        _check_known(asked, journal.table)
        _check_valid(file, asked, journal.table)
        return asked
    marked = marked_encoding(start)
    if marked is None and _fault(file, "utf-8") is None:
        return "utf-8"
    encoding = marked or "cp1252"
    _check_valid(file, encoding, journal.table)
    why = "as its first bytes say" if marked else "it is not valid UTF-8"
    journal.note(
        f"{file.name}: read as {encoding}, {why}; if letters look wrong, "
        f'set [{journal.table}] encoding = "..."'
    )
    return encoding


@contextmanager
def unpacking(name: str) -> Iterator[None]:
    """Turns what gzip says about a file into `BadDataError`."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadDataError(
            f"{name}: not a complete gzip file ({error}); copy or export it again"
        ) from error


def open_bytes(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def open_text(file: SourceFile, encoding: str) -> io.TextIOWrapper:
    """Lines end where they end in the file, at `\\n`, `\\r` or both."""
    return io.TextIOWrapper(cast("Any", open_bytes(file.path)), encoding, newline="")


def _blocks(file: SourceFile) -> Iterator[bytes]:
    with reading(file.name), unpacking(file.name), open_bytes(file.path) as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _start(file: SourceFile) -> bytes:
    return next(_blocks(file), b"")


def marked_encoding(start: bytes) -> str | None:
    """What a byte order mark says, or the NULs of UTF-16; None for anything else."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), _without_mark(start))


def _without_mark(start: bytes) -> str | None:
    """UTF-16 of mostly Latin letters shows as a NUL in every other byte."""
    sample = start[:4096]
    if len(sample) >= 4 and sample[1::2].count(0) > 0.4 * len(sample) / 2:
        return "utf-16-le"
    if len(sample) >= 4 and sample[0::2].count(0) > 0.4 * len(sample) / 2:
        return "utf-16-be"
    return None


def _check_known(encoding: str, table: str) -> None:
    try:
        codecs.getincrementaldecoder(encoding)
        known = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        raise ConfigError(
            f"[{table}] encoding = {encoding!r}: no such encoding; "
            "use utf-8, utf-16, cp1252, latin-1 or auto"
        )


def _check_valid(file: SourceFile, encoding: str, table: str) -> None:
    fault = _fault(file, encoding)
    if fault is not None:
        raise BadDataError(
            f"{file.name}: is not {encoding} text ({fault}); set [{table}] encoding to the one "
            "it was written in, or export it as UTF-8"
        )


def _fault(file: SourceFile, encoding: str) -> str | None:
    """What is wrong with the first bytes that this encoding does not know."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, length = 1, 0
    for block in _blocks(file):
        try:
            text = decoder.decode(block)
        except UnicodeError as error:
            return _told(error, lines)
        last = max(text.rfind("\n"), text.rfind("\r"))
        length = length + len(text) if last < 0 else len(text) - last - 1
        if length > LONGEST_LINE:
            raise BadDataError(
                f"{file.name}: line {lines:,} is longer than {LONGEST_LINE:,} characters; "
                "a table has one short line a row: is it one?"
            )
        lines += block.count(b"\n")
    return _unfinished(decoder)


def _unfinished(decoder: codecs.IncrementalDecoder) -> str | None:
    try:
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        return f"at its end: {error}"
    return None


def _told(error: UnicodeError, lines: int) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return str(error)
    lines += error.object[: error.start].count(b"\n")
    wrong = error.object[error.start : error.start + 1].hex()
    return f"byte 0x{wrong} near line {lines:,}: {error.reason}"
