"""The dossier on its way to the superior."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.settings import Settings, load_settings
from models.authority import Authority
from models.mail import MessageKind
from models.scoring import ScoreDossier, ScoreRound
from models.session import transaction
from notifications.mime import new_message_id
from notifications.score_messages import ScoreDossierLetter, render_score_dossier
from rules.audit import AuditAction
from rules.numbers import number_words
from rules.scoring.round import RoundState
from services.access.links import door_of
from services.actor import Actor
from services.audit import record
from services.errors import Hint, StoreError
from services.mail.queue import Attachment, Letter, Recipient, queue
from services.scoring.dossier.record import Sealed, seal
from services.scoring.dossier.sending import SENDABLE, Handover, dossier_link, has_left, note_handover
from services.scoring.rounds import move, the_round
from services.scoring.scores import sheet_of
from services.staff.queries import focal_contact

ATTACHED_UP_TO = 15 * 1024 * 1024
"""Bytes up to which a dossier goes with its mail; above that the mail leads to it."""
LINK_DAYS = 60
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class SentDossier:
    """What was sent: the sealed dossier, the mail (None: handed over by other means), and whether it is new."""

    sealed: Sealed
    message_id: int | None
    new: bool


def send_dossier(
    authority: str | None,
    code: str | None,
    actor: Actor,
    today: date,
    *,
    by_hand: bool = False,
    how: Handover | None = None,
) -> SentDossier:
    """Seal the dossier and queue its mail to the superior, once a version; the round then waits for verification.

    `by_hand`: it goes another way (trục liên thông, giấy), and only that is written down, with `how` where it is known.
    Raises StoreError when the round is not approved or the superior has no mailbox.
    """
    settings = load_settings()
    sealed = seal(authority, code, actor, settings)
    with transaction() as session:
        round_ = the_round(session, authority, code, lock=True)
        dossier = session.get_one(ScoreDossier, sealed.dossier_id)
        new = not has_left(dossier) and not (by_hand and round_.state not in SENDABLE)
        if new and by_hand:
            note_handover(session, round_, dossier, how or Handover(), actor)
        elif new:
            dossier.message_id = _queue(session, round_, dossier, sealed, (actor, today, settings))
        if round_.state is RoundState.APPROVED:
            move(session, round_, RoundState.SENT, actor, f"hồ sơ bản {sealed.version}")
        if new and not by_hand:
            after = {"version": sealed.version, "sha256": sealed.sha256, "by_hand": False}
            record(session, actor, AuditAction.ROUND_SEND, round_, after=after)
        return SentDossier(sealed, dossier.message_id, new)


def _queue(
    session: Session, round_: ScoreRound, dossier: ScoreDossier, sealed: Sealed, now: tuple[Actor, date, Settings]
) -> int:
    actor, today, settings = now
    authority, attached = round_.authority, sealed.size <= ATTACHED_UP_TO
    to_address = _superior_mailbox(authority)
    if not attached and not settings.portal_url:
        raise StoreError(
            f"Hồ sơ {sealed.size / 1024 / 1024:.0f} MB quá lớn để gửi kèm thư và cổng chưa có địa chỉ công khai "
            "(DONDOC_PORTAL_URL); đặt địa chỉ đó, hoặc gửi cách khác rồi ghi lại.",
            Hint.HAND_OVER_DOSSIER,
        )
    until = today + timedelta(days=LINK_DAYS)
    link = None if attached else dossier_link(door_of(settings), sealed.dossier_id, sealed.sha256, until)
    name, focal, mailbox = focal_contact(session, authority.id)
    told = render_score_dossier(
        ScoreDossierLetter(
            authority_name=name,
            recipient_name=authority.superior or to_address,
            today=today,
            year=round_.year,
            criteria=round_.criteria.name,
            total=number_words(dossier.total),
            counted=number_words(sheet_of(round_).counted),
            version=sealed.version,
            file_name=sealed.name,
            sha256=sealed.sha256,
            link=link,
            link_until=until,
            reply_to_name=focal,
            explained=sum(bool(score.reply) for score in round_.scores),
        )
    )
    letter = Letter(
        kind=MessageKind.SCORE_DOSSIER,
        to=Recipient(authority.id, to_address, authority.superior or ""),
        day=today,
        mail=told,
        message_id=new_message_id(settings.mail_domain),
        key=str(sealed.dossier_id),
        reply_to=settings.reply_to or mailbox,
        attachments=(Attachment(dossier.document_id, sealed.name, ZIP),) if attached else (),
    )
    return queue(session, [letter], actor.at)[letter.message_id]


def _superior_mailbox(authority: Authority) -> str:
    if not authority.superior_mailbox:
        raise StoreError(
            f"Chưa có hộp thư cấp trên của {authority.name} để gửi hồ sơ; bổ sung hộp thư đó, hoặc gửi cách khác rồi "
            "ghi lại.",
            Hint.SUPERIOR_MAILBOX,
        )
    return authority.superior_mailbox
