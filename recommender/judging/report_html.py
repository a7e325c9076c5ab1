"""report.html: what the judging found, on one page that needs nothing but a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from recommender.judging.charts import bars
from recommender.judging.insight.checks import Checks
from recommender.judging.insight.sections import insight_sections
from recommender.judging.judgement import Judgement
from recommender.judging.report_questions import again_section, new_sections, reliability_section
from recommender.judging.report_style import STYLE
from recommender.judging.report_tables import details, pairs_table, records_table

MOST_FEATURES = 20


@dataclass(frozen=True)
class About:
    """What the report says beside the judgement; what is empty is left out."""

    title: str
    """Release or run, as people call it."""
    made_at: str
    counts: Mapping[str, object] = field(default_factory=dict)
    """What it was learned from."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Those that were used."""
    tried: Sequence[Mapping[str, object]] = ()
    """Settings that were tried, each with what it scored."""
    features: Mapping[str, float] = field(default_factory=dict)
    """Feature of the ranking -> gain."""
    notes: Sequence[str] = ()
    checks: Checks | None = None
    """Of what is foretold of customers; None where that was not judged."""
    refusal: str | None = None
    """Why the gate does not let it go live."""
    forced: str | None = None
    """Why someone published it all the same."""


def report_html(judgement: Judgement, about: About) -> str:
    """Self-contained: no script, no font, no other host."""
    sections = "".join(_sections(judgement, about))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(about.title)}: how good are the lists?</title>"
        f"<style>{STYLE}</style></head><body><main>"
        f"<h1>How good are the lists?</h1>"
        f'<p class="soft">{escape(about.title)}, {escape(about.made_at)}</p>'
        f"{sections}</main></body></html>\n"
    )


def with_note(page: str, note: str) -> str:
    """A page of `report_html` with a line below its title, in place of one that it had."""
    line = f'<p class="note">{escape(note)}</p>'
    return _NOTE.sub(lambda found: f"{found[1]}{line}", page, count=1)


_NOTE = re.compile(r'(<h1>[^<]*</h1><p class="soft">[^<]*</p>)(?:<p class="note">[^<]*</p>)?')


def section(heading: str, *content: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{''.join(content)}</section>"


def _sections(judgement: Judgement, about: About) -> Iterator[str]:
    yield _verdict(judgement, about)
    for heading, *content in _judged(judgement):
        yield section(heading, *content)
    if about.checks is not None:
        for heading, *content in insight_sections(about.checks):
            yield section(heading, *content)
    if about.features:
        yield section("What carries the order", *_features(about.features))
    if about.settings or about.tried:
        yield section("Settings", *_settings(about))
    if about.counts:
        yield section("What it was learned from", pairs_table(about.counts))


def _judged(judgement: Judgement) -> Iterator[tuple[str, ...]]:
    if judgement.new is not None and judgement.new.all.customers:
        yield from new_sections(judgement.new)
    if judgement.again is not None and judgement.again.all.customers:
        yield again_section(judgement.again)
    if judgement.reliability:
        yield reliability_section(judgement.reliability)


def _verdict(judgement: Judgement, about: About) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in (*judgement.verdict(), *about.notes))
    refused = ""
    if about.refusal:
        outcome = "Published all the same" if about.forced else "Not published"
        why = f": {about.forced}" if about.forced else ""
        refused = f'<p class="refusal">{escape(f"{outcome}{why}. The gate: {about.refusal}")}</p>'
    css = "verdict bad" if about.refusal else "verdict"
    return f'<section class="{css}">{said}{refused}</section>'


def _features(features: Mapping[str, float]) -> tuple[str, ...]:
    first = dict(sorted(features.items(), key=lambda item: -item[1])[:MOST_FEATURES])
    total = sum(features.values()) or 1.0
    rest = total - sum(first.values())
    shown = first | ({f"{len(features) - len(first)} others": rest} if rest > 0 else {})
    said = "Share of what the ranking gained by looking at each feature."
    return (
        f'<p class="soft">{said}</p>',
        bars("Features by gain", said, shown),
        details("The numbers", pairs_table({k: round(v / total, 4) for k, v in shown.items()})),
    )


def _settings(about: About) -> Iterator[str]:
    if about.settings:
        yield pairs_table(about.settings)
    if about.tried:
        yield details(f"{len(about.tried)} settings were tried", records_table(about.tried))
