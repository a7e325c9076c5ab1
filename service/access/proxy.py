"""A proxy in front of us: whom it names, and whether callers reach it by https."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from recommender.config import ProxySection


def is_trusted(scope: Scope, proxy: ProxySection | None) -> bool:
    """Only by where the connection comes from: headers are whatever the caller writes."""
    peer = _address(scope["client"][0]) if scope.get("client") else None
    return peer is not None and proxy is not None and peer in map(_address, proxy.addresses)


def user_named(scope: Scope, proxy: ProxySection | None) -> str | None:
    """None where it names nobody, or two: one of them may be the caller's own."""
    if proxy is None or not is_trusted(scope, proxy):
        return None
    named = Headers(scope=scope).getlist(proxy.header)
    name = _as_utf8(named[0]) if len(named) == 1 else ""
    return name if name and name.isprintable() else None


def comes_by_https(scope: Scope, proxy: ProxySection | None, *, tls: bool) -> bool:
    """As the config says, or the proxy."""
    if tls or scope["scheme"] == "https":
        return True
    return is_trusted(scope, proxy) and Headers(scope=scope).get("x-forwarded-proto") == "https"


def address_of_caller(scope: Scope, proxy: ProxySection | None) -> str:
    """The proxy writes whom it answers to the end of what others wrote."""
    forwarded = Headers(scope=scope).get("x-forwarded-for", "")
    if forwarded and is_trusted(scope, proxy):
        return forwarded.rpartition(",")[2].strip()
    return str(scope["client"][0]) if scope.get("client") else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """IPv4 within IPv6 is the same machine; None for a socket that has no address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _as_utf8(value: str) -> str:
    """What proxies write; a header is read as Latin-1, which fits all bytes."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value
