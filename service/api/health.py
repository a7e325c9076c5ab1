"""Whether the service lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.access.roles import EVERYONE
from service.api.answers import Live, Ready
from service.api.json_answer import json_answer
from service.live import LiveRelease

router = APIRouter(prefix="/health", tags=["running it"], dependencies=[EVERYONE])


@router.get("/live", operation_id="is_live", summary="The process answers", response_model=Live)
async def is_live() -> Response:
    """Restart the process when this fails."""
    return json_answer({"status": "live"})


@router.get("/ready", operation_id="is_ready", summary="A release is in use", response_model=Ready)
async def is_ready(request: Request) -> Response:
    """Send requests only where this answers 200; look into the log when there is a warning."""
    live: LiveRelease = request.app.state.live
    return json_answer(
        {"status": "ready", "release": live.in_use.release.name, "warning": live.warning}
    )
