"""Self-scoring in the portal: a unit's criteria, one criterion with its proof, review, and the leader's word."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from models.answers import NotYoursError
from models.authority import Authority
from models.documents import place_of
from models.entering import door_of
from models.errors import StoreError
from models.scoring_desk import (
    bring_evidence,
    by_of,
    must_enter,
    must_review,
    newest_round,
    offered_evidence,
    powers_over,
    round_to_decide,
    score_seen,
    scores_seen,
)
from models.scoring_facts import evidence_words
from models.scoring_forecast import current_forecast, forecast_plan
from models.scoring_links import linked_dossier
from models.scoring_round import approve, disapprove
from models.scoring_scores import Given, accept, enter, entry_of, history_of, leaf_of, send_back, sheet_of
from models.scoring_tables import Score, ScoreRound
from models.scoring_verify import explain, result_of
from models.session import reading
from portal.answering import checked_files
from portal.entry import FormIn
from portal.forms import Form, Id
from portal.occurrence import Filled
from portal.pages import page
from portal.site import site_of
from portal.visits import Visit, acting, looking
from rules.answers import Problem, clean_text
from rules.evidence import read_reference
from rules.scoring_access import is_reviewer, sees_score
from rules.scoring_forecast import Forecast
from rules.scoring_form import NO, YES, asked_of, entry_of_form, fields_of
from rules.scoring_round import ROUND_WORDS, SCORE_WORDS, RoundState, ScoreState
from rules.scoring_words import number_words

router = APIRouter()
TYPED = ("figure", "condition", "average", "not_applicable", "reason", "explanation", "reference", "issued_on",
         "issued_by", "place", "url")  # fmt: skip
DONE_WORDS = {
    "luu": "Đã ghi nhận điểm tự chấm. Cảm ơn đơn vị.",
    "nhan": "Đã chấp nhận.",
    "tra": "Đã trả lại đơn vị.",
    "duyet": "Đã duyệt điểm tự chấm; hồ sơ được đóng và gửi ở lần chạy tới.",
    "khong-duyet": "Đã trả lại để rà soát.",
    "giai-trinh": "Đã ghi giải trình.",
}
ACTIONS = {
    "score.enter": "tự chấm",
    "score.accept": "rà soát, chấp nhận",
    "score.return": "trả lại",
    "score.reopen": "mở lại",
    "score.answer": "trả lời cảnh báo",
    "score.verify": "ghi điểm thẩm định",
    "score.explain": "giải trình",
}


@router.get("/cham-diem")
def show_scores(request: Request) -> Response:
    """The newest round: the visitor's criteria, and for those who see all of them the areas and the total."""
    with looking(request) as visit:
        return _list(visit, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _list(visit: Visit, *, done: str = "", problem: str = "", typed: str = "", status: int = 200) -> Response:
    round_ = newest_round(visit.session, visit.visitor)
    first = _forecast(visit, round_)
    held_items = first.items[:10] if first else ()
    shown = {"first": first, "held_items": held_items, "number": number_words, "done": done, "problem": problem}
    if round_ is None:
        return page(visit, "cham-diem", status=status, round=None, **shown)
    scores = scores_seen(visit.visitor, round_)
    focal = round_.authority.focal_unit_id
    everything = visit.visitor.oversees or sees_score(visit.visitor.role, visit.visitor.unit_id, None, focal)
    return page(
        visit,
        "cham-diem",
        status=status,
        round=round_,
        state=ROUND_WORDS[round_.state],
        lines=[(score, leaf_of(score), SCORE_WORDS[score.state], result_of(score)) for score in scores],
        sheet=sheet_of(round_) if everything else None,
        reviews=is_reviewer(visit.visitor.role, visit.visitor.unit_id, focal),
        decides=visit.visitor.leads and round_.state is RoundState.APPROVAL,
        waiting=sum(
            score.state in (ScoreState.OPEN, ScoreState.RETURNED) and score.unit_id is not None for score in scores
        ),
        typed=typed,
        **shown,
    )


def _forecast(visit: Visit, round_: ScoreRound | None) -> Forecast | None:
    """What to do first, while points can still be won: for who sees all of the authority."""
    authority = visit.session.get_one(Authority, visit.visitor.authority_id)
    visitor = visit.visitor
    if not (visitor.oversees or sees_score(visitor.role, visitor.unit_id, None, authority.focal_unit_id)):
        return None
    if round_ is not None and round_.plan is not None and round_.state in (RoundState.SCORING, RoundState.REVIEW):
        return forecast_plan(visit.session, round_.plan, visit.today, round_.criteria.code).forecast
    if round_ is not None and round_.year == visit.today.year:
        return None
    current = current_forecast(visit.session, authority.id, visit.today)
    return current.forecast if current else None


@router.get("/cham-diem/{score_id}")
def show_score(request: Request, score_id: Id) -> Response:
    """One criterion."""
    with looking(request) as visit:
        score = score_seen(visit.session, visit.visitor, score_id)
        return _show(visit, score, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _show(visit: Visit, score: Score, filled: Filled | None = None, *, done: str = "", status: int = 200) -> Response:
    leaf = leaf_of(score)
    used = frozenset(use.evidence_id for use in score.evidence)
    values = {**fields_of(entry_of(score), leaf), "explanation": score.explanation or ""}
    return page(
        visit,
        "tieu-chi",
        status=status,
        score=score,
        round=score.round,
        leaf=leaf,
        asked=asked_of(leaf),
        filled=filled or Filled(values, used),
        powers=powers_over(visit.visitor, score, visit.today),
        offered=[(one, evidence_words(one)) for one in offered_evidence(visit.session, score)],
        used=used,
        history=[(row, ACTIONS.get(row.action, row.action)) for row in reversed(history_of(visit.session, score))],
        explains=bool(score.question) and score.round.state is RoundState.VERIFIED,
        state=SCORE_WORDS[score.state],
        final=result_of(score),
        number=number_words,
        accepts=", ".join(sorted(visit.site.file_types)),
        file_mb=visit.site.settings.portal_file_mb,
        done=done,
        YES=YES,
        NO=NO,
    )


@router.post("/cham-diem/{score_id}")
def send_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """Take a unit's score with its proof, or show the form again with what is wrong."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_enter(visit.visitor, score)
        values = {name: form.one(name) for name in TYPED}
        reference, problems = read_reference(values, visit.today)
        uploads, unsuitable = checked_files(visit.site, form)
        folder = visit.site.settings.documents
        fresh = bring_evidence(visit.session, visit.hand, score, tuple(uploads), reference, folder)
        evidence = (*form.numbers("evidence"), *fresh)
        problems = (*problems, *unsuitable)
        if not problems:
            problems = _enter(visit, score, values, evidence, form)
        if problems:
            kept = {**values, "reference": "", "issued_on": ""} if fresh and reference else values
            filled = Filled(kept, frozenset(evidence), problems)
            return _show(visit, score, filled, status=422)
    return RedirectResponse(f"/cham-diem/{score_id}?da=luu", 303)


def _enter(
    visit: Visit, score: Score, values: Mapping[str, str], evidence: tuple[int, ...], form: Form
) -> tuple[Problem, ...]:
    """Enter the score; what is refused leaves the score as it was, and the evidence kept."""
    try:
        entry = entry_of_form(values, leaf_of(score))
    except ValueError as error:
        return (Problem("figure", f"{error}."[:1].upper() + f"{error}".rstrip(".")[1:] + "."),)
    given = Given(entry, evidence, clean_text(values["explanation"])[:4000])
    seen = form.one("seen")
    try:
        with visit.session.begin_nested():
            version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
            enter(visit.session, score, given, by_of(visit.hand), visit.today, seen=version)
    except StoreError as refusal:
        return (Problem("explanation", str(refusal)),)
    return ()


@router.post("/cham-diem/{score_id}/nhan")
def accept_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """The focal unit accepts."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_review(visit.visitor, score)
        try:
            accept(visit.session, score, by_of(visit.hand))
        except StoreError as refusal:
            return _show(visit, score, _refused(refusal), status=409)
    return RedirectResponse(f"/cham-diem/{score_id}?da=nhan", 303)


@router.post("/cham-diem/{score_id}/tra-lai")
def return_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """The focal unit returns with a reason."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_review(visit.visitor, score)
        try:
            send_back(visit.session, score, clean_text(form.one("ly_do"))[:2000], by_of(visit.hand))
        except StoreError as refusal:
            return _show(visit, score, _refused(refusal), status=422)
    return RedirectResponse(f"/cham-diem/{score_id}?da=tra", 303)


@router.post("/cham-diem/{score_id}/giai-trinh")
def explain_score(request: Request, score_id: Id, form: FormIn) -> Response:
    """The unit explains what the superior asked."""
    with acting(request, form) as visit:
        score = score_seen(visit.session, visit.visitor, score_id, lock=True)
        must_enter(visit.visitor, score)
        try:
            explain(visit.session, score, clean_text(form.one("noi_dung"))[:4000], by_of(visit.hand))
        except StoreError as refusal:
            return _show(visit, score, _refused(refusal), status=422)
    return RedirectResponse(f"/cham-diem/{score_id}?da=giai-trinh", 303)


def _refused(refusal: StoreError) -> Filled:
    return Filled(message=str(refusal))


@router.post("/dot-cham-diem/{round_id}/duyet")
def approve_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """The leader approves the round."""
    with acting(request, form) as visit:
        round_ = round_to_decide(visit.session, visit.visitor, round_id)
        note = clean_text(form.one("y_kien"))[:2000]
        try:
            approve(visit.session, round_, by_of(visit.hand.leading()), note)
        except StoreError as refusal:
            return _list(visit, problem=str(refusal), typed=note, status=409)
    return RedirectResponse("/cham-diem?da=duyet", 303)


@router.post("/dot-cham-diem/{round_id}/tra-lai")
def return_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """The leader returns the round with a reason."""
    with acting(request, form) as visit:
        round_ = round_to_decide(visit.session, visit.visitor, round_id)
        note = clean_text(form.one("y_kien"))[:2000]
        try:
            disapprove(visit.session, round_, note, by_of(visit.hand.leading()))
        except StoreError as refusal:
            return _list(visit, problem=str(refusal), typed=note, status=422)
    return RedirectResponse("/cham-diem?da=khong-duyet", 303)


@router.get("/ho-so/{token}")
def download_dossier(request: Request, token: str) -> Response:
    """A large dossier for the superior, by the address in its mail: signed, and for some days only."""
    site = site_of(request)
    with reading(site.database) as session:
        found = linked_dossier(session, door_of(site.settings), token, site.today())
        if found is None:
            raise NotYoursError("Địa chỉ tải hồ sơ không đúng hoặc đã hết hạn.")
        path, name = place_of(site.settings.documents, found.document.sha256), found.document.name
    return FileResponse(
        path,
        media_type="application/zip",
        filename=name,
        content_disposition_type="attachment",
        headers={"content-security-policy": "sandbox; default-src 'none'", "cache-control": "private, no-store"},
    )
