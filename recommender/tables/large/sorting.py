"""Checked lines on disk brought into canonical order by DuckDB, in the memory it is allowed.

It numbers texts and sorts numbers; cells are read by our own checks alone, because DuckDB takes
`inf` for a number and drops the zone of a time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from recommender.errors import ReadWriteError
from recommender.tables.large.mapped import BLOCK_LINES
from recommender.tables.large.scratch import no_room
from recommender.tables.large.spill import TEXTS, VALUES, Spill

SHARE, BESIDE = 0.6, 150 * 10**6
"""Of the memory that DuckDB is told it may use, and the bytes it leaves at least: it does not count
what it hands out, nor what reading left behind."""
TOLD_EACH = 0.5
"""Seconds."""
_NUMBERED = """
    create table numbered_{table} as
    select (row_number() over (order by text) - 1)::int as number, text
    from (select distinct {table} as text from lines where {table} is not null)
"""
_JOINED = "select {numbers}, {values} from lines {joins}"
_NUMBER = "coalesce({table}.number, -1)::int as {table}"
_JOIN = "left join numbered_{table} as {table} on {table}.text = lines.{table}"
_SORTED = (
    "select customers, products, purchased_at, quantity, unit_price, orders, channels "
    "from numbered order by all"
)
Tell = Callable[[str, int], None]


class Sorting:
    """Holds what DuckDB needs for one table of lines; all of it lies in `folder`."""

    def __init__(self, spill: Spill, folder: Path, memory: int, tell: Tell) -> None:
        self._folder, self._lines, self._tell = folder, spill.lines, tell
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{int(min(memory * SHARE, memory - BESIDE))}B",
            "threads": len(os.sched_getaffinity(0)),
            "temp_directory": str(folder),
            "preserve_insertion_order": False,
            # Whatever it lacks: nothing is fetched at run time.
            "autoinstall_known_extensions": False,
        }
        self._database = duckdb.connect(str(folder / "sorting.duckdb"), config=settings)
        # Without these it does not know how far it is.
        self._database.execute("set enable_progress_bar = true")
        self._database.execute("set enable_progress_bar_print = false")
        self._database.execute("set progress_bar_time = 0")
        self._database.read_parquet(str(spill.path)).create_view("lines")

    def close(self) -> None:
        self._database.close()

    def number(self) -> None:
        """Gives each text of each column its place among those that occur there.

        DuckDB compares texts byte by byte as long as nobody asks for a collation.
        """
        for table in TEXTS:
            with self._working(f"{table} numbered"):
                self._database.execute(_NUMBERED.format(table=table))

    def texts(self, table: str) -> pa.StringArray:
        """All that occur, a text's number is its place; only before lines are sorted."""
        with _told():
            found = self._database.sql(f"select text from numbered_{table} order by number")  # noqa: S608
            return found.to_arrow_table()["text"].combine_chunks().cast(pa.string())

    def batches(self) -> Iterator[list[npt.NDArray[np.generic]]]:
        """Columns as `Purchases` has them, then the channel, run by run in canonical order.

        Joins and sort each get all the memory: the lines between them lie on disk.
        """
        with self._working("purchases numbered"):
            numbered = self._folder / "numbered.parquet"
            self._database.sql(
                _JOINED.format(
                    numbers=", ".join(_NUMBER.format(table=table) for table in TEXTS),
                    values=", ".join(VALUES),
                    joins=" ".join(_JOIN.format(table=table) for table in TEXTS),
                )
            ).write_parquet(str(numbered))
            for table in TEXTS:
                self._database.execute(f"drop table numbered_{table}")
        with self._working("purchases sorted"):
            self._database.read_parquet(str(numbered)).create_view("numbered")
            reader = self._database.sql(_SORTED).to_arrow_reader(BLOCK_LINES)
        lines = 0
        with _told():
            for batch in reader:
                yield [column.to_numpy() for column in batch.columns]
                lines += len(batch)
                self._tell("purchases in order", lines)

    @contextmanager
    def _working(self, what: str) -> Iterator[None]:
        """Tells how far DuckDB is, which answers nothing before it is done."""
        ended = threading.Event()
        watching = threading.Thread(target=self._watch, args=(what, ended), daemon=True)
        watching.start()
        try:
            with _told():
                yield
        finally:
            ended.set()
            watching.join()

    def _watch(self, what: str, ended: threading.Event) -> None:
        while not ended.wait(TOLD_EACH):
            share = max(self._database.query_progress(), 0) / 100
            self._tell(what, int(share * self._lines))


@contextmanager
def _told() -> Iterator[None]:
    """Turns what DuckDB says into `ReadWriteError`; what goes through Arrow comes as OSError."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        said = str(error).strip().splitlines()[0]
        if "Out of Memory" not in said:
            raise no_room(said) from error
        raise ReadWriteError(
            f"[purchases] memory is too little to sort these purchases ({said}); allow more"
        ) from error
