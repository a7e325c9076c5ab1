"""What a rep takes down in the talk: forms that write as the JSON routes do, and lead back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import RedirectResponse, Response

from recommender.suggest.facts import PURPOSES
from service.access.roles import FOR_SALES
from service.access.scope import known_customer_of
from service.api.complaints import (
    ComplaintBody,
    ComplaintChange,
    complaint_changed,
    complaint_filed,
)
from service.api.notes import NoteBody, note_written
from service.api.outcomes import OutcomeBody, outcome_told
from service.api.parameters import CustomerId
from service.api.permissions import PermissionsBody, permissions_said
from service.api.preferences import PreferenceBody, preference_stated, preference_withdrawn
from service.api.telling import Tell, Telling, telling
from service.api.told_parameters import RecordId
from service.pages.customer import shown
from service.pages.form import Body, Refused, counted_once, fields_of, mistakes_of, read_form
from service.pages.formats import path_part
from service.pages.words import DONE
from service.sales.brief import brief_of

PAGE = "/customers/{customer_id:path}"
router = APIRouter(dependencies=[FOR_SALES])


@dataclass(frozen=True)
class Sent:
    """A form of a customer's page, from one who may see that customer."""

    request: Request
    tells: Telling
    row: int
    fields: dict[str, str]

    def read(self, body: type[Body], needed: str = "") -> Body:
        return read_form(body, self.fields, needed)

    async def take(
        self, form: str, tell: Callable[[], Tell], done: str, about: str = ""
    ) -> Response:
        """Back to the page once it is committed; a mistake is shown where it was made."""
        try:
            await self.tells.write(tell())
        except RequestValidationError as error:
            refused = Refused(form, about, self.fields, mistakes_of(error))
            brief = await brief_of(self.request, self.tells.live, self.row)
            return shown(self.tells.live, self.tells.caller, brief, refused=refused)
        customer_id = self.tells.live.release.customers.ids[self.row]
        place = f"?done={done}#{DONE[done][0]}"
        return RedirectResponse(f"/customers/{path_part(customer_id)}{place}", 303)


async def sent(
    request: Request, customer_id: CustomerId, tells: Annotated[Telling, Depends(telling)]
) -> Sent:
    """Whose the customer is comes first: a mistake must not tell that there is one."""
    row = known_customer_of(tells.caller, tells.live, customer_id)
    fields = await fields_of(request)
    return Sent(request, await counted_once(request, tells, fields), row, fields)


ASent = Annotated[Sent, Depends(sent)]


@router.post(f"{PAGE}/outcomes")
async def tell_outcome(form: ASent) -> Response:
    outcome, product_id = form.fields.get("outcome", ""), form.fields.get("product_id", "")
    done = outcome if outcome in ("rejected", "snoozed") else "accepted"
    needed = "reason" if outcome == "rejected" else ""
    return await form.take(
        done, lambda: outcome_told(form.tells, form.read(OutcomeBody, needed)), done, product_id
    )


@router.post(f"{PAGE}/complaints")
async def tell_complaint(customer_id: CustomerId, form: ASent) -> Response:
    return await form.take(
        "complaint",
        lambda: complaint_filed(form.tells, customer_id, form.read(ComplaintBody)),
        "complaint_filed",
    )


@router.post(f"{PAGE}/complaints/{{complaint_id}}")
async def tell_what_became_of_it(complaint_id: RecordId, form: ASent) -> Response:
    is_first_step = "acknowledged" in form.fields
    needed = "" if is_first_step else "resolution"
    return await form.take(
        "resolution",
        lambda: complaint_changed(form.tells, complaint_id, form.read(ComplaintChange, needed)),
        "complaint_acknowledged" if is_first_step else "complaint_resolved",
        complaint_id,
    )


@router.post(f"{PAGE}/notes")
async def tell_note(customer_id: CustomerId, form: ASent) -> Response:
    return await form.take(
        "note",
        lambda: note_written(form.tells, customer_id, form.read(NoteBody)),
        "note_written",
        form.fields.get("product_id", ""),
    )


@router.post(f"{PAGE}/preferences")
async def tell_preference(customer_id: CustomerId, form: ASent) -> Response:
    return await form.take(
        "preference",
        lambda: preference_stated(form.tells, customer_id, form.read(PreferenceBody)),
        "preference_stated",
    )


@router.post(f"{PAGE}/preferences/{{preference_id}}/withdrawal")
async def tell_withdrawal(preference_id: RecordId, form: ASent) -> Response:
    return await form.take(
        "withdrawal",
        lambda: preference_withdrawn(form.tells, preference_id),
        "preference_withdrawn",
    )


@router.post(f"{PAGE}/permissions")
async def tell_permission(customer_id: CustomerId, form: ASent) -> Response:
    said = {purpose: form.fields[purpose] for purpose in PURPOSES if purpose in form.fields}
    return await form.take(
        "permission",
        lambda: permissions_said(form.tells, customer_id, form.read(PermissionsBody)),
        "permission_withdrawn" if "false" in said.values() else "permission_granted",
        next(iter(said), ""),
    )
