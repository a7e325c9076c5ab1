"""For those who lead: what suggestions lead to, and how good the release in use is."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from service.access.roles import allowed
from service.api.answer import Answer
from service.api.json_answer import json_answer
from service.api.outcomes import Summary, SummaryQuery
from service.live import InUse, in_use
from service.records.asking import read_long
from service.records.times import now
from service.sales.judged import JUDGED_METRIC, judged_of
from service.summary import summary

router = APIRouter(tags=["what happened"])
FOR_THOSE_WHO_LEAD = allowed("manager", "admin")


class Measured(Answer):
    """Share of what customers newly bought that stood in the first 20 places."""

    name: str
    value: float
    low: float
    high: float


class ReleaseInUse(Answer):
    name: str
    created_at: datetime
    age_days: int
    data_through: date
    verdict: list[str]
    """From its report; empty where it has none."""
    measured: list[Measured]
    """Ours, the strongest alternative, best-sellers."""


class Team(Answer):
    outcomes: Summary
    release: ReleaseInUse


async def asked_team(
    request: Request,
    query: Annotated[SummaryQuery, Query()],
    live: Annotated[InUse, Depends(in_use)],
) -> dict[str, Any]:
    """The dependency that API and page share."""
    since, manifest = query.day(), live.release.manifest
    found = await read_long(
        request.app.state.database, lambda c: summary(c, live.release, since, None)
    )
    judged = await asyncio.to_thread(judged_of, live.release.folder)
    made_on = datetime.fromisoformat(manifest.created_at).date()
    return {
        "outcomes": {"since": since.isoformat(), **found},
        "release": {
            "name": manifest.name,
            "created_at": manifest.created_at,
            "age_days": max((now().date() - made_on).days, 0),
            "data_through": manifest.data_through[:10],
            **judged,
        },
    }


@router.get(
    "/board/team",
    operation_id="show_team",
    summary="What suggestions lead to, and how good the release is",
    response_model=Team,
    dependencies=[FOR_THOSE_WHO_LEAD],
    description=f"Measured by `{JUDGED_METRIC}` on days that the models did not see.",
)
async def show_team(team: Annotated[dict[str, Any], Depends(asked_team)]) -> Response:
    return json_answer(team)
