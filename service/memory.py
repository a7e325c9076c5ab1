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


@dataclass(frozen=True)
class Known:
    """As of one moment."""

    forgotten: Forgotten = NOBODY
    products: int = 0
    """The number of the newest word on a product."""


class Memory:
    """Of one worker."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._known = Known()

    def up_to_date(self) -> Known:
        """Holds every erasure and change that was committed before the call; one small query."""
        if self._database is not None:
            with self._database.reading() as connection:
                forgotten, products = connection.execute(_NEWEST).one()
                known = self._known
                if (forgotten or 0) > known.forgotten.sequence:
                    known = Known(read_forgotten(connection, known.forgotten), known.products)
                if (products or 0) > known.products:
                    known = Known(known.forgotten, products)
                self._known = known
        return self._known

    def told_after(self, sequence: int) -> tuple[list[ToldProduct], int]:
        """Products of which something was said since that number, and the newest number."""
        if self._database is None:
            return [], sequence
        with self._database.reading() as connection:
            return told_after(connection, sequence)


_NEWEST = sa.select(NEWEST_FORGOTTEN, NEWEST_PRODUCT)
