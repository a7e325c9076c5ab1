"""What the database said before and still says: whose key it is, and the facts of customers.

Of an embedded database only: there it takes microseconds to see whether anything was committed
since (`Database.beat`). Where something was, everything asked for is read again, so that whatever
was acknowledged counts from the next answer on, whichever worker took it down.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from recommender.release.opening import Release
from recommender.suggest.facts import Facts
from service.access.caller import Caller
from service.access.key import read_key
from service.api.kept import Kept
from service.records.consents import Consents
from service.records.database import Database
from service.records.facts import data_until, facts_of, facts_of_untold
from service.records.keys import find_caller
from service.records.pulse import Beat
from service.records.times import now

CUSTOMERS_KEPT = 20_000
BYTES_KEPT = 32 * 2**20
"""Of answers; about 10,000 lists of eight."""
CALLERS_KEPT = 1_000


@dataclass
class KnownCustomer:
    """Its facts as of one beat, and the answers that were made from them."""

    beat: Beat
    facts: Facts
    answers: dict[object, Kept] = field(default_factory=dict)

    @property
    def bytes_kept(self) -> int:
        return sum(map(len, self.answers.values()))


class Known:
    """Of one worker; asked on its event loop alone, so that it needs no lock."""

    def __init__(self, database: Database, consents: Consents) -> None:
        self._database, self._consents = database, consents
        self._callers: dict[str, tuple[Beat, Caller]] = {}
        self._customers: OrderedDict[str, KnownCustomer] = OrderedDict()
        self._bytes_kept = 0
        self._holds_for: tuple[object, ...] = ()
        self._consents_as_of: Beat | None = None

    def __repr__(self) -> str:
        return f"Known({len(self._customers):,} customers, {self._bytes_kept:,} bytes of answers)"

    def has_seen(self, bearer: str) -> bool:
        """Whether this was somebody's key a while ago."""
        return bearer in self._callers

    def caller(self, beat: Beat, bearer: str) -> Caller | None:
        """Whose key this is as of the beat; None where it is nobody's."""
        found = self._callers.get(bearer)
        if found is not None and found[0] == beat:
            return found[1]
        key = read_key(bearer)
        if key is None:
            return None
        with self._database.reading() as connection:
            caller = find_caller(connection, key)
        if caller is None:
            self._callers.pop(bearer, None)
            return None
        if len(self._callers) >= CALLERS_KEPT:
            self._callers.clear()
        self._callers[bearer] = beat, caller
        return caller

    def customer(self, beat: Beat, release: Release, customer_id: str) -> KnownCustomer:
        """Its facts as of the beat, with the answers that still hold."""
        today = now().date()
        self._drop_what_no_longer_holds(release, today)
        known = self._customers.get(customer_id)
        if known is not None and known.beat == beat:
            self._customers.move_to_end(customer_id)
            return known
        facts = self._facts(beat, release, customer_id, today)
        # reading them may have brought a permission that other lists depend on
        self._drop_what_no_longer_holds(release, today)
        known = self._customers.pop(customer_id, None)
        if known is None or known.facts != facts:
            self._bytes_kept -= known.bytes_kept if known else 0
            known = KnownCustomer(beat, facts)
        known.beat = beat
        self._customers[customer_id] = known
        self._make_room()
        return known

    def keep(self, known: KnownCustomer, question: object, answer: Kept) -> None:
        """For who asks the same before anything changes."""
        known.answers[question] = answer
        self._bytes_kept += len(answer)
        self._make_room()

    def _facts(self, beat: Beat, release: Release, customer_id: str, today: date) -> Facts:
        if beat == self._consents_as_of:
            untold = facts_of_untold(self._database, self._consents, customer_id, today)
            if untold is not None:
                return untold
        with self._database.reading() as connection:
            found = facts_of(connection, self._consents, customer_id, data_until(release), today)
        self._consents_as_of = beat
        return found

    def beat(self) -> Beat:
        """Of this moment."""
        beat = self._database.beat()
        if beat is None:
            raise ValueError("a server's database tells no beat")
        return beat

    def _drop_what_no_longer_holds(self, release: Release, today: date) -> None:
        """A list depends on who of its peers agreed, on the day, and on the release."""
        holds_for = (release, today, self._consents.version)
        if holds_for[1:] != self._holds_for[1:] or release is not self._holds_for[0]:
            self._holds_for = holds_for
            self._customers.clear()
            self._bytes_kept = 0

    def _make_room(self) -> None:
        while len(self._customers) > CUSTOMERS_KEPT or self._bytes_kept > BYTES_KEPT:
            _, oldest = self._customers.popitem(last=False)
            self._bytes_kept -= oldest.bytes_kept
