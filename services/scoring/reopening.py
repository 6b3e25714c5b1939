"""Taking a round back, always with a reason: to the units, to the review, or a result that was written down wrong."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.operations import AuditEvent
from models.scoring import ScoreRound
from rules.audit import AuditAction
from rules.scoring.round import RoundState
from services.actor import Actor
from services.audit import about, record
from services.scoring.rounds import RoundRefusedError, move, unapprove

BEFORE_VERIFICATION = (
    RoundState.SCORING,
    RoundState.REVIEW,
    RoundState.APPROVAL,
    RoundState.APPROVED,
    RoundState.SENT,
)
"""The steps from which self-scores may be opened again; a dossier sent already gets a new version."""


def reopened_on(session: Session, round_: ScoreRound) -> date | None:
    """The day, in Vietnam, on which a round was last opened again; None when it never was."""
    query = select(AuditEvent.at).where(about(round_), AuditEvent.action == AuditAction.ROUND_REOPEN)
    at = session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))
    return at.astimezone(ZONE).date() if at else None


def reopen_round(
    session: Session, round_: ScoreRound, reason: str, actor: Actor, today: date, until: date | None = None
) -> None:
    """Open a round again. With `until` units may enter until that day; without, it goes back to the review.

    A final result goes back to the verification. Raises RoundRefusedError without a reason, for a day that has
    passed, and while the superior verifies.
    """
    if not reason.strip():
        raise RoundRefusedError("Hãy ghi lý do mở lại đợt chấm điểm.")
    days = {"units_until": round_.units_until, "sending_on": round_.sending_on}
    if round_.state is RoundState.FINAL:
        _reopen_result(session, round_, reason.strip(), actor, until)
    elif round_.state not in BEFORE_VERIFICATION:
        raise RoundRefusedError(
            "Cơ quan thẩm định đã cho điểm nên không mở lại phần tự chấm; hãy giải trình hoặc sửa kết quả thẩm định."
        )
    elif until is not None:
        _reopen_units(session, round_, until, reason.strip(), actor, today)
    elif not _back_to_review(session, round_, reason.strip(), actor):
        raise RoundRefusedError("Đợt chấm điểm đang được rà soát; hãy ghi ngày đơn vị được chấm đến hết.")
    after = {"units_until": round_.units_until, "sending_on": round_.sending_on}
    record(session, actor, AuditAction.ROUND_REOPEN, round_, before=days, after=after, note=reason.strip())


def _reopen_result(session: Session, round_: ScoreRound, reason: str, actor: Actor, until: date | None) -> None:
    if until is not None:
        raise RoundRefusedError("Kết quả đã chính thức: chỉ mở lại được phần thẩm định, không ghi ngày tự chấm.")
    move(session, round_, RoundState.VERIFIED, actor, reason)
    round_.grade, round_.rank, round_.rank_of = None, None, None
    round_.explain_until = None
    session.flush()


def _back_to_review(session: Session, round_: ScoreRound, reason: str, actor: Actor) -> bool:
    if round_.state in (RoundState.SCORING, RoundState.REVIEW):
        return False
    unapprove(round_, reason)
    return move(session, round_, RoundState.REVIEW, actor, reason)


def _reopen_units(session: Session, round_: ScoreRound, until: date, reason: str, actor: Actor, today: date) -> None:
    if until < today:
        raise RoundRefusedError(f"Ngày {until:%d/%m/%Y} đã qua; hãy ghi ngày từ hôm nay trở đi.")
    _back_to_review(session, round_, reason, actor)
    round_.units_until, round_.sending_on = until, max(until, round_.sending_on)
    if not move(session, round_, RoundState.SCORING, actor, reason):
        round_.changed_at = actor.at
    session.flush()


def set_explaining(session: Session, round_: ScoreRound, until: date, reason: str, actor: Actor, today: date) -> bool:
    """Set the last day on which units explain what the superior asks; whether it changed.

    The first time it is the superior's day; to move it, or to open again after it, a reason is asked for. Raises
    RoundRefusedError without one, for a day that has passed, and at another step.
    """
    if round_.state is not RoundState.VERIFIED:
        raise RoundRefusedError("Chỉ ghi hạn giải trình khi đã có điểm thẩm định và chưa gửi giải trình.")
    before = round_.explain_until
    if before == until:
        return False
    if until < today:
        raise RoundRefusedError(f"Ngày {until:%d/%m/%Y} đã qua; hãy ghi ngày từ hôm nay trở đi.")
    if before is not None and not reason.strip():
        raise RoundRefusedError(f"Hạn giải trình đang là {before:%d/%m/%Y}; hãy ghi lý do gia hạn hoặc mở lại.")
    round_.explain_until, round_.changed_at = until, actor.at
    session.flush()
    days = {"explain_until": before}, {"explain_until": until}
    note = reason.strip() or None
    record(session, actor, AuditAction.ROUND_EXPLAINING, round_, before=days[0], after=days[1], note=note)
    return True
