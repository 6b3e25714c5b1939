"""Policy, working days, rehearsal and versions in a real browser: accessible, fitting their screens, used by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import Authority
from models.session import transaction
from portal.web.site import make_site
from services.policy import office_policy
from services.reminders.effects import weigh
from services.reminders.rehearsal import rehearsed
from tests.portal.browsing import chromium, free_port, served
from tests.portal.desk.test_desk_browser import entered
from tests.portal.test_accessibility import axe, judged  # noqa: F401 - a fixture
from tests.portal.town import TODAY, Town, make_town, song_mai

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(home: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, Any]]:
    """Sông Mai above Sông Cầu, with everything that `dondoc portal` hands in, and a browser."""
    assert sqlite_url
    for place in ("services.reminders.effects.today", "services.reminders.rehearsal.today"):
        monkeypatch.setattr(place, lambda: TODAY)
    port = free_port()
    town = make_town(home, song_mai)
    with transaction(town.settings.database) as session:
        owners = {one.code: one for one in session.scalars(select(Authority))}
        owners["song-cau"].name, owners["song-cau"].superior = "UBND xã Sông Cầu", owners["song-mai"].name
    settings = town.settings.model_copy(update={"portal_url": f"http://127.0.0.1:{port}"})
    town.settings = settings
    town.site = replace(make_site(settings, clock=town.clock), rehearse=rehearsed, weigh=weigh)
    with served(town.site, port), chromium() as browser:
        yield town, browser


@pytest.mark.parametrize("width", [360, 1280])
def test_the_rules_pages_pass_wcag_and_fit_their_screens(
    desk: tuple[Town, Any],
    axe: str,  # noqa: F811
    width: int,
) -> None:
    town, browser = desk
    page, base = entered(town, browser, "admin", width), town.site.door.base
    plan = "ke_hoach=song-mai-2025"

    def proposal(text: str) -> None:
        page.goto(f"{base}/quy-dinh")
        page.get_by_label("Nội dung đề xuất").fill(text)
        page.get_by_role("button", name="Kiểm tra và xem ảnh hưởng").click()

    def day_off() -> None:
        page.goto(f"{base}/ngay-lam-viec?nam=2025")
        page.get_by_label("Từ ngày").fill("05/12/2025")
        page.get_by_label("Dịp, lý do").fill("Nghỉ do bão")
        page.get_by_label("Căn cứ").fill("Công điện số 9/CĐ-UBND")
        page.get_by_role("button", name="Xem ảnh hưởng").click()

    steps = {
        "quy-dinh": lambda: page.goto(f"{base}/quy-dinh"),
        "quy-dinh, weighed": lambda: proposal("[ladder]\nrungs = [-7, 0, 2]\n[reports.year]\nsending_day = 25\n"),
        "quy-dinh, with faults": lambda: proposal('[ladder]\nrungs = ["x"]\n'),
        "ngay-lam-viec": lambda: page.goto(f"{base}/ngay-lam-viec?nam=2026"),
        "ngay-lam-viec, weighed": day_off,
        "dien-tap": lambda: page.goto(f"{base}/dien-tap?{plan}"),
        "dien-tap, a day open": lambda: page.goto(f"{base}/dien-tap?{plan}&ngay=04/12/2025"),
        "dien-tap, an outage": lambda: page.goto(f"{base}/dien-tap?{plan}&ngung_tu=02/12/2025&ngung_den=08/12/2025"),
        "phien-ban": lambda: page.goto(f"{base}/phien-ban?{plan}"),
    }
    problems: list[str] = []
    for name, step in steps.items():
        step()
        problems += judged(page, axe, name)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"{name}: {wide} px wide on a screen of {width}")
    assert problems == []


def test_a_policy_is_proposed_weighed_and_put_in_force_by_hand(desk: tuple[Town, Any]) -> None:
    town, browser = desk
    page = entered(town, browser, "admin", 1280)
    page.get_by_role("link", name="Quy định").click()
    page.get_by_label("Nội dung đề xuất").fill('[mail]\ndigest_hour = "08:15"\n')
    page.get_by_role("button", name="Kiểm tra và xem ảnh hưởng").click()
    page.get_by_text("Không thư nào, mốc nhắc nào, kỳ báo cáo nào thay đổi").wait_for()
    page.get_by_label("Căn cứ, lý do").fill("Giờ làm việc mùa đông")
    page.get_by_role("button", name="Áp dụng quy định này").click()
    page.get_by_role("status").wait_for()
    page.get_by_text("Giờ làm việc mùa đông").wait_for()
    policy = office_policy(town.settings)
    assert (policy.digest_hour.hour, policy.digest_hour.minute) == (8, 15)
