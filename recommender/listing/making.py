"""From customers and what is known of them to parts of the list; one failure costs no other."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from recommender.listing.made import Made, packed
from recommender.listing.rows import held_rows, list_rows
from recommender.listing.selection import Selection
from recommender.release.opening import Release
from recommender.suggest.facts import Consent, Facts
from recommender.suggest.plain.plain import NotCompiledError, load_kernel
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import SuggestionList, Wish
from recommender.suggest.targets import NO_CONTACT

FAILED = "failed"
CUSTOMERS_OWN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a fault in one customer's facts or numbers can raise. A full disk, memory that runs out or a
database that is gone is nobody's own: it ends the run."""


@dataclass(frozen=True)
class Failure:
    """Why one customer has no list."""

    kind: str
    """The name of the error; its text may hold what people said."""
    told: str
    """The traceback, for --debug."""

    @classmethod
    def of(cls, error: Exception) -> Failure:
        return cls(type(error).__name__, "".join(traceback.format_exception(error)))


LISTS_BEFORE_COMPILED = 2_000
"""Compiled code saves a tenth of a millisecond a list and takes .4 s to load."""
Known = Facts | Failure
"""Facts of one customer without the consent of all, or why they cannot be read."""


@dataclass(frozen=True)
class Task:
    """One block of customers."""

    number: int
    rows: Sequence[int]
    known: Sequence[Known]
    made_from: str
    """The hash of all that its bytes depend on."""


@dataclass(frozen=True)
class Finished:
    """A block that was made."""

    number: int
    made_from: str
    block: bytes
    customers: int
    failures: dict[str, Failure]
    """By customer."""


@dataclass(frozen=True)
class Making:
    """How the lists of one run are made."""

    release: Release
    wish: Wish
    selection: Selection
    consent: Consent

    def finished(self, task: Task) -> Finished:
        """In the order of the task, whatever fails."""
        if task.number * len(task.rows) >= LISTS_BEFORE_COMPILED:
            with suppress(NotCompiledError):  # then it takes longer, and says the same
                load_kernel(self.release)
        made, failures = [], {}
        for row, known in zip(task.rows, task.known, strict=True):
            found = self._made(row, known)
            if isinstance(found, Failure):
                failures[self.release.customers.ids[row]] = found
                found = self._held_altogether(row, found)
            made.append(found)
        return Finished(task.number, task.made_from, packed(made), len(made), failures)

    def _made(self, row: int, known: Known) -> Made | Failure:
        if isinstance(known, Failure):
            return known
        try:
            return self._list_of(row, replace(known, consent=self.consent))
        except CUSTOMERS_OWN as error:
            return Failure.of(error)

    def _list_of(self, row: int, facts: Facts) -> Made:
        customer_id = self.release.customers.ids[row]
        found = suggest(self.release, customer_id, self.wish, facts)
        if not self.selection.lists(facts):
            found = _all_held(found)
        rows = list(list_rows(self.release, row, found, facts))
        held = list(held_rows(self.release, row, found))
        return Made(customer_id, rows, held, _counted(found))

    def _held_altogether(self, row: int, failure: Failure) -> Made:
        customers = self.release.customers
        held = {
            "customer_id": customers.ids[row],
            "customer_name": customers.name[row],
            "rep": customers.rep[row],
            "product_id": "",
            "product_name": "",
            "hold_reason": f"{FAILED}: {failure.kind}",
            "release": self.release.name,
        }
        counts = Counter({"customers": 1, "customers_failed": 1})
        return Made(customers.ids[row], [], [dict(held)], counts)


def _all_held(found: SuggestionList) -> SuggestionList:
    """What would be offered to one that may not be contacted stands among what is held back."""
    kept_back = tuple((s.product_id, NO_CONTACT) for s in found.suggestions)
    return replace(found, suggestions=(), held=(*found.held, *kept_back))


def _counted(found: SuggestionList) -> Counter[str]:
    held = Counter(f"held_{rule}" for _, rule in found.held)
    return held + Counter(
        {
            "customers": 1,
            "customers_without_suggestion": int(not found.suggestions),
            "customers_without_contact": int(held[f"held_{NO_CONTACT}"] > 0),
            "customers_without_permission": int(found.fallback_reason == "no_permission"),
            "suggestions": found.returned,
            f"source_{found.source}": 1,
        }
    )
