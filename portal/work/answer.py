"""Answering one occurrence, with evidence; what was typed comes back with every error."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.web.forms import Filled, Form, FormIn, Id, checked_files
from portal.web.pages import saved_only
from portal.web.visits import Visit, acting, looking
from portal.work.answer_form import typed
from portal.work.occurrence import show_occurrence
from rules.work.access import Share
from rules.work.answers import DONE, Problem, Question, read_answer
from rules.work.evidence import read_reference
from services.errors import AnsweredMeanwhileError, NotAllowedError
from services.policy import office_policy
from services.work.answers import Held, answer, goals_of, held, is_proven, new_batch
from services.work.drafts import drop_draft
from services.work.evidence import Brought, attach, file_for, remove_use, stash

router = APIRouter()
DONE_WORDS = {
    "luu": "Đã ghi nhận. Cảm ơn đơn vị.",
    "hoan-tac": "Đã hoàn tác.",
    "gia-han": "Đã gửi yêu cầu gia hạn; cơ quan đầu mối sẽ xem xét.",
    "rut": "Đã rút yêu cầu gia hạn.",
    "phoi-hop": "Đã ghi tên các cơ quan phối hợp.",
    "go": "Đã gỡ tài liệu.",
    "bo": "Đã bỏ nội dung nhập dở.",
}
"""What happened just before, by the word in the address."""


@router.get("/viec/{occurrence_id}")
def show(request: Request, occurrence_id: Id) -> Response:
    """One occurrence's page."""
    with looking(request) as visit:
        of = held(visit.session, visit.visitor, occurrence_id)
        return show_occurrence(visit, of, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


@router.post("/viec/{occurrence_id}")
def send(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Store an answer with its evidence, or show the form again with what is wrong."""
    with acting(request, form) as visit:
        of = held(visit.session, visit.visitor, occurrence_id, lock=True)
        try:
            of.unit_of(visit.visitor)
            return _send(visit, of, form)
        except NotAllowedError as refusal:
            return show_occurrence(visit, of, Filled(typed(form), message=str(refusal)), status=403)


def _send(visit: Visit, of: Held, form: Form) -> Response:
    values = typed(form)
    question = Question(visit.today, of.occurrence.opens_on, goals_of(of.item))
    given, problems = read_answer(values, question)
    rules = office_policy(visit.site.settings).evidence
    reference, more = read_reference(values, visit.today, complete=rules.complete_references)
    uploads, unsuitable = checked_files(visit.site, form)
    brought = Brought(tuple(uploads), reference, tuple(form.numbers("again")))
    problems = (*problems, *more, *unsuitable)
    if rules.required and not more and given is not None and given.state == DONE:
        problems = (*problems, *_unproven(visit, of, brought))
    if given is None or problems:
        return show_occurrence(visit, of, _again(visit, of, values, brought, problems), status=422)
    try:
        stored = answer(visit.session, visit.actor, of, given, seen=form.number("seen"), batch=new_batch())
    except AnsweredMeanwhileError as meanwhile:
        filled = _again(visit, of, values, brought, ())
        filled.conflict, filled.is_conflict = meanwhile.newest, True
        return show_occurrence(visit, of, filled, status=409)
    attach(visit.session, visit.actor, of, stored, brought, visit.site.settings.documents)
    drop_draft(visit.session, visit.visitor.person_id, of.occurrence.id)
    return RedirectResponse(f"/viec/{of.occurrence.id}?da=luu", 303)


def _unproven(visit: Visit, of: Held, brought: Brought) -> tuple[Problem, ...]:
    """Where the office wants proof with "done": what the leading unit must still bring."""
    there = brought.uploads or brought.reference or brought.again
    if of.share is not Share.LEAD or there or is_proven(visit.session, of.occurrence.id):
        return ()
    words = "Cơ quan quy định báo hoàn thành phải kèm tài liệu kiểm chứng: hãy đính kèm tệp hoặc ghi số văn bản."
    return (Problem("files", words),)


def _again(
    visit: Visit, of: Held, values: Mapping[str, str], brought: Brought, problems: tuple[Problem, ...]
) -> Filled:
    """The form as it was sent. Its good files are kept, so that they need not be chosen again."""
    kept = stash(visit.session, visit.actor, of, brought.uploads, visit.site.settings.documents)
    again = frozenset(brought.again) | {piece.evidence_id for piece in kept}
    return Filled(dict(values), again, problems, fresh_files=tuple(kept))


@router.post("/viec/{occurrence_id}/bo-nhap")
def throw_draft_away(request: Request, occurrence_id: Id, form: FormIn) -> Response:
    """Forget what was typed before the session ran out."""
    with acting(request, form) as visit:
        held(visit.session, visit.visitor, occurrence_id)
        drop_draft(visit.session, visit.visitor.person_id, occurrence_id)
    return RedirectResponse(f"/viec/{occurrence_id}?da=bo", 303)


@router.get("/tai-lieu/{evidence_id}")
def download(request: Request, evidence_id: Id) -> Response:
    """A file of the evidence: always to be saved, never shown by the browser under our address."""
    with looking(request) as visit:
        stored = file_for(visit.session, visit.visitor, evidence_id, visit.site.settings.documents)
    return saved_only(stored.path, stored.name, stored.media)


@router.post("/tai-lieu/{use_id}/go")
def take_away(request: Request, use_id: Id, form: FormIn) -> Response:
    """Take a piece of evidence away from an occurrence."""
    with acting(request, form) as visit:
        occurrence_id = remove_use(visit.session, visit.actor, use_id)
    return RedirectResponse(f"/viec/{occurrence_id}?da=go", 303)
