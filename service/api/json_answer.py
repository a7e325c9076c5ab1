"""An answer as JSON, built once and never validated again."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response


def json_answer(answer: dict[str, Any]) -> Response:
    """Raises ValueError on a number that JSON does not know, rather than send it."""
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), media_type="application/json")
