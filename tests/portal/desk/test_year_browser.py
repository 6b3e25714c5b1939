"""The desk's whole way in a real browser, on the real plan of Ba Ngòi: from the PDF to the leader's approval."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from deployments.cli.app import run
from models import Item, Occurrence, Person, Plan, Review, Role
from models.session import transaction
from notifications.mailer import MailServer
from portal.web.site import make_site
from services.access.links import link_for
from services.mail.sender import send_outbox
from services.reminders.morning import run_morning
from tests.ba_ngoi import UNITS
from tests.deployments.plan_files import set_clock
from tests.portal.browsing import chromium, free_port, served
from tests.portal.town import Clock, Town
from tests.smtp_sink import Received, SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHANGED = "Thực hiện khảo sát nhanh về mức độ hài lòng"
MONDAY = datetime(2025, 9, 8, 1, tzinfo=UTC)
"""A Monday morning of the plan's year, at eight in Vietnam."""


@dataclass
class Desk:
    """Ba Ngòi with its units and no plan yet, its portal, a mailbox and a browser; the clock is moved by hand."""

    town: Town
    sink: SmtpSink
    browser: Any
    monkeypatch: pytest.MonkeyPatch
    pictures: Path | None

    def at(self, day: int, hour: int = 1) -> None:
        """It is this day of September 2025 now, for the portal and for the machine."""
        self.town.clock.now = MONDAY.replace(day=day, hour=hour)
        set_clock(self.monkeypatch, self.town.clock.now)

    def morning(self, day: int) -> dict[str, Received]:
        """The real morning of a day, through the real mail server; the mails by address."""
        self.at(day)
        self.sink.received.clear()
        result = run_morning(None, self.town.clock.now.date())
        assert result.working and result.sent is not None and result.sent.problem is None
        return {mail.to: mail for mail in self.sink.received}

    def enter(self, role: Role, width: int = 1280) -> Any:
        """A page in which the authority's person of a role has entered by a link."""
        site = self.town.site
        with transaction(site.database) as session:
            person = session.scalars(select(Person.id).where(Person.role == role)).first()
            assert person is not None
            address = link_for(session, site.door, person, None, self.town.clock())
        return self.open(address, width)

    def open(self, address: str, width: int = 1280) -> Any:
        page = self.browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN").new_page()
        page.goto(address)
        page.get_by_role("main").get_by_role("button").click()
        page.wait_for_url(lambda url: "/vao/" not in url)
        return page

    def picture(self, page: Any, name: str) -> None:
        """Look at it: on a desk and on a telephone nothing scrolls sideways; kept where somebody wants to see it."""
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width} px"
            if self.pictures is not None:
                page.screenshot(path=str(self.pictures / f"{name}-{width}.png"), full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def desk(home: Path, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    assert sqlite_url
    units, port = tmp_path / "don-vi.yaml", free_port()
    units.write_text(UNITS, encoding="utf-8")
    wanted = os.environ.get("DESK_PICTURES")  # a folder outside the repository: real plans are not committed
    with SmtpSink() as sink:
        monkeypatch.setenv("DONDOC_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("DONDOC_PORTAL_URL", f"http://127.0.0.1:{port}")
        assert run(["init", "--authority", "UBND phường Ba Ngòi", "--admin-email", "quan-tri@x.example"]) == 0
        assert run(["units", "import", str(units)]) == 0
        from config.settings import load_settings

        settings, clock = load_settings(), Clock(MONDAY.replace(hour=0))

        def deliver(messages: Any) -> None:
            send_outbox(MailServer.from_settings(settings), only=messages, clock=clock)

        town = Town(settings, make_site(settings, clock=clock, deliver=deliver), clock)
        with served(town.site, port), chromium() as browser:
            yield Desk(town, sink, browser, monkeypatch, Path(wanted) if wanted else None)


def revised(source: Path, target: Path) -> Path:
    """The real plan with one item's timing changed, as an office would revise it."""
    document = Document(str(source))
    every = [row for table in document.tables for row in table.rows]
    rows = [row for row in every if any(CHANGED in " ".join(cell.text.split()) for cell in row.cells)]
    assert len(rows) == 1
    cell = next(cell for cell in rows[0].cells if cell.text.strip() == "Trong năm 2025")
    cell.paragraphs[0].runs[0].text = "Trước ngày 15/12/2025"
    for run_ in [one for paragraph in cell.paragraphs for one in paragraph.runs][1:]:
        run_.text = ""
    document.save(str(target))
    return target


def upload(desk: Desk, page: Any, path: Path) -> None:
    """Give the desk a document and wait until it was read; until then the page shows that it is being read."""
    page.goto(f"{desk.town.site.door.base}/ke-hoach")
    page.set_input_files("#tep", path)
    page.get_by_role("button", name="Đọc văn bản").click()
    page.wait_for_url(re.compile("/ke-hoach/nhap/"))
    progress, ready = page.get_by_role("progressbar"), page.get_by_role("button", name="Xác nhận kế hoạch")
    progress.or_(ready).first.wait_for(timeout=40_000)
    ready.wait_for(timeout=40_000)


def bring_in(desk: Desk, admin: Any, document: Path) -> None:
    """Upload the plan, settle its five undetermined items where they stand, confirm."""
    upload(desk, admin, document)
    open_dates = admin.locator("label[for^=ngay_]", has_text=re.compile("^Thời hạn của ")).all()
    assert len(open_dates) == 5
    for label in open_dates:
        admin.locator(f"#{label.get_attribute('for')}").fill("15/12/2025")
    desk.picture(admin, "1-nhap")
    admin.get_by_role("button", name="Lưu các điểm đã làm rõ").click()
    admin.get_by_role("status").wait_for()
    assert "Không còn điểm nào phải làm rõ" in admin.locator("main").inner_text()
    confirm(admin)


def confirm(admin: Any) -> None:
    admin.get_by_role("button", name="Xác nhận kế hoạch").click()
    admin.get_by_role("heading", name="Kế hoạch", exact=True).wait_for()


def revise(desk: Desk, admin: Any, document: Path) -> None:
    """Upload the changed document, look at what is kept and changed and who is told, confirm."""
    upload(desk, admin, document)
    words = admin.locator("main").inner_text()
    assert "Không còn điểm nào phải làm rõ" in words, "what was settled by hand is not asked again"
    assert "Thay đổi (1)" in words and "Giữ nguyên 58 nhiệm vụ" in words
    assert "liệt kê các thay đổi cho" in words and "Trung tâm Phục vụ hành chính công" in words
    desk.picture(admin, "2-dieu-chinh")
    confirm(admin)


def told_of_the_change(desk: Desk, mails: dict[str, Received]) -> Received:
    """The one mail of the leading unit; everybody concerned has theirs, and nobody else."""
    changed = {to for to, mail in mails.items() if "KẾ HOẠCH CÓ ĐIỀU CHỈNH (1)" in mail.text}
    with transaction() as session:
        item = session.scalars(select(Item).where(Item.title.startswith(CHANGED))).one()
        assert changed == {row.unit.mailbox for row in item.responsibilities if row.unit is not None}
    mail = mails["hcc@x.example"]
    assert "Trong năm 2025 (đến 31/12/2025) → Trước ngày 15/12/2025 (đến 14/12/2025)" in " ".join(mail.text.split())
    return mail


def answer(desk: Desk, mail: Received) -> int:
    """From the link of the change: report it done; of another item ask for a later day. Returns that occurrence."""
    link = re.search(r'href="([^"]+)"[^>]*>Xem nhiệm vụ', mail.html)
    assert link
    unit = desk.open(link[1].replace("&amp;", "&"), 390)
    mine = int(re.findall(r"/viec/(\d+)", unit.url)[0])
    unit.get_by_label("Đã hoàn thành").check()
    unit.get_by_label("Nội dung, kết quả, vướng mắc").fill("Đã khảo sát 120 phiếu")
    unit.get_by_role("button", name="Gửi báo cáo").click()
    assert "Đã ghi nhận" in unit.get_by_role("status").inner_text()
    desk.picture(unit, "4-don-vi")
    with transaction() as session:
        row = session.get_one(Occurrence, mine)
        others = select(Occurrence.id).where(Occurrence.unit_id == row.unit_id, Occurrence.done_on.is_(None))
        other = session.scalars(others.where(Occurrence.kind == "deadline").order_by(Occurrence.id)).first()
    unit.goto(f"{desk.town.site.door.base}/viec/{other}")
    unit.get_by_text("Viết yêu cầu gia hạn").click()
    unit.get_by_label("Xin gia hạn đến ngày").fill("15/01/2026")
    unit.get_by_label("Lý do").fill("Chờ văn bản của cấp trên")
    unit.get_by_role("button", name="Gửi yêu cầu gia hạn").click()
    assert "xin gia hạn đến 15/01/2026" in unit.locator("#gia-han").inner_text()
    assert other is not None
    return other


def history(desk: Desk, admin: Any, mails: tuple[Received, Received]) -> None:
    """Both versions stand on the page, which prints."""
    with transaction() as session:
        code = session.scalars(select(Plan.code)).one()
    admin.goto(f"{desk.town.site.door.base}/phien-ban?ke_hoach={code}")
    assert "Phiên bản 2" in admin.locator("main").inner_text()
    desk.picture(admin, "3-phien-ban")
    admin.get_by_role("button", name="So sánh").click()
    compared = admin.locator("main").inner_text()
    assert "So sánh phiên bản 1 và 2" in compared and "Giữ nguyên" in compared
    assert "không dựng lại được" not in compared
    desk.picture(admin, "3-so-phien-ban")
    if desk.pictures is not None:
        admin.pdf(path=str(desk.pictures / "phien-ban.pdf"))
        for number, mail in enumerate(mails):
            (desk.pictures / f"thu-{number}.html").write_text(mail.html, encoding="utf-8")


def test_ba_ngoi_from_the_pdf_to_the_leaders_approval(desk: Desk, shared: Path, tmp_path: Path) -> None:
    files, base = shared / "plans" / "files", desk.town.site.door.base
    desk.at(8, 0)
    admin = desk.enter(Role.ADMIN)
    bring_in(desk, admin, files / "ba-ngoi-2025.pdf")
    assert not desk.sink.received, "nothing goes out before a morning"
    first = desk.morning(8)
    week = first["chu-tich@x.example"]
    assert "Tổng hợp tuần" in week.text
    assert not any("điều chỉnh" in mail.subject for mail in first.values()), "what began so is no change"

    desk.at(8, 9)
    revise(desk, admin, revised(files / "ba-ngoi-2025.docx", tmp_path / "dieu-chinh.docx"))
    mail = told_of_the_change(desk, desk.morning(9))
    admin = desk.enter(Role.ADMIN)  # yesterday's session is over
    history(desk, admin, (week, mail))
    occurrence = answer(desk, mail)

    admin.goto(f"{base}/xem-xet")
    assert "lãnh đạo quyết định" in admin.locator("main").inner_text(), "past the plan's year only a leader grants"
    desk.picture(admin, "5-xem-xet")
    admin.locator("input[name=bao_cao]").check()
    admin.get_by_role("button", name="Chấp nhận các báo cáo đã chọn").click()
    admin.get_by_role("status").wait_for()
    leader = desk.enter(Role.LEADER)
    leader.goto(f"{base}/xem-xet")
    desk.picture(leader, "6-lanh-dao")
    leader.get_by_role("button", name=re.compile("^Đồng ý gia hạn")).click()
    leader.get_by_role("status").wait_for()
    with transaction() as session:
        assert session.get_one(Occurrence, occurrence).last_day.isoformat() == "2026-01-15"
        assert len(session.scalars(select(Review)).all()) == 1
