"""What is true about a customer at the moment of a request."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request

from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from service.records.asking import read
from service.records.facts import facts_of
from service.records.times import now


async def facts_about(request: Request, release: Release, customer_id: str) -> Facts:
    """Holds every word that was committed before it was asked, whichever worker took it down."""
    state, until = request.app.state, data_until(release)
    return await read(
        state.database,
        lambda c: facts_of(c, state.consents, customer_id, until, now().date()),
    )


def data_until(release: Release) -> int:
    """Seconds since 1970: purchases from then on are news to the release."""
    return int(datetime.fromisoformat(release.manifest.as_of).timestamp())
