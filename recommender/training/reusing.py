"""Reading purchases with what earlier trainings kept of their files, where the config allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recommender.config import Config
from recommender.tables.prepared.prepared import Prepared
from recommender.tables.reading.intake import Reader, read_file
from recommender.told import Told


@contextmanager
def reusing(config: Config, told: Told | None, say: Callable[[str], None]) -> Iterator[Reader]:
    """What reads a file of purchases; says in the end what it did not have to read.

    Keeps no file that names a forgotten customer, and nothing at all where `reuse` is off. Must be
    used under `training_lock`.
    """
    prepared = Prepared(config.releases_directory, told.is_forgotten if told else _nobody, say)
    is_complete = False
    try:
        yield prepared.read if config.purchases.reuse else read_file
        is_complete = True
    finally:
        prepared.tidy(is_complete=is_complete)
    prepared.tell()


def _nobody(_: str) -> bool:
    return False
