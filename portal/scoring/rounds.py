"""Self-scoring in the portal: the year's criteria and what waits for the visitor, the leader's word, the dossier."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.authority import Authority
from models.scoring import Score, ScoreDossier, ScoreRound, StoredCriteria
from models.session import reading
from portal.web.forms import FormIn, Id
from portal.web.pages import page, saved_only
from portal.web.site import Site, site_of
from portal.web.visits import Visit, acting, looking
from rules.audit import action_words
from rules.numbers import number_words
from rules.scoring.apply_rules import LeafState
from rules.scoring.forecast import Forecast
from rules.scoring.history import step_words
from rules.scoring.round import ROUND_WORDS, SCORE_WORDS, RoundState, ScoreState
from rules.scoring.score import ScoreSheet
from rules.work.answers import clean_text
from services.access.links import door_of
from services.documents import place_of
from services.errors import NotYoursError, StoreError
from services.scoring.criteria import criteria_of
from services.scoring.dossier.sending import linked_dossier
from services.scoring.forecast import current_forecast, forecast_plan
from services.scoring.permissions import newest_round, powers_over, round_to_decide, scores_seen
from services.scoring.queries import dossier_seen, reviews, sees_everything, steps_of
from services.scoring.rounds import approve, disapprove, missing_units, sets_to_open
from services.scoring.scores import leaf_of, sheet_of
from services.scoring.verification import result_of, verified_sheet
from services.work.drafts import drafted_scores

router = APIRouter()
FEW = 15
"""Criteria up to which none is folded away."""
DONE_WORDS = {
    "mo": "Đã mở đợt chấm điểm; các đơn vị được báo bằng thư ở lần chạy tới.",
    "da-mo": "Đợt chấm điểm này đã mở từ trước; không có gì thay đổi.",
    "duyet": "Đã duyệt điểm tự chấm; hồ sơ được đóng và gửi ở lần chạy tới.",
    "khong-duyet": "Đã trả lại để rà soát; đơn vị đầu mối được báo bằng thư.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion in the list; `task` is what waits for the visitor there."""

    score: Score
    name: str
    maximum: str
    state: str
    verified: str | None
    task: str


@dataclass(frozen=True, slots=True)
class Area:
    """An area with its criteria and its points (for who sees all); folded away where nothing waits for the visitor."""

    code: str
    name: str
    lines: tuple[Line, ...]
    open: bool
    points: str = ""

    @property
    def tasks(self) -> int:
        """How many criteria of it wait for the visitor."""
        return sum(bool(line.task) for line in self.lines)


