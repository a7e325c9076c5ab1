"""The service: API, pages and what surrounds them, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from recommender import __version__
from service.access.identify import Identified
from service.access.roles import the_caller, undeclared
from service.access.throttle import Throttle
from service.api import (
    audit,
    baskets,
    board,
    brief,
    changes,
    complaints,
    customers,
    erasure,
    events,
    health,
    notes,
    outcomes,
    permissions,
    preferences,
    products,
    release,
    suggestions,
    survey,
    team,
)
from service.api.parameters import refuse_other_media, refuse_repetitions
from service.compiled import load_beside
from service.early import Early
from service.envelope import Envelope
from service.express import Express
from service.known import Known
from service.limits import Limited, Limits
from service.lists import Lists, SoundQueries
from service.live import LiveRelease
from service.openapi import completed
from service.pages import board as board_page
from service.pages import customer, docs, product, report, shop, sign_in, start, told
from service.pages import customers as customer_list
from service.pages import survey as survey_form
from service.pages import team as team_page
from service.pages.render import STATIC_FILES
from service.problems import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    NOT_ALLOWED,
    NOT_SIGNED_IN,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    documented,
)
from service.records.asking import read
from service.records.consents import Consents
from service.records.database import database_at
from service.records.migrate import made_ready
from service.refusals import install_refusals
from service.settings import Settings
from service.widget import serving as widget


class Service(FastAPI):
    """FastAPI inside the envelope, with the schema of problems in its OpenAPI document."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            title="recommender",
            summary="What each customer should be offered next, why, and what it is worth.",
            version=__version__,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            max_body_size=settings.max_body_bytes,
            telemetry={"tracing": False, "metrics": False, "logs": False},
            lifespan=_watching,
        )
        self.settings = settings
        self.state.throttle = Throttle()
        self.state.database = made_ready(database_at(settings.database, settings.folder))
        self.state.consents = Consents(settings.permissions)
        self.state.queries = SoundQueries()
        self.state.known = (
            Known(self.state.database, self.state.consents)
            if self.state.database.is_embedded
            else None
        )
        self.state.live = LiveRelease(
            settings.releases_directory,
            verified=settings.verified_at_start,
            database=self.state.database,
            locale=settings.locale,
        )
        self.limits = Limits()
        self.early = self._early()

    def _early(self) -> Early | None:
        """Answers lists in the connection; None with a server's database, which is slow to ask."""
        state = self.state
        if state.known is None:
            return None
        lists = Lists(state.live, state.known, state.queries)
        return Early(self.settings, lists, self.limits)

    def build_middleware_stack(self) -> ASGIApp:
        state, app = self.state, super().build_middleware_stack()
        if self.early is not None:
            app = Express(app, self.early.lists)
        app = Limited(app, self.limits, self.settings)
        identified = Identified(app, state.database, self.settings, state.known)
        return Envelope(identified, self.settings)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi(), self.routes)
        return self.openapi_schema


def create_app(settings: Settings) -> FastAPI:
    """Opens the release; raises `UnknownReleaseError` or `BrokenReleaseError`.

    Raises also where a route does not say who it is for: what is forgotten must not be open to all.
    """
    app = Service(settings)
    install_refusals(app)
    app.include_router(_api())
    app.include_router(health.router, responses=documented(INTERNAL_ERROR))
    for page in (
        start,
        board_page,
        team_page,
        report,
        customer_list,
        survey_form,
        customer,
        told,
        product,
        docs,
        sign_in,
        widget,
    ):
        app.include_router(page.router, include_in_schema=False)
    if settings.demo_shop_key is not None:
        app.include_router(shop.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC_FILES), name="static")
    if forgotten := undeclared(app.routes):
        raise RuntimeError(f"routes without roles: {', '.join(forgotten)}; declare them")
    return app


def _api() -> APIRouter:
    """Everything under /v1. Who is nobody learns nothing, not even that a parameter is wrong."""
    api = APIRouter(
        prefix="/v1",
        dependencies=[
            Depends(the_caller),
            Depends(refuse_repetitions),
            Depends(refuse_other_media),
        ],
        responses=documented(
            NOT_SIGNED_IN,
            NOT_ALLOWED,
            INVALID_REQUEST,
            TOO_MANY_REQUESTS,
            INTERNAL_ERROR,
            UNAVAILABLE,
        ),
    )
    for noun in (suggestions, baskets, customers, board, brief, products, changes):
        api.include_router(noun.router)
    for noun in (release, team, audit, erasure):
        api.include_router(noun.router)
    for word in (permissions, preferences, survey, complaints, notes, outcomes, events):
        api.include_router(word.router)
    return api


@asynccontextmanager
async def _watching(app: FastAPI) -> AsyncIterator[None]:
    # the watcher asks the database: it ends first
    with closing(app.state.database), app.state.live.watched():
        await read(app.state.database, app.state.consents.refresh)
        load_beside(app.state.live.in_use.release)
        yield
