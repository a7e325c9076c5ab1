"""All that is held about one customer, in one document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recommender.errors import BrokenReleaseError, UnknownCustomerError, UnknownReleaseError
from recommender.release.opening import Release, open_release
from recommender.release.shelf import PREPARED, Shelf, prepared_names
from recommender.suggest.facts import Facts
from service.erasure.derived import derived_of, known_of
from service.erasure.holdings import Holdings, checked_id
from service.erasure.records import records_of
from service.records.consents import Consents
from service.records.facts import data_until, facts_of
from service.records.forgotten import is_forgotten
from service.records.times import now


def export_customer(holdings: Holdings, customer_id: str) -> dict[str, Any]:
    """Raises `UnknownCustomerError` where nothing is held."""
    with holdings.database.reading() as connection:
        records = records_of(connection, checked_id(customer_id))
        forgotten = is_forgotten(connection, customer_id)
        lists = [str(path) for path in holdings.lists(connection)]
    learned = {} if forgotten else _learned(holdings, customer_id)
    if not learned and not records:
        raise UnknownCustomerError("nothing is held about this customer; check the id")
    return {
        "customer_id": customer_id,
        "exported_at": now().isoformat(timespec="seconds"),
        "known": learned.get("known"),
        "derived": learned.get("derived"),
        "records": records,
        "lies_also_in": {
            "sources": dict(holdings.sources),
            "releases": _older_releases(holdings, customer_id),
            "lists": lists,
            "prepared": _prepared(holdings.releases),
        },
    }


def _prepared(releases: Path) -> list[str]:
    folder = releases / PREPARED
    return [str(folder / name) for name in prepared_names(folder)]


def _older_releases(holdings: Holdings, customer_id: str) -> list[str]:
    """That are kept beside the live one and hold the customer, or cannot be opened."""
    shelf = Shelf(holdings.releases)
    others = [name for name in shelf.names() if name != shelf.current_name()]
    return [name for name in others if _may_hold(holdings.releases, name, customer_id)]


def _may_hold(releases: Path, name: str, customer_id: str) -> bool:
    try:
        return customer_id in open_release(releases, name, verified=False).customers.ids
    except BrokenReleaseError:
        return True


def _facts(holdings: Holdings, release: Release, customer_id: str) -> Facts:
    """As the pages know them at this moment."""
    consents, until = Consents(holdings.permissions), data_until(release)
    with holdings.database.reading() as connection:
        return facts_of(connection, consents, customer_id, until, now().date())


def _learned(holdings: Holdings, customer_id: str) -> dict[str, Any]:
    """Nothing where the live release does not know the customer, or there is none."""
    try:
        release = open_release(holdings.releases, verified=False)
    except UnknownReleaseError:
        return {}
    row = release.customers.ids.position(customer_id)
    if row is None:
        return {}
    facts = _facts(holdings, release, customer_id)
    return {"known": known_of(release, row), "derived": derived_of(release, row, facts)}
