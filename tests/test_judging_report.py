"""The report: complete in itself, says what was measured, runs nothing and asks nobody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from recommender.judging.judgement import judge
from recommender.judging.report_html import About, report_html
from recommender.svg import Axis
from tests.test_judging_catches import judged, lists_of, models
from tests.test_judging_gate import judged as made_up

EVIL = "<script>alert('1')</script>&"
ABOUT = About(
    title=f"release {EVIL}",
    made_at="2026-11-20 02:00 UTC",
    counts={"purchases": 404_876, EVIL: EVIL},
    settings={"factors": 64, "warm_start": False},
    tried=[{"factors": 32, "ndcg10": 0.1}, {"factors": 64, EVIL: 0.2}],
    features={"als_score": 3.0, EVIL: 1.0},
    notes=[EVIL],
)


@pytest.fixture(scope="module")
def page() -> str:
    segments = [(EVIL, "small")[i % 2] for i in range(len(models().matrix.customers))]
    return report_html(judge([judged(lists_of(models()))], segments), ABOUT)


class Tags(HTMLParser):
    VOID = frozenset({"meta", "line", "circle", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


def test_the_report_runs_no_script_and_asks_no_host(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert not {"script", "link", "img", "iframe"} & set(tags.seen)
    assert not tags.open
    assert not re.search(r"https?://|url\(|@import|\son\w+=", page)


def test_every_text_from_outside_is_shown_as_text(page: str) -> None:
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_every_plot_says_in_words_what_it_shows(page: str) -> None:
    plots = re.findall(r"<svg.*?</svg>", page)
    assert len(plots) >= 6
    for plot in plots:
        drawing = ET.fromstring(plot)
        assert drawing.findtext("title")
        assert drawing.findtext("desc")


def test_the_verdict_stands_first(page: str) -> None:
    assert page.index("times as many") < page.index("<svg")


def test_what_was_refused_is_said_and_what_was_forced_too() -> None:
    refused = report_html(made_up(0.05), About("r", "t", refusal="worse than popularity"))
    assert "Not published. The gate: worse than popularity" in refused
    about = About("r", "t", refusal="worse", forced="the shop opens tomorrow")
    assert "Published all the same: the shop opens tomorrow" in report_html(made_up(0.05), about)


@pytest.mark.parametrize("customers", [0, 1, 2, 5])
def test_a_report_is_written_however_few_customers_there_are(customers: int) -> None:
    assert "Too little data" in report_html(made_up(0.1, customers=customers), About("r", "t"))


def test_a_report_is_written_when_nothing_was_judged() -> None:
    assert "Not judged" in report_html(judge([]), About("r", "t"))


@pytest.mark.parametrize("most", [0.0, 1e-6, 0.013, 0.17, 0.5, 1.0])
def test_an_axis_has_a_few_round_ticks_that_span_the_values(most: float) -> None:
    axis = Axis.over([most], 0, 100)
    assert axis.low <= 0 <= most <= axis.high + 1e-12
    assert 2 <= len(axis.ticks) <= 7
    assert axis.at(axis.ticks[-1]) == pytest.approx(100)
