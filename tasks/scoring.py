"""The steps of self-scoring as Prefect tasks, named after round and step."""

from collections.abc import Callable
from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact

from services.mail.sender import Sent
from services.reminders import morning
from services.scoring import run
from services.scoring.run import Calendar, OpenRound, RoundProgress, RoundStep, StepTaken
from tasks.options import ONCE, RETRIED


@task(name="mo-dot-cham-diem", task_run_name="mở đợt", **RETRIED)
def open_rounds(authority: str | None, day: date, calendar: Calendar) -> list[OpenRound]:
    """Open due rounds. Returns all that are not final."""
    return run.open_rounds(authority, day, calendar)


@task(name="dien-so-lieu", task_run_name="{opened.name} · điền số liệu", **RETRIED)
def fill(opened: OpenRound, day: date) -> StepTaken:
    """Enter what the office's own figures say."""
    return run.take_step(opened.id, RoundStep.FILL, day)


@task(name="ket-thuc-tu-cham", task_run_name="{opened.name} · kết thúc tự chấm", **RETRIED)
def close(opened: OpenRound, day: date) -> StepTaken:
    """End the units' scoring: the round goes to review."""
    return run.take_step(opened.id, RoundStep.CLOSE, day)


@task(name="nhac-don-vi", task_run_name="{opened.name} · nhắc đơn vị, trình lãnh đạo", **RETRIED)
def ask(opened: OpenRound, day: date) -> StepTaken:
    """Queue the mails to whoever's turn it is."""
    return run.take_step(opened.id, RoundStep.ASK, day)


@task(name="gui-ho-so", task_run_name="{opened.name} · gửi hồ sơ", **RETRIED)
def send_dossier(opened: OpenRound, day: date) -> StepTaken:
    """Seal the approved dossier and queue it for the superior."""
    return run.take_step(opened.id, RoundStep.SEND, day)


STEPS: dict[RoundStep, Callable[[OpenRound, date], StepTaken]] = {
    RoundStep.FILL: fill,
    RoundStep.CLOSE: close,
    RoundStep.ASK: ask,
    RoundStep.SEND: send_dossier,
}
"""The task of each step."""


@task(name="gui-thu-cham-diem", task_run_name="gửi thư", **RETRIED)
def send_mails() -> Sent:
    """Send what the outbox holds."""
    return morning.send()


@task(name="trinh-bay-cham-diem", task_run_name="trình bày", **ONCE)
def show(rounds: list[RoundProgress], day: date) -> None:
    """Show where each round stands as an artifact of the run."""
    page = run.progress_page(rounds, day)
    create_markdown_artifact(markdown=page, key="tu-cham-diem", description=f"{len(rounds)} đợt chấm điểm")
