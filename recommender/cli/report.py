"""What became of the rows of a table, in words."""

from __future__ import annotations

from collections import Counter

from recommender.tables.report import TableReport

FIRST_LINES = 5


def told(report: TableReport) -> str:
    """The count that adds up, then what was noted, what is odd and what was rejected."""
    left_out = f" + {report.left_out:,} left out" if report.left_out else ""
    lines = [
        f"{report.table}: {report.read:,} read = {report.kept:,} kept + "
        f"{len(report.rejected):,} rejected + {report.merged:,} merged{left_out}"
    ]
    lines += [f"  note: {note}" for note in report.notes]
    lines += [f"  odd: {warning}" for warning in report.warnings]
    return "\n".join(lines + _rejections(report))


def _rejections(report: TableReport) -> list[str]:
    """Counts by column and reason, then the first lines."""
    rejected = report.rejected
    groups = Counter(zip(rejected["column"], rejected["reason"], strict=True))
    first = rejected.head(FIRST_LINES).itertuples()
    more = len(rejected) - FIRST_LINES
    return [
        *(f"  rejected: {n:,} x {column}: {why}" for (column, why), n in groups.most_common()),
        *(f"    {r.file}:{r.line} {r.column} = {r.value!r}: {r.reason}" for r in first),
        *([f"    and {more:,} more"] if more > 0 else []),
    ]
