"""Who was forgotten, as every request has to know it: read again only where somebody was added."""

from __future__ import annotations

from service.records.database import Database
from service.records.forgotten import NOBODY, Forgotten, read_forgotten


class ForgottenMemory:
    """Of one worker."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._known = NOBODY

    def up_to_date(self) -> Forgotten:
        """Holds every erasure that was committed before the call; one small query."""
        if self._database is not None:
            with self._database.reading() as connection:
                self._known = read_forgotten(connection, self._known)
        return self._known
