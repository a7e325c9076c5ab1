"""How many requests a caller may send: counted a key, and where there is none, an address.

The generic cell rate algorithm: one number a caller, the moment at which all it sent is worked off.
Headers as draft-ietf-httpapi-ratelimit-headers had them up to its version 6.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access.caller import Caller
from service.access.proxy import address_of_caller
from service.problems import TOO_MANY_REQUESTS
from service.refusals import refuse
from service.settings import Settings

SECONDS = 60.0
"""That a limit speaks of; all of it may be used at once."""
MOST_USED = SECONDS + 1e-9
REMEMBERED = 10_000
"""Callers; who asks from more addresses only makes us forget the oldest."""
NOT_LIMITED = ("/health/", "/static/", "/widget/", "/metrics")


@dataclass(frozen=True)
class Left:
    """What a caller has left after a request, or how long it must wait for one."""

    limit: int
    remaining: int
    reset: int
    """Seconds until nothing of the limit is used."""
    wait: int
    """Seconds; 0 where the request may pass."""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class Limits:
    """Of one worker, in memory; each counts for itself and allows its share of the limit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._worked_off: OrderedDict[object, float] = OrderedDict()

    def may_pass(self, who: object, limit: int) -> bool:
        """Whether `take` would let one request of this caller pass now; nothing is counted."""
        now = self._clock()
        return max(self._worked_off.get(who, now), now) + SECONDS / limit - now <= MOST_USED

    def take(self, who: object, limit: int) -> Left:
        """One request of this caller."""
        now, each = self._clock(), SECONDS / limit
        worked_off = max(self._worked_off.get(who, now), now) + each
        if worked_off - now > MOST_USED:
            return Left(
                limit, 0, _whole(worked_off - each - now), _whole(worked_off - now - SECONDS)
            )
        self._worked_off[who] = worked_off
        self._worked_off.move_to_end(who)
        while len(self._worked_off) > REMEMBERED:
            self._worked_off.popitem(last=False)
        used = worked_off - now
        return Left(limit, int((SECONDS - used) / each + 1e-6), _whole(used), 0)


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


@dataclass(frozen=True)
class Limited:
    """Asks who is asking; where the limit is used up the answer is 429."""

    app: ASGIApp
    limits: Limits
    settings: Settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = self._left(scope) if scope["type"] == "http" else None
        if left is None:
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *left.headers]
            await send(message)

        app = self.app
        if left.wait:
            app = refuse(
                scope,
                TOO_MANY_REQUESTS,
                f"this key may send {left.limit:,} requests a minute",
                headers={"retry-after": str(left.wait)},
            )
        await app(scope, receive, send_with_headers)

    def _left(self, scope: Scope) -> Left | None:
        """None where nothing is counted."""
        if scope["path"].startswith(NOT_LIMITED):
            return None
        caller: Caller | None = scope["state"]["caller"]
        share = share_of(self.settings, caller)
        return self.limits.take(self._who(scope, caller), share) if share else None

    def _who(self, scope: Scope, caller: Caller | None) -> object:
        """A public key is everybody's: one visitor must not use it up for the others."""
        if caller is None:
            return _address(scope)
        if caller.is_public:
            return caller.name, address_of_caller(scope, self.settings.proxy)
        return caller.name


def share_of(settings: Settings, caller: Caller | None) -> int:
    """Requests a minute that one worker allows a caller; 0 where none are counted."""
    limit: int = getattr(settings.requests_per_minute, caller.role if caller else "nobody")
    return max(1, round(limit / settings.workers)) if limit else 0


def _address(scope: Scope) -> tuple[str, str]:
    """No key is called so."""
    client = scope.get("client")
    return "address", client[0] if client else ""
