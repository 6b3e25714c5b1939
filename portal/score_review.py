"""The focal unit's desk for a round: warnings answered, the units' part closed, the round handed to the leader."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from documents.reading.pdf_signature import read_signatures
from models.documents import place_of
from models.errors import StoreError
from models.scoring_checking import Check, checks_of
from models.scoring_desk import by_of, round_to_review
from models.scoring_round import ask_approval, to_review
from models.scoring_scores import answer_warning, find_score
from models.scoring_tables import ScoreRound
from portal.entry import FormIn
from portal.forms import Id
from portal.pages import page
from portal.site import Site
from portal.visits import Visit, acting, looking
from rules.answers import clean_text
from rules.scoring_round import ROUND_WORDS

router = APIRouter()
DONE_WORDS = {"luu": "Đã lưu trả lời.", "ra-soat": "Đã chuyển sang rà soát.", "trinh": "Đã trình lãnh đạo."}


def _checks(site: Site, round_: ScoreRound) -> list[Check]:
    folder = site.settings.documents
    return checks_of(round_, lambda sha256: read_signatures(place_of(folder, sha256)))


@router.get("/dot-cham-diem/{round_id}/kiem-tra")
def show_checks(request: Request, round_id: Id) -> Response:
    """The warnings about a round, each with room for an answer."""
    with looking(request) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id)
        return _show(visit, round_, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _show(visit: Visit, round_: ScoreRound, *, done: str = "", problem: str = "", status: int = 200) -> Response:
    found = _checks(visit.site, round_)
    return page(
        visit,
        "kiem-tra-diem",
        status=status,
        round=round_,
        state=ROUND_WORDS[round_.state],
        checks=found,
        waiting=sum(check.answer is None for check in found),
        done=done,
        problem=problem,
    )


@router.post("/dot-cham-diem/{round_id}/kiem-tra")
def answer_checks(request: Request, round_id: Id, form: FormIn) -> Response:
    """Store the answers that were typed; warnings whose cause is gone are left alone."""
    with acting(request, form) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id, lock=True)
        known = {(one.warned.criterion, one.warned.code): one.answer for one in _checks(visit.site, round_)}
        typed = zip(form.many("tieu_chi"), form.many("ma"), form.many("tra_loi"), strict=False)
        for criterion, code, text in typed:
            answer = clean_text(text)[:2000]
            if answer and (criterion, code) in known and known[criterion, code] != answer:
                _answer(visit.session, visit, round_, (criterion, code, answer))
    return RedirectResponse(f"/dot-cham-diem/{round_id}/kiem-tra?da=luu", 303)


def _answer(session: Session, visit: Visit, round_: ScoreRound, given: tuple[str, str, str]) -> None:
    criterion, code, answer = given
    answer_warning(session, find_score(session, round_, criterion, lock=True), code, answer, by_of(visit.hand))


@router.post("/dot-cham-diem/{round_id}/ra-soat")
def close_units_part(request: Request, round_id: Id, form: FormIn) -> Response:
    """Close the units' part."""
    with acting(request, form) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id, lock=True)
        try:
            to_review(visit.session, round_, visit.today, by_of(visit.hand))
        except StoreError as refusal:
            return _show(visit, round_, problem=str(refusal), status=409)
    return RedirectResponse(f"/dot-cham-diem/{round_id}/kiem-tra?da=ra-soat", 303)


@router.post("/dot-cham-diem/{round_id}/trinh")
def submit_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """Hand the reviewed round to the leader."""
    with acting(request, form) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id, lock=True)
        waiting = sum(check.answer is None for check in _checks(visit.site, round_))
        try:
            ask_approval(visit.session, round_, waiting, by_of(visit.hand), visit.today)
        except StoreError as refusal:
            return _show(visit, round_, problem=str(refusal), status=409)
    return RedirectResponse(f"/dot-cham-diem/{round_id}/kiem-tra?da=trinh", 303)
