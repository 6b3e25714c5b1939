"""A report's files: the frame from authority and policy, the words from the templates, and each format's bytes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings, load_settings
from documents.writing.official.form import Frame, Signature
from documents.writing.reports.wording import Wording, word_report
from models.authority import Authority, Person
from models.report import Report
from rules.reporting.values import Report as Composed
from services.policy import OfficePolicy
from services.staff.deputies import stood_in
from services.staff.queries import leaders_of

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""The formats of a report and their media types."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report ready to be written in any format: worded once."""

    report: Composed
    wording: Wording
    frame: Frame


def templates_folder(settings: Settings) -> Path | None:
    """The folder of the office's own templates, where it has one."""
    folder = settings.home / "templates"
    return folder if folder.is_dir() else None


def sheet_of(
    report: Composed, authority: Authority, office: OfficePolicy, row: Report | None, by: Signature | None = None
) -> Sheet:
    """The report with its words and frame. Number and day stand in it once the report has them.

    `by` is who signs (see `signature_of`); None leaves the name blank.
    Raises documents.writing.reports.wording.WordingError for an office's template that cannot be used.
    """
    wording = word_report(report, templates_folder(load_settings()))
    signed = by or Signature(office.official.signature, office.official.signer)
    return Sheet(report, wording, _frame(report, wording, authority, office, row, signed))


def signature_of(session: Session, authority_id: int, office: OfficePolicy, row: Report | None) -> Signature:
    """Who signs: the policy's signer or the leader who approved, before that the first leader.

    A deputy who approved signs in the form of a deputy, with their own name.
    """
    form, approved = office.official, row.approved_by if row is not None else None
    approver = session.get(Person, row.approved_by_id) if row is not None and row.approved_by_id else None
    if approver is not None and row is not None and row.approved_at and stood_in(session, approver, row.approved_at):
        return Signature(form.deputy_signature, approved or approver.name)
    leaders = leaders_of(session, authority_id)
    return Signature(form.signature, form.signer or approved or (leaders[0].name if leaders else ""))


def _frame(
    report: Composed, wording: Wording, authority: Authority, office: OfficePolicy, row: Report | None, by: Signature
) -> Frame:
    form = office.official
    addressees = form.addressees or ((authority.superior,) if authority.superior else ())
    return Frame(
        issuer=authority.name,
        symbol=(row.symbol if row is not None else None) or form.symbol,
        place=authority.place or place_of(authority.name),
        subject=wording.subject,
        signature=by,
        number=row.number if row is not None else None,
        issued=row.issued_on if row is not None else None,
        year=report.period.cut_off.year,
        superior=form.above or None,
        addressees=addressees,
        bases=wording.bases,
        recipients=tuple(one.name for one in form.recipients if addressees or one.name.casefold() != "như trên"),
        archive=form.archive,
    )


_KINDS = ("ủy ban nhân dân ", "ubnd ", "phường ", "xã ", "đặc khu ", "thị trấn ", "tỉnh ", "thành phố ")


def place_of(authority: str) -> str:
    """The place in a body's name, for its date line: "UBND phường Sông Mai" -> "Sông Mai"."""
    name = authority.strip()
    for kind in _KINDS:
        if name.lower().startswith(kind):
            name = name[len(kind) :]
    return name


def written(sheet: Sheet, form: str) -> bytes:
    """The report in a format of `FORMATS`. The same report gives the same bytes."""
    if form == "docx":
        from documents.writing.reports.docx import report_docx

        return report_docx(sheet.report, sheet.wording, sheet.frame)
    if form == "pdf":
        from documents.writing.reports.pdf import report_pdf

        return report_pdf(sheet.report, sheet.wording, sheet.frame)
    if form == "xlsx":
        from documents.writing.reports.xlsx import report_xlsx

        return report_xlsx(sheet.report, sheet.frame)
    return as_json(sheet.report).encode()


def as_json(report: Composed) -> str:
    """The figures for machines, with their sources and hash."""
    from rules.reporting.values import fingerprint

    content: dict[str, Any] = report.model_dump(mode="json")
    return json.dumps({"sha256": fingerprint(report.canonical()), **content}, ensure_ascii=False, indent=2) + "\n"
