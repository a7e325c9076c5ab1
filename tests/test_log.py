"""Lines of the log are those of the standard formatter, only written faster."""

from __future__ import annotations

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.log import FORMAT, Lines, log_fast

TIMES = st.floats(0, 4e9)


@given(st.lists(TIMES, max_size=5), st.sampled_from([logging.INFO, logging.ERROR]))
def test_they_are_those_of_the_standard_formatter(times: list[float], level: int) -> None:
    fast, standard = Lines(), logging.Formatter(FORMAT)
    for time in [1_795_990_581.999_9, *times, *times]:
        record = logging.LogRecord("a", level, "", 0, "%s %.1f ms é", ("x", 1.25), None)
        record.created, record.msecs = time, float(int(time % 1 * 1000))
        assert fast.format(record) == standard.format(record)


def test_a_traceback_is_written_too() -> None:
    try:
        int("of this test")
    except ValueError:
        record = logging.LogRecord("a", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    assert Lines().format(record) == logging.Formatter(FORMAT).format(record)
    assert "of this test" in Lines().format(record)


def test_it_reaches_the_handlers_that_info_would(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("of.this.test")
    with caplog.at_level(logging.INFO, logger="of.this.test"):
        logger.info("%s and %s", 1, "two")
        log_fast(logger, "%s and %s", 1, "two")
    one, other = caplog.records
    assert one.getMessage() == other.getMessage() == "1 and two"
    assert (one.name, one.levelname) == (other.name, other.levelname)
    assert abs(one.created - other.created) < 60
