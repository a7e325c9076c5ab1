"""Where tables come from and how their cells are written."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from recommender.config.section import Auto, Section

LEAST_MEMORY = 256 * 10**6
"""Bytes."""


class TableSection(Section):
    """Where one table comes from and how its cells are written."""

    source: str | None = None
    """A file, a folder or a glob, relative to the config."""
    url: str | None = None
    """A database, as SQLAlchemy writes it; `env:NAME` takes it from the environment."""
    query: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    """Ours = theirs."""
    encoding: str = "auto"
    separator: str = "auto"
    decimal: Literal["auto", ".", ","] = "auto"
    date_format: str = "auto"
    """As `strptime` writes it, such as `%d.%m.%Y %H:%M`."""
    time_zone: str = "UTC"
    """Of times that name none themselves."""
    sheet: str | None = None
    """Of an Excel file; the first one if left out."""
    max_rejected: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Share of bad rows past which the run stops."""

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if (self.source is None) == (self.url is None):
            raise ValueError('set either source = "file, folder or glob" or url with query')
        if (self.url is None) != (self.query is None):
            raise ValueError("url and query belong together; set both")
        if len(self.separator) != 1 and self.separator != "auto":
            raise ValueError(f"separator is {self.separator!r}; it must be one character or auto")
        return self


class PurchaseSection(TableSection):
    """The one table that may be larger than memory."""

    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5} ?[MG]B$")] | Auto = "auto"
    """What reading and sorting it may take, such as 4GB; what needs more goes by the disk."""
    reuse: bool = True
    """Whether `train` keeps what it read of CSV and Excel files for the next training."""

    @model_validator(mode="after")
    def _has_enough(self) -> Self:
        if self.memory_bytes is not None and self.memory_bytes < LEAST_MEMORY:
            raise ValueError(f"memory is {self.memory!r}; sorting needs at least 256MB")
        return self

    @property
    def memory_bytes(self) -> int | None:
        """None where it is left to us."""
        if self.memory == "auto":
            return None
        return int(self.memory[:-2]) * {"M": 10**6, "G": 10**9}[self.memory[-2]]
