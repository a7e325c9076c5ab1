"""The release in use: opened at start, exchanged while requests go on."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from fastapi import Request

from recommender.errors import BrokenReleaseError
from recommender.formats.locales import ENGLISH
from recommender.release.changes import ToldProduct, changed
from recommender.release.mapped import REMEDY
from recommender.release.once import once_a_release
from recommender.release.opening import Release, open_release
from recommender.release.shelf import CURRENT, Shelf
from recommender.suggest.also_bought import customer_also_bought
from recommender.suggest.answers import customer_also_bought_answer, suggestions_answer
from recommender.suggest.suggest import suggest
from service.catalogue import Catalogue
from service.hiding import rows_of, without_rows
from service.memory import Memory, Newest
from service.records.database import Database
from service.records.forgotten import NOBODY, Forgotten
from service.records.pulse import Beat
from service.sales.at_stake import AtStake
from service.sales.board.entries import BoardEntries, NotAllowed
from service.sales.directory import CustomerDirectory, Rows
from service.sales.portrait import portrait_fields
from service.tokens import CustomerTokens

if TYPE_CHECKING:
    from service.api.plain_bytes import PlainBytes

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0

Stamp = tuple[int, int, int] | None
"""What tells one CURRENT file from the next without reading it."""


@dataclass(frozen=True)
class InUse:
    """A release and what the pages need beside it. A request holds one from start to end."""

    release: Release
    directory: CustomerDirectory
    portrait_fields: tuple[str, ...]
    forgotten: Forgotten = NOBODY
    """Who was erased, whether this release ever held it or not."""
    unchanged: InUse | None = None
    """The same before anything was told of products; None where it is that itself."""

    @cached_property
    def plain_bytes(self) -> PlainBytes:
        from service.api.plain_bytes import PlainBytes  # noqa: PLC0415 - see `service/compiled.py`

        return PlainBytes(self.release)

    @once_a_release
    def tokens(self) -> CustomerTokens:
        """Made when the first outcome comes in."""
        return CustomerTokens.of(self.release.customers.ids)

    @once_a_release
    def catalogue(self) -> Catalogue:
        return Catalogue.of(self.release)

    @once_a_release
    def board(self) -> BoardEntries:
        return BoardEntries.of(self.release)

    @once_a_release
    def board_orders(self) -> dict[Literal["gap", "actual"], Rows]:
        """Rows of customers, most money first; of equals the one whose name comes first."""
        return self.board.orders(self.directory.orders["name"])

    @once_a_release
    def not_allowed(self) -> NotAllowed:
        return NotAllowed(self.release)

    @once_a_release
    def not_called(self) -> NotAllowed:
        """The same of who may be called."""
        return NotAllowed(self.release)

    @once_a_release
    def at_stake(self) -> AtStake:
        return AtStake.of(self.release, self.directory.orders["name"])

    def without(self, forgotten: Forgotten) -> InUse:
        """Itself where there is nobody; without their rows where it still holds some."""
        if not forgotten:
            return self
        rows = rows_of(self.release, forgotten)
        if not rows:
            return replace(self, forgotten=forgotten)
        directory = replace(self.directory, hidden=np.array(sorted(rows), np.int64))
        release = without_rows(self.release, rows)
        return replace(self, release=release, directory=directory, forgotten=forgotten)

    def changed(self, told: list[ToldProduct]) -> InUse:
        """With products as they are now; what is built once a release is not built again."""
        release = changed(self.release, told)
        if release is self.release:
            return self
        return replace(self, release=release, unchanged=self.unchanged or self)


@dataclass(frozen=True)
class Obedient:
    """What is in use after all that was told by then."""

    of: InUse
    forgotten: Forgotten
    products: int
    """The number of the newest word on a product that is obeyed."""
    found: InUse


class LiveRelease:
    """Keeps the last release that could be opened; `warning` says when a newer one is not used.

    The warning is for everyone, so the reason, which names folders, stands in the log alone.
    """

    def __init__(
        self,
        releases: Path,
        *,
        verified: bool,
        database: Database | None = None,
        locale: str = ENGLISH,
    ) -> None:
        self._releases, self._locale = releases, locale
        self._memory = Memory(database)
        self._looking = threading.Lock()
        self._seen = self._stamp()
        self.in_use = bring_into_use(releases, verified=verified, locale=locale)
        self.warning: str | None = None
        self._obedient = self._obeying(self.in_use, self._memory.up_to_date())

    def is_forgotten(self, customer_id: str) -> bool:
        """True from the commit of the erasure on, in every worker."""
        return customer_id in self._memory.up_to_date().forgotten

    def now(self, beat: Beat | None = None) -> InUse:
        """What is in use, without those who were forgotten, and with products as they are now."""
        kept, in_use, known = self._obedient, self.in_use, self._memory.up_to_date(beat)
        if kept.of is not in_use or kept.forgotten is not known.forgotten:
            self._obedient = kept = self._obeying(in_use, known)
        elif kept.products < known.products:
            self._obedient = kept = self._with_news(kept)
        return kept.found

    def _obeying(self, in_use: InUse, known: Newest) -> Obedient:
        forgotten = known.forgotten
        return self._with_news(Obedient(in_use, forgotten, 0, in_use.without(forgotten)))

    def _with_news(self, kept: Obedient) -> Obedient:
        told, newest = self._memory.told_after(kept.products)
        return replace(kept, products=newest, found=kept.found.changed(told))

    def look(self) -> None:
        """Opens the current release where another has become current; costs one stat otherwise.

        Who comes while another is opening it waits until it is in use.
        """
        with self._looking:
            stamp = self._stamp()
            if stamp == self._seen:
                return
            self._seen = stamp
            try:
                self._change_over()
            except Exception as error:  # noqa: BLE001  # whatever is wrong, the old one answers
                self.warning = "the current release cannot be used; the log says why"
                name = self.in_use.release.name
                log.error("%s; still answering from %s", _in_one_line(error), name)  # noqa: TRY400

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looks once a second in a thread of its own, so that no request waits for the opening."""
        stop = threading.Event()

        def keep_looking() -> None:
            while not stop.wait(SECONDS_BETWEEN_LOOKS):
                self.look()

        watcher = threading.Thread(target=keep_looking, name="release-watcher", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join(timeout=SECONDS_BETWEEN_LOOKS)

    def _change_over(self) -> None:
        """All bytes are verified again: this is the one moment at which a bad copy can be caught.

        Going back to the release in use only clears the warning.
        """
        before = self.in_use.release.name
        if Shelf(self._releases).current_name() != before:
            found = bring_into_use(self._releases, verified=True, locale=self._locale)
            # here no request waits for it
            self._obedient = self._obeying(found, self._memory.up_to_date())
            self.in_use = found
            log.info("now answering from %s instead of %s", self.in_use.release.name, before)
        self.warning = None

    def _stamp(self) -> Stamp:
        try:
            found = (self._releases / CURRENT).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


def bring_into_use(releases: Path, *, verified: bool, locale: str = ENGLISH) -> InUse:
    """Raises what `open_release` raises, `BrokenReleaseError` also where a first answer fails."""
    release = open_release(releases, verified=verified, locale=locale)
    try:
        _try_out(release)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise BrokenReleaseError(
            f"{release.folder}: cannot answer ({type(error).__name__}: {error}); {REMEDY}"
        ) from error
    return InUse(release, CustomerDirectory.of(release), portrait_fields(release))


def _try_out(release: Release) -> None:
    """One answer for a known customer, one for an unknown; warms what requests would wait for."""
    for customer_id in [*release.customers.ids[:1], ""]:
        suggestions_answer(release, suggest(release, customer_id))
        customer_also_bought_answer(release, customer_also_bought(release, customer_id))


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


async def in_use(request: Request) -> InUse:
    """The dependency of every endpoint; an embedded database is asked without a thread."""
    state = request.app.state
    if state.database.is_embedded:
        return _now(state.live)
    return await asyncio.to_thread(_now, state.live)


def _now(live: LiveRelease) -> InUse:
    return live.now()
