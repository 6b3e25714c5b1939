"""Reports in the portal: a leader reads, approves or returns; an administrator replaces the text or reopens."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from documents.reading.evidence.filetypes import MEDIA, UnsuitableFileError, allowed_types, check_file
from documents.writing.official.stamping import read_printed
from documents.writing.reports.wording import number_text
from models.authority import Person
from models.report import Report, ReportOrigin
from portal.web.forms import Form, FormIn, Id
from portal.web.pages import page, saved_only
from portal.web.visits import Visit, acting, looking
from rules.reporting.printed_number import told
from rules.reporting.steps import ReportState
from rules.work.answers import clean_text, read_day
from services.documents import keep_document
from services.errors import NotAllowedError
from services.policy import office_policy
from services.reports.approval import EditedText, approve, edited_file, send_back
from services.reports.steps import ReportRefusedError, reopen, uploaded
from services.reports.view import may_decide, may_edit, may_reopen, page_of, report_seen, reports_seen, stored_file

router = APIRouter()
DONE_WORDS = {
    "duyet": "Đã phê duyệt. Báo cáo được lấy số và gửi vào ngày gửi.",
    "tra": "Đã trả lại; cơ quan soạn thảo được báo ở lần chạy tới.",
    "van-ban": "Đã nhận văn bản mới; báo cáo chờ phê duyệt.",
    "mo": "Đã mở lại kỳ báo cáo.",
}
FORMS = {"docx": "Word", "pdf": "PDF", "xlsx": "phụ lục Excel"}
SHOWN = (
    "parts", "absent",
    "items", "done", "done_share", "in_progress", "overdue", "undetermined", "due", "due_in_time", "in_time_share",
    "answers", "missing", "evidence",
)  # fmt: skip
"""The figures on a report's page."""


@router.get("/bao-cao")
def show_reports(request: Request) -> Response:
    """Every report of the authority, and which of them waits for the visitor."""
    with looking(request) as visit:
        try:
            rows = reports_seen(visit.session, visit.visitor)
        except NotAllowedError as refusal:
            return page(visit, "reports/reports", status=403, rows=[], problem=str(refusal))
        waiting = [row.id for row in rows if may_decide(visit.visitor, row)]
        return page(visit, "reports/reports", rows=rows, waiting=waiting, problem="")


@router.get("/bao-cao/{report_id}")
def show_report(request: Request, report_id: Id) -> Response:
    """One report."""
    with looking(request) as visit:
        row = report_seen(visit.session, visit.visitor, report_id)
        return _show(visit, row, done=DONE_WORDS.get(request.query_params.get("da", ""), ""))


