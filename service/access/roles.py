"""Roles, and which of them a route is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from service.access.caller import Caller, Role


class NotSignedInError(Exception):
    """No key, or one that is not or no longer known."""


class NotAllowedError(Exception):
    """A key that is known, but not for this."""


@dataclass(frozen=True)
class Allowed:
    """The dependency that declares a route's roles; nobody listed means that everyone may."""

    roles: frozenset[Role]

    async def __call__(self, request: Request) -> None:
        """Raises `NotSignedInError` or `NotAllowedError`."""
        if not self.roles:
            return
        if the_caller(request).role not in self.roles:
            raise NotAllowedError


def allowed(*roles: Role) -> Any:
    """Declares who a route is for: `dependencies=[allowed("rep", "manager", "admin")]`."""
    return Depends(Allowed(frozenset(roles)))


EVERYONE = Depends(Allowed(frozenset()))
"""Declares that no key is needed."""


def the_caller(request: Request) -> Caller:
    """The dependency of who needs to know who is asking; raises `NotSignedInError`."""
    caller: Caller | None = request.state.caller
    if caller is None:
        raise NotSignedInError
    return caller


def declared_roles(route: APIRoute) -> frozenset[Role] | None:
    """None for a route that declares nothing."""
    found = [d.call for d in _all(route.dependant) if isinstance(d.call, Allowed)]
    return found[0].roles if found else None


def undeclared(routes: list[BaseRoute]) -> list[str]:
    """Paths of routes that declare no roles; a service with one does not start."""
    return [r.path for r in routes if isinstance(r, APIRoute) and declared_roles(r) is None]


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for inner in dependant.dependencies:
        yield inner
        yield from _all(inner)
