"""The self-scoring run as Prefect tasks: the work is in services/scoring/run.py, the mails leave at the end."""

from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from services.mail.sender import Sent
from services.reminders import morning as sweeping
from services.scoring.run import Calendar, Went, run_rounds
from tasks.schedule.item_deployment import plain


@task(name="cac-buoc-cham-diem", cache_policy=NO_CACHE, persist_result=False)
def take_steps(authority: str | None, today: date, calendar: Calendar) -> list[Went]:
    """Open, fill, ask, close, send: whatever is due today of every round under way."""
    return run_rounds(authority, today, calendar)


@task(name="gui-thu-cham-diem", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=[30, 120])
def send_mails() -> Sent:
    """Send what the outbox holds."""
    return sweeping.send()


@task(name="trinh-bay-cham-diem", cache_policy=NO_CACHE, persist_result=False)
def show(rounds: list[Went], day: date) -> None:
    """Show where each round stands as an artifact of the run."""
    lines = [
        f"# Tự chấm điểm, ngày {day:%d/%m/%Y}\n",
        "| Đợt | Bước | Hôm nay đã làm | Cần xử lý |",
        "|---|---|---|---|",
    ]
    for one in rounds:
        cells = (one.name, one.state.words, ", ".join(one.steps) or "–", one.problem or "–")
        lines.append("| " + " | ".join(plain(cell) for cell in cells) + " |")
    create_markdown_artifact(markdown="\n".join(lines), key="tu-cham-diem", description=f"{len(rounds)} đợt chấm điểm")
