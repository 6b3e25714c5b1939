"""The morning: record what is due, compose, send."""

from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from services.reminders.morning import is_working_morning, preview
from tasks import housekeeping as keeping
from tasks import morning
from tasks.states import named_state


def _run_name() -> str:
    given = runtime.flow_run.parameters.get("day")
    day = date.fromisoformat(str(given)) if given else today()
    return f"buổi sáng {day:%d/%m/%Y}{' · chạy thử' if runtime.flow_run.parameters.get('dry_run', True) else ''}"


@flow(name="morning", flow_run_name=_run_name, persist_result=False)
def run_morning(
    authority: Annotated[str | None, Field(title="Mã cơ quan", description="Để trống khi chỉ có một cơ quan.")] = None,
    day: Annotated[date | None, Field(title="Ngày", description="Để trống: hôm nay. Không nhận ngày sắp tới.")] = None,
    dry_run: Annotated[
        bool, Field(title="Chạy thử", description="Chỉ cho xem sẽ gửi gì, không ghi, không gửi.")
    ] = True,
) -> State[None]:
    """Ghi các mốc nhắc đến hạn, soạn mỗi người một thư, gửi đi. Chạy lại không gửi trùng; ngày nghỉ không gửi."""
    log = get_run_logger()
    as_of = min(day or today(), today())
    if not is_working_morning(as_of):
        return named_state("COMPLETED", "Ngày nghỉ", f"{as_of:%d/%m/%Y} là ngày nghỉ: không gửi thư.")
    if dry_run:
        mails = preview(authority, as_of)
        for mail in mails:
            log.info("%s: %s", mail.to_address, mail.subject)
        return named_state("COMPLETED", "Chạy thử", f"Sẽ gửi {len(mails)} thư. Chưa ghi và chưa gửi gì.")
    decided = morning.decide(authority, as_of)
    log.info("Ghi %d lời nhắc, bỏ qua %d mốc cũ, hỏi %d thời hạn.", decided.told, decided.passed_over, decided.asked)
    composed = morning.compose(authority, as_of)
    log.info("Soạn %d thư.", composed)
    sent = morning.send()
    morning.finish(authority, as_of, decided, composed)
    log.info("Lịch chạy: %s", keeping.refresh_schedule())
    return named_state("COMPLETED", "Đã gửi thư", f"{sent.words()}; {decided.told} lời nhắc.")
