"""Memory that was let go is the machine's again."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PIECES = """
import numpy as np
from recommender.tables.large.memory import give_back

def own():
    told = open("/proc/self/status").read().split("RssAnon:")[1]
    return int(told.split()[0]) // 1024

held = [np.ones(8_000) for _ in range(8_000)]  # half a gigabyte in pieces of 64 kB
between = held[::40] + held[-1:]  # some in use between those let go
full = own()
del held
before = own()
give_back()
print(full, before, own())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives back when asked")
def test_what_lies_between_pieces_in_use_is_given_back() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PIECES], capture_output=True, check=True, text=True
    )
    full, before, after = map(int, told.stdout.split())
    assert full > 480
    assert before > 0.8 * full
    assert after < 0.3 * full
