"""The address under which a superior without an account takes a large dossier: signed, and for some days only."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.scoring import ScoreDossier, ScoreRound
from rules.audit import AuditAction
from rules.scoring.round import RoundState
from services.access.links import Door
from services.access.mailed import DOSSIER_PURPOSE
from services.actor import Actor
from services.audit import record
from services.scoring.rounds import RoundRefusedError, move


def dossier_link(door: Door, dossier_id: int, sha256: str, until: date) -> str:
    """The address of a dossier, good until the end of a day."""
    name = f"{dossier_id}-{until:%Y%m%d}"
    return f"{door.base}/ho-so/{name}.{door.sign(DOSSIER_PURPOSE, f'{name}.{sha256}')}"


def linked_dossier(session: Session, door: Door, token: str, today: date) -> ScoreDossier | None:
    """The dossier that an address leads to; None when the address is not ours or its day has passed."""
    name, _, signature = token.partition(".")
    number, _, until = name.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and len(until) == 8 and until.isdigit()):
        return None
    if f"{today:%Y%m%d}" > until:
        return None
    dossier = session.get(ScoreDossier, int(number))
    if dossier is None or not door.signed(DOSSIER_PURPOSE, f"{name}.{dossier.document.sha256}", signature):
        return None
    return dossier


SENDABLE = (RoundState.APPROVED, RoundState.SECOND)
"""The steps at which a dossier leaves: the request, and the explanations for the second verification."""


@dataclass(frozen=True, slots=True)
class Handover:
    """How a dossier went by other means: the letter's number, its day, and the way (trục liên thông, bản giấy)."""

    number: str = ""
    on: date | None = None
    way: str = ""

    @property
    def stored(self) -> dict[str, str]:
        """As it is kept with the dossier and in the audit trail; what is not known is left out."""
        known = {"number": self.number, "on": self.on.isoformat() if self.on else "", "way": self.way}
        return {name: text for name, text in known.items() if text}


def newest_dossier(session: Session, round_: ScoreRound) -> ScoreDossier | None:
    """The newest sealed dossier of a round."""
    query = select(ScoreDossier).where(ScoreDossier.round_id == round_.id).order_by(ScoreDossier.version.desc())
    return session.scalar(query.limit(1))


def has_left(dossier: ScoreDossier) -> bool:
    """Whether a dossier has a mail, or went by other means."""
    return dossier.message_id is not None or dossier.handed_over is not None


def waiting_dossier(session: Session, round_: ScoreRound) -> ScoreDossier | None:
    """The dossier that is sealed since the round came to its step and has not left; None when there is none."""
    found = newest_dossier(session, round_) if round_.state in SENDABLE else None
    return found if found and not has_left(found) and found.sealed_at >= round_.changed_at else None


def owes_explanations(session: Session, round_: ScoreRound) -> bool:
    """Whether explanations are to be sent for the second verification, and no dossier with them has left."""
    if round_.state is not RoundState.SECOND or not any(score.reply for score in round_.scores):
        return False
    found = newest_dossier(session, round_)
    return found is None or found.sealed_at < round_.changed_at or not has_left(found)


def note_handover(session: Session, round_: ScoreRound, dossier: ScoreDossier, how: Handover, actor: Actor) -> None:
    """Write down that a dossier went by other means; an approved round then waits for verification.

    Raises RoundRefusedError at another step, when it has left already, and for a day ahead or before it was sealed.
    """
    if round_.state not in SENDABLE or has_left(dossier):
        raise RoundRefusedError("Không có hồ sơ nào chờ gửi; hồ sơ đã gửi, hoặc đợt chấm điểm đang ở bước khác.")
    sealed = dossier.sealed_at.astimezone(ZONE).date()
    if how.on is not None and not sealed <= how.on <= actor.at.astimezone(ZONE).date():
        raise RoundRefusedError(f"Ngày gửi phải từ ngày đóng hồ sơ {sealed:%d/%m/%Y} đến hôm nay.")
    dossier.handed_over = how.stored
    if round_.state is RoundState.APPROVED:
        move(session, round_, RoundState.SENT, actor, f"hồ sơ bản {dossier.version}")
    session.flush()
    after = {"version": dossier.version, "sha256": dossier.document.sha256, "by_hand": True, **how.stored}
    record(session, actor, AuditAction.ROUND_SEND, round_, after=after)
