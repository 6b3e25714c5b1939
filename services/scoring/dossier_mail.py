"""The dossier on its way to the superior."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from config.settings import Settings, load_settings
from models.authority import Authority
from models.mail import Message, MessageState
from models.report import MessageAttachment
from models.scoring import ScoreDossier, ScoreRound
from models.session import transaction
from notifications.mime import new_message_id
from notifications.score_messages import ScoreDossierLetter, render_score_dossier
from rules.numbers import number_words
from rules.scoring.round import RoundState
from services.access.links import door_of
from services.actor import By
from services.audit import record
from services.errors import StoreError
from services.scoring.dossier import Sealed, seal
from services.scoring.rounds import move, subject_of_round, the_round
from services.scoring.scores import sheet_of
from services.scoring.sending import SENDABLE, Handover, dossier_link, has_left, note_handover
from services.staff.queries import focal_contact

DOSSIER = "score_dossier"
"""Kind of its mail."""

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
    authority: str | None, code: str | None, by: By, today: date, *, by_hand: bool = False, how: Handover | None = None
) -> SentDossier:
    """Seal the dossier and queue its mail to the superior, once a version; the round then waits for verification.

    `by_hand`: it goes another way (trục liên thông, giấy), and only that is written down, with `how` where it is known.
    Raises StoreError when the round is not approved or the superior has no mailbox.
    """
    settings = load_settings()
    sealed = seal(authority, code, by, settings)
    with transaction() as session:
        round_ = the_round(session, authority, code, lock=True)
        dossier = session.get_one(ScoreDossier, sealed.dossier_id)
        new = not has_left(dossier) and not (by_hand and round_.state not in SENDABLE)
        if new and by_hand:
            note_handover(session, round_, dossier, how or Handover(), by)
        elif new:
            dossier.message_id = _queue(session, round_, dossier, sealed, (by, today, settings))
        if round_.state is RoundState.APPROVED:
            move(session, round_, RoundState.SENT, by, f"hồ sơ bản {sealed.version}")
        if new and not by_hand:
            after = {"version": sealed.version, "sha256": sealed.sha256, "by_hand": False}
            record(session, by, "score_round.send", subject_of_round(round_), after=after)
        return SentDossier(sealed, dossier.message_id, new)


def _queue(
    session: Session, round_: ScoreRound, dossier: ScoreDossier, sealed: Sealed, now: tuple[By, date, Settings]
) -> int:
    by, today, settings = now
    authority, attached = round_.authority, sealed.size <= ATTACHED_UP_TO
    to_address = _superior_mailbox(authority)
    if not attached and not settings.portal_url:
        raise StoreError(
            f"Hồ sơ {sealed.size / 1024 / 1024:.0f} MB quá lớn để gửi kèm thư và cổng chưa có địa chỉ công khai "
            "(DONDOC_PORTAL_URL); đặt địa chỉ đó, hoặc gửi cách khác rồi chạy: dondoc score send --by-hand"
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
    message = Message(
        authority_id=authority.id,
        kind=DOSSIER,
        day=today,
        to_address=to_address,
        to_name=authority.superior or "",
        subject=told.subject,
        text=told.text,
        html=told.html,
        reply_to=settings.reply_to or mailbox,
        message_id=new_message_id(settings.mail_domain),
        state=MessageState.QUEUED,
        created_at=by.at,
    )
    session.add(message)
    session.flush()
    if attached:
        file = MessageAttachment(message_id=message.id, document_id=dossier.document_id, name=sealed.name, media=ZIP)
        session.add(file)
    return message.id


def _superior_mailbox(authority: Authority) -> str:
    if not authority.superior_mailbox:
        raise StoreError(
            f"Chưa có hộp thư cấp trên của {authority.name} để gửi hồ sơ; ghi superior_mailbox bằng "
            "dondoc units import, hoặc gửi cách khác rồi chạy: dondoc score send --by-hand"
        )
    return authority.superior_mailbox
