"""Templates to pages."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.pages.formats import FILTERS
from service.pages.once import TokenInForms

FOLDER = Path(__file__).parent
STATIC_FILES = FOLDER / "static"

TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=[TokenInForms],
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
TEMPLATES.filters |= FILTERS
TEMPLATES.globals["style_version"] = hashlib.sha256(
    b"".join(file.read_bytes() for file in sorted(STATIC_FILES.iterdir()))
).hexdigest()[:12]


def render(template: str, **values: Any) -> str:
    """Every value is escaped; a name the page does not get is an error, not an empty place."""
    return TEMPLATES.get_template(template).render(**values)
