"""An answer as JSON, built once and never validated again."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response


def json_answer(answer: dict[str, Any]) -> Response:
    """Raises ValueError on a number that JSON does not know, rather than send it."""
    return Response(json_bytes(answer), media_type="application/json")


def json_bytes(answer: dict[str, Any]) -> bytes:
    """As `json_answer`, for who keeps it."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
