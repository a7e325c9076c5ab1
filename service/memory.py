"""Who was forgotten, as every request has to know it: read again only where somebody was added."""

from __future__ import annotations

from service.records.database import Database
from service.records.forgotten import NOBODY, Forgotten, read_forgotten
from service.records.pulse import Beat


class ForgottenMemory:
    """Of one worker."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._known = NOBODY
        self._as_of: Beat | None = None

    def up_to_date(self, beat: Beat | None = None) -> Forgotten:
        """Holds every erasure that was committed before the call; a query after each commit.

        `beat` is the database's where it was asked for a moment before.
        """
        if self._database is None:
            return self._known
        beat = self._database.beat() if beat is None else beat
        if beat is not None and beat == self._as_of:
            return self._known
        with self._database.reading() as connection:
            known = read_forgotten(connection, self._known)
        self._known, self._as_of = known, beat
        return known
