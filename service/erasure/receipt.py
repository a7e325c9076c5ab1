"""What an erasure says that it removed, and what remains and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.erasure.holdings import Holdings
from service.erasure.records import ErasedRecords

Json = dict[str, Any]

A_LIST = "the list"
HASH = "so that a file that is imported again does not bring the customer back"
BACKUPS = (
    "they were not reached; restoring one brings the customer back, and one of the database from "
    "before today also loses the hash: run this again after it"
)
AGGREGATES = (
    "counts, medians and factors of products were made from all customers and name none; the next "
    "training makes them without this one"
)
COPIES = "what was copied, mailed or printed is not known here"
SERVER = (
    "PostgreSQL keeps removed rows in its files until it vacuums and in its log until that is "
    "recycled or archived, as its settings say"
)
STILL_READ = "the log beside the database could not be emptied while it was read; run this again"
AUDIT = "what was done and by whom stays, about the hash in place of the id"
SOURCE = "the company's own data, which is only read; remove the customer there too"


@dataclass(frozen=True)
class Receipt:
    """It does not repeat the id: a receipt that is kept must not be what remains."""

    customer_hash: bytes
    erased_at: str
    records: ErasedRecords
    releases: list[Json]
    files: list[str]
    lists: list[Json]
    log_is_empty: bool

    def as_json(self, holdings: Holdings) -> Json:
        return {
            "customer_hash": self.customer_hash.hex(),
            "erased_at": self.erased_at,
            "removed": {
                "database": self.records.removed,
                "releases": self.releases,
                "files": self.files,
                "lists": [
                    row for row in self.lists if row["rows"] or row["held_rows"] or row["changes"]
                ],
            },
            "remains": [{"what": what, "why": why} for what, why in self._remains(holdings)],
        }

    def _remains(self, holdings: Holdings) -> Iterator[tuple[str, str]]:
        yield "a keyed hash of the id", HASH
        for table, source in holdings.sources.items():
            yield f"{table}: {source}", SOURCE
        for row in self.lists:
            if "problem" in row:
                yield f"{A_LIST} {row['path']}", row["problem"]
        if self.records.anonymous:
            yield f"{self.records.anonymous} audit entries", AUDIT
        yield "what releases say of products", AGGREGATES
        yield "backups", BACKUPS
        yield "copies of lists", COPIES
        if not holdings.database.is_embedded:
            yield "the database server", SERVER
        elif not self.log_is_empty:
            yield "the database's log", STILL_READ
