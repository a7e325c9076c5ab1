"""The report of the release in use, as it lies in its folder."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from service.api.team import FOR_THOSE_WHO_LEAD
from service.live import InUse, in_use
from service.problems import NOT_FOUND, ProblemError

router = APIRouter()
REPORT = "report.html"
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@router.get("/report", dependencies=[FOR_THOSE_WHO_LEAD])
async def report_page(live: Annotated[InUse, Depends(in_use)]) -> Response:
    """The file carries its style within, so that it can be sent on; only that one may be used."""
    content = await asyncio.to_thread(_read, live.release.folder / REPORT)
    headers = {"content-security-policy": policy_of(content)}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def policy_of(content: bytes) -> str:
    """As on every page, but for the style that stands in this one, named by its hash."""
    hashes = (hashlib.sha256(style).digest() for style in STYLE.findall(content))
    nothing = "'none'"
    named = " ".join(f"'sha256-{base64.b64encode(found).decode()}'" for found in hashes)
    return (
        f"default-src 'none'; style-src {named or nothing}; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProblemError(NOT_FOUND, "the release in use has no report") from error
