"""What the portal shows of reports, and to whom: leaders, administrators and auditors of the authority."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.mail import Message
from models.plan import StoredDocument
from models.report import Report, ReportFile, ReportMail, ReportReopening
from rules.reporting.steps import ReportState
from rules.reporting.values import Report as Composed
from services.actor import Visitor
from services.documents import place_of
from services.errors import NotAllowedError, NotYoursError
from services.reports.queries import files_of, frozen_of
from services.reports.steps import decidable, locked

NOT_HERE = "Không có báo cáo này."


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the text: where it comes from, by whom, and its files."""

    number: int
    origin: str
    files: tuple[ReportFile, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a report's page shows."""

    row: Report
    report: Composed | None
    sha256: str
    versions: tuple[Version, ...]
    mails: tuple[tuple[str, Message], ...]
    reopened: tuple[ReportReopening, ...]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file to be saved by the visitor."""

    path: Path
    name: str


def reports_seen(session: Session, visitor: Visitor) -> list[Report]:
    """The reports a visitor may look at, newest cut-off first. Raises NotAllowedError for those who may not."""
    if not visitor.oversees:
        raise NotAllowedError("Trang báo cáo dành cho lãnh đạo và quản trị viên.")
    query = select(Report).where(Report.authority_id == visitor.authority_id)
    rows = session.scalars(query.order_by(Report.cut_off.desc(), Report.id.desc()))
    return [row for row in rows if _opens(visitor, row)]


def report_seen(session: Session, visitor: Visitor, report_id: int, *, lock: bool = False) -> Report:
    """A report a visitor may look at. Raises NotYoursError when it is not theirs to see."""
    row = session.get(Report, report_id)
    hidden = row is None or row.authority_id != visitor.authority_id or not _opens(visitor, row)
    if row is None or hidden or not visitor.oversees:
        raise NotYoursError(NOT_HERE)
    return locked(session, row.id) if lock else row


def _opens(visitor: Visitor, row: Report) -> bool:
    return row.plan_id is None or visitor.opens(row.plan_id)


def page_of(session: Session, row: Report) -> Page:
    """What the page of a report shows."""
    frozen = frozen_of(session, row)
    mails = select(ReportMail.purpose, Message).join(Message, Message.id == ReportMail.message_id)
    reopened = select(ReportReopening).where(ReportReopening.report_id == row.id).order_by(ReportReopening.id)
    return Page(
        row=row,
        report=Composed.model_validate_json(frozen.content) if frozen else None,
        sha256=frozen.sha256 if frozen else "",
        versions=_versions(files_of(session, row, 0)),
        mails=tuple(session.execute(mails.where(ReportMail.report_id == row.id).order_by(Message.id)).tuples().all()),
        reopened=tuple(session.scalars(reopened)),
    )


def _versions(files: list[ReportFile]) -> tuple[Version, ...]:
    """The files by version, the newest first."""
    numbers = sorted({one.version for one in files}, reverse=True)
    return tuple(
        Version(number, own[0].origin, own)
        for number in numbers
        for own in [tuple(f for f in files if f.version == number)]
    )


def stored_file(session: Session, visitor: Visitor, report_id: int, file_id: int, folder: Path) -> StoredFile:
    """A file of a report for saving. Raises NotYoursError."""
    row = report_seen(session, visitor, report_id)
    found = session.scalar(select(ReportFile).where(ReportFile.id == file_id, ReportFile.report_id == row.id))
    if found is None:
        raise NotYoursError(NOT_HERE)
    path = place_of(folder, session.get_one(StoredDocument, found.document_id).sha256)
    if not path.is_file():
        raise NotYoursError("Tệp này không còn trong kho tài liệu; đề nghị quản trị viên khôi phục từ bản sao lưu.")
    return StoredFile(path, f"bao-cao-{row.period}-ban-{found.version}.{found.format}")


def may_decide(visitor: Visitor, row: Report) -> bool:
    """Whether the visitor can approve or return the report now."""
    return visitor.leads and decidable(row)


def may_edit(visitor: Visitor, row: Report) -> bool:
    """Whether the visitor can replace the text now."""
    return (visitor.leads or visitor.role == "admin") and (decidable(row) or row.state is ReportState.RETURNED)


def may_reopen(visitor: Visitor, row: Report) -> bool:
    """Whether the visitor can open the period again now."""
    closed = (ReportState.CLOSED, ReportState.WAITING, ReportState.RETURNED, ReportState.APPROVED)
    return visitor.role == "admin" and row.state in closed
