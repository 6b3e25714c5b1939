"""The scoring pages in a real browser: WCAG 2.2 AA on a telephone and a desk, and a score entered by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Plan, Score
from models.audit import By
from models.scoring_round import RoundDays, open_round
from models.session import transaction
from tests.portal.test_accessibility import axe, front, judged
from tests.portal.town import MORNING, TODAY, Town
from tests.scoring import stored_set

pytestmark = pytest.mark.browser

__all__ = ["axe", "front"]


def scores(town: Town) -> dict[str, int]:
    """Open the round; its scores by criterion."""
    with transaction(town.site.database) as session:
        plan = session.scalars(select(Plan).where(Plan.code == "song-mai-2025")).one()
        days = RoundDays(TODAY, date(2025, 12, 15), date(2025, 12, 31))
        round_, _ = open_round(session, plan.authority, stored_set(session), plan, days, By("máy", MORNING))
        return {score.criterion: score.id for score in round_.scores}


@pytest.mark.parametrize("width", [360, 1280])
def test_the_scoring_pages_pass_wcag_and_fit_their_screen(
    front: tuple[Town, Any], axe: str, width: int, tmp_path: Path
) -> None:
    town, browser = front
    ids = scores(town)
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN").new_page()
    base = town.site.door.base
    page.goto(base + town.link("officer"))
    page.get_by_role("button").click()
    problems = []
    steps = {
        "cham-diem": lambda: page.goto(f"{base}/cham-diem"),
        "tieu-chi": lambda: page.goto(f"{base}/cham-diem/{ids['1.1']}"),
        "tieu-chi, with errors": lambda: page.get_by_role("button", name="Gửi điểm tự chấm").click(),
        "tieu-chi, a case": lambda: page.goto(f"{base}/cham-diem/{ids['1.2']}"),
    }
    for name, step in steps.items():
        step()
        problems += judged(page, axe, name)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} scrolls sideways by {over} px"
        page.screenshot(path=str(tmp_path / f"{name.replace(', ', '-').replace(' ', '-')}-{width}.png"), full_page=True)
    assert problems == []


def test_an_officer_enters_a_score_with_a_document(front: tuple[Town, Any]) -> None:
    town, browser = front
    ids = scores(town)
    page = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
    base = town.site.door.base
    page.goto(base + town.link("partner"))
    page.get_by_role("button").click()
    page.get_by_role("link", name="Chấm điểm").click()
    page.get_by_role("link", name="1.3 Sáng kiến").click()
    page.get_by_label("Điểm chấm").fill("2,5")
    page.get_by_label("Giải trình").fill("Áp dụng tại một bộ phận")
    page.get_by_label("Số, ký hiệu").fill("88/QĐ-UBND")
    page.get_by_label("Ngày ban hành").fill("01/10/2025")
    page.get_by_label("Trang, mục").fill("Điều 1")
    page.get_by_role("button", name="Gửi điểm tự chấm").click()
    assert "Đã ghi nhận điểm tự chấm" in page.content()
    assert "2,5/3" in page.content()
    with town.read() as session:
        assert str(session.get_one(Score, ids["1.3"]).points) == "2.5"