def _show(
    visit: Visit,
    row: Report,
    *,
    done: str = "",
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    held = page_of(visit.session, row)
    figures = held.report.figures if held.report else {}
    newest = held.versions[0].files if held.versions else ()
    return page(
        visit,
        "reports/report",
        status=status,
        held=held,
        row=row,
        numbering=_numbering(visit, row),
        figures=[(figures[key].label, number_text(figures[key])) for key in SHOWN if key in figures],
        done=done,
        problem=problem,
        typed=typed or {},
        decides=may_decide(visit.visitor, row),
        edits=may_edit(visit.visitor, row),
        reopens=may_reopen(visit.visitor, row),
        FORMS=FORMS,
        own=any(one.origin is ReportOrigin.UPLOAD and one.uploaded_by_id == visit.visitor.person_id for one in newest),
    )


@router.get("/bao-cao/{report_id}/tep/{file_id}")
def download_report(request: Request, report_id: Id, file_id: Id) -> Response:
    """A file of a report: always to be saved, never shown by the browser under our address."""
    with looking(request) as visit:
        stored = stored_file(visit.session, visit.visitor, report_id, file_id, visit.site.settings.documents)
    return saved_only(stored.path, stored.name, MEDIA[stored.name.rpartition(".")[2]])


@router.post("/bao-cao/{report_id}/phe-duyet")
def approve_report(request: Request, report_id: Id, form: FormIn) -> Response:
    """Approve the version that the visitor read."""
    with acting(request, form) as visit:
        row = report_seen(visit.session, visit.visitor, report_id, lock=True)
        typed = {"so": form.one("so").strip(), "y_kien": clean_text(form.one("y_kien"))[:2000]}
        number = form.number("so")
        if typed["so"] and not 0 < number < 100_000:
            return _show(visit, row, problem="Số văn bản phải là số từ 1 đến 99999.", typed=typed, status=422)
        if form.number("ban") != row.version:
            return _show(visit, row, problem="Trong lúc bạn đọc, báo cáo đã có bản mới; hãy đọc bản mới.", status=409)
        try:
            person = visit.session.get_one(Person, visit.visitor.person_id)
            text = _edited(visit, row)
            approve(visit.session, row, person, visit.actor, note=typed["y_kien"], number=number or None, text=text)
        except ReportRefusedError as refusal:
            return _show(visit, row, problem=str(refusal), typed=typed, status=403)
    return RedirectResponse(f"/bao-cao/{report_id}?da=duyet", 303)


def _edited(visit: Visit, row: Report) -> EditedText | None:
    """What the text edited by hand says of its number and day; None where dondoc made the text."""
    path = edited_file(visit.session, row, visit.site.settings.documents)
    symbol = office_policy(visit.site.settings).official.symbol
    return EditedText(read_printed(path.read_bytes()), symbol) if path is not None else None


def _numbering(visit: Visit, row: Report) -> str:
    """What whoever numbers the text should know of it; nothing of a text that dondoc made, or that has left."""
    if row.state in (ReportState.ISSUED, ReportState.SENT):
        return ""
    try:
        text = _edited(visit, row)
    except ReportRefusedError as refusal:
        return str(refusal)
    return told(text.printed) if text is not None else ""


@router.post("/bao-cao/{report_id}/tra-lai")
def return_report(request: Request, report_id: Id, form: FormIn) -> Response:
    """Return the report with a note."""
    with acting(request, form) as visit:
        row = report_seen(visit.session, visit.visitor, report_id, lock=True)
        note = clean_text(form.one("ly_do"))[:2000]
        try:
            send_back(visit.session, row, visit.session.get_one(Person, visit.visitor.person_id), visit.actor, note)
        except ReportRefusedError as refusal:
            return _show(visit, row, problem=str(refusal), typed={"ly_do": note}, status=403)
    return RedirectResponse(f"/bao-cao/{report_id}?da=tra", 303)


@router.post("/bao-cao/{report_id}/van-ban")
def replace_text(request: Request, report_id: Id, form: FormIn) -> Response:
    """Take a text edited in Word as the newest version."""
    with acting(request, form) as visit:
        row = report_seen(visit.session, visit.visitor, report_id, lock=True)
        if not may_edit(visit.visitor, row):
            return _show(visit, row, problem="Bạn không thay được văn bản của báo cáo này.", status=403)
        try:
            _keep(visit, row, form)
        except (UnsuitableFileError, ReportRefusedError) as refusal:
            return _show(visit, row, problem=str(refusal), status=422)
    return RedirectResponse(f"/bao-cao/{report_id}?da=van-ban", 303)


def _keep(visit: Visit, row: Report, form: Form) -> None:
    received = next(iter(form.files), None)
    if received is None:
        raise UnsuitableFileError("Hãy chọn tệp Word (.docx) của báo cáo.")
    if received.path is None:
        raise UnsuitableFileError(f"Tệp {received.name} lớn hơn {visit.site.settings.portal_file_mb} MB.")
    check_file(received.path, received.name, allowed_types("docx"))
    kept = keep_document(received.path, visit.site.settings.documents)
    uploaded(visit.session, row, replace(kept, name=received.name[:255]), visit.actor)


@router.post("/bao-cao/{report_id}/mo-lai")
def reopen_report(request: Request, report_id: Id, form: FormIn) -> Response:
    """Let units' answers count for the period again, until a day."""
    with acting(request, form) as visit:
        row = report_seen(visit.session, visit.visitor, report_id, lock=True)
        typed = {"den_ngay": form.one("den_ngay"), "vi_sao": clean_text(form.one("vi_sao"))[:2000]}
        if not may_reopen(visit.visitor, row):
            return _show(visit, row, problem="Bạn không mở lại được kỳ báo cáo này.", status=403)
        until = read_day(typed["den_ngay"])
        if until is None:
            return _show(visit, row, problem="Ngày phải viết theo dạng ngày/tháng/năm.", typed=typed, status=422)
        try:
            reopen(visit.session, row, visit.actor, until, typed["vi_sao"], visit.today)
        except ReportRefusedError as refusal:
            return _show(visit, row, problem=str(refusal), typed=typed, status=422)
    return RedirectResponse(f"/bao-cao/{report_id}?da=mo", 303)
