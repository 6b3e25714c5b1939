"""Where an authority's reports stand, as a page in Markdown for the administrator."""

from dataclasses import dataclass

from models.report import Report
from models.session import reading
from notifications.wording import plain
from rules.staff.values import slug
from services.reports.queries import reports_of
from services.staff.queries import the_authority


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """The page, its title, and the key under which Prefect keeps its history."""

    key: str
    title: str
    text: str


def progress_page(authority: str | None) -> ProgressPage:
    """The page of an authority's reports."""
    with reading() as session:
        owner = the_authority(session, authority)
        text = _text(owner.name, reports_of(session, owner.id))
        return ProgressPage(f"bao-cao-{slug(owner.code, '-').lower()}", f"Các báo cáo định kỳ của {owner.name}", text)


def _text(name: str, rows: list[Report]) -> str:
    """The reports, newest first."""
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
