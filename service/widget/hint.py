"""What `keys create` says beside the key of a widget: how it gets into the shop's pages."""

from __future__ import annotations

from recommender.config import Config
from service.widget.script import pinned_script_line, three_lines


def hint(config: Config, key: str) -> str:
    """The lines to paste, with the key: it is public, for it lies in the source of the page."""
    address = address_of(config)
    return f"""
Into the page of a product, with its id for P7 (README, "In a web shop"):

{three_lines(address, key, config.service.currency)}

This very version of the script and no other:

{pinned_script_line(address)}

Where the page has a Content-Security-Policy: script-src {address}; connect-src {address}
{_origins_said(config)}
"""


def address_of(config: Config) -> str:
    """As browsers reach the service, by the config."""
    if not config.service.hosts:
        return "http://127.0.0.1:8000"
    return f"{'https' if config.service.tls else 'http'}://{config.service.hosts[0]}"


def _origins_said(config: Config) -> str:
    if config.service.origins:
        return f"The key counts in pages of {', '.join(config.service.origins)} alone."
    return (
        "The key counts in no page yet: write where they come from into the config, "
        '[service] origins = ["https://shop.example"], and start the service again.'
    )
