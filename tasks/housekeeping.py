"""The steps of housekeeping, each safe to repeat."""

from datetime import date, timedelta
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import text

from config.clock import now
from config.settings import load_settings
from models.session import engine_for, reading, transaction
from services.access.links import forget_old
from services.audit import verify
from services.documents import clear_leftovers
from services.mail.outbox import release_stuck
from services.plans.occurrences import sync_authority
from services.policy import Terms, office_calendar, office_policy
from services.privacy.backup import clear_killed
from services.privacy.erase_authority import remove_files
from services.reminders import morning as sweeping
from services.reminders import watch as watching
from services.staff.queries import the_authority
from tasks.schedule.sync import deploy_items


class DatabaseDamagedError(Exception):
    """The database's own check, or the chain of the audit trail, does not hold. The message is Vietnamese."""


@task(name="tra-lai-thu-bi-ket", cache_policy=NO_CACHE, persist_result=False)
def release_mails() -> str:
    """Settle the claims of senders that died: queued again where surely nothing went, else for a person to see."""
    with engine_for().begin() as connection:
        again, unknown = release_stuck(connection, now())
    return f"{again} thư xếp lại hàng, {unknown} thư chưa rõ kết quả"


@task(name="tinh-lai-moc-nhac", cache_policy=NO_CACHE, persist_result=False)
def recompute_rungs(authority: str | None, day: date) -> str:
    """Bring occurrences and next rungs in line with policy, working days and units as they are now."""
    policy = office_policy()
    terms = Terms(office_calendar(), policy.ladder, day, now(), policy.scheme)
    with transaction() as session:
        synced = sync_authority(session, the_authority(session, authority).id, terms)
    return f"thêm {synced.added}, đổi {synced.changed}, bỏ {synced.cancelled} kỳ"


@task(name="cap-nhat-lich-prefect", cache_policy=NO_CACHE, persist_result=False, retries=3, retry_delay_seconds=10)
def refresh_schedule(whole: bool = False) -> str:
    """Post items that changed and make their coming runs: the next one each, or the whole ladder."""
    return deploy_items(ahead=None if whole else 1).words()


@task(name="canh-buoi-sang", cache_policy=NO_CACHE, persist_result=False)
def watch_mornings(authority: str | None) -> str:
    """Alert the administrators by mail when a morning did not come to its end; the mail goes out at once."""
    missed = watching.watch_mornings(authority, now())
    if not missed:
        return "đủ"
    sent = sweeping.send()
    days = ", ".join(f"{day:%d/%m/%Y}" for day in missed)
    return f"chưa chạy xong {days}; {sent.words()}{f' ({sent.problem})' if sent.problem else ''}"


@task(name="kiem-tra-co-so-du-lieu", cache_policy=NO_CACHE, persist_result=False)
def check_database() -> str:
    """SQLite's own check and the audit trail's chain. Raises DatabaseDamagedError."""
    engine = engine_for()
    if engine.dialect.name == "sqlite":
        with engine.execution_options(read_only=True).connect() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
        if found != "ok":
            raise DatabaseDamagedError(f"Cơ sở dữ liệu bị hỏng ({found}). Dừng dondoc, khôi phục bản sao lưu gần nhất.")
    with reading() as session:
        broken = verify(session)
    if broken is not None:
        raise DatabaseDamagedError(f"Nhật ký thay đổi bị sửa hoặc mất từ dòng {broken}. Đối chiếu với bản sao lưu.")
    return "nguyên vẹn, nhật ký liền mạch"


@task(name="toi-uu-co-so-du-lieu", cache_policy=NO_CACHE, persist_result=False)
def tidy_database() -> str:
    """Forget old portal sessions and broken uploads; refresh the planner's figures, give the write-ahead log back.

    PostgreSQL does the last two itself.
    """
    with transaction() as session:
        forget_old(session, now())
    clear_leftovers(load_settings().documents, now() - timedelta(days=1))
    clear_killed(load_settings().home, ".restore-*", now())
    with reading() as session:
        remove_files(session, load_settings().documents)
    engine = engine_for()
    if engine.dialect.name != "sqlite":
        return "do PostgreSQL tự làm"
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection  # a checkpoint cannot run inside a transaction
        raw.execute("PRAGMA optimize")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return "xong"
