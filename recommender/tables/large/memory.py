"""Memory that was let go, given back to the machine."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Where glibc serves it, what it keeps for later is the machine's again.

    It keeps pieces of some megabytes in every thread's arena between others that are in use. Of a
    million customers that is a gigabyte; of few it is nothing, and so is the time it takes.
    """
    trim = getattr(_LIBC, "malloc_trim", None)
    if trim is not None:
        trim(0)


def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # another system, where nothing is given back
        return None


_LIBC = _libc()
