"""Lists of suggestions, asked thousands of times a second, answered before the framework is.

The endpoint (`service/api/suggestions.py`) says what may be asked and answers first; what it found
to be a sound query is remembered, and who asks the same again with a key is answered here by the
same functions. Everything out of the ordinary goes on to the endpoint, refusals among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from recommender.errors import UnknownCustomerError
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.plain import plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from service.access.caller import Caller
from service.access.identify import BEAT
from service.access.scope import customer_of
from service.access.shown import shown
from service.api.kept import Kept, kept_answer
from service.known import Known
from service.live import InUse, LiveRelease

BEFORE, AFTER = "/v1/customers/", "/suggestions"
QUERIES_KEPT, LONGEST_QUERY = 1_000, 300


@dataclass
class SoundQueries:
    """Query strings as they came, and the wish that each was found to be."""

    wishes: dict[bytes, Wish] = field(default_factory=dict)

    def remember(self, query_string: bytes, wish: Wish) -> None:
        if len(query_string) <= LONGEST_QUERY:
            if len(self.wishes) >= QUERIES_KEPT:
                self.wishes.clear()
            self.wishes[query_string] = wish


@dataclass(frozen=True)
class Express:
    """Stands between who asks and the framework."""

    app: ASGIApp
    live: LiveRelease
    known: Known
    queries: SoundQueries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """None for what the framework is to answer."""
        path: str = scope["path"]
        if scope["method"] != "GET" or not (path.startswith(BEFORE) and path.endswith(AFTER)):
            return None
        query_string: bytes = scope["query_string"]
        wish = self.queries.wishes.get(query_string)
        caller: Caller | None = scope["state"]["caller"]
        if wish is None or caller is None or caller.is_public or _has_body(scope):
            return None
        beat = scope["state"].get(BEAT)
        if beat is None:  # signed in on a page, and looked up in a thread
            beat = self.known.beat()
        customer_id, live = path[len(BEFORE) : -len(AFTER)], self.live.now(beat)
        try:
            row = customer_of(caller, live, customer_id)
        except UnknownCustomerError:
            return None
        scope["endpoint"] = list_suggestions
        known = self.known.customer(beat, live.release, customer_id)
        question = query_string, caller.is_in_sales
        kept = known.answers.get(question)
        if kept is not None:
            return kept.answer(scope)
        kept = _plain(live, row, customer_id, wish, known.facts, caller)
        if kept is None:
            found = suggest(live.release, customer_id, wish, known.facts)
            answer = shown(suggestions_answer(live.release, found), caller)
            kept = Kept.of(answer)
            if kept is None:
                return kept_answer(scope, answer)
        self.known.keep(known, question, kept)
        return kept.answer(scope)


def _plain(
    live: InUse, row: int | None, customer_id: str, wish: Wish, facts: Facts, caller: Caller
) -> Kept | None:
    """The same bytes that `suggest` would lead to, where the list is the usual one."""
    if row is None or not facts.consent.may_personalise(customer_id):
        return None
    plain = plain_list(live.release, row, wish, facts)
    if plain is None:
        return None
    with_values = caller.is_in_sales
    return Kept.of_body(live.plain_bytes.of(customer_id, wish.n, plain, with_values=with_values))


def list_suggestions() -> None:
    """The operation's name, as the log tells it."""


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )
