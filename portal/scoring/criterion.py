"""One criterion in the portal: entered and explained by its unit, reviewed, and the superior's word written down."""

from collections.abc import Callable
from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.scoring import Score
from portal.scoring.criterion_page import DONE_WORDS, ENTERED, filled_with, show_criterion, typed
from portal.web.forms import Form, FormIn, Id, checked_files
from portal.web.pages import saved_only
from portal.web.visits import Visit, acting, looking
from rules.scoring.form import entry_of_form
from rules.scoring.round import LOST_REASONS, Verification, may_explain, read_verified
from rules.work.answers import Problem, clean_text, read_day
from rules.work.evidence import read_reference
from services.actor import Visitor
from services.errors import StoreError
from services.scoring.permissions import bring_evidence, must_enter, must_review, proof_file, score_seen
from services.scoring.scores import Given, ScoreRefusedError, accept, enter, leaf_of, reopen, send_back
from services.scoring.verification import explain, verify
from services.work.drafts import drop_score_draft

router = APIRouter()
LONGEST = 4_000
"""Letters of an explanation, a reason or a remark."""

Step = Callable[[Visit, Score, Form], None]
Take = Callable[[Visit, Score, tuple[int, ...], Form], tuple[Problem, ...]]
"""Takes what a form says with the numbers of its proof; returns what is wrong."""


def text_in(form: Form, name: str) -> str:
    """What was typed in a field, cleaned."""
    return clean_text(form.one(name))[:LONGEST]


