"""The widget's script, and the lines by which a page of the shop loads it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

ADDRESS = "/widget/also-bought.js"
SCRIPT = (Path(__file__).parent / "also-bought.js").read_bytes()
INTEGRITY = f"sha384-{b64encode(hashlib.sha384(SCRIPT).digest()).decode()}"
"""A browser that is told it runs this very script and no other."""
VERSION = hashlib.sha256(SCRIPT).hexdigest()[:12]


def script_line(service: str) -> str:
    """Takes new versions as they come."""
    return f'<script src="{service}{ADDRESS}" defer></script>'


def pinned_script_line(service: str) -> str:
    """Of this version alone; its address is one of its own, so that no cache keeps another."""
    return (
        f'<script src="{service}{ADDRESS}?v={VERSION}" integrity="{INTEGRITY}" '
        'crossorigin="anonymous" defer></script>'
    )


def three_lines(service: str, key: str, currency: str) -> str:
    """What a shop pastes into the page of the product P7, which lies at /p/P7."""
    return f"""{script_line(service)}
<also-bought product-id="P7" key="{key}" currency="{currency}"
             heading="Customers also bought" link="/p/{{product_id}}"></also-bought>"""
