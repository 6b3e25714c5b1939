"""The focal unit's desk for a round: warnings answered, the units' part closed, the round handed to the leader."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.scoring import ScoreRound
from portal.scoring.steps import take_step
from portal.web.forms import Filled, Form, FormIn, Id
from portal.web.pages import page
from portal.web.visits import Visit, looking
from rules.scoring.dossier_checks import together
from rules.scoring.round import ROUND_WORDS, RoundState, ScoreState
from rules.work.answers import clean_text, read_day
from services.scoring.checks import Check, checks_of
from services.scoring.queries import dossiers_of, reviews, round_seen
from services.scoring.reopening import BEFORE_VERIFICATION, reopen_round
from services.scoring.rounds import RoundRefusedError, ask_approval, missing_units, refill, to_review
from services.scoring.scores import accept, answer_warning, find_score

router = APIRouter()
DONE_WORDS = {
    "luu": "Đã lưu trả lời.",
    "nhan": "Đã chấp nhận các tiêu chí đơn vị đã chấm.",
    "ra-soat": "Đã chuyển sang rà soát.",
    "mo-lai": "Đã mở lại đợt chấm điểm.",
    "trinh": "Đã trình lãnh đạo; lãnh đạo được báo bằng thư.",
}


@router.get("/dot-cham-diem/{round_id}/kiem-tra")
def show_checks(request: Request, round_id: Id) -> Response:
    """The warnings about a round with their answers; for the focal unit each with room for one."""
    with looking(request) as visit:
        round_ = round_seen(visit.session, visit.visitor, round_id)
        return _show(visit, round_, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _show(
    visit: Visit, round_: ScoreRound, *, form: Form | None = None, done: str = "", problem: str = "", status: int = 200
) -> Response:
    found = checks_of(round_, visit.site.settings)
    return page(
        visit,
        "scoring/review",
        status=status,
        round=round_,
        state=ROUND_WORDS[round_.state],
        checks=found,
        groups=_groups(found, form),
        waiting=sum(check.answer is None for check in found),
        reviews=reviews(visit.visitor, round_),
        reopens=round_.state in (*BEFORE_VERIFICATION, RoundState.FINAL),
        sealed=bool(dossiers_of(visit.session, round_)),
        filled=Filled({name: form.one(name) for name in ("den_ngay", "ly_do")} if form else {}),
        open=round_.state in (RoundState.SCORING, RoundState.REVIEW),
        missing=missing_units(round_),
        submitted=[score for score in round_.scores if score.state is ScoreState.SUBMITTED],
        returned=[score for score in round_.scores if score.state is ScoreState.RETURNED],
        ids={score.criterion: score.id for score in round_.scores},
        done=done,
        problem=problem,
    )


def _again(visit: Visit, round_: ScoreRound, form: Form, problem: str) -> Response:
    return _show(visit, round_, form=form, problem=problem, status=409)


@dataclass(frozen=True, slots=True)
class Group:
    """Warnings with one cause: what they say, of which criteria, and what was (or was just) answered."""

    code: str
    words: str
    criteria: list[str]
    answer: str
    stored: bool


def _groups(checks: list[Check], form: Form | None) -> list[Group]:
    known = {(one.warned.criterion, one.warned.code): one.answer or "" for one in checks}
    typed = _typed(form) if form else {}
    groups = []
    for (code, words), criteria in together(one.warned for one in checks).items():
        answers = [known[criterion, code] for criterion in criteria]
        shown = typed.get((criteria[0], code), next(filter(None, answers), ""))
        groups.append(Group(code, words, criteria, shown, all(answers)))
    return groups


def _typed(form: Form) -> dict[tuple[str, str], str]:
    """The answers that were typed, by criterion and warning; one may be for several criteria."""
    texts = zip(form.many("tieu_chi"), form.many("ma"), form.many("tra_loi"), strict=False)
    return {
        (criterion, code): clean_text(text)[:2000]
        for criteria, code, text in texts
        for criterion in criteria.split("|")
    }


@router.post("/dot-cham-diem/{round_id}/kiem-tra")
def answer_checks(request: Request, round_id: Id, form: FormIn) -> Response:
    """Store the answers that were typed; warnings whose cause is gone are left alone."""
    return take_step(request, round_id, form, _answer, (_again, "kiem-tra"))


def _answer(visit: Visit, round_: ScoreRound, form: Form) -> str:
    known = {(one.warned.criterion, one.warned.code): one.answer for one in checks_of(round_, visit.site.settings)}
    for (criterion, code), answer in _typed(form).items():
        if answer and (criterion, code) in known and known[criterion, code] != answer:
            score = find_score(visit.session, round_, criterion, lock=True)
            answer_warning(visit.session, score, code, answer, visit.actor)
    return "luu"


@router.post("/dot-cham-diem/{round_id}/nhan")
def accept_entered(request: Request, round_id: Id, form: FormIn) -> Response:
    """Accept every criterion that a unit has entered and nobody has looked at."""
    return take_step(request, round_id, form, _accept, (_again, "kiem-tra"))


def _accept(visit: Visit, round_: ScoreRound, _form: Form) -> str:
    for score in round_.scores:
        if score.state is ScoreState.SUBMITTED:
            accept(visit.session, score, visit.actor)
    return "nhan"


@router.post("/dot-cham-diem/{round_id}/ra-soat")
def close_units_part(request: Request, round_id: Id, form: FormIn) -> Response:
    """Close the units' part."""
    return take_step(request, round_id, form, _close, (_again, "kiem-tra"))


def _close(visit: Visit, round_: ScoreRound, _form: Form) -> str:
    to_review(visit.session, round_, visit.today, visit.actor)
    return "ra-soat"


@router.post("/dot-cham-diem/{round_id}/trinh")
def submit_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """Hand the reviewed round to the leader."""
    return take_step(request, round_id, form, _submit, (_again, "kiem-tra"))


def _submit(visit: Visit, round_: ScoreRound, _form: Form) -> str:
    refill(visit.session, round_, visit.today, visit.actor)
    waiting = sum(check.answer is None for check in checks_of(round_, visit.site.settings))
    ask_approval(visit.session, round_, waiting, visit.actor, visit.today)
    return "trinh"


@router.post("/dot-cham-diem/{round_id}/mo-lai")
def open_again(request: Request, round_id: Id, form: FormIn) -> Response:
    """Open the round again, with a reason: for its units until a day, for the review, or for the verification."""
    return take_step(request, round_id, form, _reopen, (_again, "kiem-tra"))


def _reopen(visit: Visit, round_: ScoreRound, form: Form) -> str:
    reason = clean_text(form.one("ly_do"))[:2000]
    reopen_round(visit.session, round_, reason, visit.actor, visit.today, _until(form))
    return "mo-lai"


def _until(form: Form) -> date | None:
    day = form.one("den_ngay").strip()
    if not day:
        return None
    if (until := read_day(day)) is None:
        raise RoundRefusedError("Ngày cần viết như 31/12/2025.")
    return until
