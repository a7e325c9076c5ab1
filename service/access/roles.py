"""Roles, and which of them a route is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from service.access.caller import PUBLIC, SALES, Caller, Role
from service.access.foreign_pages import check_page


class NotSignedInError(Exception):
    """No key, or one that is not or no longer known."""


class NotAllowedError(Exception):
    """A key that is known, but not for this."""


@dataclass(frozen=True)
class Allowed:
    """The dependency that declares a route's roles; nobody listed means that everyone may."""

    roles: frozenset[Role]

    async def __call__(self, request: Request) -> None:
        """Raises `NotSignedInError`, `NotAllowedError` or `ForeignPageError`."""
        if not self.roles:
            return
        _check_caller(request, self.roles)


def allowed(*roles: Role) -> Any:
    """Declares who a route is for: `dependencies=[allowed("rep", "manager", "admin")]`."""
    return Depends(Allowed(frozenset(roles)))


EVERYONE = Depends(Allowed(frozenset()))
"""Declares that no key is needed."""
FOR_SALES = allowed(*SALES)
"""Declares a route for who may see names, portraits, values and complaints."""
FOR_ALL_KEYS = allowed("shop", *SALES)
"""All that their holders keep to themselves."""
FOR_PAGES_TOO = allowed(PUBLIC, "shop", *SALES)
"""Declares a route that the browsers of a shop's visitors may call too."""


async def the_caller(request: Request) -> Caller:
    """The dependency of who needs to know who is asking; raises `NotSignedInError`.

    `async` so that it costs no thread.
    """
    return caller_of(request)


def caller_of(request: Request) -> Caller:
    """As `the_caller`, for who has the request at hand."""
    caller: Caller | None = request.state.caller
    if caller is None:
        raise NotSignedInError
    return caller


def check_allowed(request: Request) -> None:
    """As the declaration of the route, for what is found before that is asked: a body of no JSON.

    Raises `NotSignedInError`, `NotAllowedError` or `ForeignPageError`.
    """
    route = request.scope.get("route")
    roles = _roles_of(route.dependant) if isinstance(route, APIRoute) else None
    if roles:
        _check_caller(request, roles)


def _check_caller(request: Request, roles: frozenset[Role]) -> None:
    caller = caller_of(request)
    if caller.role not in roles:
        raise NotAllowedError
    if caller.is_public:
        check_page(request.scope, request.app.settings.origins)


def all_declared(routes: list[BaseRoute]) -> dict[str, frozenset[Role] | None]:
    """`METHOD /path` and its roles: none where everyone may, None where nothing is declared.

    What is no route of FastAPI's cannot declare roles; of these only static files need none.
    """
    found: dict[str, frozenset[Role] | None] = {}
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, Mount) and isinstance(route.app, StaticFiles):
            continue
        for method in sorted(route.methods or {"*"}):
            found[f"{method} {route.path}"] = declared_roles(route)
    return found


def undeclared(routes: list[BaseRoute]) -> list[str]:
    """Routes that declare no roles; a service with one does not start."""
    return [name for name, roles in all_declared(routes).items() if roles is None]


def declared_roles(route: RouteContext) -> frozenset[Role] | None:
    """None for a route that declares nothing."""
    if not isinstance(route.original_route, APIRoute):
        return None
    return _roles_of(route.dependant)


def _roles_of(dependant: Dependant) -> frozenset[Role] | None:
    found = [d.call for d in _all(dependant) if isinstance(d.call, Allowed)]
    return found[0].roles if found else None


def _all(dependant: Dependant) -> Iterator[Dependant]:
    for inner in dependant.dependencies:
        yield inner
        yield from _all(inner)
