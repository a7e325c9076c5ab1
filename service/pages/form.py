"""What the form of a page sends: its fields as text, checked as the JSON of a program is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from service.api.parameters import invalid
from service.api.telling import Telling, hash_of
from service.api.told_parameters import Told
from service.pages.once import TOKEN
from service.records.answered import Asked
from service.refusals import mistake_in

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 8
MISSING = "please fill this in"

Body = TypeVar("Body", bound=Told)


@dataclass(frozen=True)
class Refused:
    """A form that was not taken: it comes back as it was sent, with what is wrong at each field."""

    form: str = ""
    about: str = ""
    """Which of several such forms."""
    values: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    """By field; under the empty name what is wrong with the whole."""

    def __bool__(self) -> bool:
        return bool(self.form)

    def of(self, form: str, about: str = "") -> Refused:
        """Itself where it is this form, else none."""
        return self if (self.form, self.about) == (form, about) else NOT_REFUSED


NOT_REFUSED = Refused()


async def fields_of(request: Request, most: int = MOST_FIELDS) -> dict[str, str]:
    """What is no form, or has more fields than ours, counts as an empty one: they are missing.

    The token of the form is one more than `most`.
    """
    if request.headers.get("content-type", "").partition(";")[0] != FORM:
        return {}
    try:
        body = (await request.body()).decode("ascii")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=most + 1))
    except ValueError:
        return {}


async def counted_once(request: Request, tells: Telling, fields: dict[str, str]) -> Telling:
    """Takes the token out of the fields, for it is no answer to anything.

    The same token with other words, after a step back in the browser, is another request.
    """
    if not fields.pop(TOKEN, "") or tells.asked is not None:
        return tells
    sent = await hash_of(request)
    return replace(tells, asked=Asked(tells.caller.name, f"form {sent.hex()}", sent))


def read_form(body: type[Body], fields: Mapping[str, str], needed: str = "") -> Body:
    """Raises what a wrong JSON body raises; a field left empty is one left out.

    A person must fill in `needed`, even where a program may leave it out.
    """
    filled = {name: text for name, text in fields.items() if text.strip()}
    if needed and needed not in filled:
        raise invalid("body", needed, MISSING)
    try:
        return body.model_validate_strings(filled)
    except ValidationError as error:
        found = [dict(e) | {"loc": ("body", *e["loc"])} for e in error.errors()]
        raise RequestValidationError(found) from error


def mistakes_of(error: RequestValidationError) -> dict[str, str]:
    """What is wrong, by field."""
    found = [(mistake_in(dict(e)), e["type"]) for e in error.errors()]
    return {m.name: MISSING if kind == "missing" else m.detail for m, kind in found}
