"""Who agreed to what, in memory and never out of date: the log says what is new since last time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from recommender.config import PermissionsSection
from recommender.suggest.facts import CHANNELS, PURPOSES, Channel, Purpose
from service.records.forgotten import NOBODY, Forgotten, read_forgotten
from service.records.schema import permissions


class Consents:
    """The engine's `Consent`, of all customers; one a process, shared by its threads.

    Sequences ascend in the order of commits, so what lies above the last one seen is all that is
    new. A request that calls `refresh` in its own snapshot obeys every commit before it.
    """

    def __init__(self, defaults: PermissionsSection) -> None:
        self._defaults: dict[Purpose, bool] = {p: getattr(defaults, p) for p in PURPOSES}
        self._said: dict[tuple[str, str], bool] = {}
        """Only of those who were asked: (customer_id, purpose)."""
        self._differing: dict[Purpose, frozenset[str]] = {}
        self._forgotten = NOBODY
        self._last = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Consents({len(self._said):,} said, up to {self._last})"

    def refresh(self, connection: sa.Connection) -> None:
        """Two queries, empty but for the first time and after a change."""
        rows = connection.execute(_NEWER, {"last": self._last}).all()
        forgotten = read_forgotten(connection, self._forgotten)
        if rows or forgotten is not self._forgotten:
            with self._lock:
                self._drop(forgotten)
                self._take(rows)
                self._differing = {}

    @property
    def version(self) -> tuple[int, int]:
        """Another one whenever anybody said something, or was forgotten."""
        return self._last, self._forgotten.sequence

    def may_personalise(self, customer_id: str) -> bool:
        return self.may(customer_id, "personalisation")

    def may(self, customer_id: str, purpose: Purpose) -> bool:
        """As it was last said, else as the config has it for those who were never asked."""
        return self._said.get((customer_id, purpose), self._defaults[purpose])

    def channels(self, customer_id: str) -> tuple[Channel, ...]:
        """Through which it may be contacted."""
        return tuple(channel for channel in CHANNELS if self.may(customer_id, channel))

    @property
    def is_everyones(self) -> bool:
        """True where nobody said otherwise and all may be used who were never asked."""
        return not self.asks_first and not self.differing()

    @property
    def asks_first(self) -> bool:
        """Whether purchases of those who were never asked may not be used."""
        return not self.may_by_default("personalisation")

    def may_by_default(self, purpose: Purpose) -> bool:
        """What holds for those who were never asked."""
        return self._defaults[purpose]

    def differing(self, purpose: Purpose = "personalisation") -> frozenset[str]:
        """Who said otherwise; the same object until somebody says something."""
        found = self._differing.get(purpose)
        if found is None:
            with self._lock:
                found = frozenset(
                    customer_id
                    for (customer_id, about), granted in self._said.items()
                    if about == purpose and granted is not self._defaults[purpose]
                )
                self._differing[purpose] = found
        return found

    def _take(self, rows: Iterable[Any]) -> None:
        """A thread with an older snapshot may come later; it has nothing new then.

        Nor does it bring back who was forgotten since.
        """
        for sequence, customer_id, purpose, granted in rows:
            if sequence > self._last:
                self._last = sequence
                if customer_id not in self._forgotten:
                    self._said[customer_id, purpose] = granted

    def _drop(self, forgotten: Forgotten) -> None:
        """What was erased is not kept in memory either."""
        if forgotten.sequence > self._forgotten.sequence:
            self._forgotten = forgotten
            self._said = {key: said for key, said in self._said.items() if key[0] not in forgotten}


_NEWER = (
    sa.select(
        permissions.c.sequence,
        permissions.c.customer_id,
        permissions.c.purpose,
        permissions.c.granted,
    )
    .where(permissions.c.sequence > sa.bindparam("last"))
    .order_by(permissions.c.sequence)
)
