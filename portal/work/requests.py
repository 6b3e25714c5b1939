"""Asking for a later day, and naming who coordinates."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.web.forms import Filled, FormIn, Id
from portal.web.visits import acting
from portal.work.occurrence import show_occurrence
from rules.work.answers import Problem, read_extension
from services.errors import NotAllowedError
from services.work.answers import held
from services.work.coordinators import NamingError, name_coordinators
from services.work.extensions import ask_extension, withdraw_extension

router = APIRouter()


@router.post("/viec/{occurrence_id}/gia-han")
def ask_for_more_time(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Ask for an extension with a reason and a new day."""
    with acting(request, form) as visit:
        of = held(visit.session, visit.visitor, occurrence_id, lock=True)
        fields = {name: form.one(name) for name in ("wanted_day", "reason")}
        asked, problems = read_extension(fields, last_day=of.occurrence.last_day, today=visit.today)
        if asked is None:
            return show_occurrence(visit, of, Filled(fields, problems=problems), status=422)
        try:
            ask_extension(visit.session, visit.actor, of, asked)
        except NotAllowedError as refusal:
            return show_occurrence(visit, of, Filled(fields, message=str(refusal)), status=403)
    return RedirectResponse(f"/viec/{occurrence_id}?da=gia-han", 303)


@router.post("/viec/{occurrence_id}/rut-gia-han")
def take_request_back(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Withdraw the request that waits."""
    with acting(request, form) as visit:
        of = held(visit.session, visit.visitor, occurrence_id, lock=True)
        try:
            withdraw_extension(visit.session, visit.actor, of)
        except NotAllowedError as refusal:
            return show_occurrence(visit, of, Filled(message=str(refusal)), status=403)
    return RedirectResponse(f"/viec/{occurrence_id}?da=rut", 303)


@router.post("/viec/{occurrence_id}/phoi-hop")
def say_who_coordinates(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Name the units that an open set means."""
    with acting(request, form) as visit:
        of = held(visit.session, visit.visitor, occurrence_id, lock=True)
        try:
            name_coordinators(visit.session, visit.actor, of, form.numbers("unit"))
        except NamingError as refusal:
            problem = Problem("unit", str(refusal))
            return show_occurrence(visit, of, Filled(problems=(problem,)), status=403)
    return RedirectResponse(f"/viec/{occurrence_id}?da=phoi-hop", 303)
