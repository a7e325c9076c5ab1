"""Erasing a customer: records, releases, lists; only a keyed hash is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recommender.release.publish import training_lock
from service.erasure.holdings import Holdings, checked_id
from service.erasure.receipt import Receipt
from service.erasure.records import ErasedRecords, erase_records
from service.records.database import Database
from service.records.forgotten import forget_customer
from service.records.schema import audit
from service.records.times import now


def forget(holdings: Holdings, customer_id: str, by: str) -> dict[str, Any]:
    """The receipt; an unknown customer is forgotten too, so that it does not come.

    The records go first: from their commit on the customer is unknown to every worker. What is
    killed before its end is finished by running it again. Raises `BusyError`, with nothing done,
    while a training is running.
    """
    from recommender.erasure.releases import (  # noqa: PLC0415 - the service answers without pyarrow
        erase_beside_releases,
        erase_from_releases,
    )

    checked_id(customer_id)
    with training_lock(holdings.releases):
        lists = _lists(holdings)
        traces = _traces(holdings, lists, customer_id)
        customer_hash, records = _erase_records(holdings.database, customer_id, by)
        # releases and lists know the names that are searched for: what does not comes before them
        files = list(erase_beside_releases(holdings.releases, traces))
        releases = [r.as_json() for r in erase_from_releases(holdings.releases, traces)]
        erased_lists = _erase_lists(lists, customer_id)
    receipt = Receipt(
        customer_hash=customer_hash,
        erased_at=now().isoformat(timespec="seconds"),
        records=records,
        releases=releases,
        files=files,
        lists=erased_lists,
        log_is_empty=holdings.database.emptied_log(),
    )
    return receipt.as_json(holdings)


def _lists(holdings: Holdings) -> list[Path]:
    with holdings.database.reading() as connection:
        return holdings.lists(connection)


def _traces(holdings: Holdings, lists: list[Path], customer_id: str) -> Any:
    """Lists are asked for the name only where no release knows it: they take longer to read."""
    from recommender.erasure.lists import names_in_list  # noqa: PLC0415
    from recommender.erasure.releases import names_in_releases  # noqa: PLC0415
    from recommender.erasure.traces import Traces  # noqa: PLC0415

    names = names_in_releases(holdings.releases, customer_id)
    if not names:
        names = {name for path in lists for name in names_in_list(path, customer_id)}
    return Traces(customer_id).known_as(names)


def _erase_records(database: Database, customer_id: str, by: str) -> tuple[bytes, ErasedRecords]:
    with database.writing() as connection:
        customer_hash = forget_customer(connection, customer_id)
        erased = erase_records(connection, customer_id, customer_hash)
        _note(connection, customer_hash, by)
    return customer_hash, erased


def _note(connection: sa.Connection, customer_hash: bytes, by: str) -> None:
    done = {"action": "forget", "noun": "customer", "about": customer_hash.hex()}
    connection.execute(audit.insert().values(at=now(), caller=by, **done))


def _erase_lists(lists: list[Path], customer_id: str) -> list[dict[str, Any]]:
    from recommender.erasure.lists import erase_from_list  # noqa: PLC0415

    return [erase_from_list(path, customer_id).as_json() for path in lists]
