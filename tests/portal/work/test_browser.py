"""From the mail in the mailbox to the next morning's mail, in a real browser without JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.session import transaction
from notifications.mailer import MailServer
from portal.web.site import make_site
from services.mail.letterhead import letterhead
from services.mail.sender import send_outbox
from services.reminders.compose import compose_messages
from services.reminders.decide import decide_notices
from tests.portal.browsing import chromium, free_port, served
from tests.portal.town import TODAY, Town, make_town, song_mai
from tests.smtp_sink import Received, SmtpSink
from tests.world import sweep

pytestmark = pytest.mark.browser


@dataclass
class Stage:
    """The ward with its portal served, its mails delivered to a mailbox, and a browser."""

    town: Town
    sink: SmtpSink
    browser: Any

    def morning(self, day: date) -> dict[str, Received]:
        """Decide, compose and send as the morning does; the mails by address."""
        self.sink.received.clear()
        town = self.town
        authority = town.actor("officer").visitor.authority_id
        with transaction(town.site.database) as session:
            decide_notices(session, sweep(authority, day))
            head = letterhead(session, authority, None, "song-mai.example", town.site.door)
            compose_messages(session, authority, day, town.clock(), head)
        sent = send_outbox(MailServer.from_settings(town.settings), clock=town.clock)
        assert sent.problem is None
        return {mail.to: mail for mail in self.sink.received}

    def open(self, mail: Received, words: str, width: int = 1280) -> Any:
        """Open a link of a mail by its words, and press the one button."""
        link = re.search(rf'<a href="([^"]+)"[^>]*>[^<]*{re.escape(words)}', mail.html)
        assert link, mail.html
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=False, locale="vi-VN"
        )
        page = context.new_page()
        page.goto(link[1].replace("&amp;", "&"))
        page.get_by_role("button", name="Vào xem và báo cáo").click()
        page.wait_for_url(lambda url: "/vao/" not in url)  # a key pressed before the page is there would be lost
        return page


@pytest.fixture
def stage(home: Path, sqlite_url: str) -> Iterator[Stage]:
    assert sqlite_url
    port = free_port()
    with SmtpSink() as sink:
        town = make_town(home, song_mai, smtp_port=sink.port)
        settings = town.settings.model_copy(update={"portal_url": f"http://127.0.0.1:{port}"})

        def deliver(messages: Any) -> None:
            send_outbox(MailServer.from_settings(settings), only=messages, clock=town.clock)

        town.settings, town.site = settings, make_site(settings, clock=town.clock, deliver=deliver)
        with served(town.site, port), chromium() as browser:
            yield Stage(town, sink, browser)


def test_from_the_mail_to_an_answer_with_a_file_undo_parts_extension_and_the_next_mail(
    stage: Stage, tmp_path: Path
) -> None:
    mails = stage.morning(TODAY)
    page = stage.open(mails["phong-vhxh@song-mai.example"], "A.I.1", 360)
    assert page.url.endswith(f"/viec/{stage.town.due['A.I.1']}")

    proof = tmp_path / "Báo cáo kết quả quý IV.pdf"
    proof.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.get_by_label("Đã hoàn thành").check()
    page.get_by_label("Nội dung, kết quả, vướng mắc").fill("Đã báo cáo UBND phường")
    page.get_by_label("Đính kèm tệp").set_input_files(proof)
    page.get_by_role("button", name="Gửi báo cáo").click()
    assert "Đã ghi nhận" in page.get_by_role("status").inner_text()
    assert stage.town.occurrence("A.I.1").done_on == TODAY
    with page.expect_download() as saved:
        page.get_by_role("link", name="Báo cáo kết quả quý IV.pdf").click()
    assert Path(saved.value.path()).read_bytes() == proof.read_bytes()

    page.get_by_role("button", name="Hoàn tác báo cáo").click()
    assert "Đã hoàn tác" in page.get_by_role("status").inner_text()
    assert stage.town.occurrence("A.I.1").done_on is None

    stage.town.clock.go_on(minutes=5)
    partner = stage.browser.new_context(java_script_enabled=False).new_page()
    partner.goto(f"{stage.town.site.door.base}/lien-ket-moi")
    partner.get_by_label("Địa chỉ thư công vụ của bạn").fill("tt-pvhcc@song-mai.example")
    partner.get_by_role("button", name="Gửi liên kết mới").click()
    assert "Đã nhận yêu cầu" in partner.get_by_role("status").inner_text()
    partner = stage.open(mail_to(stage, "tt-pvhcc@song-mai.example"), "Mở danh sách nhiệm vụ")
    partner.get_by_role("link", name="A.I.1").click()
    partner.get_by_label("Đã hoàn thành").check()
    partner.get_by_label("Nội dung, kết quả, vướng mắc").fill("Đã gửi số liệu một cửa")
    partner.get_by_role("button", name="Gửi báo cáo").click()

    page.reload()
    assert "Đã gửi số liệu một cửa" in page.locator("main").inner_text()

    page.get_by_text("Viết yêu cầu gia hạn").click()
    page.get_by_label("Xin gia hạn đến ngày").fill("15/12/2025")
    page.get_by_label("Lý do").fill("Chờ số liệu cuối tháng")
    page.get_by_role("button", name="Gửi yêu cầu gia hạn").click()
    assert "xin gia hạn đến 15/12/2025" in page.locator("#gia-han").inner_text()

    page.get_by_role("link", name="Danh sách việc", exact=True).click()
    page.get_by_role("button", name="Xong A.I.1").click()
    assert "Đã báo hoàn thành 1 nhiệm vụ" in page.get_by_role("status").inner_text()

    stage.town.clock.go_on(days=7)
    later = stage.morning(TODAY + timedelta(days=7))
    mine = later["phong-vhxh@song-mai.example"].text
    assert "[A.I.2]" in mine
    assert "[A.I.1]" not in mine


def mail_to(stage: Stage, address: str) -> Received:
    """The newest mail of an address; it is sent just after the page was."""
    import time

    end = time.monotonic() + 10
    while not stage.sink.to(address) or "Liên kết vào" not in stage.sink.to(address)[-1].subject:
        assert time.monotonic() < end, "no mail with a fresh link came"
        time.sleep(0.05)
    return stage.sink.to(address)[-1]


def test_pages_are_used_by_keyboard_alone(stage: Stage) -> None:
    mails = stage.morning(TODAY)
    page = stage.open(mails["phong-vhxh@song-mai.example"], "Mở danh sách")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Đến nội dung chính"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("aria-label") == "Xong A.I.1":
            break
    page.keyboard.press("Enter")
    assert "Đã báo hoàn thành 1 nhiệm vụ" in page.get_by_role("status").inner_text()
