"""What leaders decide about a report, and the number and day it leaves with."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config.clock import ZONE
from models.authority import Person
from models.report import Report, ReportFile, ReportOrigin
from models.session import exclusive
from rules.audit import AuditAction
from rules.reporting.printed_number import Printed, refusal
from rules.reporting.steps import ReportState
from services.actor import Actor
from services.audit import record
from services.documents import place_of
from services.reports.queries import files_of
from services.reports.steps import ReportRefusedError, Terms, decidable
from services.staff.deputies import behalf_of, named


@dataclass(frozen=True, slots=True)
class EditedText:
    """What a text edited by hand says of its number and day, and the symbol that the office's reports have."""

    printed: Printed
    symbol: str


def edited_file(session: Session, row: Report, folder: Path) -> Path | None:
    """Where the newest version lies when it is a text edited by hand; None when dondoc made it.

    Raises ReportRefusedError when the file is gone.
    """
    found = next((one for one in files_of(session, row) if one.origin is ReportOrigin.UPLOAD), None)
    if found is None:
        return None
    path = place_of(folder, found.document.sha256)
    if not path.is_file():
        raise ReportRefusedError(
            f"Tệp văn bản (bản {row.version}) không còn trong kho tài liệu; "
            "hãy khôi phục từ bản sao lưu hoặc tải lại tệp."
        )
    return path


def approve(
    session: Session,
    row: Report,
    person: Person,
    actor: Actor,
    *,
    note: str = "",
    number: int | None = None,
    text: EditedText | None = None,
) -> None:
    """A leader, or their deputy of the day, approves the newest version; it is numbered and sent on its day.

    Nobody approves a text they uploaded themselves. `number` is that of the office's register, `text` what a text
    edited by hand says of its own; without either the next number of the year is taken when it is sent.
    Raises ReportRefusedError.
    """
    actor = _deciding(session, row, person, actor)
    if uploaded_by(session, row, person):
        raise ReportRefusedError("Người tải văn bản lên không tự phê duyệt; đề nghị lãnh đạo khác phê duyệt.")
    today = actor.at.astimezone(ZONE).date()
    number = number if number is not None else row.number
    if text is not None:
        number = agreed(text, number, max(today, row.sending_on))
    if number is not None:
        _check_number(session, row, number, today)
    row.number = number
    row.state, row.approved_at, row.problem = ReportState.APPROVED, actor.at, None
    row.approved_by_id, row.approved_by, row.decision_note = person.id, person.name, note.strip() or None
    session.flush()
    after = {"version": row.version, "number": number}
    record(session, actor, AuditAction.REPORT_APPROVE, row, after=after, note=row.decision_note)


def uploaded_by(session: Session, row: Report, person: Person) -> bool:
    """Whether a person uploaded the newest version; a name decides only where nobody's id was known."""
    by_name = ReportFile.uploaded_by_id.is_(None) & ReportFile.who.in_([person.email, named(person)])
    own = select(ReportFile.id).where(
        ReportFile.report_id == row.id,
        ReportFile.version == row.version,
        ReportFile.origin == ReportOrigin.UPLOAD,
        or_(ReportFile.uploaded_by_id == person.id, by_name),
    )
    return session.scalar(own.limit(1)) is not None


def agreed(text: EditedText, number: int | None, day: date) -> int | None:
    """The number under which an edited text leaves on a day: the given one, else the printed one.

    Raises ReportRefusedError where the text contradicts it.
    """
    why = refusal(text.printed, number, text.symbol, day)
    if why is not None:
        raise ReportRefusedError(why)
    return number if number is not None else text.printed.number


def send_back(session: Session, row: Report, person: Person, actor: Actor, note: str) -> None:
    """A leader returns the newest version with a note. Raises ReportRefusedError."""
    actor = _deciding(session, row, person, actor)
    if not note.strip():
        raise ReportRefusedError("Hãy ghi rõ cần sửa gì trước khi trả lại báo cáo.")
    row.state, row.decision_note = ReportState.RETURNED, note.strip()
    session.flush()
    record(session, actor, AuditAction.REPORT_RETURN, row, after={"version": row.version}, note=row.decision_note)


def _deciding(session: Session, row: Report, person: Person, actor: Actor) -> Actor:
    """The hand that decides: a deputy's says for whom. Raises ReportRefusedError."""
    on_behalf_of = behalf_of(session, person, actor.at.astimezone(ZONE).date()) if person.active else None
    if on_behalf_of is None or person.authority_id != row.authority_id:
        raise ReportRefusedError(
            f"{person.name} không phải lãnh đạo của cơ quan, hôm nay cũng không thay mặt lãnh đạo, nên không phê duyệt "
            "báo cáo này."
        )
    if not decidable(row):
        raise ReportRefusedError(f"Báo cáo {row.label} không chờ phê duyệt; hiện ở bước “{row.state.words}”.")
    return replace(actor, on_behalf_of=on_behalf_of)


def issue(session: Session, row: Report, terms: Terms, text: EditedText | None = None) -> None:
    """Give the report its number and day: that of today, or those printed in its text.

    Sending follows in the same transaction. Raises ReportRefusedError.
    """
    exclusive(session, f"report-numbers-{row.authority_id}")
    row.symbol = row.symbol or terms.office.official.symbol
    day, number = terms.today, row.number
    if text is not None:
        number, day = agreed(text, number, day), text.printed.day or day
    if number is None:
        number = next_number(session, row, day.year)
    else:
        _check_number(session, row, number, day)
    row.number, row.issued_on, row.issued_at = number, day, terms.actor.at
    row.state, row.problem = ReportState.ISSUED, None
    session.flush()
    after = {"number": f"{row.number:02}/{row.symbol}", "issued_on": row.issued_on}
    record(session, terms.actor, AuditAction.REPORT_ISSUE, row, after=after)


def next_number(session: Session, row: Report, year: int) -> int:
    """The next free number of an authority's reports in a year, as far as this database knows."""
    taken = _numbers(session, row, year)
    return max(taken, default=0) + 1


def _check_number(session: Session, row: Report, number: int, day: date) -> None:
    if number < 1:
        raise ReportRefusedError("Số văn bản phải từ 1 trở lên.")
    if number in _numbers(session, row, day.year):
        raise ReportRefusedError(f"Số {number:02} đã dùng cho một báo cáo khác trong năm {day.year}; hãy lấy số khác.")


def _numbers(session: Session, row: Report, year: int) -> set[int]:
    query = select(Report.number, Report.issued_on).where(
        Report.authority_id == row.authority_id, Report.number.is_not(None), Report.id != row.id
    )
    return {number for number, day in session.execute(query).tuples() if number and (day is None or day.year == year)}
