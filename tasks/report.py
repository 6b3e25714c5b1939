"""The report flow's steps as Prefect tasks: the work, and the picture of all reports as an artifact."""

from datetime import date

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from models.report import Report
from models.session import reading
from rules.staff.values import slug
from services.reports.queries import reports_of
from services.reports.run import Ran, run_reports
from services.staff.queries import the_authority
from tasks.schedule.item_deployment import plain


@task(
    name="chay-cac-buoc-bao-cao", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=[30, 120]
)
def take_steps(authority: str | None, day: date) -> Ran:
    """Take every step that is due. Repeating it takes none twice."""
    return run_reports(authority, day)


@task(name="trinh-bay-bao-cao", cache_policy=NO_CACHE, persist_result=False)
def show_reports(authority: str | None) -> None:
    """Show where each report stands as an artifact with a history of its own."""
    with reading() as session:
        owner = the_authority(session, authority)
        page = picture(owner.name, reports_of(session, owner.id))
        key = f"bao-cao-{slug(owner.code, '-').lower()}"
    create_markdown_artifact(markdown=page, key=key, description=f"Các báo cáo định kỳ của {owner.name}")


def picture(name: str, rows: list[Report]) -> str:
    """The reports of an authority in Markdown, newest first."""
    lines = [f"# Báo cáo định kỳ · {plain(name)}", ""]
    if not rows:
        return "\n".join([*lines, "Chưa có kỳ báo cáo nào được mở."])
    lines += [
        "| Kế hoạch | Kỳ | Chốt số liệu | Ngày gửi | Bước hiện tại | Số văn bản | Cần xử lý |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda one: (one.cut_off, one.id), reverse=True):
        number = f"{row.number:02}/{row.symbol}" if row.number and row.symbol else ""
        lines.append(
            f"| {plain(row.code)} | {row.label} | {row.cut_off:%d/%m/%Y} | {row.sending_on:%d/%m/%Y} "
            f"| {row.state.words} | {number} | {plain(row.problem or '')} |"
        )
    return "\n".join(lines)
