"""The service: API, pages and what surrounds them, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from recommender import __version__
from service.api import (
    complaints,
    customers,
    events,
    health,
    outcomes,
    permissions,
    preferences,
    products,
    release,
    suggestions,
)
from service.api.parameters import refuse_repetitions
from service.envelope import Envelope
from service.live import LiveRelease
from service.pages import customer, docs, product, start
from service.pages import customers as customer_list
from service.pages.render import STATIC_FILES
from service.problems import INTERNAL_ERROR, INVALID_REQUEST, Problem, documented
from service.records.asking import read
from service.records.consents import Consents
from service.records.database import database_at
from service.records.migrate import made_ready
from service.refusals import install_refusals
from service.settings import Settings


class Service(FastAPI):
    """FastAPI inside the envelope, with the schema of problems in its OpenAPI document."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            title="recommender",
            summary="What each customer should be offered next, why, and what it is worth.",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            max_body_size=settings.max_body_bytes,
            telemetry={"tracing": False, "metrics": False, "logs": False},
            lifespan=_watching,
        )
        self.settings = settings
        self.state.database = made_ready(database_at(settings.database, settings.folder))
        self.state.consents = Consents(settings.permissions)
        self.state.live = LiveRelease(
            settings.releases_directory, verified=settings.verified_at_start
        )

    def build_middleware_stack(self) -> ASGIApp:
        return Envelope(super().build_middleware_stack(), self.settings)

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        schemas = document["components"]["schemas"]
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs") | {"Problem": problem}
        return document


def create_app(settings: Settings) -> FastAPI:
    """Opens the release; raises `UnknownReleaseError` or `BrokenReleaseError`."""
    app = Service(settings)
    install_refusals(app)
    app.include_router(_api())
    app.include_router(health.router, responses=documented(INTERNAL_ERROR))
    for page in (start, customer_list, customer, product, docs):
        app.include_router(page.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC_FILES), name="static")
    return app


def _api() -> APIRouter:
    """Everything under /v1. Keys will be asked for here, beside the check of parameters."""
    api = APIRouter(
        prefix="/v1",
        dependencies=[Depends(refuse_repetitions)],
        responses=documented(INVALID_REQUEST, INTERNAL_ERROR),
    )
    for noun in (suggestions, customers, products, release):
        api.include_router(noun.router)
    for told in (permissions, preferences, complaints, outcomes, events):
        api.include_router(told.router)
    return api


@asynccontextmanager
async def _watching(app: FastAPI) -> AsyncIterator[None]:
    with app.state.live.watched(), closing(app.state.database):
        await read(app.state.database, app.state.consents.refresh)
        yield
