"""Lists of suggestions as they are asked for thousands of times a second: sound queries of who is
known, from facts known to hold.

The endpoint (`service/api/suggestions.py`) says what may be asked and answers first; what it found
to be a sound query is remembered here, and answered here from then on by the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from recommender.errors import UnknownCustomerError
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.plain.plain import plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from service.access.caller import Caller
from service.access.scope import customer_of
from service.access.shown import shown
from service.api.kept import Kept
from service.known import Known
from service.live import InUse, LiveRelease
from service.records.pulse import Beat

BEFORE, AFTER = "/v1/customers/", "/suggestions"
OPERATION = "list_suggestions"
"""As the log tells it."""
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


class Asked(NamedTuple):
    """Whose list, and how."""

    customer_id: str
    query_string: bytes
    wish: Wish


@dataclass(frozen=True)
class Lists:
    """Of one worker with an embedded database."""

    live: LiveRelease
    known: Known
    queries: SoundQueries

    def asked(self, path: str, query_string: bytes) -> Asked | None:
        """None for another address, and for a query that nothing is known of yet."""
        wish = self.queries.wishes.get(query_string)
        if wish is None or not (path.startswith(BEFORE) and path.endswith(AFTER)):
            return None
        # routes overlap neither their slashes nor lines
        if len(path) < len(BEFORE) + len(AFTER) or "\n" in path:
            return None
        return Asked(path[len(BEFORE) : -len(AFTER)], query_string, wish)

    def answer(self, asked: Asked, caller: Caller, beat: Beat) -> Kept | None:
        """None for what the framework is to answer; who asks shows a key that is not public."""
        live, customer_id = self.live.now(beat), asked.customer_id
        try:
            row = customer_of(caller, live, customer_id)
        except UnknownCustomerError:
            return None
        known = self.known.customer(beat, live.release, customer_id)
        question = asked.query_string, caller.is_in_sales
        kept = known.answers.get(question)
        if kept is not None:
            return kept
        kept = _plain(live, row, asked, known.facts, caller)
        if kept is None:
            found = suggest(live.release, customer_id, asked.wish, known.facts)
            kept = Kept.of(shown(suggestions_answer(live.release, found), caller))
        if kept.tag is not None:
            self.known.keep(known, question, kept)
        return kept


def _plain(live: InUse, row: int | None, asked: Asked, facts: Facts, caller: Caller) -> Kept | None:
    """The same bytes that `suggest` would lead to, where the list is the usual one."""
    if row is None or not facts.consent.may_personalise(asked.customer_id):
        return None
    plain = plain_list(live.release, row, asked.wish, facts)
    if plain is None:
        return None
    told = asked.customer_id, asked.wish.n, plain
    body = live.plain_bytes.of(*told, with_values=caller.is_in_sales)
    return None if body is None else Kept.of_body(body)
