"""Reports: one as Word beside bare python-docx building the same tables, one as PDF, a province and its communes."""

import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks._apart import Row, apart, cpu

PLAN = Path(__file__).resolve().parents[2] / "shared" / "plans" / "files" / "ba-ngoi-2025.docx"
COMMUNES = 65
NOTES = (
    "Đã ban hành kế hoạch và triển khai đến các bộ phận",
    "Đang lấy ý kiến các phòng chuyên môn",
    "Còn vướng do phần mềm một cửa chưa đồng bộ dữ liệu",
)


def run() -> list[Row]:
    """The rows of this module; each job runs in a process of its own."""
    rows: list[Row] = []
    for job in (_one_report, _province):
        rows.extend(apart(job))
    return rows


def _one_report() -> list[Row]:
    from models.session import reading, transaction
    from services.policy import office_policy
    from services.reports.files import sheet_of, written
    from services.reports.queries import period_named, report_for

    with transaction() as session:
        plan_id = _plan(session, "xa-1")
    office = office_policy()
    with reading() as session:
        from models import Plan

        plan = session.get_one(Plan, plan_id)
        period = period_named("2025", office.scheme)
        composing = _best(lambda: report_for(session, plan, period, office), 3)
        report = report_for(session, plan, period, office).report
        authority = plan.authority
        making = _best(lambda: written(sheet_of(report, authority, office, None), "docx"), 5)
        sheet = sheet_of(report, authority, office, None)
        bare = _best(lambda: _bare(sheet), 3)
        pdf = _best(lambda: written(sheet, "pdf"), 5)
        xlsx = _best(lambda: written(sheet, "xlsx"), 3)
    count = len(report.items)
    return [
        (
            f"report .docx, {count} items, 2 charts: word it and write it",
            f"{making * 1e3:.0f} ms CPU",
            "≤ 200 ms",
            making <= 0.2,
        ),
        (
            "  beside bare python-docx building the same tables",
            f"{making / bare:.2f} ×",
            f"≤ 1.3 × {bare * 1e3:.0f} ms",
            making <= 1.3 * bare,
        ),
        (
            "  its figures from the database, with the comparison",
            f"{composing * 1e3:.0f} ms CPU",
            "(no limit set)",
            True,
        ),
        ("  the annexes as .xlsx", f"{xlsx * 1e3:.0f} ms CPU", "(no limit set)", True),
        (f"  the same as PDF ({_pages(sheet)} pages)", f"{pdf * 1e3:.0f} ms CPU", "≤ 150 ms", pdf <= 0.15),
    ]


def _pages(sheet: Any) -> int:
    import pdfplumber

    from services.reports.files import written

    with pdfplumber.open(BytesIO(written(sheet, "pdf"))) as opened:
        return len(opened.pages)


def _best(job: Callable[[], object], times: int) -> float:
    """CPU-seconds of the best of several runs after one that warms up (imports, templates, fonts)."""
    job()
    found = []
    for _ in range(times):
        started = cpu()
        job()
        found.append(cpu() - started)
    return min(found)


def _bare(sheet: Any) -> bytes:
    """The same tables and paragraphs by python-docx alone, cell by cell, without charts, links or styles."""
    import docx

    from documents.writing.reports.annexes import annexes_of, cell_text

    document = docx.Document()
    for block in sheet.wording.blocks:
        document.add_paragraph(block.text)
    for annex in annexes_of(sheet.report):
        table = document.add_table(rows=1 + len(annex.rows), cols=len(annex.columns))
        for cell, column in zip(table.rows[0].cells, annex.columns, strict=True):
            cell.text = column.title
        for line, row in zip(list(table.rows)[1:], annex.rows, strict=True):
            texts = [row] if isinstance(row, str) else [cell_text(cell) for cell in row]
            for cell, text in zip(line.cells, texts, strict=False):
                cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _province() -> list[Row]:
    from sqlalchemy import select

    from models import Authority, Plan
    from models.session import reading, transaction
    from services.actor import Actor
    from services.policy import office_calendar, office_policy
    from services.reports.consolidation import consolidated
    from services.reports.files import sheet_of, written
    from services.reports.queries import period_named
    from services.reports.steps import Terms, close, open_due

    with transaction() as session:
        session.add(Authority(code="tinh", name="UBND tỉnh Khánh Hòa"))
        for number in range(COMMUNES):
            _plan(session, f"xa-{number}")
    office, before = office_policy(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    day = date(2025, 12, 15)
    terms = Terms(office, office_calendar(), day, Actor("đo", datetime(2025, 12, 15, 1, tzinfo=UTC)))
    started, wall = cpu(), time.perf_counter()
    with reading() as session:
        owners = list(session.scalars(select(Authority.id).where(Authority.code != "tinh")))
    written_bytes = 0
    for owner in owners:
        with transaction() as session:
            row = next(one for one in open_due(session, owner, terms) if one.period == "2025")
            close(session, row, terms)
            from services.reports.issuing import frozen_sheet

            written_bytes += len(written(frozen_sheet(session, row, terms), "docx"))
    with reading() as session:
        province = session.scalars(select(Authority).where(Authority.code == "tinh")).one()
        whole = consolidated(session, province, period_named("2025", office.scheme), office)
        written_bytes += len(written(sheet_of(whole, province, office, None), "docx"))
        plans = len(session.scalars(select(Plan.id)).all())
    took, used = time.perf_counter() - wall, cpu() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        (
            f"{plans} communes' reports closed and written, and the province's ({written_bytes / 1e6:.1f} MB)",
            f"{took:.1f} s ({used:.1f} CPU-s)",
            "≤ 20 s",
            took <= 20 and len(whole.parts) == COMMUNES,
        ),
        (f"  memory at its peak (before it began: {before:.0f} MB)", f"{peak:.0f} MB", "≤ 250 MB", peak <= 250),
    ]


