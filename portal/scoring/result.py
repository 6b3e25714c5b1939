"""After the dossier has left: the superior's workbook, the second round, the result; opening again; the difference."""

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from documents.reading.criteria.score_return import read_verification
from documents.reading.evidence.filetypes import MEDIA
from documents.writing.scoring.remedial_plan import remedial_plan_docx
from models.scoring import Score, ScoreRound
from portal.scoring.steps import take_step
from portal.web.forms import Filled, Form, FormIn, Id
from portal.web.pages import page
from portal.web.visits import Visit, looking
from rules.numbers import number_words
from rules.scoring.apply_rules import LeafState
from rules.scoring.difference import Compared, Difference, reason_of
from rules.scoring.history import handover_words
from rules.scoring.round import LOST_REASONS, ROUND_WORDS, RoundState
from rules.work.answers import clean_text, read_day
from services.errors import StoreError
from services.scoring.criteria import criteria_of
from services.scoring.difference import difference_of, remedial_draft
from services.scoring.dossier.sending import Handover, note_handover, owes_explanations, waiting_dossier
from services.scoring.permissions import round_to_review
from services.scoring.queries import dossiers_of, reviews, round_seen, rounds_seen
from services.scoring.reopening import BEFORE_VERIFICATION, set_explaining
from services.scoring.rounds import RoundRefusedError
from services.scoring.scores import leaf_of, sheet_of
from services.scoring.verification import (
    VERIFIABLE,
    finish,
    is_second,
    result_of,
    send_explanations,
    verified_sheet,
    verify,
)

router = APIRouter()
_TYPED = ("so", "ngay_gui", "cach_gui", "han", "ly_do")
FEW = 15
"""Criteria up to which none is folded away."""
DONE_WORDS = {
    "nhap": "Đã nhập kết quả thẩm định.",
    "khong-doi": "Tệp giống với kết quả đã nhập; không có gì thay đổi.",
    "da-gui": "Đã ghi nhận hồ sơ gửi bằng cách khác.",
    "han": "Đã ghi hạn giải trình.",
    "lan-hai": "Đã chuyển sang thẩm định lần hai.",
    "ket-qua": "Đã ghi kết quả chính thức.",
}


