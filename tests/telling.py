"""A service with a database of each sort, and callers without keys."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from service.access.caller import Caller
from service.app import create_app
from service.records.database import Database
from service.settings import Settings

ADDRESS = "http://127.0.0.1:8000"
WHO = b"x-test-caller"
JONAS, THERESA = "Jonas Moos", "Theresa Roßauer"
"""Reps of the small release."""
CALLERS = {
    "shop": Caller("web shop", "shop"),
    "jonas": Caller("Jonas's key", "rep", JONAS),
    "theresa": Caller("Theresa's key", "rep", THERESA),
    "manager": Caller("head of sales", "manager"),
    "admin": Caller("the admin", "admin"),
}
OF_JONAS, OF_THERESA = "C02", "C01"


class NamedCallers:
    """Stands in for keys: the header names the caller, a manager where it is left out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(WHO, b"manager").decode()
            scope["state"]["caller"] = CALLERS[name]
        await self.app(scope, receive, send)


def app_with_callers(releases: Path, database_url: str) -> FastAPI:
    app = create_app(
        Settings(releases_directory=releases, folder=releases.parent, database=database_url)
    )
    app.add_middleware(NamedCallers)
    return app


def service_of(database: Database, releases: Path) -> TestClient:
    """To be used as a context; errors of ours are answers, as they are outside of tests."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = app_with_callers(releases, url)
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


def as_(name: str) -> dict[str, str]:
    """The headers of a caller."""
    return {WHO.decode(): name}
