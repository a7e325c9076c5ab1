"""The log's lines: `2026-11-29 22:16:21,042 INFO ...`, as the standard formatter writes them.

A line is written for every request, and the standard way works the time out anew for each and
looks for the line of code that asked for it, which nobody reads here.
"""

from __future__ import annotations

import logging
import time

FORMAT = "%(asctime)s %(levelname)s %(message)s"


class Lines(logging.Formatter):
    """Gives the bytes that `logging.Formatter(FORMAT)` gives, in less time."""

    _of_second = (-1, "")

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info or record.exc_text or record.stack_info:
            return super().format(record)
        second, said = self._of_second
        if second != int(record.created):
            second = int(record.created)
            said = time.strftime(self.default_time_format, self.converter(second))
            self._of_second = second, said
        return f"{said},{int(record.msecs):03d} {record.levelname} {record.getMessage()}"


class _Plain(logging.LogRecord):
    """A record without what costs most of making one: which thread, which process, which file."""

    def __init__(self, name: str, message: str, values: tuple[object, ...]) -> None:
        vars(self).update(_NOT_SAID)
        self.name, self.msg, self.args = name, message, values
        self.created = time.time()
        self.msecs = float(int(self.created % 1 * 1000))


_NOT_SAID = vars(logging.LogRecord("", logging.INFO, "", 0, "", (), None))


def log_fast(logger: logging.Logger, message: str, *values: object) -> None:
    """As `logger.info`, where it is known that INFO is logged."""
    logger.handle(_Plain(logger.name, message, values))