@router.get("/dot-cham-diem/{round_id}/tham-dinh")
def show_result(request: Request, round_id: Id) -> Response:
    """The superior's side of a round: what was said of each criterion, and the steps that follow."""
    with looking(request) as visit:
        round_ = round_to_review(visit.session, visit.visitor, round_id)
        return _show(visit, round_, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _show(visit: Visit, round_: ScoreRound, *, form: Form | None = None, **words: str) -> Response:
    problem = words.get("problem", "")
    lines = [(score, leaf_of(score), result_of(score)) for score in round_.scores]
    verified = verified_sheet(round_)
    return page(
        visit,
        "scoring/result",
        status=422 if problem else 200,
        round=round_,
        state=ROUND_WORDS[round_.state],
        opens=round_.state in VERIFIABLE,
        closed=round_.state in BEFORE_VERIFICATION and round_.state is not RoundState.SENT,
        second=is_second(round_),
        sheet=sheet_of(round_),
        verified=verified,
        waiting=[line for line in lines if line[2] is None and line[0].outcome != LeafState.NOT_APPLICABLE],
        asked=[line for line in lines if line[0].question],
        changed=[line for line in lines if _changed(line[0])],
        dossiers=dossiers_of(visit.session, round_),
        handover=handover_words,
        leaves=round_.state is RoundState.APPROVED or owes_explanations(visit.session, round_),
        unsent=waiting_dossier(visit.session, round_),
        filled=Filled({name: form.one(name) for name in _TYPED if name in form.fields} if form else {}),
        may_send=round_.state is RoundState.VERIFIED and any(line[0].question for line in lines),
        typed={name: values[0] for name, values in form.fields.items()} if form else {},
        number=number_words,
        done=words.get("done", ""),
        problem=problem,
    )


def _changed(score: Score) -> bool:
    """Whether the superior scored otherwise than the unit; what it asks about stands apart."""
    last = result_of(score)
    own = score.outcome != LeafState.PENDING
    return own and last is not None and last != score.points and not score.question


def _again(visit: Visit, round_: ScoreRound, form: Form, problem: str) -> Response:
    return _show(visit, round_, form=form, problem=problem)


@router.post("/dot-cham-diem/{round_id}/tham-dinh")
def import_result(request: Request, round_id: Id, form: FormIn) -> Response:
    """Take the workbook that the superior sent back: all of it or nothing."""
    return take_step(request, round_id, form, _import, (_again, "tham-dinh"))


def _import(visit: Visit, round_: ScoreRound, form: Form) -> str:
    if not form.files:
        raise RoundRefusedError("Chưa chọn tệp .xlsx cấp trên gửi lại.")
    received = form.files[0]
    if received.path is None:
        raise RoundRefusedError(f"Tệp “{received.name}” lớn hơn {visit.site.settings.portal_file_mb} MB.")
    with tempfile.TemporaryDirectory(prefix="dondoc-doc-") as folder:
        path = Path(folder) / received.name
        shutil.copyfile(received.path, path)
        found = read_verification(path, criteria_of(round_.criteria))
    return "nhap" if verify(visit.session, round_, found, visit.actor) else "khong-doi"


@router.post("/dot-cham-diem/{round_id}/da-gui")
def note_sent(request: Request, round_id: Id, form: FormIn) -> Response:
    """Write down that the sealed dossier went by other means than a mail."""
    return take_step(request, round_id, form, _sent, (_again, "tham-dinh"))


def _sent(visit: Visit, round_: ScoreRound, form: Form) -> str:
    dossier = waiting_dossier(visit.session, round_)
    if dossier is None:
        raise RoundRefusedError("Không có hồ sơ nào đã đóng và đang chờ gửi.")
    way, day = clean_text(form.one("cach_gui"))[:200], read_day(form.one("ngay_gui"))
    if not way or day is None:
        raise RoundRefusedError("Hãy ghi cách gửi (trục liên thông, bản giấy…) và ngày gửi như 31/12/2025.")
    note_handover(visit.session, round_, dossier, Handover(clean_text(form.one("so"))[:120], day, way), visit.actor)
    return "da-gui"


@router.post("/dot-cham-diem/{round_id}/han-giai-trinh")
def set_last_day(request: Request, round_id: Id, form: FormIn) -> Response:
    """Set the last day of the explanations; to move it or open again after it, with a reason."""
    return take_step(request, round_id, form, _last_day, (_again, "tham-dinh"))


def _last_day(visit: Visit, round_: ScoreRound, form: Form) -> str:
    day = read_day(form.one("han"))
    if day is None:
        raise RoundRefusedError("Hạn giải trình cần viết như 31/12/2025.")
    set_explaining(visit.session, round_, day, clean_text(form.one("ly_do"))[:2000], visit.actor, visit.today)
    return "han"


@router.post("/dot-cham-diem/{round_id}/lan-hai")
def begin_second(request: Request, round_id: Id, form: FormIn) -> Response:
    """Send the explanations; the second verification begins."""
    return take_step(request, round_id, form, _second, (_again, "tham-dinh"))


def _second(visit: Visit, round_: ScoreRound, _form: Form) -> str:
    send_explanations(visit.session, round_, visit.actor)
    return "lan-hai"


@router.post("/dot-cham-diem/{round_id}/ket-qua")
def finish_round(request: Request, round_id: Id, form: FormIn) -> Response:
    """Write down the final result, with the rank where it is known."""
    return take_step(request, round_id, form, _finish, (_again, "tham-dinh"))


def _finish(visit: Visit, round_: ScoreRound, form: Form) -> str:
    rank, of = form.one("hang").strip(), form.one("tong_so").strip()
    numbers = (form.number("hang"), form.number("tong_so"))
    if (rank or of) and not all(numbers):
        raise RoundRefusedError("Thứ hạng cần hai số: hạng và tổng số đơn vị được xếp hạng; chưa biết thì để trống.")
    finish(visit.session, round_, visit.actor, numbers[0] or None, numbers[1] or None)
    return "ket-qua"


@router.get("/dot-cham-diem/{round_id}/chenh-lech")
def show_difference(request: Request, round_id: Id) -> Response:
    """Self against verified: by criterion, by unit, by reason, over the years."""
    with looking(request) as visit:
        round_ = round_seen(visit.session, visit.visitor, round_id)
        found = difference_of(round_)
        by_code = {score.criterion: score for score in round_.scores}
        return page(
            visit,
            "scoring/difference",
            round=round_,
            state=ROUND_WORDS[round_.state],
            reviews=reviews(visit.visitor, round_),
            found=found,
            areas=_areas(found, by_code),
            few=sum(bool(one.lost or one.difference) for one in found.leaves) <= FEW,
            early=round_.state in (RoundState.SCORING, RoundState.REVIEW),
            years=[(one, difference_of(one)) for one in rounds_seen(visit.session, visit.visitor)],
            reasons=[(LOST_REASONS[key], points) for key, points in found.by_reason],
            number=number_words,
            signed=signed,
        )


def _areas(found: Difference, scores: dict[str, Score]) -> list[tuple[Compared, Decimal, list[tuple[object, ...]]]]:
    """By area: its first criterion (which names it), the points lost in it, and its criteria that lost or changed."""
    grouped: dict[str, list[Compared]] = {}
    for one in found.leaves:
        if one.lost or one.difference:
            grouped.setdefault(one.area_code, []).append(one)
    return [
        (
            leaves[0],
            sum((one.lost for one in leaves), Decimal(0)),
            [(one, scores[one.code], LOST_REASONS[reason_of(one)]) for one in leaves],
        )
        for leaves in grouped.values()
    ]


def signed(points: Decimal) -> str:
    """A difference with its sign: "+0,5", "−1", "0"."""
    if not points:
        return "0"
    return f"{'+' if points > 0 else '−'}{number_words(abs(points))}"


@router.get("/dot-cham-diem/{round_id}/khac-phuc.docx")
def download_plan(request: Request, round_id: Id) -> Response:
    """The draft of next year's remedial plan, made now from what is stored; nothing is changed by it."""
    with looking(request) as visit:
        round_ = round_seen(visit.session, visit.visitor, round_id)
        try:
            draft = remedial_draft(round_)
        except StoreError as refusal:
            return page(visit, "web/message", status=409, title="Không có gì để khắc phục", message=str(refusal))
    headers = {
        "content-disposition": f'attachment; filename="du-thao-ke-hoach-khac-phuc-{draft.year}.docx"',
        "cache-control": "private, no-store",
    }
    return Response(remedial_plan_docx(draft), media_type=MEDIA["docx"], headers=headers)
