"""Where a page comes from, as its browser says it: scheme, host and a port other than the usual."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

SHAPE = re.compile(
    r"(https?)://((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
    r"|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?"
)
USUAL_PORTS = {"http": "80", "https": "443"}


def checked_origin(text: str) -> str:
    """The text itself; raises ValueError for what no browser would send in that shape."""
    if "*" in text:
        raise ValueError("name each origin; * would let every page of the web ask")
    found = SHAPE.fullmatch(text)
    if found is None or int(found[3] or 0) > 65535:
        raise ValueError(
            "write scheme, host and, where it is not the usual one, port, in small letters and "
            "with nothing behind: https://shop.example"
        )
    scheme, host, port = found.groups()
    if port == USUAL_PORTS[scheme]:
        raise ValueError(f"browsers leave the usual port out; write {scheme}://{host}")
    return text


Origin = Annotated[str, AfterValidator(checked_origin)]
