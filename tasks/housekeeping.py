"""The steps of housekeeping as Prefect tasks."""

from datetime import date

from prefect import task

from config.clock import now
from services import upkeep
from services.reminders import morning, watch
from tasks.options import ONCE
from tasks.schedule.sync import deploy_items


@task(name="tra-lai-thu-bi-ket", task_run_name="trả lại thư bị kẹt", **ONCE)
def release_mails() -> str:
    """Settle the claims of dead senders."""
    again, unknown = upkeep.release_mails()
    return f"{again} thư xếp lại hàng, {unknown} thư chưa rõ kết quả"


@task(name="tinh-lai-moc-nhac", task_run_name="tính lại mốc nhắc", **ONCE)
def recompute_rungs(authority: str | None, day: date) -> str:
    """Recompute occurrences and next rungs."""
    synced = upkeep.recompute_rungs(authority, day)
    return f"thêm {synced.added}, đổi {synced.changed}, bỏ {synced.cancelled} kỳ"


@task(name="cap-nhat-lich-prefect", task_run_name="cập nhật lịch Prefect", retries=3, retry_delay_seconds=10, **ONCE)
def refresh_schedule(whole: bool = False) -> str:
    """Post changed items and their next runs, or all."""
    return deploy_items(ahead=None if whole else 1).words()


@task(name="canh-buoi-sang", task_run_name="canh buổi sáng", **ONCE)
def watch_mornings(authority: str | None) -> str:
    """Mail the administrators about missed mornings at once."""
    missed = watch.watch_mornings(authority, now())
    if not missed:
        return "đủ"
    sent = morning.send()
    days = ", ".join(f"{day:%d/%m/%Y}" for day in missed)
    return f"chưa chạy xong {days}; {sent.words()}{f' ({sent.problem})' if sent.problem else ''}"


@task(name="kiem-tra-co-so-du-lieu", task_run_name="kiểm tra cơ sở dữ liệu", **ONCE)
def check_database() -> str:
    """SQLite's own check and the audit trail's chain. Raises DatabaseDamagedError."""
    upkeep.check_database()
    return "nguyên vẹn, nhật ký liền mạch"


@task(name="toi-uu-co-so-du-lieu", task_run_name="tối ưu cơ sở dữ liệu", **ONCE)
def tidy_database() -> str:
    """Forget what is left over, and let SQLite tidy itself."""
    upkeep.forget_leftovers()
    return "xong" if upkeep.optimize_database() else "do PostgreSQL tự làm"
