"""What the files of a folder are likely to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TableGuess:
    """One table, likely."""

    source: str
    """As the config would name it."""
    columns: dict[str, str]
    """Ours = theirs, also where both are the same."""
    headings: tuple[str, ...]
    """All that were found."""
    sheet: str | None = None
    """Of a workbook that has several."""


@dataclass(frozen=True)
class Guess:
    """What a folder likely holds; a table that was not recognised is not in it."""

    tables: dict[str, TableGuess]
    unused: dict[str, str]
    """Files, globs and sheets that were looked at and not used, each with why."""
