"""Keys of every role in a database, and clients that show them."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.access.caller import PUBLIC, Role
from service.access.key import Key, new_key
from service.app import create_app
from service.records.database import Database
from service.records.keys import add_key
from service.settings import Settings

ADDRESS = "http://127.0.0.1:8000"
ORIGIN = "https://shop.example"
"""Of the pages that the service of a test lists."""
REP = "Jonas Moos"
"""Of the small release; every fourth customer is his."""


def key_for(database: Database, role: Role, rep: str | None = None, name: str = "") -> Key:
    """A new key; named by its role unless told otherwise."""
    key = new_key()
    with database.writing() as connection:
        add_key(connection, name or role, role, rep or (REP if role == "rep" else None), key)
    return key


def bearer(key: Key) -> dict[str, str]:
    return {"authorization": f"Bearer {key.shown}"}


def client_of(app: FastAPI, role: Role | None = "manager", rep: str | None = None) -> TestClient:
    """Shows a key of this role with every request; none for None. A widget says its page too."""
    client = TestClient(app, base_url=ADDRESS, follow_redirects=False)
    if role == PUBLIC:
        client.headers["origin"] = ORIGIN
    if role is not None:
        client.headers.update(bearer(_key_in(app, role, rep)))
    return client


def service_of(settings: Settings, role: Role | None = "manager") -> TestClient:
    """A service and a client of it."""
    return client_of(create_app(settings), role)


@cache
def _key_in(app: FastAPI, role: Role, rep: str | None) -> Key:
    return key_for(app.state.database, role, rep, name=f"{role} {rep or ''}".strip())
