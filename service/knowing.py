"""What is true about a customer at the moment of a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FactsBook
from service.records.asking import read, read_long
from service.records.facts import FactsAsked, data_until, facts_of
from service.records.times import now

T = TypeVar("T")


async def facts_about(request: Request, release: Release, customer_id: str) -> Facts:
    """Holds every word that was committed before it was asked, whichever worker took it down."""
    state, until = request.app.state, data_until(release)
    return await read(
        state.database,
        lambda c: facts_of(c, state.consents, customer_id, until, now().date()),
    )


async def with_facts(request: Request, release: Release, ask: Callable[[FactsBook], T]) -> T:
    """What `ask` makes of the facts of many customers, beside the event loop."""
    state, until = request.app.state, data_until(release)
    return await read_long(
        state.database, lambda c: ask(FactsAsked(c, state.consents, until, now().date()))
    )
