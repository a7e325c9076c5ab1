"""The sections of the report that compare lists: a heading and its content each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from recommender.judging.baselines import AGAIN, NEW, POPULARITY
from recommender.judging.charts import Point, Row, dots, reliability_plot
from recommender.judging.comparison import RECALL, Comparison
from recommender.judging.judged_window import OURS
from recommender.judging.judgement import Question
from recommender.judging.reliability import Reliability
from recommender.judging.report_tables import (
    HEADINGS,
    bins_table,
    details,
    figures_table,
    groups_table,
    label,
    leads_table,
    pairs_table,
    shapes_table,
)
from recommender.judging.verdict import strongest

Section = tuple[str, ...]
NDCG = "ndcg10"
BY = {
    "size": "By size of the customer (purchases in the year before)",
    "age": "By age of the customer (since its first purchase)",
    "segment": "By segment",
}
HOW_TO_READ = {
    RECALL: "Of what a customer bought, how much stood in the first 20 places of its list.",
    NDCG: "The same for the first ten places, where a higher place counts more; 100 % would be a "
    "list that names everything, best first.",
}


def new_sections(question: Question) -> Iterator[Section]:
    yield (
        "Ours against what anyone would pick instead",
        f'<p class="soft">{question.all.customers:,} customers that bought something new. '
        "A dot is what was measured, its whisker where it lies in 95 of 100 resamples.</p>",
        *(_against_all(question.all, metric) for metric in (RECALL, NDCG)),
        details("All figures", figures_table(question.all)),
        details("Ours less theirs, on the same customers", leads_table(question.all)),
        details("What the alternatives are", _explained(NEW)),
    )
    if len(question.windows) > 1:
        yield ("Over windows", *_over(question.windows, "Each window begins on the day shown."))
    for by, groups in question.groups.items():
        yield (BY[by], *_over(groups, "Dots whose whiskers overlap may be alike."))
    yield (
        "What the lists look like",
        '<p class="soft">The first ten places of everyone, newest window. Novelty is '
        "1 for a product that half of all customers bought, 10 for one in a thousand.</p>",
        shapes_table(question.shapes),
    )


def again_section(question: Question) -> Section:
    return (
        "Products bought again",
        '<p class="soft">Of what a customer bought in the year before and buys again within 28 '
        "days, how much the lists name.</p>",
        *(_against_all(question.all, metric) for metric in (RECALL, NDCG)),
        details("All figures", figures_table(question.all)),
        details("What the alternative is", _explained(AGAIN)),
    )


def reliability_section(reliability: Mapping[str, Reliability]) -> Section:
    """The first places are what people see; the long tail of candidates is easily right."""
    shown, folded = [], []
    for name, found in reliability.items():
        plot = reliability_plot(f"Reliability of chance: {name}", found)
        numbers = details("The numbers", bins_table(found))
        if name.endswith("places"):
            shown.append(f"<h3>{escape(name.capitalize())}</h3>{plot}{numbers}")
        else:
            folded.append(details(name.capitalize(), plot + numbers))
    return ("Does chance mean what it says?", *shown, *folded)


def _against_all(comparison: Comparison, metric: str) -> str:
    """Ours on top, the others by what they reach."""
    names = sorted(comparison.baselines, key=lambda n: -comparison.figures[n][metric].value)
    rows = [_row(comparison, name, metric) for name in (OURS, *names)]
    title = f"{HEADINGS[metric]}: ours against each alternative"
    plot = dots(title, HOW_TO_READ[metric], rows)
    return f'<h3>{HEADINGS[metric]}</h3><p class="soft">{HOW_TO_READ[metric]}</p>{plot}'


def _row(comparison: Comparison, name: str, metric: str) -> Row:
    css = "ours" if name == OURS else "other"
    return Row(label(name), "", (Point(label(name), comparison.figures[name][metric], css),))


def _over(groups: Sequence[Comparison], said: str) -> Iterator[str]:
    """Ours, best-sellers and the strongest alternative, group by group."""
    best = strongest(groups[0])
    series = [(OURS, "ours"), *([(best, "best")] if best != POPULARITY else [])]
    rows = [_group_row(group, [*series, (POPULARITY, "other")]) for group in groups]
    yield f'<p class="soft">Recall@20. {HOW_TO_READ[RECALL]} {said}</p>'
    yield dots(f"Recall@20, {len(groups)} groups", said, rows, legend=True)
    yield details("The numbers", groups_table(groups, RECALL))


def _group_row(group: Comparison, series: Sequence[tuple[str, str]]) -> Row:
    points = tuple(
        Point(label(name), group.figures[name][RECALL], css)
        for name, css in series
        if group.figures[name]
    )
    few = ", too few to judge" if group.is_too_small else ""
    return Row(group.group, f"{group.customers:,} customers{few}", points)


def _explained(baselines: Mapping[str, object]) -> str:
    return pairs_table(
        {label(name): (b.__doc__ or "").split("\n")[0] for name, b in baselines.items()}
    )
