"""What is true about a customer right now, whatever the release knew when it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Literal, Protocol, get_args

Purpose = Literal["personalisation", "phone", "email", "post"]
Channel = Literal["phone", "email", "post"]
About = Literal["product", "category", "brand", "attribute"]
Stance = Literal["likes", "dislikes", "needs"]
StatedIn = Literal["talk", "form", "survey"]
OutcomeName = Literal["shown", "accepted", "adjusted", "rejected", "snoozed", "won", "lost"]
Interest = Literal["view", "cart", "quote"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Consent(Protocol):
    """Who agreed that its purchases are used for lists, its own and those of others."""

    @property
    def is_everyones(self) -> bool:
        """Whether nobody needs to be asked about."""

    def may_personalise(self, customer_id: str) -> bool: ...


@dataclass(frozen=True)
class Everyone:
    """The consent where nobody is asked."""

    is_everyones: ClassVar[bool] = True

    def may_personalise(self, customer_id: str) -> bool:  # noqa: ARG002
        return True


EVERYONE = Everyone()


@dataclass(frozen=True)
class Stated:
    """A preference in the customer's own words."""

    about: About
    value: str
    """A product id, a category, a brand, or `attribute=value`."""
    stance: Stance
    words: str | None
    said_on: date
    source: StatedIn


@dataclass(frozen=True)
class OpenComplaint:
    """Not resolved yet; about a product, a category, or neither."""

    complaint_id: str
    product_id: str | None
    category: str | None
    text: str
    opened_on: date
    due_on: date


@dataclass(frozen=True)
class LastOutcome:
    """The newest word on a product for this customer."""

    product_id: str
    outcome: OutcomeName
    reason: str | None
    until: date | None
    at: datetime


@dataclass(frozen=True)
class FreshPurchase:
    """Newer than all the release knows."""

    product_id: str
    quantity: float
    """Negative for a return."""
    at: datetime


@dataclass(frozen=True)
class FreshInterest:
    """Viewed, carted or quoted."""

    product_id: str
    event: Interest
    at: datetime


@dataclass(frozen=True)
class Facts:
    """Of one customer; each newest first. Without records: nothing, and everything is allowed."""

    consent: Consent = EVERYONE
    today: date | None = None
    """Until-dates are compared with it; None where there is nothing to compare."""
    contact: tuple[Channel, ...] | None = None
    """Channels it may be contacted through; None where nobody was asked."""
    stated: tuple[Stated, ...] = ()
    complaints: tuple[OpenComplaint, ...] = ()
    outcomes: tuple[LastOutcome, ...] = ()
    """One a product."""
    purchases: tuple[FreshPurchase, ...] = ()
    interest: tuple[FreshInterest, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether anything was, beside permissions."""
        return bool(
            self.stated or self.complaints or self.outcomes or self.purchases or self.interest
        )

    @property
    def word_against(self) -> Facts:
        """What withholds by its own word: obeyed also where its purchases may not be used."""
        dislikes = tuple(stated for stated in self.stated if stated.stance == "dislikes")
        return replace(self, stated=dislikes, purchases=(), interest=())


class FactsBook(Protocol):
    """Facts of every customer, one at a time."""

    def of(self, customer_id: str) -> Facts: ...


class FactsInBlocks(FactsBook, Protocol):
    """Facts of every customer, all of one moment, as the batch run reads them."""

    @property
    def consent(self) -> Consent:
        """Of all; it can be given to another process."""
        ...

    def some(self, customer_ids: Sequence[str]) -> FactsBook:
        """The same facts of these, read at once: no more than these are in memory."""
        ...


@dataclass(frozen=True)
class NoFacts:
    """The book where nothing is kept."""

    consent: Consent = EVERYONE

    def of(self, customer_id: str) -> Facts:  # noqa: ARG002
        return NOTHING_KNOWN

    def some(self, customer_ids: Sequence[str]) -> FactsBook:  # noqa: ARG002
        return self


NOTHING_KNOWN = Facts()
