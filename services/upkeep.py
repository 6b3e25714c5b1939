"""What keeps database and outbox in order: each step safe to repeat."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from config.clock import now
from config.settings import load_settings
from models.session import engine_for, reading, transaction
from services.access.links import forget_old
from services.audit import verify
from services.documents import clear_leftovers
from services.mail.outbox import release_stuck
from services.plans.occurrences import Synced, sync_authority
from services.policy import Terms, office_calendar, office_policy
from services.privacy.backup import clear_killed
from services.privacy.erase_authority import remove_files
from services.staff.queries import the_authority


class DatabaseDamagedError(Exception):
    """The database's own check, or the chain of the audit trail, does not hold. The message is Vietnamese."""


def release_mails() -> tuple[int, int]:
    """Settle the claims of senders that died. Returns how many mails are queued again and how many are unknown."""
    with engine_for().begin() as connection:
        return release_stuck(connection, now())


def recompute_rungs(authority: str | None, day: date) -> Synced:
    """Bring occurrences and next rungs in line with policy, working days and units as they are now."""
    policy = office_policy()
    terms = Terms(office_calendar(), policy.ladder, day, now(), policy.scheme)
    with transaction() as session:
        return sync_authority(session, the_authority(session, authority).id, terms)


def check_database() -> None:
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


def forget_leftovers() -> None:
    """Forget old portal sessions, broken uploads, and files of authorities that were erased."""
    with transaction() as session:
        forget_old(session, now())
    clear_leftovers(load_settings().documents, now() - timedelta(days=1))
    clear_killed(load_settings().home, ".restore-*", now())
    with reading() as session:
        remove_files(session, load_settings().documents)


def optimize_database() -> bool:
    """Refresh SQLite's planner figures, give its write-ahead log back. False on PostgreSQL: it does so itself."""
    engine = engine_for()
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection  # a checkpoint cannot run inside a transaction
        raw.execute("PRAGMA optimize")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True
