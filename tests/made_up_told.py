"""A book of records that lives in memory: what customers told, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from recommender.release.changes import ToldProduct
from recommender.suggest.facts import Facts
from recommender.told import ToldOutcome


@dataclass(frozen=True)
class Refusing:
    """The consent of everyone but these."""

    customers: frozenset[str] = frozenset()

    is_everyones = False

    def may_personalise(self, customer_id: str) -> bool:
        return customer_id not in self.customers


@dataclass(frozen=True)
class MadeUpBook:
    """Facts of some customers; the others were never asked."""

    known: Mapping[str, Facts] = field(default_factory=dict)
    consent: Refusing = Refusing()
    today: date | None = None

    def of(self, customer_id: str) -> Facts:
        facts = self.known.get(customer_id, Facts(contact=("phone", "post")))
        return replace(facts, consent=self.consent, today=self.today)

    def some(self, customer_ids: Sequence[str]) -> MadeUpBook:
        return self


@dataclass(frozen=True)
class MadeUpTold:
    book: MadeUpBook = MadeUpBook()
    forgotten: frozenset[str] = frozenset()
    told: tuple[ToldOutcome, ...] = ()
    changed_products: tuple[ToldProduct, ...] = ()
    lists: list[tuple[Path, str]] = field(default_factory=list)
    """What was written, oldest first."""
    asked: list[int] = field(default_factory=list)
    """From which moments on purchases were to count."""

    def consent(self) -> Refusing:
        return self.book.consent

    def is_forgotten(self, customer_id: str) -> bool:
        return customer_id in self.forgotten

    def outcomes(self) -> Sequence[ToldOutcome]:
        return self.told

    def facts(self, data_until: int, today: date) -> AbstractContextManager[MadeUpBook]:
        self.asked.append(data_until)
        return nullcontext(replace(self.book, today=today))

    def products(self) -> Sequence[ToldProduct]:
        return self.changed_products

    def wrote_list(self, path: Path, release: str) -> None:
        self.lists.append((path, release))
