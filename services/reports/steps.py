"""The steps of a report in the database: each in the caller's transaction, each safe to repeat.

A step looks at the row it has locked, does what is due and changes the state; whoever comes second
finds nothing left to do. Files and mails are made by the caller (tasks), in the same transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Authority
from models.mail import Message, MessageState
from models.plan import Plan, PlanStatus
from models.report import (
    MailPurpose,
    Report,
    ReportAsk,
    ReportFigures,
    ReportFile,
    ReportMail,
    ReportOrigin,
    ReportReopening,
)
from models.session import exclusive
from rules.audit import AuditAction
from rules.calendar.periods import Period
from rules.calendar.workdays import WorkCalendar
from rules.reporting.steps import DaysOf, Position, ReportDays, ReportState, asking_rung, due_periods
from rules.reporting.values import fingerprint
from services.actor import Actor
from services.audit import record
from services.documents import KeptDocument, stored_document
from services.errors import StoreError
from services.policy import OfficePolicy
from services.reports.consolidation import all_have_sent, consolidated, own_row, years_below
from services.reports.queries import actual, compose_now, known_on, period_named, row_of

UNDER_WAY = tuple(state for state in ReportState if state is not ReportState.SENT)


class ReportRefusedError(StoreError):
    """What cannot be done with a report now: one Vietnamese sentence."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By what reports are made: policy, working days, days on which mail goes out, today, and whose hand it is."""

    office: OfficePolicy
    calendar: WorkCalendar
    today: date
    actor: Actor

    @property
    def mail_days(self) -> WorkCalendar:
        """The days on which mail goes out."""
        ladder = self.office.ladder
        return self.calendar.resting_also(ladder.quiet_dates, ladder.quiet_weekdays)


def open_due(session: Session, authority_id: int, terms: Terms) -> list[Report]:
    """Open every report of the authority's active plans that has to be open by today. Returns the new ones."""
    exclusive(session, f"reports-{authority_id}")
    plans = select(Plan).where(Plan.authority_id == authority_id, Plan.status == PlanStatus.ACTIVE).order_by(Plan.id)
    days = DaysOf(terms.calendar, terms.office.collect_days)
    opened = []
    for plan in session.scalars(plans).all():
        wanted = due_periods(terms.office.scheme, plan.year, known_on=known_on(plan), today=terms.today, days=days)
        opened += [_open(session, plan, one, terms) for one in wanted if row_of(session, plan.id, one.key) is None]
    return opened + _open_consolidated(session, authority_id, terms)


def _open(session: Session, plan: Plan, period: Period, terms: Terms) -> Report:
    real = actual(session, plan, period, None, terms.office.scheme)
    row = _new(plan.authority_id, real, DaysOf(terms.calendar, terms.office.collect_days)(real), terms)
    row.plan_id, row.plan = plan.id, plan
    return _opened(session, row, terms)


def _open_consolidated(session: Session, authority_id: int, terms: Terms) -> list[Report]:
    """Open the reports that wait for those of the authorities below: once their cut-off has passed."""
    days = DaysOf(terms.calendar, terms.office.collect_days)
    opened = []
    for year, first in sorted(years_below(session, authority_id).items()):
        due = due_periods(terms.office.scheme, year, known_on=known_on(first), today=terms.today, days=days)
        for period in due:
            if period.cut_off >= terms.today or own_row(session, authority_id, period.key) is not None:
                continue
            row = _new(authority_id, period, days.above(period, terms.office.consolidate_days), terms)
            row.authority, row.reopened_until = session.get_one(Authority, authority_id), days(period).sending_on
            opened.append(_opened(session, row, terms))
    return opened


def _new(authority_id: int, period: Period, days: ReportDays, terms: Terms) -> Report:
    return Report(
        authority_id=authority_id,
        period=period.key,
        label=period.label,
        first_day=period.first_day,
        cut_off=days.cut_off,
        opens_on=days.opens_on,
        sending_on=days.sending_on,
        state=ReportState.OPEN,
        version=0,
        opened_at=terms.actor.at,
    )


def _opened(session: Session, row: Report, terms: Terms) -> Report:
    session.add(row)
    session.flush()
    after = {"cut_off": row.cut_off, "sending_on": row.sending_on}
    record(session, terms.actor, AuditAction.REPORT_OPEN, row, after=after)
    return row


