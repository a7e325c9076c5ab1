"""What a form of a page sends."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request

FORM = "application/x-www-form-urlencoded"


async def form_fields(request: Request, most: int) -> dict[str, str]:
    """What is no form, or has more fields than ours, counts as an empty one."""
    if request.headers.get("content-type", "").partition(";")[0] != FORM:
        return {}
    try:
        body = (await request.body()).decode("ascii")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=most))
    except ValueError:
        return {}
