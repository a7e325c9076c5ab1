"""Which columns a table may have, and where a file keeps them."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from recommender.config import TableSection
from recommender.errors import BadDataError, ConfigError
from recommender.tables.journal import Journal


@dataclass(frozen=True)
class Contract:
    """The columns of one table as we name them, and what the config says they are called."""

    table: str
    section: TableSection
    required: tuple[str, ...]
    optional: tuple[str, ...]
    takes_attributes: bool = False
    """Whether columns we have no name for are kept under their own."""
    theirs: dict[str, str] = field(init=False)
    """By our name: the heading to look for."""

    def __post_init__(self) -> None:
        known = [*self.required, *self.optional]
        for name in self.section.columns:
            if name not in known and not self.takes_attributes:
                raise ConfigError(f"[{self.table}.columns] {name}: {_unknown(name, known)}")
        theirs = {name: name for name in known} | self.section.columns
        object.__setattr__(self, "theirs", {n: t.strip() for n, t in theirs.items()})

    def wanted_in(self, headings: Sequence[str]) -> int:
        """How many of the columns looked for are among these headings."""
        return len(set(self.theirs.values()) & {clean(h) for h in headings})

    def fits(self, headings: Sequence[str]) -> bool:
        """Whether no column is missing that must be there."""
        return not self._missing([clean(h) for h in headings])

    def places(self, headings: Sequence[str], file: str, journal: Journal) -> dict[str, int]:
        """Our name -> position; raises `BadDataError` where the file does not fit."""
        found = [clean(h) for h in headings]
        self._check_missing(found, file)
        places = {name: found.index(t) for name, t in self.theirs.items() if t in found}
        if self.takes_attributes:
            places |= self._attributes(found, places, file, journal)
        self._check_repeated(found, places, file)
        return places

    def _attributes(
        self, found: list[str], places: dict[str, int], file: str, journal: Journal
    ) -> dict[str, int]:
        taken = set(places.values())
        others = {h: i for i, h in enumerate(found) if h and i not in taken}
        for name in others.keys() & places.keys():
            journal.note(f"{file}: its column {name!r} is ignored; {name} is mapped to another one")
        return {h: i for h, i in others.items() if h not in places}

    def _check_missing(self, found: list[str], file: str) -> None:
        missing = self._missing(found)
        if not missing:
            return
        names = ", ".join(
            n if self.theirs[n] == n else f"{n} ({self.theirs[n]!r})" for n in missing
        )
        lines = "\n".join(f'  {n} = "{self._nearest(n, found)}"' for n in missing)
        raise BadDataError(
            f"{file}: no column for {names}; found: {_listed(found)}.{self._hint(found, file)} "
            f"Say what it is called there:\n[{self.table}.columns]\n{lines}"
        )

    def _missing(self, found: Sequence[str]) -> list[str]:
        wanted = dict.fromkeys([*self.required, *self.section.columns])
        return [name for name in wanted if self.theirs[name] not in found]

    def _hint(self, found: list[str], file: str) -> str:
        """Only texts have separators; what is read of a workbook is named with sheet and row."""
        is_text = file.lower().endswith((".csv", ".csv.gz"))
        return f" Is [{self.table}] separator right?" if len(found) == 1 and is_text else ""

    def _nearest(self, name: str, found: list[str]) -> str:
        near = {h.casefold().replace(" ", "_"): h for h in found if h}
        for wanted in (self.theirs[name], name):
            match = difflib.get_close_matches(wanted.casefold(), near, 1, cutoff=0.5)
            if match:
                return near[match[0]]
        return "..."

    def _check_repeated(self, found: list[str], places: dict[str, int], file: str) -> None:
        counts = Counter(found)
        for heading in dict.fromkeys(found[i] for i in places.values()):
            if counts[heading] > 1:
                raise BadDataError(
                    f"{file}: {counts[heading]} columns are called {heading!r}, expected one; "
                    "rename the others"
                )


def clean(heading: str) -> str:
    """A heading without blanks around it and without a byte order mark."""
    return heading.replace("\ufeff", "").strip()


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return f"unknown column; {hint}"


def _listed(names: list[str], most: int = 30) -> str:
    shown = ", ".join(repr(n[:60]) for n in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or "none"
