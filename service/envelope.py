"""What every request passes first and every answer last: host, size, request id, headers, log."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.errors import ReadWriteError
from service.access.foreign_pages import headers_for_page, preflight
from service.log import log_fast
from service.pages.formats import write_as_in
from service.problems import INTERNAL_ERROR, TOO_LARGE, WRONG_HOST, kind_of_error
from service.refusals import refuse
from service.settings import Settings

log = logging.getLogger(__name__)
request_log = logging.getLogger("service.requests")

OWN_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
"""A caller's id is taken over only in this shape: it is written to logs."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
Pairs = list[tuple[bytes, bytes]]
NO_STORE = (b"cache-control", b"no-store")
KEEP_AN_HOUR = (b"cache-control", b"public, max-age=3600")


@dataclass(frozen=True)
class Envelope:
    """Outermost of all, so that not even an error answer leaves without it."""

    app: ASGIApp
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        write_as_in(self.settings.locale)
        headers = dict(scope["headers"])
        for_page = headers_for_page(scope, self.settings.origins)
        exchange = Exchange(scope, send, request_id_of(headers), for_page)
        try:
            app = self._refusal(scope, headers) or self.app
            await app(exchange.inner_scope(), receive, exchange.send)
        except Exception as error:
            log.exception("request %s failed", exchange.request_id)
            if not exchange.status:
                kind = kind_of_error(error) if isinstance(error, ReadWriteError) else INTERNAL_ERROR
                answer = refuse(scope, kind, "the service could not answer; this is logged")
                await answer(scope, receive, exchange.send)
        exchange.write_log()

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> ASGIApp | None:
        if not is_ours(headers.get(b"host", b""), self.settings):
            allowed = ", ".join(sorted(self.settings.allowed_hosts))
            return refuse(scope, WRONG_HOST, f"the header Host must name one of: {allowed}")
        length, most = headers.get(b"content-length", b"0"), self.settings.max_body_bytes
        if not length.isdigit() or int(length) > most:
            return refuse(scope, TOO_LARGE, f"the body may have {most:,} bytes at most")
        return preflight(scope, self.settings.origins)


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send, request_id: str, more: Pairs) -> None:
        """`more` are headers of this answer beside those of all."""
        scope.setdefault("state", {})["request_id"] = request_id
        self.request_id = request_id
        self.status = 0
        self._scope, self._send = scope, send
        self._more = more
        self._began = time.perf_counter()

    def inner_scope(self) -> Scope:
        """HEAD is answered as GET without the body, everywhere alike."""
        if self._scope["method"] == "HEAD":
            self._scope = {**self._scope, "method": "GET", "asked_head": True}
        return self._scope

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._with_ours(message.get("headers", []))
        elif self._scope.get("asked_head"):
            message = {**message, "body": b""}
        await self._send(message)

    def write_log(self) -> None:
        """The operation rather than the address: ids of customers stay out of the log."""
        operation = getattr(self._scope.get("endpoint"), "__name__", "-")
        method = self._scope["method"]
        log_request(self.status, method, operation, self._began, self.request_id)

    def _with_ours(self, headers: Pairs) -> Pairs:
        theirs = {name for name, _ in headers}
        ours = [header for header in SECURITY_HEADERS if header[0] not in theirs]
        ours.append((b"x-request-id", self.request_id.encode()))
        if b"cache-control" not in theirs:
            static = self._scope["path"].startswith("/static/") and self.status < 400
            ours.append(KEEP_AN_HOUR if static else NO_STORE)
        return [*headers, *ours, *self._more]


def log_request(status: int, method: str, operation: str, began: float, request_id: str) -> None:
    """One line; `began` is a moment of `time.perf_counter`."""
    if not request_log.isEnabledFor(logging.INFO):
        return
    took_ms = (time.perf_counter() - began) * 1000
    values = status, method, operation, took_ms, request_id
    log_fast(request_log, "%s %s %s %.1f ms %s", *values)


def is_ours(host: bytes, settings: Settings) -> bool:
    """Whether the header Host names us, whatever the port."""
    named = host.decode("latin-1").lower()
    return named in settings.allowed_hosts or _PORT.sub("", named) in settings.allowed_hosts


_PORT = re.compile(r":\d{1,5}$", re.ASCII)


def request_id_of(headers: dict[bytes, bytes]) -> str:
    """The caller's own, or a new one."""
    theirs = headers.get(b"x-request-id", b"")
    return theirs.decode() if OWN_REQUEST_ID.fullmatch(theirs) else secrets.token_hex(8)
