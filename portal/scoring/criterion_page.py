"""One criterion's page: its score and proof, the forms a visitor may use, and every change of it."""

from fastapi.responses import Response

from models.operations import AuditEvent
from models.scoring import Score
from portal.web.forms import Filled, Form
from portal.web.pages import page
from portal.web.visits import Visit
from portal.web.words import moment
from rules.audit import action_words
from rules.numbers import number_words, typed_words
from rules.scoring.form import NO, YES, asked_of, fields_of
from rules.scoring.history import change_words, note_words
from rules.scoring.round import LOST_REASONS, SCORE_WORDS
from services.scoring.facts import evidence_words
from services.scoring.permissions import offered_evidence, powers_over, scores_seen
from services.scoring.scores import entry_of, history_of, leaf_of
from services.scoring.verification import is_second, result_of
from services.work.drafts import score_draft_of

ENTERED = ("figure", "condition", "average", "not_applicable", "reason", "explanation", "reference", "issued_on",
           "issued_by", "place", "url")  # fmt: skip
"""The fields of the unit's own form."""
VERIFIED = ("diem", "nhan_xet", "yeu_cau", "mat_diem")
"""The fields of what the superior said."""
TYPED = (*ENTERED, *VERIFIED, "noi_dung", "ly_do", "den_ngay")
"""Whatever a person types on this page, in any of its forms."""
DONE_WORDS = {
    "luu": "Đã ghi nhận điểm tự chấm. Cảm ơn đơn vị.",
    "nhan": "Đã chấp nhận.",
    "tra": "Đã trả lại; đơn vị được báo bằng thư.",
    "mo": "Đã mở lại cho đơn vị.",
    "giai-trinh": "Đã ghi giải trình.",
    "tham-dinh": "Đã ghi kết quả thẩm định.",
    "bo": "Đã bỏ nội dung nhập dở.",
}


def typed(form: Form) -> dict[str, str]:
    """What a person typed and ticked on the page; ticked documents as numbers with commas between."""
    values = {name: form.one(name) for name in TYPED if name in form.fields}
    ticked = ",".join(str(number) for number in form.numbers("evidence"))
    return {**values, "evidence": ticked} if ticked else values


def filled_with(values: dict[str, str], **more: object) -> Filled:
    """The forms with what was typed in them."""
    ticked = frozenset(int(one) for one in values.get("evidence", "").split(",") if one.isdigit())
    return Filled({**values}, ticked, **more)  # type: ignore[arg-type]


def show_criterion(
    visit: Visit, score: Score, filled: Filled | None = None, *, done: str = "", status: int = 200
) -> Response:
    """The page. `filled` is what to show in its forms; without it what is stored, or a kept draft."""
    leaf = leaf_of(score)
    first = frozenset(use.evidence_id for use in score.evidence if not use.explains)
    second = frozenset(use.evidence_id for use in score.evidence if use.explains)
    powers = powers_over(visit.visitor, score, visit.today)
    chosen = second if powers.explain else first
    offered = offered_evidence(visit.session, score)
    return page(
        visit,
        "scoring/criterion",
        status=status,
        score=score,
        round=score.round,
        leaf=leaf,
        asked=asked_of(leaf),
        filled=_shown(visit, score, chosen, filled),
        powers=powers,
        offered=[(one, evidence_words(one)) for one in offered],
        used=first,
        explaining=second,
        history=[_told(row) for row in reversed(history_of(visit.session, score))],
        state=SCORE_WORDS[score.state],
        final=result_of(score),
        second=is_second(score.round),
        after=_neighbour(visit, score, 1),
        before=_neighbour(visit, score, -1),
        reasons=LOST_REASONS,
        number=number_words,
        accepts=", ".join(sorted(visit.site.file_types)),
        file_mb=visit.site.settings.portal_file_mb,
        done=done,
        YES=YES,
        NO=NO,
    )


def _shown(visit: Visit, score: Score, used: frozenset[int], filled: Filled | None) -> Filled:
    """What stands in the forms: what is stored, over it what was typed (just now, or before a session ran out)."""
    stored = _stored(score)
    if filled is not None:
        filled.values = {**stored, **filled.values}
        return filled
    draft = score_draft_of(visit.session, visit.visitor.person_id, score.id)
    if draft is None:
        return Filled(stored, used)
    found = filled_with({str(name): str(value) for name, value in draft.fields.items()})
    return Filled({**stored, **found.values}, found.again | used, draft_at=moment(draft.saved_at))


def _stored(score: Score) -> dict[str, str]:
    points = result_of(score)
    return {
        **fields_of(entry_of(score)),
        "explanation": score.explanation or "",
        "noi_dung": score.reply or "",
        "diem": "" if points is None else typed_words(points),
        "nhan_xet": score.remark or "",
        "yeu_cau": score.question or "",
        "mat_diem": score.lost_because or "",
    }


def _told(row: AuditEvent) -> tuple[AuditEvent, str, str, tuple[str, ...], str]:
    """A change: its row, what was done, by whom, what differs, and the reason where no other line has it."""
    lines = change_words(row.before, row.after)
    note = note_words(row.note or "")
    said = any(line.endswith(note) for line in lines)
    return row, action_words(row.action), row.actor.split(" <")[0], lines, "" if said else note


def _neighbour(visit: Visit, score: Score, step: int) -> Score | None:
    """The criterion before or after this one, of those that the visitor sees."""
    seen = sorted(scores_seen(visit.visitor, score.round), key=lambda one: one.position)
    at = next((number for number, one in enumerate(seen) if one.id == score.id), -1) + step
    return seen[at] if 0 <= at < len(seen) else None
