"""What people told the service, as the engine sees it: one more source beside the tables.

The engine knows no database. `recommender.records` is the entry point through which the service
offers its own; without it nothing was told, and everything is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from recommender.config import Config
from recommender.release.changes import ToldProduct
from recommender.suggest.facts import Consent, FactsInBlocks, OutcomeName

GROUP = "recommender.records"


@dataclass(frozen=True)
class ToldOutcome:
    """What became of one suggestion."""

    customer_id: str
    product_id: str
    outcome: OutcomeName
    at: datetime


class Told(Protocol):
    """An open book of records."""

    def consent(self) -> Consent:
        """Whose purchases may be learned from, as of now."""
        ...

    def is_forgotten(self, customer_id: str) -> bool:
        """Whether this customer was erased: whatever file brings it back is not to be learned."""
        ...

    def outcomes(self) -> Sequence[ToldOutcome]:
        """Oldest first."""
        ...

    def facts(self, data_until: int, today: date) -> AbstractContextManager[FactsInBlocks]:
        """Of all customers as of now, also later while it is open.

        Purchases count from `data_until` on, in seconds since 1970.
        """
        ...

    def products(self) -> Sequence[ToldProduct]:
        """The last word on each product of which anything was said."""
        ...

    def wrote_list(self, path: Path, release: str) -> None:
        """Remembers a list, so that who is forgotten can be taken out of it."""
        ...


def open_told(config: Config) -> Told | None:
    """What was told so far; None where nothing was ever kept, or the service is not installed."""
    for entry in entry_points(group=GROUP):
        found: Told | None = entry.load()(config)
        return found
    return None
