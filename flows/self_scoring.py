"""The yearly self-scoring of an authority: every step due today.

Runs each day; a missed day, a restart or a late answer changes nothing but the day on which a step is taken.
Scores, review, approval and verification wait in the database: no run waits for a person.
"""

from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from pydantic import Field

from config.clock import today
from services.scoring.run import Calendar, due_steps, progress_of
from tasks import scoring as steps
from tasks.states import named_state


def _run_name() -> str:
    given = runtime.flow_run.parameters.get("day")
    return f"tự chấm điểm {date.fromisoformat(str(given)) if given else today():%d/%m/%Y}"


@flow(name="self-scoring", flow_run_name=_run_name, persist_result=False)
def run_self_scoring(
    authority: Annotated[str | None, Field(title="Mã cơ quan", description="Để trống khi chỉ có một cơ quan.")] = None,
    day: Annotated[date | None, Field(title="Ngày", description="Để trống: hôm nay. Không nhận ngày sắp tới.")] = None,
    opens: Annotated[str, Field(title="Ngày mở đợt", description="Tháng-ngày trong năm, ví dụ 12-01.")] = "12-01",
    units_days: Annotated[int, Field(title="Số ngày các đơn vị tự chấm", ge=1, le=120)] = 14,
    sending_days: Annotated[int, Field(title="Số ngày đến khi gửi hồ sơ", ge=1, le=180)] = 30,
) -> State[None]:
    """Mở đợt chấm điểm, điền số liệu, nhắc đơn vị, kết thúc tự chấm, gửi hồ sơ đã duyệt. Chạy lại không làm trùng."""
    log = get_run_logger()
    as_of = min(day or today(), today())
    rounds = []
    for opened in steps.open_rounds(authority, as_of, Calendar(opens, units_days, sending_days)):
        taken = [steps.STEPS[step](opened, as_of) for step in due_steps(opened.id, as_of)]
        rounds.append(progress_of(opened, taken))
    for one in rounds:
        log.info("%s", one.words())
    log.info("Gửi thư: %s.", steps.send_mails().words())
    steps.show(rounds, as_of)
    if not rounds:
        return named_state("COMPLETED", "Không có đợt chấm điểm", "Hôm nay không có đợt chấm điểm nào đang làm.")
    last = rounds[-1]
    kind = "FAILED" if last.problem else "COMPLETED"
    return named_state(kind, last.state.words, "; ".join(one.words() for one in rounds))
