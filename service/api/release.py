"""The release that answers come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from service.access.roles import FOR_SALES
from service.api.answers import ReleaseAnswer
from service.api.json_answer import json_answer
from service.api.parameters import NoParameters
from service.live import InUse, in_use

router = APIRouter(tags=["running it"])


@router.get(
    "/release",
    operation_id="show_release",
    summary="The release in use",
    response_model=ReleaseAnswer,
    dependencies=[FOR_SALES],
)
async def show_release(
    query: Annotated[NoParameters, Query()],  # noqa: ARG001  # refuses what it does not know
    live: Annotated[InUse, Depends(in_use)],
) -> Response:
    """What answers come from, how fresh it is and how it was made."""
    fields = {"name", "created_at", "data_through", "parent", "currency", "counts", "settings"}
    return json_answer(live.release.manifest.model_dump(mode="json", include=fields))
