"""Reports taken one step further: each step one transaction, whoever runs it and however often.

`run_reports` is the whole: it opens what has to be open, takes every step that is due, and sends the
mails that came of it. The Prefect flow, the command line and a rehearsal on a moved clock all run this.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock import now as clock_now
from config.settings import Settings, load_settings
from models.report import Report
from models.session import reading, transaction
from notifications.mailer import MailServer
from rules.reporting.steps import ReportState, Step, next_step
from services.access.links import MACHINE, door_of
from services.actor import Actor
from services.mail.letterhead import Letterhead, letterhead
from services.mail.sender import Sent, send_outbox
from services.policy import office_calendar, office_policy
from services.reports.issuing import compile_draft, issue_and_send
from services.reports.mails import ReportMailer, ask_units, submit_to_leaders, tell_office
from services.reports.steps import Terms, close, confirm, locked, open_due, position_of, under_way
from services.staff.queries import the_authority

Clock = Callable[[], datetime]

WORDS = {
    Step.ASK: "hỏi đơn vị",
    Step.CLOSE: "chốt số liệu",
    Step.COMPILE: "soạn dự thảo",
    Step.SUBMIT: "trình phê duyệt",
    Step.TELL: "báo trả lại",
    Step.ISSUE: "lấy số và gửi",
    Step.CONFIRM: "xác nhận đã gửi",
}


@dataclass(frozen=True, slots=True)
class ReportProgress:
    """A report after a run: which steps were taken, and where it stands."""

    plan: str
    period: str
    label: str
    state: ReportState
    steps: tuple[str, ...] = ()
    sending_on: date | None = None
    problem: str | None = None

    def words(self) -> str:
        """One line for logs, states and artifacts."""
        taken = f" ({', '.join(self.steps)})" if self.steps else ""
        trouble = f". {self.problem}" if self.problem else ""
        return f"{self.plan} · {self.label}: {self.state.words}{taken}{trouble}"


@dataclass(slots=True)
class ReportRun:
    """What a run did: the reports under way, and the mails."""

    reports: list[ReportProgress] = field(default_factory=list)
    sent: Sent | None = None


@dataclass(slots=True)
class Desk:
    """What the steps of one run share. `mails` collects what they queued."""

    settings: Settings
    terms: Terms
    clock: Clock
    mails: list[int] = field(default_factory=list)

    def head(self, session: Session, authority_id: int) -> Letterhead:
        """The sender's side of this run's mails."""
        door = door_of(self.settings) if self.settings.portal_url else None
        return letterhead(session, authority_id, self.settings.reply_to, self.settings.mail_domain, door)


def desk_of(today: date, settings: Settings | None = None, clock: Clock = clock_now, who: str = MACHINE) -> Desk:
    """A desk by the office's policy and calendar."""
    used = settings or load_settings()
    terms = Terms(office_policy(used), office_calendar(used), today, Actor(who, clock()))
    return Desk(used, terms, clock)


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report under way, its name for people, and whether this run opened it."""

    id: int
    name: str
    new: bool = False


def run_reports(
    authority: str | None, today: date, *, settings: Settings | None = None, clock: Clock = clock_now, send: bool = True
) -> ReportRun:
    """Open what is due and take every step that is due, of all reports of an authority; then send their mails."""
    desk = desk_of(today, settings, clock)
    reports = open_reports(authority, desk)
    taken = {report.id: _take_due_steps(desk, report) for report in reports}
    ran = ReportRun()
    if send and desk.mails:
        ran.sent = send_outbox(MailServer.from_settings(desk.settings), only=desk.mails, clock=clock)
        for report in awaiting_proof(reports):
            taken[report.id] += _take_due_steps(desk, report)
    ran.reports = [progress_of(report, taken[report.id]) for report in reports]
    return ran


def open_reports(authority: str | None, desk: Desk) -> list[OpenReport]:
    """Open the reports whose day has come. Returns all that are under way, oldest cut-off first."""
    with transaction() as session:
        owner = the_authority(session, authority)
        opened = {row.id for row in open_due(session, owner.id, desk.terms)}
        rows = [session.get_one(Report, one) for one in under_way(session, owner.id)]
        return [OpenReport(row.id, f"{row.code} · {row.label}", row.id in opened) for row in rows]


def due_steps(desk: Desk, report_id: int) -> Iterator[Step]:
    """Each step that is due, the next one asked for after the last was taken; one that cannot be taken ends it."""
    tried: set[Step] = set()
    while Step.ISSUE not in tried:  # what issuing queued must leave before it can be confirmed
        with reading() as session:
            step = next_step(position_of(session, session.get_one(Report, report_id), desk.terms), desk.terms.today)
        if step is None or step in tried:
            return
        tried.add(step)
        yield step


def take_step(desk: Desk, report_id: int, step: Step) -> bool:
    """Take one step in a transaction of its own. False where something hinders it, or it is taken already."""
    with transaction() as session:
        row = locked(session, report_id)
        due = next_step(position_of(session, row, desk.terms), desk.terms.today)
        return due is step and _take(session, row, step, desk)


def awaiting_proof(reports: Iterable[OpenReport]) -> list[OpenReport]:
    """The reports whose mails are on their way: what was just sent is confirmed at once, not tomorrow."""
    with reading() as session:
        return [one for one in reports if session.get_one(Report, one.id).state is ReportState.ISSUED]


def progress_of(report: OpenReport, taken: Iterable[Step]) -> ReportProgress:
    """Where a report stands after the steps of a run."""
    words = [*(["mở kỳ"] if report.new else []), *(WORDS[step] for step in taken)]
    with reading() as session:
        row = session.get_one(Report, report.id)
        steps = tuple(dict.fromkeys(words))
        return ReportProgress(row.code, row.period, row.label, row.state, steps, row.sending_on, row.problem)


def _take_due_steps(desk: Desk, report: OpenReport) -> list[Step]:
    return [step for step in due_steps(desk, report.id) if take_step(desk, report.id, step)]


def _take(session: Session, row: Report, step: Step, desk: Desk) -> bool:
    """One step, in the caller's transaction. False where something keeps it from being taken."""
    mailer = ReportMailer(session, row, desk.terms, desk.head(session, row.authority_id), desk.mails)
    match step:
        case Step.ASK:
            return ask_units(mailer)
        case Step.CLOSE:
            close(session, row, desk.terms)
        case Step.COMPILE:
            compile_draft(session, row, desk.terms, desk.settings)
        case Step.SUBMIT:
            return submit_to_leaders(mailer)
        case Step.TELL:
            return tell_office(mailer)
        case Step.ISSUE:
            return issue_and_send(mailer, desk.settings)
        case Step.CONFIRM:
            return confirm(session, row, Actor(desk.terms.actor.name, desk.clock()))
    return True
