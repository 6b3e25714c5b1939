"""The mails of a report's steps: queued with their proof in the step's own transaction, sent by the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.writing.reports.wording import number_text
from models.authority import Person, Role, Unit
from models.mail import MessageKind
from models.report import MailPurpose, Report, ReportAsk, ReportFile, ReportOrigin, ReportReopening
from notifications.digest import Rendered
from notifications.mime import new_message_id
from notifications.report_messages import (
    LINES,
    MissingLine,
    ReportAsked,
    ReportReturned,
    ReportWaiting,
    render_report_asked,
    render_report_returned,
    render_report_waiting,
)
from rules.reporting.compose import missing_dues
from rules.reporting.facts import ItemFact
from rules.reporting.values import DueLine, PeriodWords
from rules.reporting.values import Report as Composed
from rules.staff.values import slug
from services.access.links import leading_to, link_for
from services.mail.letterhead import Letterhead
from services.mail.queue import Attachment, Letter, Recipient, queue
from services.reports.facts import facts_of
from services.reports.files import FORMATS
from services.reports.queries import files_of, frozen_of
from services.reports.steps import Terms, note_mails, position_of, round_of
from services.staff.deputies import deciders_of
from services.staff.directory import admins_of, directory_of

Missing = Sequence[tuple[ItemFact, DueLine]]


@dataclass(slots=True)
class ReportMailer:
    """One step's way to the outbox: the report, by what terms, the sender's side, and the mails queued so far."""

    session: Session
    row: Report
    terms: Terms
    head: Letterhead
    mails: list[int]

    def queue(
        self, kind: MessageKind, to: Recipient, mail: Rendered, key: str, attachments: Sequence[Attachment] = ()
    ) -> int | None:
        """Put a mail into the outbox. Its id; None where the same one went to this person today."""
        letter = Letter(
            kind=kind,
            to=to,
            day=self.terms.today,
            mail=mail,
            message_id=new_message_id(self.head.mail_domain),
            key=f"{self.row.id}{key}",
            reply_to=self.head.reply_to,
            attachments=tuple(attachments),
        )
        made = queue(self.session, [letter], self.terms.actor.at).get(letter.message_id)
        if made is not None:
            self.mails.append(made)
        return made

    def link(self, person: Person, path: str) -> str | None:
        """A link for a person that goes on to a page of the portal; None without a portal."""
        if self.head.door is None:
            return None
        plans = [self.row.plan_id] if self.row.plan_id is not None else None
        made = link_for(self.session, self.head.door, person.id, plans, self.terms.actor.at)
        return leading_to(made, path)


def ask_units(mailer: ReportMailer) -> bool:
    """Ask every unit that owes something for this period, once a rung; those that owe nothing hear nothing.

    Whether anybody was asked.
    """
    session, row, terms = mailer.session, mailer.row, mailer.terms
    position = position_of(session, row, terms)
    if position.rung is None:
        return False
    if row.plan is None:  # nobody is asked for a consolidated report: those below have their own rounds
        return False
    facts = facts_of(session, row.plan, terms.office.soon_days, row)
    missing = missing_dues(facts, _words(row), terms.today)
    rounds = round_of(session, row)
    people = directory_of(session, row.authority_id)
    for unit in session.scalars(select(Unit).where(Unit.authority_id == row.authority_id, Unit.code.in_(missing))):
        asked = ReportAsk(report_id=row.id, unit_id=unit.id, round=rounds, rung=position.rung, day=terms.today)
        asked.missing = len(missing[unit.code])
        to = people.mailbox.get(unit.id) or people.head.get(unit.id)
        if to is not None:
            person = session.get_one(Person, to)
            letter = _asked(mailer, unit.name, missing[unit.code], position.closes_on, mailer.link(person, "/hom-nay"))
            mail = render_report_asked(letter)
            asked.message_id = mailer.queue(MessageKind.REPORT_ASK, Recipient.of(person), mail, f"/{rounds}")
        session.add(asked)
    session.flush()
    return bool(missing)


def _words(row: Report) -> PeriodWords:
    """The period's days; of what comes after it nothing is asked."""
    return PeriodWords(
        key=row.period,
        label=row.label,
        first_day=row.first_day,
        cut_off=row.cut_off,
        next_label="",
        next_until=row.cut_off,
    )


def _asked(mailer: ReportMailer, unit: str, missing: Missing, closes_on: date, link: str | None) -> ReportAsked:
    row, today = mailer.row, mailer.terms.today
    lines = sorted(missing, key=lambda one: one[1].last_day)[:LINES]
    return ReportAsked(
        authority_name=mailer.head.authority_name,
        unit_name=unit,
        today=today,
        period=row.label,
        plan_title=row.title,
        closes_on=closes_on,
        missing=len(missing),
        lines=tuple(
            MissingLine(
                item_code=item.code,
                title=item.title,
                label=due.label,
                last_day=due.last_day,
                overdue=due.last_day < today,
            )
            for item, due in lines
        ),
        reason=_reason(mailer.session, row),
        link=link,
        contact=mailer.head.focal_name,
    )


