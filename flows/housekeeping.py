"""Daily upkeep of mails, rungs, schedule and database."""

from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from tasks import housekeeping as keeping
from tasks.states import named_state


def _run_name() -> str:
    return f"dọn dẹp {today():%d/%m/%Y}" if runtime.flow_run.id else "dọn dẹp"


@flow(name="housekeeping", flow_run_name=_run_name, persist_result=False)
def keep_house(
    authority: Annotated[str | None, Field(title="Mã cơ quan", description="Để trống khi chỉ có một cơ quan.")] = None,
    check_database: Annotated[
        bool | None, Field(title="Kiểm tra cơ sở dữ liệu", description="Để trống: mỗi tuần một lần, vào Chủ nhật.")
    ] = None,
) -> State[None]:
    """Trả lại thư bị kẹt, báo khi buổi sáng chưa chạy, tính lại mốc nhắc, đặt đủ lịch chạy, kiểm tra dữ liệu."""
    log = get_run_logger()
    day = today()
    log.info("Thư bị kẹt: %s", keeping.release_mails())
    log.info("Buổi sáng: %s", keeping.watch_mornings(authority))
    log.info("Mốc nhắc: %s", keeping.recompute_rungs(authority, day))
    log.info("Lịch chạy: %s", keeping.refresh_schedule(whole=True))
    checked = check_database if check_database is not None else day.isoweekday() == 7
    if checked:
        log.info("Cơ sở dữ liệu: %s", keeping.check_database())
    log.info("Tối ưu: %s", keeping.tidy_database())
    return named_state("COMPLETED", "Đã dọn dẹp", "Thư, mốc nhắc và lịch chạy đã được rà lại.")
