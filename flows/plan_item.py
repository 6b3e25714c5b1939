"""One item: record its due notices, show its state."""

from datetime import date

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State

from config.clock import today
from tasks import item as items
from tasks import morning
from tasks.states import name_run


@flow(name="plan-item", validate_parameters=True, persist_result=False, retries=0)
def plan_item(plan: str, item: str, day: date | None = None) -> State[None]:
    """Xem một nhiệm vụ: ghi các mốc nhắc đến hạn (thư gửi trong buổi sáng), cho thấy tình trạng và lịch nhắc."""
    log = get_run_logger()
    name_run(f"{item} · xem tình trạng")
    as_of = min(day or today(), today())
    seen = items.look(plan, item)
    if seen is None:
        log.warning("Kế hoạch %s không còn nhiệm vụ %s.", plan, item)
        return items.gone(plan, item)
    decided = morning.decide(seen.authority, as_of, seen.id)
    log.info("Ngày %s: ghi %d lời nhắc, bỏ qua %d mốc cũ.", f"{as_of:%d/%m/%Y}", decided.told, decided.passed_over)
    shown = items.show(plan, item, as_of)
    items.schedule_next(seen.id)
    log.info("%s. %s", shown.state.value, shown.message)
    return items.final_state(shown)
