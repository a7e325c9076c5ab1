"""Whether a request that changes something was sent by a page of ours (Fetch Metadata, Origin)."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""They change nothing, so anyone may send the browser there."""


def is_from_another_site(scope: Scope, *, signed_by_browser: bool) -> bool:
    """What a browser adds by itself (a cookie, the proxy's word) proves nothing about the sender.

    `signed_by_browser` says that the request carries such a thing; then the browser must also say
    where it comes from. Without it only what says that it is from elsewhere is refused.
    """
    if scope["method"] in SAFE:
        return False
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in {"same-origin", "none"}
    if origin is not None:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    return signed_by_browser
