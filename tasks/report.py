"""The steps of a report as Prefect tasks, named after report and step."""

from collections.abc import Callable
from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact

from rules.reporting.steps import Step
from services.mail.sender import Sent
from services.reminders import morning
from services.reports import run
from services.reports.progress import progress_page
from services.reports.run import OpenReport
from tasks.options import ONCE, RETRIED

Mails = list[int] | None
"""The ids of the mails a step queued; None where something keeps the step from being taken."""


@task(name="mo-ky-bao-cao", task_run_name="mở kỳ", **RETRIED)
def open_reports(authority: str | None, day: date) -> list[OpenReport]:
    """Open due reports. Returns all under way."""
    return run.open_reports(authority, run.desk_of(day))


@task(name="hoi-don-vi", task_run_name="{report.name} · hỏi đơn vị", **RETRIED)
def ask(report: OpenReport, day: date) -> Mails:
    """Ask, and remind, the units that owe something for the period."""
    return _take(report, Step.ASK, day)


@task(name="chot-so-lieu", task_run_name="{report.name} · chốt số liệu", **RETRIED)
def close(report: OpenReport, day: date) -> Mails:
    """Freeze the figures as of the cut-off."""
    return _take(report, Step.CLOSE, day)


@task(name="soan-du-thao", task_run_name="{report.name} · soạn dự thảo", **RETRIED)
def compile_draft(report: OpenReport, day: date) -> Mails:
    """Make the draft from the frozen figures."""
    return _take(report, Step.COMPILE, day)


@task(name="trinh-phe-duyet", task_run_name="{report.name} · trình phê duyệt", **RETRIED)
def submit(report: OpenReport, day: date) -> Mails:
    """Ask the leaders to approve; their answer waits in the database."""
    return _take(report, Step.SUBMIT, day)


@task(name="bao-tra-lai", task_run_name="{report.name} · báo trả lại", **RETRIED)
def tell_office(report: OpenReport, day: date) -> Mails:
    """Tell the office that a leader returned the report."""
    return _take(report, Step.TELL, day)


@task(name="lay-so-va-gui", task_run_name="{report.name} · lấy số và gửi", **RETRIED)
def issue(report: OpenReport, day: date) -> Mails:
    """Number the approved report and queue its mails."""
    return _take(report, Step.ISSUE, day)


@task(name="xac-nhan-da-gui", task_run_name="{report.name} · xác nhận đã gửi", **RETRIED)
def confirm(report: OpenReport, day: date) -> Mails:
    """Look whether every mail that carries the report has left."""
    return _take(report, Step.CONFIRM, day)


STEPS: dict[Step, Callable[[OpenReport, date], Mails]] = {
    Step.ASK: ask,
    Step.CLOSE: close,
    Step.COMPILE: compile_draft,
    Step.SUBMIT: submit,
    Step.TELL: tell_office,
    Step.ISSUE: issue,
    Step.CONFIRM: confirm,
}
"""The task of each step."""


def _take(report: OpenReport, step: Step, day: date) -> Mails:
    desk = run.desk_of(day)
    return desk.mails if run.take_step(desk, report.id, step) else None


@task(name="gui-thu-bao-cao", task_run_name="gửi thư", **RETRIED)
def send(mails: list[int]) -> Sent:
    """Send the mails that this run queued."""
    return morning.send(only=mails)


@task(name="trinh-bay-bao-cao", task_run_name="trình bày", **ONCE)
def show(authority: str | None) -> None:
    """Show where each report stands as an artifact."""
    page = progress_page(authority)
    create_markdown_artifact(markdown=page.text, key=page.key, description=page.title)
