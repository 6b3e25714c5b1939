"""The morning's steps as Prefect tasks: one edge each; only sending is tried again.

Nothing is cached or kept by Prefect: the database holds the truth, so a repeated
step finds what is left to do.
"""

from datetime import date

from prefect import task
from prefect.cache_policies import NO_CACHE

from services.mail.sender import Sent
from services.reminders import morning as sweeping
from services.reminders.decide import Decided


@task(name="ghi-moc-nhac", cache_policy=NO_CACHE, persist_result=False)
def decide(authority: str | None, today: date, item_id: int | None = None) -> Decided:
    """Record the notices due this morning (for one item: only its own)."""
    return sweeping.decide(authority, today, item_id)


@task(name="soan-thu", cache_policy=NO_CACHE, persist_result=False)
def compose(authority: str | None, today: date) -> int:
    """Queue one mail a person."""
    return sweeping.compose(authority, today)


@task(name="gui-thu", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=[30, 120])
def send() -> Sent:
    """Send what the outbox holds. A server that is away is tried again; the mails stay queued."""
    return sweeping.send()


@task(name="ket-thuc-buoi-sang", cache_policy=NO_CACHE, persist_result=False)
def finish(authority: str | None, today: date, decided: Decided, composed: int) -> None:
    """Write down that the morning came to its end."""
    sweeping.finish(authority, today, decided, composed)