def under_way(session: Session, authority_id: int) -> list[int]:
    """The reports that are not yet sent, oldest cut-off first."""
    query = select(Report.id).where(Report.authority_id == authority_id, Report.state.in_(UNDER_WAY))
    return list(session.scalars(query.order_by(Report.cut_off, Report.id)))


def locked(session: Session, report_id: int) -> Report:
    """The report, held until the transaction ends."""
    exclusive(session, f"report-{report_id}")
    return session.scalars(
        select(Report).where(Report.id == report_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def position_of(session: Session, row: Report, terms: Terms) -> Position:
    """What decides about the report's next step."""
    closes_on = row.reopened_until or row.cut_off
    if row.plan_id is None and all_have_sent(session, row):
        closes_on = min(closes_on, terms.today - timedelta(days=1))
    rounds = round_of(session, row)
    asked = select(func.max(ReportAsk.rung)).where(ReportAsk.report_id == row.id, ReportAsk.round == rounds)
    opens_on = row.opens_on if not rounds else _reopened_on(session, row)
    wanted = {ReportState.WAITING: MailPurpose.APPROVE, ReportState.RETURNED: MailPurpose.RETURNED}.get(row.state)
    told = select(ReportMail.id).where(ReportMail.report_id == row.id, ReportMail.version == row.version)
    return Position(
        state=row.state,
        closes_on=closes_on,
        sending_on=row.sending_on,
        rung=_rung(opens_on, closes_on, terms) if row.plan_id is not None else None,
        asked=session.scalar(asked),
        told=wanted is not None and session.scalar(told.where(ReportMail.purpose == wanted).limit(1)) is not None,
    )


def _rung(opens_on: date, closes_on: date, terms: Terms) -> int | None:
    """The rung of asking that is due today; none on a day on which no mail goes out."""
    if not terms.mail_days.is_working_day(terms.today):
        return None
    return asking_rung(opens_on, closes_on, terms.today, terms.mail_days, terms.office.ladder)


def round_of(session: Session, row: Report) -> int:
    """How often the report was reopened: each time units are asked anew."""
    query = select(func.count()).select_from(ReportReopening).where(ReportReopening.report_id == row.id)
    return session.scalar(query) or 0


def _reopened_on(session: Session, row: Report) -> date:
    query = select(func.max(ReportReopening.id)).where(ReportReopening.report_id == row.id)
    newest = session.get_one(ReportReopening, session.scalar(query))
    return newest.since.astimezone(ZONE).date()


def close(session: Session, row: Report, terms: Terms) -> ReportFigures:
    """Freeze the figures as of the cut-off, with their hash. Answers of a reopening count for it, too."""
    session.flush()
    for reopening in session.scalars(
        select(ReportReopening).where(ReportReopening.report_id == row.id, ReportReopening.ended_at.is_(None))
    ):
        reopening.ended_at = terms.actor.at
    session.flush()
    period = replace(period_named(row.period, terms.office.scheme), first_day=row.first_day, cut_off=row.cut_off)
    if row.plan is None:
        content = consolidated(session, row.authority, period, terms.office, sent_only=True).canonical()
    else:
        content = compose_now(session, row.plan, period, terms.office, row).canonical()
    newest = session.scalar(select(func.max(ReportFigures.version)).where(ReportFigures.report_id == row.id))
    frozen = ReportFigures(
        report_id=row.id,
        version=(newest or 0) + 1,
        frozen_at=terms.actor.at,
        sha256=fingerprint(content),
        content=content,
    )
    session.add(frozen)
    row.state, row.closed_at, row.reopened_until = ReportState.CLOSED, terms.actor.at, None
    session.flush()
    record(session, terms.actor, AuditAction.REPORT_CLOSE, row, after={"sha256": frozen.sha256})
    return frozen


def add_version(
    session: Session, row: Report, origin: ReportOrigin, kept: Sequence[tuple[str, KeptDocument]], actor: Actor
) -> int:
    """Store the files of a new version, by format. Returns its number."""
    row.version += 1
    for form, document in kept:
        stored = stored_document(session, document, actor.at)
        session.add(
            ReportFile(
                report_id=row.id,
                version=row.version,
                origin=origin,
                format=form,
                document_id=stored.id,
                who=actor.name,
                uploaded_by_id=actor.person_id,
                made_at=actor.at,
            )
        )
    session.flush()
    hashes = {form: document.sha256 for form, document in kept}
    record(session, actor, origin.action, row, after={"version": row.version, "files": hashes})
    return row.version


def compiled(session: Session, row: Report, kept: Sequence[tuple[str, KeptDocument]], actor: Actor) -> None:
    """The draft is made: it waits for approval from now on."""
    add_version(session, row, ReportOrigin.DRAFT, kept, actor)
    row.state, row.compiled_at, row.decision_note = ReportState.WAITING, actor.at, None


def decidable(row: Report) -> bool:
    """Whether the report waits for a leader: for approval, or approved and kept from leaving by something."""
    return row.state is ReportState.WAITING or (row.state is ReportState.APPROVED and row.problem is not None)


def uploaded(session: Session, row: Report, document: KeptDocument, actor: Actor) -> None:
    """A text edited in Word becomes the newest version and waits for approval. Raises ReportRefusedError."""
    if not (decidable(row) or row.state is ReportState.RETURNED):
        raise ReportRefusedError(
            f"Báo cáo {row.label} đang ở bước “{row.state.words}”; chỉ thay văn bản khi báo cáo đang chờ phê duyệt "
            "hoặc được trả lại."
        )
    add_version(session, row, ReportOrigin.UPLOAD, [("docx", document)], actor)
    row.state, row.decision_note, row.problem = ReportState.WAITING, None, None
    row.approved_at = row.approved_by_id = row.approved_by = None


def redo(session: Session, row: Report, actor: Actor) -> None:
    """Compile the draft anew from the frozen figures: after a template was changed. Raises ReportRefusedError."""
    if row.state not in (ReportState.WAITING, ReportState.RETURNED):
        raise ReportRefusedError(f"Báo cáo {row.label} đang ở bước “{row.state.words}” nên không soạn lại được.")
    row.state = ReportState.CLOSED
    session.flush()
    record(session, actor, AuditAction.REPORT_REDO, row, after={"version": row.version})


def reopen(session: Session, row: Report, actor: Actor, until: date, reason: str, today: date) -> None:
    """Let answers count for a closed report again, until the end of a day. Raises ReportRefusedError."""
    if row.state in (ReportState.OPEN, ReportState.ISSUED, ReportState.SENT):
        why = "đang thu thập" if row.state is ReportState.OPEN else "đã có số và gửi đi"
        raise ReportRefusedError(f"Báo cáo {row.label} {why} nên không mở lại.")
    if not reason.strip():
        raise ReportRefusedError("Hãy ghi lý do mở lại kỳ báo cáo.")
    if until < today or today <= row.cut_off:
        raise ReportRefusedError("Ngày đóng lại phải từ hôm nay trở đi, và chỉ mở lại sau ngày chốt số liệu.")
    session.add(
        ReportReopening(
            report_id=row.id, reason=reason.strip(), who=actor.name, since=actor.at, until_day=until, ended_at=None
        )
    )
    before = {"state": row.state.value}
    row.state, row.reopened_until = ReportState.OPEN, until
    row.approved_at = row.approved_by_id = row.approved_by = None
    session.flush()
    record(session, actor, AuditAction.REPORT_REOPEN, row, before=before, after={"until": until}, note=reason.strip())


def note_mails(session: Session, row: Report, purpose: MailPurpose, message_ids: Iterable[int | None]) -> None:
    """Write down which mails told of this version: the proof of asking for approval, and of sending."""
    session.add_all(
        ReportMail(report_id=row.id, version=row.version, purpose=purpose, message_id=one)
        for one in message_ids
        if one is not None
    )
    session.flush()


def confirm(session: Session, row: Report, actor: Actor) -> bool:
    """Look whether every mail that carries the report has arrived at its server; then it is sent. Whether it is."""
    query = select(Message.state, Message.to_address, Message.sent_at).join(
        ReportMail, ReportMail.message_id == Message.id
    )
    sending = (ReportMail.report_id == row.id, ReportMail.purpose == MailPurpose.SEND)
    mails = session.execute(query.where(*sending)).tuples().all()
    open_ones = [address for state, address, _ in mails if state is not MessageState.SENT]
    lost = [address for state, address, _ in mails if state in (MessageState.BOUNCED, MessageState.UNKNOWN)]
    row.problem = f"Chưa gửi được tới {', '.join(lost)}; xem trong hộp thư đi." if lost else None
    if open_ones or not mails:
        return False
    row.state, row.sent_at = ReportState.SENT, max((sent for _, _, sent in mails if sent), default=actor.at)
    session.flush()
    record(session, actor, AuditAction.REPORT_SENT, row, after={"to": [address for _, address, _ in mails]})
    return True
