"""The widget's script at an address that stays, for any page to load."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.access.roles import EVERYONE
from service.widget.script import ADDRESS, SCRIPT, VERSION

router = APIRouter(dependencies=[EVERYONE])
ETAG = f'"{VERSION}"'
HEADERS = {
    "etag": ETAG,
    "cache-control": "public, max-age=3600, stale-while-revalidate=604800",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""A new version is in all pages within the hour; past it browsers ask, and are told in a line."""


@router.get(ADDRESS)
async def widget_script(request: Request) -> Response:
    known = request.headers.get("if-none-match", "")
    if ETAG in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
        return Response(status_code=304, headers=HEADERS)
    return Response(SCRIPT, media_type="text/javascript", headers=HEADERS)
