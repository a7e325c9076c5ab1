"""Facts about customers, as the engine wants them: of one in five statements, of all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol, get_args

import sqlalchemy as sa

from recommender.release.opening import Release
from recommender.suggest.facts import (
    Channel,
    Consent,
    Facts,
    FreshInterest,
    FreshPurchase,
    LastOutcome,
    OpenComplaint,
    OutcomeName,
    Stated,
)
from service.records.complaints import IS_OPEN
from service.records.consents import Consents
from service.records.database import Database
from service.records.events import INTEREST, TRADES
from service.records.preferences import NEWEST_FIRST
from service.records.schema import complaints, events, outcomes, preferences

INTEREST_DAYS = 60
"""Who looked at something longer ago is no warm lead."""
MOST_INTEREST = 500
"""Newest first, of one customer: a robot's views must not slow its answers down."""


@dataclass(frozen=True)
class Since:
    """What counts as fresh."""

    data_until: datetime
    """Purchases from then on are news to the release."""
    interest: datetime
    today: date

    @classmethod
    def of(cls, data_until: int, today: date) -> Since:
        """`data_until` in seconds since 1970."""
        midnight = datetime.combine(today, time(), UTC)
        interest = midnight - timedelta(INTEREST_DAYS)
        return cls(datetime.fromtimestamp(data_until, UTC), interest, today)


def facts_of(
    connection: sa.Connection, consents: Consents, customer_id: str, data_until: int, today: date
) -> Facts:
    """As of the connection's moment, for which `consents` is brought up to date."""
    consents.refresh(connection)
    since = Since.of(data_until, today)
    asked = {
        "customer_id": customer_id,
        "data_until": since.data_until,
        "interest": since.interest,
    }
    return Facts(
        consent=consents,
        today=today,
        contact=consents.channels(customer_id),
        stated=_newest_words(connection.execute(_STATED_OF, asked)),
        complaints=_complaints(connection.execute(_COMPLAINTS_OF, asked)),
        outcomes=_last_outcomes(connection.execute(_OUTCOMES_OF, asked)),
        purchases=_purchases(connection.execute(_PURCHASES_OF, asked)),
        interest=_interest(connection.execute(_INTEREST_OF, asked)),
    )


def facts_of_untold(
    database: Database, consents: Consents, customer_id: str, today: date
) -> Facts | None:
    """As `facts_of` where nothing was ever told of the customer, as of most; else None.

    One small question instead of five. Raises nothing new; `consents` must be up to date.
    """
    if database.holds(_ANYTHING_TOLD, (customer_id,)) is not False:
        return None
    return Facts(consent=consents, today=today, contact=consents.channels(customer_id))


def data_until(release: Release) -> int:
    """Seconds since 1970: purchases from then on are news to the release."""
    return int(datetime.fromisoformat(release.manifest.as_of).timestamp())


@dataclass(frozen=True)
class FactsAsked:
    """A `FactsBook` for some customers, all of one moment."""

    connection: sa.Connection
    consents: Consents
    data_until: int
    today: date

    def of(self, customer_id: str) -> Facts:
        return facts_of(self.connection, self.consents, customer_id, self.data_until, self.today)


class Permissions(Consent, Protocol):
    """What customers agreed to, brought up to the moment of a connection."""

    def refresh(self, connection: sa.Connection) -> None: ...
    def channels(self, customer_id: str) -> tuple[Channel, ...]: ...


class AllFacts:
    """A `FactsBook`, read once: of a block of the batch run, of a page of customers."""

    def __init__(
        self,
        connection: sa.Connection,
        consents: Permissions,
        data_until: int,
        today: date,
        customer_ids: Sequence[str] | None = None,
    ) -> None:
        """Of all customers, or of these."""
        consents.refresh(connection)
        since = Since.of(data_until, today)
        asked = {
            "data_until": since.data_until,
            "interest": since.interest,
            "customers": list(customer_ids or ()),
        }
        of = _of_all if customer_ids is None else _of_some

        def found(select: sa.Select[Any], table: sa.Table) -> dict[str, list[Any]]:
            return _by_customer(connection.execute(of(select, table), asked))

        self._consents, self._today = consents, today
        self._stated = found(_STATED, preferences)
        self._complaints = found(_COMPLAINTS, complaints)
        self._outcomes = found(_OUTCOMES, outcomes)
        self._purchases = found(_PURCHASES, events)
        self._interest = found(_INTEREST, events)

    def knows(self, customer_id: str) -> bool:
        """False where nothing was told: then its list is what the release says."""
        told = (self._stated, self._complaints, self._outcomes, self._purchases, self._interest)
        return any(customer_id in part for part in told)

    def of(self, customer_id: str) -> Facts:
        """What `facts_of` would have said at that moment."""
        return Facts(
            consent=self._consents,
            today=self._today,
            contact=self._consents.channels(customer_id),
            stated=_newest_words(self._stated.get(customer_id, ())),
            complaints=_complaints(self._complaints.get(customer_id, ())),
            outcomes=_last_outcomes(self._outcomes.get(customer_id, ())),
            purchases=_purchases(self._purchases.get(customer_id, ())),
            interest=_interest(self._interest.get(customer_id, ())[:MOST_INTEREST]),
        )


