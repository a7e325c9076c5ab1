"""What every request has to know of the records: read again only where something was added."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from recommender.release.changes import ToldProduct
from service.records.database import Database
from service.records.forgotten import NEWEST as NEWEST_FORGOTTEN
from service.records.forgotten import NOBODY, Forgotten, read_forgotten
from service.records.products import NEWEST as NEWEST_PRODUCT
from service.records.products import told_after
from service.records.pulse import Beat


@dataclass(frozen=True)
class Newest:
    """As of one moment."""

    forgotten: Forgotten = NOBODY
    products: int = 0
    """The number of the newest word on a product."""


class Memory:
    """Of one worker."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._known = Newest()
        self._as_of: Beat | None = None

    def up_to_date(self, beat: Beat | None = None) -> Newest:
        """Holds every erasure and change that was committed before the call.

        One small query after each commit. `beat` is the database's where it was asked for a moment
        before.
        """
        if self._database is None:
            return self._known
        beat = self._database.beat() if beat is None else beat
        if beat is not None and beat == self._as_of:
            return self._known
        with self._database.reading() as connection:
            known = _newer(connection, self._known)
        self._known, self._as_of = known, beat
        return known

    def told_after(self, sequence: int) -> tuple[list[ToldProduct], int]:
        """Products of which something was said since that number, and the newest number."""
        if self._database is None:
            return [], sequence
        with self._database.reading() as connection:
            return told_after(connection, sequence)


def _newer(connection: sa.Connection, known: Newest) -> Newest:
    """Itself where there is nothing new."""
    forgotten, products = connection.execute(_NEWEST).one()
    if (forgotten or 0) > known.forgotten.sequence:
        known = Newest(read_forgotten(connection, known.forgotten), known.products)
    if (products or 0) > known.products:
        known = Newest(known.forgotten, products)
    return known


_NEWEST = sa.select(NEWEST_FORGOTTEN, NEWEST_PRODUCT)
