"""How far long work is: a bar with the time left at a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from recommender.listing.effort import Step

SILENT_SECONDS = 2.0
"""What takes no longer is not worth a word."""
BETWEEN_LINES_SECONDS = 15.0


@contextmanager
def shown(what: str, length: int) -> Iterator[Step]:
    """Is told how many more are done; on stderr only."""
    if sys.stderr.isatty():
        with click.progressbar(length=length, label=what, file=sys.stderr) as bar:
            yield bar.update
    else:
        yield _lines(what, length)


def _lines(what: str, length: int) -> Step:
    done, began, is_due = 0, time.monotonic(), _Due(BETWEEN_LINES_SECONDS)

    def step(more: int) -> None:
        nonlocal done
        done += more
        if done < length and is_due():
            left = (time.monotonic() - began) / done * (length - done)
            click.echo(f"{what}: {done:,} of {length:,}, {in_words(left)} left", err=True)

    return step


def in_words(seconds: float) -> str:
    """As exact as an estimate can be."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


class _Due:
    """Says so once a period: first after the time that needs no word."""

    def __init__(self, period: float) -> None:
        self._period, self._next = period, time.monotonic() + SILENT_SECONDS

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._period
        return True
