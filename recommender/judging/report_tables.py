"""The numbers behind the plots, as tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from recommender.judging.baselines import FREQUENCY, POPULARITY, RECENT_POPULARITY
from recommender.judging.bootstrap import Interval
from recommender.judging.comparison import Comparison
from recommender.judging.judged_window import OURS
from recommender.judging.reliability import Reliability
from recommender.judging.shape import Shape
from recommender.svg import percent

HEADINGS = {
    "recall20": "recall@20",
    "ndcg10": "nDCG@10",
    "hit10": "hit rate@10",
    "mrr20": "MRR",
}

SPOKEN = {
    OURS: "our lists",
    POPULARITY: "best-sellers of the year",
    RECENT_POPULARITY: "best-sellers of 28 days",
    FREQUENCY: "what it buys most often",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], ours: str | None = None) -> str:
    """Cells are HTML already; the row that begins with `ours` stands out."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(_row(row, row[0] == ours) for row in rows)
    whole = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="table">{whole}</div>'


def details(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def label(name: str) -> str:
    """As people call it."""
    return SPOKEN.get(name, name)


def figures_table(comparison: Comparison) -> str:
    """Every set of lists by every metric, with intervals."""
    rows = [
        [escape(label(name)), *(_with_range(figures.get(m)) for m in HEADINGS)]
        for name, figures in comparison.figures.items()
    ]
    return table(["lists", *HEADINGS.values()], rows, label(OURS))


def leads_table(comparison: Comparison) -> str:
    """Ours less theirs: where the interval holds no 0, the difference is no accident."""
    rows = [
        [escape(label(name)), *(_with_range(figures.get(m)) for m in HEADINGS)]
        for name, figures in comparison.lead.items()
    ]
    return table(["ours less", *HEADINGS.values()], rows)


def groups_table(groups: Sequence[Comparison], metric: str) -> str:
    names = list(groups[0].figures)
    rows = [
        [
            escape(group.group),
            f"{group.customers:,}",
            *(_with_range(group.figures[name].get(metric)) for name in names),
        ]
        for group in groups
    ]
    return table(["", "customers", *(escape(label(name)) for name in names)], rows)


def shapes_table(shapes: Mapping[str, Shape]) -> str:
    rows = [
        [
            escape(label(name)),
            f"{s.lists:,}",
            f"{s.products_shown:,}",
            percent(s.popular_share),
            f"{s.novelty:.1f}",
        ]
        for name, s in shapes.items()
    ]
    head = ["lists", "customers", "products shown", "share of the 20 best-sellers", "novelty"]
    return table(head, rows, label(OURS))


def bins_table(found: Reliability) -> str:
    rows = [
        [
            percent(b.chance, 2),
            percent(b.bought, 2),
            f"{percent(b.low, 2)} to {percent(b.high, 2)}",
            f"{b.pairs:,}",
        ]
        for b in found.bins
    ]
    return table(["said", "bought", "interval", "suggestions"], rows)


def pairs_table(pairs: Mapping[str, object]) -> str:
    rows = [_row([escape(_spoken(k)), escape(cell(v))], False) for k, v in pairs.items()]
    return f'<div class="table"><table class="words"><tbody>{"".join(rows)}</tbody></table></div>'


def records_table(records: Sequence[Mapping[str, object]]) -> str:
    """One row a record, one column for every key that any of them has."""
    keys = list(dict.fromkeys(key for record in records for key in record))
    rows = [[escape(cell(record.get(key, ""))) for key in keys] for record in records]
    return table([escape(_spoken(key)) for key in keys], rows)


def cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return str(value)


def _spoken(key: str) -> str:
    return key.replace("_", " ")


def _with_range(value: Interval | None) -> str:
    if value is None:
        return "–"
    low, high = f"{100 * value.low:.1f}", f"{100 * value.high:.1f}"
    return f'{percent(value.value)} <span class="range">{low} to {high}</span>'


def _row(cells: Sequence[str], stands_out: bool) -> str:
    css = ' class="ours"' if stands_out else ""
    return f"<tr{css}>{''.join(f'<td>{c}</td>' for c in cells)}</tr>"
