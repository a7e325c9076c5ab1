"""Facts for the batch run: of one moment, a block of customers at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import sqlalchemy as sa

from recommender.config import PermissionsSection
from recommender.suggest.facts import CHANNELS, Channel, Facts, FactsBook
from service.records.facts import AllFacts
from service.records.forgotten import Forgotten, read_forgotten
from service.records.schema import permissions

PERSONALISATION = "personalisation"
AT_ONCE = 5_000
"""Rows of the log of permissions in memory."""


@dataclass(frozen=True)
class Agreed:
    """The engine's `Consent` of one moment; only those who differ from what holds for all."""

    by_default: bool
    differing: frozenset[str]

    @property
    def is_everyones(self) -> bool:
        return self.by_default and not self.differing

    def may_personalise(self, customer_id: str) -> bool:
        return self.by_default is not (customer_id in self.differing)


@dataclass(frozen=True)
class AgreedBySome:
    """With the channels through which some of them may be contacted."""

    agreed: Agreed
    contact: dict[str, tuple[Channel, ...]]

    def refresh(self, _: sa.Connection) -> None:
        """They are of its moment already."""

    @property
    def is_everyones(self) -> bool:
        return self.agreed.is_everyones

    def may_personalise(self, customer_id: str) -> bool:
        return self.agreed.may_personalise(customer_id)

    def channels(self, customer_id: str) -> tuple[Channel, ...]:
        return self.contact[customer_id]


class BatchFacts:
    """A `FactsInBlocks` of the connection's moment; the connection must stay open.

    In memory are those whose word on personalisation is not the default, and one block.
    """

    def __init__(
        self,
        connection: sa.Connection,
        defaults: PermissionsSection,
        data_until: int,
        today: date,
    ) -> None:
        self._connection, self._defaults = connection, defaults
        self._data_until, self._today = data_until, today

    def of(self, customer_id: str) -> Facts:
        return self.some([customer_id]).of(customer_id)

    def some(self, customer_ids: Sequence[str]) -> FactsBook:
        consents = AgreedBySome(self.consent, self._channels(customer_ids))
        asked = (self._data_until, self._today, customer_ids)
        return AllFacts(self._connection, consents, *asked)

    @cached_property
    def consent(self) -> Agreed:
        by_default, differing = self._defaults.personalisation, set[str]()
        options = {"yield_per": AT_ONCE}
        for customer_id, granted in self._connection.execute(_WORDS, execution_options=options):
            if granted is by_default or customer_id in self._forgotten:
                differing.discard(customer_id)
            else:
                differing.add(customer_id)
        return Agreed(by_default, frozenset(differing))

    def _channels(self, customer_ids: Sequence[str]) -> dict[str, tuple[Channel, ...]]:
        rows = self._connection.execute(_WORDS_OF, {"customers": list(customer_ids)})
        said = {(c, purpose): granted for c, purpose, granted in rows if c not in self._forgotten}

        def may(customer: str, channel: Channel) -> bool:
            return bool(said.get((customer, channel), getattr(self._defaults, channel)))

        return {c: tuple(channel for channel in CHANNELS if may(c, channel)) for c in customer_ids}

    @cached_property
    def _forgotten(self) -> Forgotten:
        return read_forgotten(self._connection)


_WORDS = (
    sa.select(permissions.c.customer_id, permissions.c.granted)
    .where(permissions.c.purpose == PERSONALISATION)
    .order_by(permissions.c.sequence)
)
_WORDS_OF = (
    sa.select(permissions.c.customer_id, permissions.c.purpose, permissions.c.granted)
    .where(permissions.c.customer_id.in_(sa.bindparam("customers", expanding=True)))
    .order_by(permissions.c.sequence)
)
