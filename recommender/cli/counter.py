"""How many rows are read and sorted so far, on stderr."""

from __future__ import annotations

import sys
import time
from typing import Self

import click

from recommender.cli.options import talk

SECONDS_ON_A_TERMINAL, SECONDS_IN_A_PIPE = 0.2, 10.0
_START_AGAIN, _WIPE = "\r", "\x1b[K"


class Counter:
    """On a terminal one line that is written over and goes in the end; in a pipe a line at times.

    Called as `read_tables` tells its progress.
    """

    def __init__(self) -> None:
        self._is_on_terminal = sys.stderr.isatty()
        self._each = SECONDS_ON_A_TERMINAL if self._is_on_terminal else SECONDS_IN_A_PIPE
        self._told_at = time.monotonic()
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def __call__(self, what: str, rows: int) -> None:
        now = time.monotonic()
        if now - self._told_at < self._each:
            return None
        self._told_at = now
        told = f"{what}: {rows:,} rows"
        if not self._is_on_terminal:
            return talk(told)
        self._is_shown = True
        return click.echo(f"{_START_AGAIN}{told}{_WIPE}", nl=False, err=True)

    def say(self, message: str) -> None:
        self.clear()
        talk(message)

    def clear(self) -> None:
        """Makes room for what is said next."""
        if self._is_shown:
            click.echo(f"{_START_AGAIN}{_WIPE}", nl=False, err=True)
        self._is_shown = False
