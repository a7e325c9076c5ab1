"""What the records say of all customers at a moment, and the order of the day that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from recommender.release.contents import Flags
from service.live import InUse
from service.records.complaining import Complaining, all_complaining
from service.records.consents import Consents
from service.records.times import now

CustomerState = Literal["churn_warning", "complaint", "overdue", "prospect", "may_be_called"]
CUSTOMER_STATES: tuple[CustomerState, ...] = get_args(CustomerState)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Today:
    """By row of the release."""

    live: InUse
    date: date
    consents: Consents
    complaining: dict[int, Complaining]
    not_allowed: Flags
    """Whose purchases may not be used."""

    @classmethod
    def of(cls, connection: sa.Connection, live: InUse, consents: Consents) -> Today:
        """As of the connection's moment."""
        consents.refresh(connection)
        today, ids = now().date(), live.release.customers.ids
        complaining = all_complaining(connection, today)
        rows = {ids.position(customer_id): found for customer_id, found in complaining.items()}
        return cls(
            live,
            today,
            consents,
            {row: found for row, found in rows.items() if row is not None},
            live.not_allowed.flags(consents.differing(), consents.asks_first),
        )

    def places(self) -> Rows:
        """(customers,) overdue complaints, then what is at stake, then those of whom it is secret.

        What was not kept longest ago comes first; secrets are in the order of their names.
        """
        places, size = self.live.at_stake.places.copy(), len(self.not_allowed)
        secret = np.flatnonzero(self.not_allowed)
        places[secret] = size + self.live.directory.places["name"][secret]
        overdue = self.overdue()
        overdue.sort(key=lambda row: (self.complaining[row].overdue_since, places[row]))
        places[overdue] = np.arange(len(overdue)) - len(overdue)
        return places

    def overdue(self) -> list[int]:
        return [row for row, found in self.complaining.items() if found.overdue_since]

    def those_who(self, state: CustomerState) -> Flags:
        """A silence is drawn from purchases, so those who forbid their use are not among them."""
        if state == "churn_warning":
            return self.live.at_stake.warned & ~self.not_allowed
        if state == "prospect":
            return self.live.directory.prospects
        if state == "may_be_called":
            consents = self.consents
            differing = self.live.not_called.flags(consents.differing("phone"), asked_first=False)
            return ~differing if consents.may_by_default("phone") else differing
        flags: Flags = np.zeros(len(self.not_allowed), bool)
        flags[self.overdue() if state == "overdue" else list(self.complaining)] = True
        return flags
