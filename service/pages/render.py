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


class OfDicts(Environment):
    """What a page is given are mostly dicts: to ask one for an attribute first costs an error."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)


METHODS = frozenset(dir(dict))
"""A field of somebody's catalogue may be called `items`."""

TEMPLATES = OfDicts(
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
