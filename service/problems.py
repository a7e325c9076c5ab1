"""Errors as RFC 9457 problems: one table of all there are, and their JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from recommender.errors import (
    ReadWriteError,
    RecommenderError,
    UnknownCustomerError,
    UnknownProductError,
)

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """One sort of error; programs go by `code`, which never changes."""

    code: str
    status: int
    title: str
    remedy: str

    @property
    def type(self) -> str:
        """Where it is explained."""
        return f"/docs#{self.code}"


NOT_SIGNED_IN = ProblemKind(
    "not_signed_in",
    401,
    "No key, or none that is in use",
    "Send `Authorization: Bearer KEY`; `recommender keys create` makes a key.",
)
NOT_ALLOWED = ProblemKind(
    "not_allowed", 403, "Not with this key", "Ask for a key of a role that this call is for."
)
CROSS_SITE = ProblemKind(
    "cross_site", 403, "Sent by another site", "Open the page here, and send it from there."
)
TOO_MANY_TRIES = ProblemKind(
    "too_many_tries", 429, "Too many wrong keys", "Wait as long as the header Retry-After says."
)
TOO_MANY_REQUESTS = ProblemKind(
    "too_many_requests",
    429,
    "Too many requests",
    "Wait as long as the header Retry-After says; RateLimit-Remaining says what is left.",
)
WRONG_MEDIA_TYPE = ProblemKind(
    "wrong_media_type", 415, "Not in this format", "Send the body as `application/json`."
)
UNKNOWN_CUSTOMER = ProblemKind(
    "unknown_customer", 404, "No such customer", "Look the customer up in the list of customers."
)
UNKNOWN_PRODUCT = ProblemKind(
    "unknown_product", 404, "No such product", "Check the id; ids are text, zeros in front count."
)
UNKNOWN_PREFERENCE = ProblemKind(
    "unknown_preference", 404, "No such preference", "List the customer's preferences."
)
UNKNOWN_COMPLAINT = ProblemKind(
    "unknown_complaint", 404, "No such complaint", "List the open complaints."
)
UNKNOWN_RECOMMENDATION = ProblemKind(
    "unknown_recommendation",
    404,
    "No such list",
    "Send the `recommendation_id` as it stood in the list.",
)
KEY_REUSED = ProblemKind(
    "idempotency_key_reused",
    422,
    "The key stands for another request",
    "Send each new request with a new `Idempotency-Key`.",
)
NOT_FOUND = ProblemKind("not_found", 404, "No such address", "See /docs for all addresses.")
METHOD_NOT_ALLOWED = ProblemKind(
    "method_not_allowed", 405, "Not with this method", "Use one of those the header Allow names."
)
TOO_LARGE = ProblemKind("too_large", 413, "Too much at once", "Send less in one request.")
WRONG_HOST = ProblemKind(
    "wrong_host", 421, "Not addressed to us", "Open the address that the service printed at start."
)
INVALID_REQUEST = ProblemKind(
    "invalid_request", 422, "The request is not valid", "Correct what `errors` names."
)
BAD_REQUEST = ProblemKind("bad_request", 400, "The request cannot be read", "Check the request.")
INTERNAL_ERROR = ProblemKind(
    "internal_error", 500, "Our mistake", "Try again; if it stays, report the request id."
)
BUSY = ProblemKind("busy", 503, "A training is running", "Try again when it has ended.")
UNAVAILABLE = ProblemKind("unavailable", 503, "Not available now", "Try again in a moment.")

PROBLEM_KINDS = (
    NOT_SIGNED_IN,
    NOT_ALLOWED,
    CROSS_SITE,
    UNKNOWN_CUSTOMER,
    UNKNOWN_PRODUCT,
    UNKNOWN_PREFERENCE,
    UNKNOWN_COMPLAINT,
    UNKNOWN_RECOMMENDATION,
    KEY_REUSED,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    WRONG_MEDIA_TYPE,
    WRONG_HOST,
    INVALID_REQUEST,
    BAD_REQUEST,
    TOO_MANY_TRIES,
    TOO_MANY_REQUESTS,
    INTERNAL_ERROR,
    BUSY,
    UNAVAILABLE,
)

_OF_ERRORS: dict[type[RecommenderError], ProblemKind] = {
    ReadWriteError: UNAVAILABLE,
    UnknownCustomerError: UNKNOWN_CUSTOMER,
    UnknownProductError: UNKNOWN_PRODUCT,
}
_OF_STATUSES = {400: BAD_REQUEST, 404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: TOO_LARGE} | {
    503: UNAVAILABLE
}


class ProblemError(Exception):
    """A request that cannot be done, with what is said about it."""

    def __init__(self, kind: ProblemKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Mistake(BaseModel):
    """One thing that is wrong with the request; what was sent is not repeated."""

    model_config = ConfigDict(extra="forbid")

    where: str
    """`query`, `path` or `body`."""
    name: str
    detail: str


class Problem(BaseModel):
    """The body of every answer with a status of 400 or more."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[Mistake] = []
    """Only with the code `invalid_request`."""

    @classmethod
    def of(
        cls, kind: ProblemKind, detail: str, request_id: str, errors: list[Mistake] | None = None
    ) -> Problem:
        return cls(
            type=kind.type,
            title=kind.title,
            status=kind.status,
            code=kind.code,
            detail=detail,
            request_id=request_id,
            errors=errors or [],
        )

    def json_bytes(self) -> bytes:
        left_out = {"errors"} if not self.errors else None
        return self.model_dump_json(exclude=left_out).encode()


def kind_of_error(error: RecommenderError) -> ProblemKind:
    """What the engine could not do is our mistake, unless the table says it is the caller's."""
    return _OF_ERRORS.get(type(error), INTERNAL_ERROR)


def kind_of_status(status: int) -> ProblemKind:
    return _OF_STATUSES.get(status, INTERNAL_ERROR if status >= 500 else BAD_REQUEST)


def documented(*kinds: ProblemKind) -> dict[int | str, dict[str, Any]]:
    """The error answers of an operation, as FastAPI's `responses` wants them."""
    schema = {"$ref": "#/components/schemas/Problem"}
    titles: dict[int, list[str]] = {}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(f"{kind.title} (`{kind.code}`)")
    return {
        status: {"description": "; ".join(t), "content": {PROBLEM_TYPE: {"schema": schema}}}
        for status, t in sorted(titles.items())
    }
