"""The report pages in a real browser: WCAG 2.2 AA on a telephone and a desk, a report read, returned and approved."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Person, Report
from models.session import transaction
from rules.reporting.steps import ReportState
from services.reports.run import run_reports
from tests.portal.test_accessibility import axe, front, judged
from tests.portal.town import Town
from tests.reporting_world import moment

pytestmark = pytest.mark.browser

__all__ = ["axe", "front"]


def waiting(town: Town) -> int:
    """The id of the year's report, which waits for approval; the portal's clock stands after the cut-off."""
    with transaction(town.site.database) as session:
        authority = session.get_one(Person, town.people["leader"]).authority
        authority.superior_mailbox = "tinh@x.example"
    town.clock.now = moment(date(2025, 12, 15), 9)
    run_reports(authority.code, date(2025, 12, 15), clock=town.clock, send=False)
    with town.read() as session:
        wanted = select(Report.id).where(Report.period == "2025", Report.authority_id == authority.id)
        return session.scalars(wanted).one()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_report_pages_pass_wcag_and_fit_their_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, browser = front
    report = waiting(town)
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
    base = town.site.door.base
    page.goto(base + town.link("leader"))
    page.get_by_role("button").click()
    problems = []
    steps = {
        "bao-cao": lambda: page.goto(f"{base}/bao-cao"),
        "bao-cao, one": lambda: page.goto(f"{base}/bao-cao/{report}"),
        "bao-cao, with an error": lambda: page.get_by_role("button", name="Trả lại").click(),
    }
    for name, step in steps.items():
        step()
        problems += judged(page, axe, name)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} scrolls sideways by {over} px"
        page.screenshot(path=str(tmp_path / f"{name.replace(', ', '-').replace(' ', '-')}-{width}.png"), full_page=True)
    assert problems == []


def test_a_leader_returns_a_report_and_later_approves_it(front: tuple[Town, Any]) -> None:
    town, browser = front
    report = waiting(town)
    page = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
    base = town.site.door.base
    page.goto(base + town.link("leader"))
    page.get_by_role("button").click()
    page.goto(f"{base}/bao-cao/{report}")
    with page.expect_download() as saved:
        page.get_by_role("link", name="PDF").first.click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_label("Cần sửa gì").fill("Bổ sung số liệu TTHC")
    page.get_by_role("button", name="Trả lại").click()
    assert "Trả lại để sửa" in page.inner_text("main")
    run_reports("song-mai", date(2025, 12, 15), clock=town.clock, send=False)
    with transaction(town.site.database) as session:
        session.get_one(Report, report).state = ReportState.WAITING
    page.goto(f"{base}/bao-cao/{report}")
    page.get_by_label("Số văn bản").fill("17")
    page.get_by_role("button", name="Phê duyệt").click()
    assert "Đã phê duyệt" in page.inner_text("main")
    with town.read() as session:
        assert session.get_one(Report, report).number == 17
