"""`dondoc report` and `dondoc periods`."""

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from deployments.cli.commands.options import JSON_LIST, PERIOD, PLAN, print_json
from models.authority import Authority
from models.plan import Plan
from models.report import Report
from models.session import reading
from rules.calendar.periods import Period, periods_of_year
from rules.reporting.steps import DaysOf, ReportDays
from rules.reporting.values import Report as Composed
from services.plans.queries import find_plan, plan_named
from services.policy import OfficePolicy, office_calendar, office_policy
from services.reports.consolidation import authority_above, held, own_row, years_below
from services.reports.files import FORMATS, Sheet, as_json, sheet_of, signature_of, written
from services.reports.queries import actual, period_named, report_for, row_of


@click.command()
@PLAN
@PERIOD
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="Tệp ghi ra.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), help="Dạng tệp (mặc định: theo đuôi tệp, docx).")
def report(plan: str, period: str, output: Path | None, form: str | None) -> None:
    """Lập báo cáo của một kế hoạch trong một kỳ.

    KỲ viết như 2025-Q1, 2025-6M, 2025-Q3, 2025-9M, 2025, 2025-09 (tháng) hoặc 2025-W38 (tuần).
    KẾ_HOẠCH là mã kế hoạch; ghi mã cơ quan cấp trên để lập báo cáo tổng hợp từ các cơ quan trực thuộc.
    Kỳ đã chốt thì lấy số liệu đã chốt, kỳ chưa chốt thì tính theo dữ liệu hiện có đến ngày chốt.
    """
    wanted = form or (output.suffix.lower().lstrip(".") if output and output.suffix else "docx")
    if wanted not in FORMATS:
        raise click.UsageError(f"Không biết dạng tệp “{wanted}”; hãy chọn một trong: {', '.join(sorted(FORMATS))}.")
    office = office_policy()
    with reading() as session:
        asked = _asked(session, plan, period_named(period, office.scheme), office)
        content = (
            as_json(asked.report).encode() if wanted == "json" else written(_sheet(session, asked, office), wanted)
        )
    if output is None and wanted == "json":
        click.echo(content.decode(), nl=False)
        return
    if output is not None and str(output) == "-":
        sys.stdout.buffer.write(content)
        return
    target = output or Path(f"bao-cao-{asked.report.plan_code}-{asked.report.period.key}.{wanted}")
    target.write_bytes(content)
    click.echo(f"Đã ghi {target} ({len(content) / 1024:.0f} KB).")


@dataclass(frozen=True, slots=True)
class _ReportQuery:
    """The report asked for: whose, its figures, and its row where it was opened."""

    authority: Authority
    report: Composed
    row: Report | None = None


def _asked(session: Session, plan: str, period: Period, office: OfficePolicy) -> _ReportQuery:
    known = plan_named(session, plan)
    above = authority_above(session, plan) if known is None else None
    if above is not None:
        return _ReportQuery(above, *held(session, above, period, office))
    found = find_plan(session, plan)
    own = report_for(session, found, period, office)
    return _ReportQuery(found.authority, own.report, own.row)


def _sheet(session: Session, asked: _ReportQuery, office: OfficePolicy) -> Sheet:
    by = signature_of(session, asked.authority.id, office, asked.row)
    return sheet_of(asked.report, asked.authority, office, asked.row, by)


@click.command()
@PLAN
@JSON_LIST
def periods(plan: str, as_json: bool) -> None:
    """Liệt kê các kỳ báo cáo của kế hoạch: ngày đầu kỳ, ngày chốt số liệu, ngày gửi.

    KẾ_HOẠCH là mã kế hoạch; ghi mã cơ quan cấp trên để xem các kỳ báo cáo tổng hợp của cơ quan đó.
    """
    office = office_policy()
    days = DaysOf(office_calendar(), office.collect_days)
    with reading() as session:
        known = plan_named(session, plan)
        above = authority_above(session, plan) if known is None else None
        rows = (
            _above(session, above, office, days) if above else _of_plan(session, find_plan(session, plan), office, days)
        )
    if as_json:
        print_json(rows)
        return
    for one in rows:
        click.echo(
            f"{one['period']:<9} {one['label']:<22} {_day(one['first_day'])} – chốt {_day(one['cut_off'])}, "
            f"gửi {_sending(one)}{'  ' + one['state'] if one['state'] else ''}"
        )


def _of_plan(session: Session, plan: Plan, office: OfficePolicy, days: DaysOf) -> list[dict[str, Any]]:
    """The periods of a plan's year."""
    rows = []
    for one in periods_of_year(plan.year, scheme=office.scheme):
        row = row_of(session, plan.id, one.key)
        real = actual(session, plan, one, row, office.scheme)
        rows.append(_period(real, one.sending_day, days(real), row))
    return rows


def _above(session: Session, authority: Authority, office: OfficePolicy, days: DaysOf) -> list[dict[str, Any]]:
    """The periods of an authority above others."""
    rows = []
    for year in sorted(years_below(session, authority.id)):
        for one in periods_of_year(year, scheme=office.scheme):
            row = own_row(session, authority.id, one.key)
            own = days.above(one, office.consolidate_days)
            if row is not None:
                one = replace(one, first_day=row.first_day, cut_off=row.cut_off)  # noqa: PLW2901
                own = ReportDays(row.opens_on, row.cut_off, row.sending_on)
            rows.append(_period(one, own.sending_on, own, row))
    return rows


def _period(period: Period, sending_day: date, days: ReportDays, row: Report | None) -> dict[str, Any]:
    return {
        "period": period.key,
        "label": period.label,
        "first_day": period.first_day.isoformat(),
        "cut_off": period.cut_off.isoformat(),
        "sending_day": sending_day.isoformat(),
        "sent_on": days.sending_on.isoformat(),
        "opens_on": days.opens_on.isoformat(),
        "state": None if row is None else row.state.words,
    }


def _sending(one: dict[str, Any]) -> str:
    """The sending day, and the real one where the office is closed."""
    real = "" if one["sent_on"] == one["sending_day"] else f" (ngày nghỉ, gửi {_day(one['sent_on'])})"
    return f"{_day(one['sending_day'])}{real}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"
