"""A page that says which release it comes from."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse

from service.live import InUse
from service.pages.render import render


def page_answer(live: InUse, template: str, **values: Any) -> HTMLResponse:
    """Every template gets `manifest`, for its currency and for the line at its foot."""
    return HTMLResponse(render(template, manifest=live.release.manifest, **values))