@router.get("/cham-diem")
def show_scores(request: Request) -> Response:
    """The newest round: the visitor's criteria, and for those who see all of them the areas and the total."""
    with looking(request) as visit:
        return _list(visit, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _list(visit: Visit, *, done: str = "", problem: str = "", typed: str = "", status: int = 200) -> Response:
    round_ = newest_round(visit.session, visit.visitor)
    first = _forecast(visit, round_)
    held_items = first.items[:10] if first else ()
    opens = visit.visitor.role == "admin" and visit.visitor.plan_ids is None and bool(_unopened(visit))
    shown = {
        "opens": opens,
        "first": first,
        "held_items": held_items,
        "number": number_words,
        "done": done,
        "problem": problem,
    }
    if round_ is None:
        return page(visit, "scoring/rounds", status=status, round=None, **shown)
    scores = scores_seen(visit.visitor, round_)
    everything = sees_everything(visit.visitor, round_.authority)
    own, verified = (sheet_of(round_), verified_sheet(round_)) if everything else (None, None)
    return page(
        visit,
        "scoring/rounds",
        status=status,
        round=round_,
        state=ROUND_WORDS[round_.state],
        step=(list(RoundState).index(round_.state) + 1, len(RoundState)),
        areas=areas_of(visit, round_, scores, own),
        count=len(scores),
        sheet=own,
        pairs=_pairs(own, verified),
        verified=verified if any(result_of(score) is not None for score in scores) else None,
        reviews=reviews(visit.visitor, round_),
        decides=visit.visitor.leads and round_.state is RoundState.APPROVAL,
        missing=missing_units(round_) if everything and round_.state is RoundState.SCORING else {},
        steps=[
            (row, action_words(row.action), step_words(row.action, row.before, row.after))
            for row in (steps_of(visit.session, round_) if everything else ())
        ],
        typed=typed,
        **shown,
    )


def _unopened(visit: Visit) -> list[StoredCriteria]:
    return sets_to_open(visit.session, visit.session.get_one(Authority, visit.visitor.authority_id))


def _pairs(own: ScoreSheet | None, verified: ScoreSheet | None) -> list[tuple[object, object]]:
    """Each area as the office and as the superior scored it."""
    return list(zip(own.areas, verified.areas, strict=True)) if own and verified else []


def areas_of(visit: Visit, round_: ScoreRound, scores: Iterable[Score], sheet: ScoreSheet | None) -> list[Area]:
    """The criteria by area, each with what waits for the visitor."""
    criteria = criteria_of(round_.criteria)
    found: dict[str, list[Line]] = {}
    seen = list(scores)
    drafted = drafted_scores(visit.session, visit.visitor.person_id)
    for score in seen:
        found.setdefault(criteria.area_of[score.criterion].code, []).append(_line(visit, score, drafted))
    names = {criteria.area_of[score.criterion].code: criteria.area_of[score.criterion].name for score in seen}
    points = {
        one.code: f"{number_words(one.score)}/{number_words(one.counted)}"
        for one in (sheet.areas if sheet else ())
        if one.counted
    }
    return [
        Area(
            code, names[code], tuple(lines), len(seen) <= FEW or any(line.task for line in lines), points.get(code, "")
        )
        for code, lines in found.items()
    ]


def _line(visit: Visit, score: Score, drafted: Collection[int]) -> Line:
    leaf, last = leaf_of(score), result_of(score)
    verified = None if last is None else number_words(last)
    task = "có nội dung nhập dở, chưa gửi" if score.id in drafted else _task(visit, score)
    return Line(score, leaf.name, number_words(leaf.maximum), SCORE_WORDS[score.state], verified, task)


UNVERIFIED = "chưa nhập điểm thẩm định"
_TASKS: tuple[tuple[Callable[[Score], bool], str, str], ...] = (
    (lambda score: score.state is ScoreState.RETURNED, "enter", "cần bổ sung"),
    (lambda score: score.state is ScoreState.OPEN and score.outcome != LeafState.PENDING, "enter", "cần chấm"),
    (lambda score: not score.reply, "explain", "cần giải trình"),
    (lambda score: score.state is ScoreState.SUBMITTED, "review", "cần rà soát"),
    (lambda score: result_of(score) is None and score.outcome != LeafState.NOT_APPLICABLE, "verify", UNVERIFIED),
)
"""What may wait for a visitor, by the power it takes."""


def _task(visit: Visit, score: Score) -> str:
    powers = powers_over(visit.visitor, score, visit.today)
    return next((words for holds, power, words in _TASKS if getattr(powers, power) and holds(score)), "")


def _forecast(visit: Visit, round_: ScoreRound | None) -> Forecast | None:
    """What to do first, while points can still be won: for who sees all of the authority."""
    authority = visit.session.get_one(Authority, visit.visitor.authority_id)
    if not sees_everything(visit.visitor, authority):
        return None
    if round_ is not None and round_.plan is not None and round_.state in (RoundState.SCORING, RoundState.REVIEW):
        return forecast_plan(visit.session, round_.plan, visit.today, round_.criteria.code).forecast
    if round_ is not None and round_.year == visit.today.year:
        return None
    current = current_forecast(visit.session, authority.id, visit.today)
    return current.forecast if current else None


@router.post("/dot-cham-diem/{round_id}/duyet")
def approve_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """The leader approves the round."""
    with acting(request, form) as visit:
        round_ = round_to_decide(visit.session, visit.visitor, round_id)
        note = clean_text(form.one("y_kien"))[:2000]
        try:
            approve(visit.session, round_, visit.actor.leading(), note)
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
            disapprove(visit.session, round_, note, visit.actor.leading())
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
        return _zip(site, found)


@router.get("/dot-cham-diem/{round_id}/ho-so/{dossier_id}")
def take_dossier(request: Request, round_id: Id, dossier_id: Id) -> Response:
    """A sealed dossier, for those of the authority who see the whole round."""
    with looking(request) as visit:
        return _zip(visit.site, dossier_seen(visit.session, visit.visitor, round_id, dossier_id))


def _zip(site: Site, dossier: ScoreDossier) -> Response:
    path = place_of(site.settings.documents, dossier.document.sha256)
    if not path.is_file():
        raise NotYoursError("Tệp hồ sơ không còn trong kho tài liệu; hãy báo quản trị viên.")
    return saved_only(path, dossier.document.name, "application/zip")
