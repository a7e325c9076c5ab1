"""Blocks made here or by further processes, which map the same release; the order stays."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process, resource_tracker
from pathlib import Path

from threadpoolctl import threadpool_limits

from recommender.errors import WorkerLostError
from recommender.listing.making import Finished, Making, Task
from recommender.listing.selection import Selection
from recommender.release.changes import ProductsNow
from recommender.release.opening import Release, open_release
from recommender.suggest.facts import Consent
from recommender.suggest.suggestion import Wish

AHEAD = 2
"""Blocks a worker has waiting: their facts are in memory."""


@dataclass(frozen=True)
class Place:
    """Where another process finds the release, and what was told of its products since."""

    directory: Path
    name: str
    locale: str
    products: ProductsNow | None

    def opened(self) -> Release:
        release = open_release(self.directory, self.name, verified=False, locale=self.locale)
        return self.products.in_release(release) if self.products else release


def made(making: Making, tasks: Iterable[Task], workers: int) -> Iterator[Finished]:
    """Raises `WorkerLostError` where one of the processes was killed."""
    if workers == 1:
        with threadpool_limits(1, "blas"):  # a list is too small to share between threads
            yield from map(making.finished, tasks)
        return
    pool = _pool(making, workers)
    try:
        yield from _in_turn(pool, tasks, workers * AHEAD)
    except BrokenProcessPool as error:
        raise WorkerLostError(
            "one of the processes that make the list was killed, perhaps for want of memory; run "
            "the same command again, which goes on from here, with fewer --workers"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_turn(pool: ProcessPoolExecutor, tasks: Iterable[Task], most: int) -> Iterator[Finished]:
    waiting: deque[Future[Finished]] = deque()
    for task in tasks:
        with _deaf_to_interrupts():
            waiting.append(pool.submit(_finished, task))
        if len(waiting) == most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes that start meanwhile never hear Ctrl-C, not even while they begin."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows sends it another way
        yield
        return
    resource_tracker.ensure_running()  # as it starts, it would let them hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pool(making: Making, workers: int) -> ProcessPoolExecutor:
    """Fresh processes: a copy of this one would share its open database."""
    release = making.release
    place = Place(release.folder.parent, release.name, release.locale, ProductsNow.of(release))
    told = (place, making.wish, making.selection, making.consent)
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin, told)


class _Worker:
    """What one process makes its blocks with."""

    making: Making


def _begin(place: Place, wish: Wish, selection: Selection, consent: Consent) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that started us decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threadpool_limits(1, "blas")
    _Worker.making = Making(place.opened(), wish, selection, consent)


def _finished(task: Task) -> Finished:
    return _Worker.making.finished(task)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
