"""Whether anything was written since: what is asked at every request, in three microseconds."""

from __future__ import annotations

import threading
from typing import Any

import sqlalchemy as sa

Beat = int


class Pulse:
    """Of an embedded database. One connection of its own, which never writes, whoever asks.

    https://www.sqlite.org/pragma.html#pragma_data_version
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._cursor: Any = None
        self._lock = threading.Lock()

    def beat(self) -> Beat:
        """Another number after each commit of anybody, in this process or in another one."""
        return self.ask("PRAGMA data_version")

    def ask(self, statement: str, values: tuple[object, ...] = ()) -> int:
        """The one number that a small statement gives, as of now."""
        with self._lock:
            if self._connection is None:
                self._connection = self._engine.raw_connection()
                self._cursor = self._connection.driver_connection.cursor()
            # all rows, so that the statement ends here and holds no older moment
            return int(self._cursor.execute(statement, values).fetchall()[0][0])

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._cursor.close()
                self._connection.close()
                self._connection = self._cursor = None