@router.get("/cham-diem/{score_id}")
def show_score(request: Request, score_id: Id) -> Response:
    """One criterion."""
    with looking(request) as visit:
        score = score_seen(visit.session, visit.visitor, score_id)
        return show_criterion(visit, score, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


@router.get("/cham-diem/{score_id}/tai-lieu/{evidence_id}")
def download_proof(request: Request, score_id: Id, evidence_id: Id) -> Response:
    """A file that proves the score: always to be saved, never shown by the browser under our address."""
    with looking(request) as visit:
        folder = visit.site.settings.documents
        stored = proof_file(visit.session, visit.visitor, score_id, evidence_id, folder)
    return saved_only(stored.path, stored.name, stored.media)


@router.post("/cham-diem/{score_id}")
def send_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """Take a unit's score with its proof, or show the form again with what is wrong."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_enter(visit.visitor, score)
        if again := _with_proof(visit, score, form, _enter):
            return again
    return RedirectResponse(f"/cham-diem/{score_id}?da=luu", 303)


def _with_proof(visit: Visit, score: Score, form: Form, take: Take) -> Response | None:
    """Keep the proof that came with a form and take what it says; the form again where something is wrong."""
    values = {name: form.one(name) for name in (*ENTERED, "noi_dung") if name in form.fields}
    reference, problems = read_reference(values, visit.today)
    uploads, unsuitable = checked_files(visit.site, form)
    folder = visit.site.settings.documents
    fresh = bring_evidence(visit.session, visit.actor, score, tuple(uploads), reference, folder)
    evidence = (*form.numbers("evidence"), *fresh)
    problems = (*problems, *unsuitable)
    if not problems:
        problems = take(visit, score, evidence, form)
    if problems:
        named = ("reference", "issued_on", "issued_by", "place", "url") if fresh and reference else ()
        kept = {**values, **dict.fromkeys(named, "")}
        filled = filled_with({**kept, "evidence": ",".join(map(str, evidence))}, problems=problems)
        return show_criterion(visit, score, filled, status=422)
    drop_score_draft(visit.session, visit.visitor.person_id, score.id)
    return None


def _enter(visit: Visit, score: Score, evidence: tuple[int, ...], form: Form) -> tuple[Problem, ...]:
    """Enter the score; what is refused leaves the score as it was, and the evidence kept."""
    try:
        entry = entry_of_form({name: form.one(name) for name in ENTERED}, leaf_of(score))
    except ValueError as error:
        return (Problem("figure", f"{error}."[:1].upper() + f"{error}".rstrip(".")[1:] + "."),)
    given = Given(entry, evidence, text_in(form, "explanation"))
    try:
        with visit.session.begin_nested():
            enter(visit.session, score, given, visit.actor, visit.today, seen=_seen(form))
    except StoreError as refusal:
        return (Problem("explanation", str(refusal)),)
    return ()


def _seen(form: Form) -> int | None:
    """The version of the score that the form was made from."""
    seen = form.one("seen")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None


def _take(
    request: Request, score_id: int, form: Form, may: Callable[[Visitor, Score], None], step: tuple[Step, str]
) -> Response:
    """A step with a score whose form has one answer: taken, or shown again with why not."""
    do, word = step
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        may(visit.visitor, score)
        try:
            with visit.session.begin_nested():  # whatever is refused half-way leaves nothing behind
                do(visit, score, form)
        except StoreError as refusal:
            return show_criterion(visit, score, filled_with(typed(form), message=str(refusal)), status=422)
        drop_score_draft(visit.session, visit.visitor.person_id, score.id)
    return RedirectResponse(f"/cham-diem/{_next(form) or score_id}?da={word}", 303)


def _next(form: Form) -> int:
    """The criterion to go on to, where the person chose so."""
    return form.number("tiep")


@router.post("/cham-diem/{score_id}/nhan")
def accept_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """The focal unit accepts."""
    return _take(request, score_id, form, must_review, (_accept, "nhan"))


def _accept(visit: Visit, score: Score, form: Form) -> None:
    accept(visit.session, score, visit.actor, lost_because=_lost(form))


@router.post("/cham-diem/{score_id}/tra-lai")
def return_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """The focal unit returns with a reason; with a day the unit may enter until then, though its days are over."""
    return _take(request, score_id, form, must_review, (_return, "mo" if form.one("den_ngay").strip() else "tra"))


def _return(visit: Visit, score: Score, form: Form) -> None:
    day, reason = form.one("den_ngay").strip(), text_in(form, "ly_do")
    if not day:
        send_back(visit.session, score, reason, visit.actor)
        return
    until = read_day(day)
    if until is None or until < visit.today:
        raise ScoreRefusedError("Ngày mở lại cần viết như 31/12/2025 và từ hôm nay trở đi.")
    reopen(visit.session, score, until, reason, visit.actor)


@router.post("/cham-diem/{score_id}/giai-trinh")
def explain_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """Take what the unit explains to the superior with the proof it adds, or show the form again."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_enter(visit.visitor, score)
        round_ = score.round
        if refusal := may_explain(round_.state, score.question, visit.today, round_.explain_until):
            return show_criterion(visit, score, filled_with(typed(form), message=refusal), status=422)
        if again := _with_proof(visit, score, form, _explain):
            return again
    return RedirectResponse(f"/cham-diem/{score_id}?da=giai-trinh", 303)


def _explain(visit: Visit, score: Score, evidence: tuple[int, ...], form: Form) -> tuple[Problem, ...]:
    try:
        with visit.session.begin_nested():
            explain(visit.session, score, text_in(form, "noi_dung"), visit.actor, evidence, seen=_seen(form))
    except StoreError as refusal:
        return (Problem("noi_dung", str(refusal)),)
    return ()


@router.post("/cham-diem/{score_id}/tham-dinh")
def verify_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """Write down what the superior said of this criterion; what is left blank is cleared."""
    return _take(request, score_id, form, must_review, (_verify, "tham-dinh"))


def _verify(visit: Visit, score: Score, form: Form) -> None:
    found = Verification(
        score.criterion, _points(form), text_in(form, "nhan_xet"), text_in(form, "yeu_cau"), _lost(form)
    )
    verify(visit.session, score.round, [found], visit.actor, exactly=True)


def _points(form: Form) -> Decimal | None:
    try:
        return read_verified(form.one("diem"))
    except ValueError as error:
        raise ScoreRefusedError(f"Điểm thẩm định: {error}.") from None


def _lost(form: Form) -> str | None:
    chosen = form.one("mat_diem")
    return chosen if chosen in LOST_REASONS else None


@router.post("/cham-diem/{score_id}/bo-nhap")
def throw_draft_away(request: Request, score_id: Id, form: FormIn) -> Response:
    """Forget what was typed before the session ran out."""
    with acting(request, form) as visit:
        score_seen(visit.session, visit.visitor, score_id)
        drop_score_draft(visit.session, visit.visitor.person_id, score_id)
    return RedirectResponse(f"/cham-diem/{score_id}?da=bo", 303)