def _reason(session: Session, row: Report) -> str:
    """Why the report is open again; nothing the first time."""
    query = select(ReportReopening.reason).where(ReportReopening.report_id == row.id)
    return session.scalar(query.order_by(ReportReopening.id.desc()).limit(1)) or ""


def submit_to_leaders(mailer: ReportMailer) -> bool:
    """Tell each leader (or their deputy of the day), once a version, that a report waits. False where there is none."""
    session, row, head = mailer.session, mailer.row, mailer.head
    deciders = deciders_of(session, row.authority_id, mailer.terms.today)
    if not deciders:
        row.problem = "Chưa có lãnh đạo trong danh sách để phê duyệt; hãy bổ sung vào danh sách người dùng."
        return False
    row.problem = None
    frozen = frozen_of(session, row)
    report = Composed.model_validate_json(frozen.content) if frozen else None
    files = files_of(session, row)
    uploaded = any(one.origin is ReportOrigin.UPLOAD for one in files)
    attached = [attachment_of(row, one) for one in files if one.format in ("docx", "pdf")] if head.door is None else []
    queued = []
    for leader, behalf in deciders:
        letter = ReportWaiting(
            authority_name=head.authority_name,
            recipient_name=f"{leader.name} (thay mặt {behalf})" if behalf else leader.name,
            today=mailer.terms.today,
            period=row.label,
            plan_title=row.title,
            version=row.version,
            uploaded=uploaded,
            sending_on=row.sending_on,
            figures=_figures(report) if report else (),
            absent=_absent(report) if report else (),
            link=mailer.link(leader, f"/bao-cao/{row.id}"),
            contact=head.focal_name,
        )
        mail = render_report_waiting(letter)
        queued.append(mailer.queue(MessageKind.REPORT_APPROVE, Recipient.of(leader), mail, f"/{row.version}", attached))
    note_mails(session, row, MailPurpose.APPROVE, queued)
    return True


def _absent(report: Composed) -> tuple[str, ...]:
    """Units with how much they owe; of a consolidated report the authorities that have sent none."""
    return report.absent or tuple(f"{unit.name} ({unit.missing} việc)" for unit in report.units if unit.missing)


_SUMMARY = ("items", "done", "done_share", "overdue", "due", "due_in_time", "missing")


def _figures(report: Composed) -> tuple[str, ...]:
    """A few figures, one a line."""
    chosen: Mapping[str, object] = report.figures
    return tuple(
        f"{report.figures[key].label}: {number_text(report.figures[key])}" for key in _SUMMARY if key in chosen
    )


def tell_office(mailer: ReportMailer) -> bool:
    """Tell the administrators and the focal unit that a leader returned the report, and why."""
    session, row, head = mailer.session, mailer.row, mailer.head
    ids = set(admins_of(session, row.authority_id))
    focal = row.authority.focal_unit_id
    mailbox = directory_of(session, row.authority_id).mailbox
    if focal is not None and focal in mailbox:
        ids.add(mailbox[focal])
    if not ids:
        return False
    queued = []
    for person in session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)):
        path = f"/bao-cao/{row.id}"
        letter = ReportReturned(
            authority_name=head.authority_name,
            today=mailer.terms.today,
            period=row.label,
            plan_title=row.title,
            version=row.version,
            note=row.decision_note or "",
            sending_on=row.sending_on,
            link=mailer.link(person, path) if person.role is Role.ADMIN else None,
            contact=head.focal_name,
        )
        mail = render_report_returned(letter)
        queued.append(mailer.queue(MessageKind.REPORT_RETURN, Recipient.of(person), mail, f"/{row.version}"))
    note_mails(session, row, MailPurpose.RETURNED, queued)
    return True


def attachment_of(row: Report, file: ReportFile) -> Attachment:
    """A file of a report as it goes with a mail."""
    return Attachment(file.document_id, file_name(row, file.format), FORMATS[file.format])


def file_name(row: Report, form: str) -> str:
    """A file's name that every mail program keeps: "05-BC-UBND-2025-Q1.docx", "du-thao-2025-Q1-ban-2.docx"."""
    if row.number is None or row.issued_on is None:
        return f"du-thao-{row.period}-ban-{row.version}.{form}"
    symbol = slug(row.symbol or "", "-")
    return f"{row.number:02}-{symbol}-{row.period}.{form}"
