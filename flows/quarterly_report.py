"""The reports of an authority: every step due today.

Runs each day. A missed day, a restart or a late approval changes nothing but the day of a step.
"""

from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from rules.reporting.steps import ReportState, Step
from services.reports.run import OpenReport, ReportProgress, awaiting_proof, desk_of, due_steps, progress_of
from tasks import report as steps
from tasks.states import named_state

_PRESSING = (
    ReportState.RETURNED,
    ReportState.WAITING,
    ReportState.ISSUED,
    ReportState.APPROVED,
    ReportState.OPEN,
    ReportState.CLOSED,
    ReportState.SENT,
)
"""Which report's state names the run where there are several: what a person must do comes first."""


def _run_name() -> str:
    given = runtime.flow_run.parameters.get("day")
    return f"báo cáo định kỳ {date.fromisoformat(str(given)) if given else today():%d/%m/%Y}"


@flow(name="quarterly-report", flow_run_name=_run_name, persist_result=False)
def run_quarterly_report(
    authority: Annotated[str | None, Field(title="Mã cơ quan", description="Để trống khi chỉ có một cơ quan.")] = None,
    day: Annotated[date | None, Field(title="Ngày", description="Để trống: hôm nay. Không nhận ngày sắp tới.")] = None,
) -> State[None]:
    """Mở kỳ, nhắc đơn vị, chốt số liệu, soạn dự thảo, trình phê duyệt, lấy số và gửi. Chạy lại không làm trùng."""
    log = get_run_logger()
    as_of = min(day or today(), today())
    reports = steps.open_reports(authority, as_of)
    taken: dict[int, list[Step]] = {report.id: [] for report in reports}
    queued: list[int] = []
    for report in reports:
        queued += _take_due_steps(report, as_of, taken[report.id])
    if queued:
        log.info("Gửi thư: %s.", steps.send(queued).words())
        for report in awaiting_proof(reports):
            _take_due_steps(report, as_of, taken[report.id])
    steps.show(authority)
    progress = [progress_of(report, taken[report.id]) for report in reports]
    for one in progress:
        log.info("%s", one.words())
    return _final(progress)


def _take_due_steps(report: OpenReport, day: date, taken: list[Step]) -> list[int]:
    """Take every due step, a task each. Returns the queued mails."""
    queued: list[int] = []
    for step in due_steps(desk_of(day), report.id):
        mails = steps.STEPS[step](report, day)
        if mails is not None:
            taken.append(step)
            queued += mails
    return queued


def _final(progress: list[ReportProgress]) -> State[None]:
    """The run's end in the words of the report that presses most."""
    if not progress:
        return named_state("COMPLETED", "Không có kỳ đang làm", "Hôm nay không có báo cáo nào cần làm.")
    first = min(progress, key=lambda one: _PRESSING.index(one.state))
    kind = "FAILED" if first.problem else "COMPLETED"
    return named_state(kind, first.state.words, "; ".join(one.words() for one in progress))
