"""The way to the sign-in page and back."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.types import Scope

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
LONGEST = 2000


def sign_in_address(asked: Scope) -> str:
    """With the address that was asked for, so that signing in leads there.

    As it was written, not as it was read: a slash within an id stays apart from those between.
    """
    path = asked["raw_path"].partition(b"?")[0]
    wanted = (path + b"?" + asked["query_string"]).decode("latin-1").removesuffix("?")
    wanted = safe_next(wanted)
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?{urlencode({'next': wanted})}"


def safe_next(address: str) -> str:
    """The address itself where it is one of ours, else the start page.

    Browsers read `//host`, `/\\host` and lines with control characters in them as other hosts.
    """
    is_path = address.startswith("/") and not address.startswith("//")
    is_plain = address.isprintable() and "\\" not in address and len(address) <= LONGEST
    if not (is_path and is_plain):
        return "/"
    return "/" if urlsplit(address).path in {SIGN_IN, SIGN_OUT} else address
