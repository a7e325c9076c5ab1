"""What pages of other origins may ask with a visitor's browser (CORS): two calls, nothing else.

A few lines of our own instead of Starlette's middleware, which opens all routes or none, and would
stand around every request; and never with credentials: a cookie of ours is worth nothing there.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

BASKETS = "/v1/baskets/suggestions"
PRODUCTS, ALSO_BOUGHT = "/v1/products/", "/also-bought"
KEEP_SECONDS = "7200"
"""Longer than that no browser remembers the answer to a preflight."""


class ForeignPageError(Exception):
    """A public key, but not from a page that the config lists."""


def method_for_pages(path: str) -> str | None:
    """How pages of others may call an address; None for one they may not."""
    if path == BASKETS:
        return "POST"
    return "GET" if path.startswith(PRODUCTS) and path.endswith(ALSO_BOUGHT) else None


def headers_for_page(scope: Scope, origins: AbstractSet[str]) -> list[tuple[bytes, bytes]]:
    """What lets a listed page read the answer; none for other addresses."""
    if method_for_pages(scope["path"]) is None:
        return []
    # caches must not give the answer to one page to another
    vary = (b"vary", b"Origin")
    origin = Headers(scope=scope).get("origin")
    if origin is None or origin not in origins:
        return [vary]
    return [vary, (b"access-control-allow-origin", origin.encode("latin-1"))]


def preflight(scope: Scope, origins: AbstractSet[str]) -> Response | None:
    """The answer to a browser that asks on behalf of a listed page whether it may call."""
    if scope["method"] != "OPTIONS":
        return None
    headers, method = Headers(scope=scope), method_for_pages(scope["path"])
    if method is None or headers.get("origin") not in origins:
        return None
    if headers.get("access-control-request-method") != method:
        return None
    allowed = {
        "access-control-allow-methods": method,
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": KEEP_SECONDS,
    }
    return Response(status_code=204, headers=allowed)


def check_page(scope: Scope, origins: AbstractSet[str]) -> None:
    """Raises `ForeignPageError` unless the browser says that a listed page is asking."""
    if Headers(scope=scope).get("origin") not in origins:
        raise ForeignPageError
