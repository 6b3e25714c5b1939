"""The steps of the morning as Prefect tasks; only sending is tried again."""

from datetime import date

from prefect import task

from services.mail.sender import Sent
from services.reminders import morning as sweeping
from services.reminders.decide import Decided
from tasks.options import ONCE, RETRIED


@task(name="ghi-moc-nhac", task_run_name="ghi mốc nhắc", **ONCE)
def decide(authority: str | None, today: date, item_id: int | None = None) -> Decided:
    """Record the notices due this morning (for one item: only its own)."""
    return sweeping.decide(authority, today, item_id)


@task(name="soan-thu", task_run_name="soạn thư", **ONCE)
def compose(authority: str | None, today: date) -> int:
    """Queue one mail a person."""
    return sweeping.compose(authority, today)


@task(name="gui-thu", task_run_name="gửi thư", **RETRIED)
def send() -> Sent:
    """Send what the outbox holds."""
    return sweeping.send()


@task(name="ket-thuc-buoi-sang", task_run_name="kết thúc buổi sáng", **ONCE)
def finish(authority: str | None, today: date, decided: Decided, composed: int) -> None:
    """Write down that the morning came to its end."""
    sweeping.finish(authority, today, decided, composed)