def _by_customer(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found = defaultdict(list)
    for *fields, customer_id in rows:
        found[customer_id].append(fields)
    return dict(found)


def _newest_words(rows: Iterable[Any]) -> tuple[Stated, ...]:
    """Of several words about the same thing the last one counts: people change their minds."""
    newest: dict[tuple[str, str], Stated] = {}
    for row in rows:
        stated = Stated(*row)
        newest.setdefault((stated.about, stated.value), stated)
    return tuple(newest.values())


def _complaints(rows: Iterable[Any]) -> tuple[OpenComplaint, ...]:
    return tuple(OpenComplaint(*row) for row in rows)


def _last_outcomes(rows: Iterable[Any]) -> tuple[LastOutcome, ...]:
    """One a product."""
    last: dict[str, LastOutcome] = {}
    for row in rows:
        last.setdefault(row[0], LastOutcome(*row))
    return tuple(last.values())


def _purchases(rows: Iterable[Any]) -> tuple[FreshPurchase, ...]:
    return tuple(FreshPurchase(*row) for row in rows)


def _interest(rows: Iterable[Any]) -> tuple[FreshInterest, ...]:
    return tuple(FreshInterest(*row) for row in rows)


WORDS = tuple(name for name in get_args(OutcomeName) if name != "shown")
"""What was merely shown says nothing of the customer, and must not hide what it said before."""
_IS_TOLD_IN = "EXISTS (SELECT 1 FROM {} WHERE customer_id = ?1)"
_ANYTHING_TOLD = "SELECT " + " OR ".join(
    _IS_TOLD_IN.format(table.name) for table in (preferences, complaints, outcomes, events)
)
_QUANTITY = sa.case((events.c.event == "return", -events.c.quantity), else_=events.c.quantity)
_NEWEST_EVENTS = (events.c.happened_at.desc(), events.c.sequence.desc())

# the columns are the fields of what is made of them, in their order
_STATED = (
    sa.select(*(preferences.c[name] for name in Stated.__dataclass_fields__))
    .where(preferences.c.withdrawn_at.is_(None))
    .order_by(*NEWEST_FIRST, preferences.c.preference_id)
)
_COMPLAINTS = (
    sa.select(*(complaints.c[name] for name in OpenComplaint.__dataclass_fields__))
    .where(IS_OPEN)
    .order_by(complaints.c.opened_on.desc(), complaints.c.complaint_id)
)
_SAID = (outcomes.c.product_id, outcomes.c.outcome, outcomes.c.reason, outcomes.c.until)
_OUTCOMES = (
    sa.select(*_SAID, outcomes.c.recorded_at)
    .where(outcomes.c.outcome.in_(WORDS))
    .order_by(outcomes.c.sequence.desc())
)
_PURCHASES = (
    sa.select(events.c.product_id, _QUANTITY, events.c.happened_at)
    .where(events.c.event.in_(TRADES), events.c.happened_at >= sa.bindparam("data_until"))
    .order_by(*_NEWEST_EVENTS)
)
_INTEREST = (
    sa.select(events.c.product_id, events.c.event, events.c.happened_at)
    .where(events.c.event.in_(INTEREST), events.c.happened_at >= sa.bindparam("interest"))
    .order_by(*_NEWEST_EVENTS)
)


def _of_one(found: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    return found.where(table.c.customer_id == sa.bindparam("customer_id"))


def _of_all(found: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    """The customer stands last in each row."""
    return found.where(table.c.customer_id.is_not(None)).add_columns(table.c.customer_id)


def _of_some(found: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    is_one = table.c.customer_id.in_(sa.bindparam("customers", expanding=True))
    return _of_all(found, table).where(is_one)


_STATED_OF = _of_one(_STATED, preferences)
_COMPLAINTS_OF = _of_one(_COMPLAINTS, complaints)
_OUTCOMES_OF = _of_one(_OUTCOMES, outcomes)
_PURCHASES_OF = _of_one(_PURCHASES, events)
_INTEREST_OF = _of_one(_INTEREST, events).limit(MOST_INTEREST)
