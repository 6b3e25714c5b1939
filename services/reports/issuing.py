"""A report's documents and its way out: the draft at compiling, the numbered text and its mails at sending."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.orm import Session

from config.settings import Settings
from documents.writing.official.form import day_words, full_name
from documents.writing.official.stamping import read_printed, stamped
from documents.writing.reports.wording import word_report
from models.mail import MessageKind
from models.report import MailPurpose, Report, ReportOrigin
from notifications.digest import Rendered
from notifications.report_messages import ReportLetter, render_report_letter
from rules.reporting.values import Report as Composed
from services.documents import KeptDocument, keep_document
from services.mail.queue import Recipient
from services.reports.approval import EditedText, edited_file, issue
from services.reports.files import Sheet, sheet_of, signature_of, templates_folder, written
from services.reports.mails import ReportMailer, attachment_of, file_name
from services.reports.queries import files_of, frozen_of
from services.reports.steps import ReportRefusedError, Terms, add_version, compiled, note_mails

MADE = ("docx", "pdf", "xlsx")
"""The files of a report that are kept; JSON is printed from the frozen figures."""


def keep_files(
    row: Report, sheet: Sheet, settings: Settings, forms: Iterable[str] = MADE
) -> list[tuple[str, KeptDocument]]:
    """Write a report's files and keep each under its hash."""
    return [(form, _kept(file_name(row, form), written(sheet, form), settings)) for form in forms]


def frozen_sheet(session: Session, row: Report, terms: Terms) -> Sheet:
    """The report as frozen, with its words and frame; the leader's name stands where nobody has approved yet."""
    frozen = frozen_of(session, row)
    if frozen is None:
        raise LookupError(f"report {row.id} has no frozen figures")
    report = Composed.model_validate_json(frozen.content)
    by = signature_of(session, row.authority_id, terms.office, row)
    return sheet_of(report, row.authority, terms.office, row, by)


def compile_draft(session: Session, row: Report, terms: Terms, settings: Settings) -> None:
    """Make the draft from the frozen figures and let it wait for approval."""
    row.version += 1  # the draft's name says which version it is; add_version counts it
    kept = keep_files(row, frozen_sheet(session, row, terms), settings)
    row.version -= 1
    compiled(session, row, kept, terms.actor)


def issue_and_send(mailer: ReportMailer, settings: Settings) -> bool:
    """Number the report and queue it for the superior and the recipients. False where nobody could get it."""
    session, row, terms = mailer.session, mailer.row, mailer.terms
    addresses = _addresses(row, terms)
    if not addresses:
        row.problem = "Chưa có hộp thư cấp trên để gửi báo cáo; hãy bổ sung hộp thư đó cho cơ quan."
        return False
    try:
        edited = edited_file(session, row, settings.documents)
        text = EditedText(read_printed(edited.read_bytes()), terms.office.official.symbol) if edited else None
        issue(session, row, terms, text)
    except ReportRefusedError as error:  # the number was taken since the approval: a person must give another
        row.problem = str(error)
        return False
    _finish(session, row, terms, settings, edited)
    files = [attachment_of(row, one) for one in files_of(session, row)]
    subject = _subject(session, row, settings)
    names = tuple(one.name for one in files)
    queued = []
    for address, name in addresses:
        to = Recipient(row.authority_id, address, name)
        queued.append(mailer.queue(MessageKind.REPORT_SEND, to, _letter(mailer, name, subject, names), "", files))
    note_mails(session, row, MailPurpose.SEND, queued)
    return True


def _finish(session: Session, row: Report, terms: Terms, settings: Settings, edited: Path | None) -> None:
    """Add the version with number and day: made anew, or the edited text with both in the room left for them.

    An edited text that has no such room leaves as it is.
    """
    if edited is None:
        kept = keep_files(row, frozen_sheet(session, row, terms), settings)
        add_version(session, row, ReportOrigin.FINAL, kept, terms.actor)
    elif row.number is not None and row.issued_on is not None:
        content = edited.read_bytes()
        finished = stamped(content, row.number, row.issued_on)
        if finished != content:
            add_version(
                session,
                row,
                ReportOrigin.FINAL,
                [("docx", _kept(file_name(row, "docx"), finished, settings))],
                terms.actor,
            )


def _kept(name: str, content: bytes, settings: Settings) -> KeptDocument:
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return keep_document(path, settings.documents)


def _subject(session: Session, row: Report, settings: Settings) -> str:
    frozen = frozen_of(session, row)
    report = Composed.model_validate_json(frozen.content) if frozen else None
    return word_report(report, templates_folder(settings)).subject if report else row.label


def _addresses(row: Report, terms: Terms) -> list[tuple[str, str]]:
    """Who gets the report: the superior's mailbox first, then those of "Nơi nhận" that have one, each once."""
    found: dict[str, str] = {}
    authority = row.authority
    if authority.superior_mailbox:
        found[authority.superior_mailbox.lower()] = authority.superior or authority.superior_mailbox
    for one in terms.office.official.recipients:
        if one.mail:
            found.setdefault(one.mail.lower(), one.name)
    return list(found.items())


def _letter(mailer: ReportMailer, name: str, subject: str, files: tuple[str, ...]) -> Rendered:
    row = mailer.row
    letter = ReportLetter(
        authority_name=full_name(row.authority.name),
        recipient_name=name,
        today=mailer.terms.today,
        number=f"{row.number:02}/{row.symbol}",
        issued_words=day_words(row.issued_on) if row.issued_on else "",
        subject=subject,
        files=files,
        reply_to_name=mailer.head.focal_name,
    )
    return render_report_letter(letter)
