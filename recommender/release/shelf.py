"""The folder of releases: which there are, and which is live."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import UnknownReleaseError

CURRENT = "CURRENT"
LOCK = ".training.lock"
UNFINISHED = ".unfinished-"
REFUSED = "refused"
TUNING = "tuning"
"""One file of trials for each state of the data that was searched."""
PREPARED = "prepared"
"""Lines of purchases as they were read, one folder a file."""
KEY_LENGTH = 32
"""Of the name of such a folder, in hexadecimal digits."""
PREPARED_NAME = re.compile(rf"[0-9a-f]{{{KEY_LENGTH}}}")
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4,}")


@dataclass(frozen=True)
class Shelf:
    """Looks at the disk at every call, for a training may publish at any moment."""

    directory: Path

    def names(self) -> list[str]:
        """Finished releases, oldest first."""
        if not self.directory.is_dir():
            return []
        return sorted(
            p.name for p in self.directory.iterdir() if NAME.fullmatch(p.name) and p.is_dir()
        )

    def current_name(self) -> str | None:
        """The live release, or None before the first training."""
        try:
            name = (self.directory / CURRENT).read_text(errors="replace").strip()
        except FileNotFoundError:
            return None
        return name if NAME.fullmatch(name) else None

    def folder(self, name: str | None = None) -> Path:
        """Of one release, the live one if none is named; raises `UnknownReleaseError`."""
        wanted = name or self.current_name()
        if wanted is None:
            raise UnknownReleaseError(
                f"{self.directory}: no release yet; run `recommender train` first"
            )
        if wanted not in self.names():
            known = ", ".join(self.names()[-5:]) or "none"
            raise UnknownReleaseError(f"{self.directory}: no release {wanted}; there are: {known}")
        return self.directory / wanted


def prepared_names(folder: Path) -> list[str]:
    """Of finished ones; whatever else somebody put there is not ours."""
    if not folder.is_dir():
        return []
    return sorted(
        p.name for p in folder.iterdir() if PREPARED_NAME.fullmatch(p.name) and p.is_dir()
    )