def _plan(session: Any, code: str) -> int:
    """A commune with a plan of 59 items (Ba Ngòi's where the real plans are here), most of them answered."""
    from models import Authority, Item, Occurrence, Part, Plan, Progress, ProgressState, Responsibility, Section, Unit
    from rules.timing.values import Timing, TimingKind

    authority = Authority(code=code, name=f"UBND xã {code}", superior="UBND tỉnh Khánh Hòa", place=code)
    session.add(authority)
    session.flush()
    units = [Unit(authority_id=authority.id, code=f"DON_VI_{n}", name=f"Phòng chuyên môn số {n}") for n in range(6)]
    session.add_all(units)
    plan = Plan(
        authority_id=authority.id, code=f"{code}-2025", title="Kế hoạch nâng cao Chỉ số cải cách hành chính năm 2025",
        number="15", symbol="KH-UBND", year=2025, form="annex", issued_on=date(2024, 12, 1),
        imported_at=datetime(2024, 12, 1, tzinfo=UTC), reading_hash="0" * 64,
    )  # fmt: skip
    session.add(plan)
    session.flush()
    for number, (title, results) in enumerate(_items()):
        if number % 6 == 0:
            name = f"LĨNH VỰC CẢI CÁCH SỐ {number // 6 + 1}"
            session.add(Section(plan_id=plan.id, code=f"S{number // 6}", title=name, position=number))
        due = date(2025, 1, 15) + timedelta(days=6 * number)
        item = Item(
            plan_id=plan.id, code=f"A.{number // 6 + 1}.{number % 6 + 1}", section=f"S{number // 6}", position=number,
            title=title, results=results, read_hash="0" * 64,
        )  # fmt: skip
        item.timing = Timing(phrase=f"Chậm nhất {due:%d/%m/%Y}", kind=TimingKind.DEADLINE, due=due, last_day=due)
        unit = units[number % 6]
        item.responsibilities.append(
            Responsibility(part=Part.LEAD, scope="unit", unit_id=unit.id, printed=unit.name, position=0)
        )
        session.add(item)
        session.flush()
        row = Occurrence(
            item_id=item.id, unit_id=unit.id, key=due.isoformat(), kind="deadline", opens_on=date(2024, 12, 20),
            due_on=due, last_day=due,
        )  # fmt: skip
        session.add(row)
        session.flush()
        if number % 5 == 4:
            continue
        state = ProgressState.DONE if number % 5 < 3 else ProgressState.UNDER_WAY
        day = min(due + timedelta(days=number % 7 - 3), date(2025, 12, 10))
        session.add(
            Progress(
                occurrence_id=row.id, unit_id=unit.id, state=state, percent=100 if number % 5 < 3 else 60, figures=[],
                note=NOTES[number % 3], done_on=day if state is ProgressState.DONE else None,
                created_at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
            )
        )  # fmt: skip
    session.flush()
    return plan.id


_READ: list[tuple[str, list[str]]] = []


def _items() -> list[tuple[str, list[str]]]:
    """The titles and products of Ba Ngòi's 59 items; invented ones where the plan is not here."""
    if not _READ and PLAN.is_file():
        from documents.reading.plan.interpret import read_plan

        _READ.extend((item.title, list(item.results)) for item in read_plan(PLAN).items)
    if not _READ:
        _READ.extend((f"Rà soát, công khai thủ tục hành chính, nhiệm vụ số {n}", ["Báo cáo"]) for n in range(59))
    return _READ
