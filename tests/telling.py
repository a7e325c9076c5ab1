"""A service with a database of each sort, and callers of every role with keys of their own."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.caller import Caller
from service.access.key import Key
from service.app import create_app
from service.records.database import Database
from service.records.keys import add_key, all_keys
from service.settings import Settings
from tests.callers import ADDRESS, ORIGIN, bearer

JONAS, THERESA = "Jonas Moos", "Theresa Roßauer"
"""Reps of the small release."""
CALLERS = {
    "shop": Caller("web shop", "shop"),
    "jonas": Caller("Jonas's key", "rep", JONAS),
    "theresa": Caller("Theresa's key", "rep", THERESA),
    "manager": Caller("head of sales", "manager"),
    "admin": Caller("the admin", "admin"),
    "widget": Caller("pages of the shop", "widget"),
}
KEYS = {name: Key(f"Test{i:04}", f"{name:x<43}") for i, name in enumerate(CALLERS)}
"""The same in every database and process, so that a request need not know which it meets."""
OF_JONAS, OF_THERESA = "C02", "C01"


def app_with_callers(releases: Path, database_url: str) -> FastAPI:
    app = create_app(
        Settings(
            releases_directory=releases,
            folder=releases.parent,
            database=database_url,
            origins=frozenset({ORIGIN}),
        )
    )
    give_keys(app.state.database)
    return app


def give_keys(database: Database) -> None:
    """Each caller's key, once."""
    with database.writing() as connection:
        there = {key.name for key in all_keys(connection)}
        for name, caller in CALLERS.items():
            if caller.name not in there:
                add_key(connection, caller.name, caller.role, caller.rep, KEYS[name])


def service_of(database: Database, releases: Path) -> TestClient:
    """Asks as a manager; to be used as a context. Errors of ours are answers, as outside tests."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = app_with_callers(releases, url)
    client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)
    client.headers.update(as_("manager"))
    return client


def as_(name: str) -> dict[str, str]:
    """The headers of a caller; a widget says its page too."""
    page = {"origin": ORIGIN} if CALLERS[name].is_public else {}
    return bearer(KEYS[name]) | page
