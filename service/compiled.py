"""Compiled code that makes lists, loaded after the service is ready and beside its first answers.

Until then, and where it cannot be loaded, lists are worked out in full and say the same.
"""

from __future__ import annotations

import logging
import threading

from recommender.release.opening import Release
from recommender.suggest.plain.plain import NotCompiledError, compiling, load_kernel

log = logging.getLogger(__name__)


def load_beside(release: Release) -> threading.Thread:
    """The thread that loads; a process that ends does not wait for it."""
    loader = threading.Thread(target=_load, args=(release,), name="kernel-loader", daemon=True)
    loader.start()
    return loader


def _load(release: Release) -> None:
    try:
        with compiling():
            from service.api.plain_bytes import load_writing  # noqa: PLC0415 - numba takes a while

            # a list is read off only once it can also be written
            load_writing()
        load_kernel(release)
    except NotCompiledError as error:
        log.warning("%s", error)
