"""The reports of an authority: whatever is due today of the five steps, for every report under way.

Runs each day; a day that was missed, a restart or a late approval changes nothing but the day on which a
step is taken. Approval waits in the database: no run waits for a person.
"""

from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from rules.reporting.steps import ReportState
from services.reports.run import Ran
from tasks.report import show_reports, take_steps
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
    ran = take_steps(authority, min(day or today(), today()))
    for moved in ran.reports:
        log.info("%s", moved.words())
    if ran.sent is not None:
        log.info("Gửi thư: %s.", ran.sent.words())
    show_reports(authority)
    return _final(ran)


def _final(ran: Ran) -> State[None]:
    """The run's end in the words of the report that presses most."""
    if not ran.reports:
        return named_state("COMPLETED", "Không có kỳ đang làm", "Hôm nay không có báo cáo nào cần làm.")
    first = min(ran.reports, key=lambda moved: _PRESSING.index(moved.state))
    kind = "FAILED" if first.problem else "COMPLETED"
    return named_state(kind, first.state.words, "; ".join(moved.words() for moved in ran.reports))
