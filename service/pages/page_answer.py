"""A page that says which release it comes from."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse

from service.access.caller import Caller
from service.live import InUse
from service.pages.render import render


def page_answer(
    live: InUse, caller: Caller, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """Every template gets `manifest`, for its currency and the line at its foot, and `caller`."""
    manifest = live.release.manifest
    return HTMLResponse(render(template, manifest=manifest, caller=caller, **values), status)
