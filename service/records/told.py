"""What the engine hears of the records, by the words it asks in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from recommender.config import Config, PermissionsSection
from recommender.release.changes import ToldProduct
from recommender.suggest.facts import Consent, FactsInBlocks
from recommender.told import ToldOutcome
from service.records.batch import BatchFacts
from service.records.consents import Consents
from service.records.database import Database
from service.records.forgotten import Forgotten, read_forgotten
from service.records.migrate import open_records_if_any
from service.records.products import told_after
from service.records.schema import lists, outcomes
from service.records.times import now


@dataclass(frozen=True)
class RecordsTold:
    """The book of one database; a run of the engine reads it a few times, not once a customer."""

    database: Database
    defaults: PermissionsSection

    def consent(self) -> Consent:
        return self._fresh_consents()

    def is_forgotten(self, customer_id: str) -> bool:
        return customer_id in self._forgotten

    def outcomes(self) -> Sequence[ToldOutcome]:
        with self.database.reading() as connection:
            return [ToldOutcome(*row) for row in connection.execute(_OUTCOMES)]

    @contextmanager
    def facts(self, data_until: int, today: date) -> Iterator[FactsInBlocks]:
        """One transaction for the whole run: what is committed meanwhile is not seen by it."""
        with self.database.reading() as connection:
            yield BatchFacts(connection, self.defaults, data_until, today)

    def products(self) -> Sequence[ToldProduct]:
        with self.database.reading() as connection:
            return told_after(connection, 0)[0]

    def wrote_list(self, path: Path, release: str) -> None:
        written = {"path": str(path.resolve()), "release": release, "written_at": now()}
        with self.database.writing() as connection:
            connection.execute(lists.delete().where(lists.c.path == written["path"]))
            connection.execute(lists.insert().values(written))

    def _fresh_consents(self) -> Consents:
        consents = Consents(self.defaults)
        with self.database.reading() as connection:
            consents.refresh(connection)
        return consents

    @cached_property
    def _forgotten(self) -> Forgotten:
        """Read once, for a run asks about every customer."""
        with self.database.reading() as connection:
            return read_forgotten(connection)


def open_told(config: Config) -> RecordsTold | None:
    """The entry point `recommender.records`; None where nothing was ever kept."""
    database = open_records_if_any(config)
    return RecordsTold(database, config.permissions) if database else None


_OUTCOMES = (
    sa.select(
        outcomes.c.customer_id, outcomes.c.product_id, outcomes.c.outcome, outcomes.c.recorded_at
    )
    .where(outcomes.c.customer_id.is_not(None))
    .order_by(outcomes.c.sequence)
)
