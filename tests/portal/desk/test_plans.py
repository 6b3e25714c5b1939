"""A plan through the desk: uploaded, understood, settled, confirmed, revised; nothing before it is confirmed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from models import AuditEvent, DraftState, Item, Message, Notice, Occurrence, Plan, PlanDraft, StoredDocument
from models.session import transaction
from portal.web.site import make_site
from rules.timing.values import TimingKind
from tests.deployments.plan_files import ROWS, plan_file
from tests.portal.town import Browser, Town, text_of

PLAN = "07-KH-UBND-2026"


def send(browser: Browser, path: Path, status: int = 303, **fields: str) -> Any:
    """Upload a document; the page it leads to."""
    files = [("tep", (path.name, path.read_bytes(), "application/octet-stream"))]
    return browser.post("/ke-hoach", fields, status=status, files=files)


def draft_page(browser: Browser, path: Path, **fields: str) -> tuple[str, str]:
    """Upload a document that can be read; its address and page."""
    address = send(browser, path, **fields).headers["location"]
    return address, browser.get(address)


def seal_of(page: str) -> str:
    found = re.search(r'name="dau" value="([0-9a-f]+)"', page)
    assert found, text_of(page)[:2000]
    return found[1]


def line_of(page: str, code: str) -> str:
    """The number of an item's fields on the page."""
    found = re.search(rf'id="n(\d+)"(?:(?!class="muc).)*?</span>{re.escape(code)}</h3>', page, flags=re.S)
    assert found, f"{code} is not on the page"
    return found[1]


def stored(town: Town, *, year: int = 2026) -> list[Item]:
    with town.read() as session:
        query = select(Item).join(Plan).where(Plan.year == year, Item.dropped_at.is_(None)).order_by(Item.position)
        return list(session.scalars(query))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return plan_file(tmp_path / "ke-hoach.docx")


def test_what_was_understood_stands_beside_what_the_document_says(town: Town, small: Path) -> None:
    browser = town.enter("admin")
    _, page = draft_page(browser, small)
    words = text_of(page)
    assert "5 nhiệm vụ" in words
    assert "Thời gian: “Theo quy định”" in words
    assert "chưa xác định được thời hạn" in words
    assert re.search(r"Nguồn: .*(hàng|dòng) \d+", words)
    assert "tính từ ngày nhận văn bản" in words.replace("tính từ nhận", "tính từ ngày nhận")
    assert "Tổ Công nghệ số cộng đồng" in words and "chưa nhận ra" in words
    assert "Rà soát thủ tục hành chính" not in words  # nothing to settle: only on the page of all
    assert stored(town) == []


def test_doubts_are_settled_in_place_and_nothing_goes_out_before_the_confirmation(town: Town, small: Path) -> None:
    browser = town.enter("admin")
    address, page = draft_page(browser, small)
    numbers = {code: line_of(page, code) for code in ("3", "4", "5")}
    wrong = browser.post(address, {"dong": numbers["3"], f"ngay_{numbers['3']}": "mai"}, status=422).text
    assert "Ngày cần viết như" in wrong and 'value="mai"' in wrong
    browser.post(
        address,
        {
            "dong": list(numbers.values()),
            f"ngay_{numbers['3']}": "30/09/2026",
            f"ngay_{numbers['4']}": "03/08/2026",
            f"don_vi_{numbers['5']}": ["PHONG_VHXH", "VAN_PHONG", "KHONG_CO"],
            f"ten_{numbers['5']}": "Xây dựng tủ sách pháp luật điện tử",
        },
    )
    page = browser.get(address)
    assert "Không còn điểm nào phải làm rõ" in page
    assert stored(town) == []
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(page)})
    items = {item.code: item for item in stored(town)}
    assert items["3"].timing.due == date(2026, 9, 30)
    assert items["4"].timing.last_day == date(2026, 8, 10)  # five working days after Monday 3 August
    assert items["5"].title == "Xây dựng tủ sách pháp luật điện tử"
    with town.read() as session:
        units = session.scalars(select(Occurrence.unit_id).where(Occurrence.item_id == items["5"].id)).all()
        assert len(set(units)) == 2
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        assert session.scalar(select(func.count()).select_from(Notice)) == 0
        actions = session.scalars(select(AuditEvent.action)).all()
    assert {"plan.upload", "plan.import", "item.timing", "item.lead", "item.title"} <= set(actions)
    assert "Đã nhập vào kế hoạch" in browser.get(address)


def test_a_changed_document_shows_what_is_kept_changed_added_and_dropped(
    town: Town, small: Path, tmp_path: Path
) -> None:
    browser = town.enter("admin")
    address, page = draft_page(browser, small)
    browser.post(address, {"dong": line_of(page, "3"), f"ngay_{line_of(page, '3')}": "30/09/2026"})
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(browser.get(address))})
    before = {item.title: item.id for item in stored(town)}
    rows: Sequence[Sequence[str]] = (
        ROWS[0],
        ("2", ROWS[1][1], "Hằng tháng", *ROWS[1][3:]),
        ROWS[2],
        ROWS[3],
        ("5", "Số hóa hồ sơ đất đai", "Quý IV/2026", "Phòng Văn hóa - Xã hội", "Hồ sơ"),
    )
    address, page = draft_page(browser, plan_file(tmp_path / "dieu-chinh.docx", rows))
    words = text_of(page)
    assert "Giữ nguyên 3 nhiệm vụ" in words
    assert "Thêm mới (1)" in words and "Không còn trong văn bản (1)" in words and "Thay đổi (1)" in words
    assert "<del>Hằng quý" in page.replace("<del>Hàng quý", "<del>Hằng quý")
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(page)})
    after = {item.title: item for item in stored(town)}
    assert {title: item.id for title, item in after.items() if title in before}.items() <= before.items()
    assert after["Kiểm kê hồ sơ lưu trữ"].timing.due == date(2026, 9, 30)  # settled by hand: kept
    assert "Số hóa hồ sơ đất đai" in after
    with town.read() as session:
        code = session.scalars(select(Plan.code).where(Plan.year == 2026)).one()
    history = text_of(browser.get(f"/phien-ban?ke_hoach={code}"))
    assert history.index("Phiên bản 2") < history.index("Thêm mới (1)") < history.index("Phiên bản 1")
    assert "3 nhập thời hạn" in history
    assert "dieu-chinh.docx" in history
    compared = text_of(browser.get(f"/phien-ban?ke_hoach={code}&tu=2&den=1"))
    assert "So sánh phiên bản 1 và 2" in compared and "Giữ nguyên (3)" in compared and "Thay đổi (1)" in compared
    assert "Tiến độ: " in compared and "→ Hằng tháng" in compared and "không dựng lại" not in compared
    assert "Các phiên bản: 1, 2." in text_of(browser.get(f"/phien-ban?ke_hoach={code}&tu=1&den=9", status=404))
    town.enter("stranger").get(f"/phien-ban?ke_hoach={code}&tu=1&den=2", status=403)
    town.enter("stranger").get(f"/phien-ban?ke_hoach={code}", status=403)
    browser.get("/phien-ban?ke_hoach=song-cau-2025", status=404)


def test_what_changed_since_it_was_shown_is_shown_again_instead_of_stored(town: Town, small: Path) -> None:
    browser = town.enter("admin")
    address, page = draft_page(browser, small)
    number = line_of(page, "3")
    town.enter("admin").post(address, {"dong": number, f"ngay_{number}": "30/09/2026"})
    refused = browser.post(f"{address}/xac-nhan", {"dau": seal_of(page)}, status=409).text
    assert "vừa thay đổi" in refused
    assert stored(town) == []
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(refused)})
    assert len(stored(town)) == 5
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(refused)}, status=409)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.docx", b"PK\x03\x04rubbish", ""), ("b.pdf", b"%PDF-1.4 nothing", ""), ("c.txt", "Xin chào.".encode(), "")],
)
def test_a_document_that_cannot_be_read_is_one_sentence(
    town: Town, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    browser = town.enter("admin")
    _, page = draft_page(browser, path)
    assert 'class="bao loi"' in page
    assert "Xác nhận kế hoạch" not in page
    assert words in page
    assert stored(town) == []


def test_without_a_file_or_with_a_wrong_year_the_form_says_so(town: Town, small: Path) -> None:
    browser = town.enter("admin")
    assert "Chưa chọn tệp" in browser.post("/ke-hoach", {"ma": "X<1>"}, status=422).text
    page = send(browser, small, 422, nam="26", ma="X<1>").text
    assert "bốn chữ số" in page and 'value="X&lt;1&gt;"' in page


def test_a_reading_that_died_says_so_and_can_be_thrown_away(town: Town, small: Path) -> None:
    browser = town.enter("admin")
    address, _ = draft_page(browser, small)
    with transaction(town.site.database) as session:
        row = session.scalars(select(PlanDraft)).one()
        row.state, row.reading_json = DraftState.READING, None
    assert "http-equiv" in browser.get(address)
    town.clock.go_on(seconds=10)
    assert "http-equiv" in browser.get(address)
    town.site = make_site(town.settings, clock=town.clock)  # the portal that read it was killed and started again
    browser = town.enter("admin")
    page = browser.get(address)
    assert "dừng giữa chừng" in page and "http-equiv" not in page
    town.site = replace(town.site, opened_at=None)
    assert "http-equiv" in town.enter("admin").get(address)
    town.clock.go_on(minutes=2)
    browser = town.enter("admin")
    assert "dừng giữa chừng" in browser.get(address)
    browser.post(f"{address}/bo")
    assert "đã bỏ" in browser.get(address)
    assert "ke-hoach.docx" not in browser.get("/ke-hoach")


def test_ba_ngoi_as_pdf_is_read_settled_and_confirmed(town: Town, shared: Path) -> None:
    browser = town.enter("admin")
    address, page = draft_page(browser, shared / "plans" / "files" / "ba-ngoi-2025.pdf")
    assert "59 nhiệm vụ, 11 mục, 39 số thứ tự" in text_of(page)
    assert re.search(r"Nguồn: trang \d+", text_of(page))
    open_dates = re.findall(r'<label for="ngay_(\d+)">Thời hạn <span', page)
    assert len(open_dates) == 5
    data: dict[str, Any] = {"dong": open_dates} | {f"ngay_{n}": "15/12/2025" for n in open_dates}
    browser.post(address, data)
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(browser.get(address))})
    with town.read() as session:
        plan = session.scalars(
            select(Plan).where(Plan.title.contains("Ba Ngòi") | Plan.code.contains("BA-NGOI"))
        ).first()
        plan = plan or session.scalars(select(Plan).order_by(Plan.id.desc())).first()
        assert plan is not None and plan.document_id is not None
        items = session.scalars(select(Item).where(Item.plan_id == plan.id)).all()
        assert session.scalars(select(StoredDocument.name)).all() == ["ba-ngoi-2025.pdf"]
    assert len(items) == 59
    assert [item.code for item in items if item.timing_kind is TimingKind.UNDETERMINED] == []
    shown = text_of(browser.get("/ke-hoach"))
    assert "59 nhiệm vụ" in shown, shown


CONCLUSION = """ỦY BAN NHÂN DÂN
PHƯỜNG HOA SEN
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 15/TB-UBND
Hoa Sen, ngày 12 tháng 01 năm 2026
THÔNG BÁO
Kết luận của Chủ tịch UBND phường tại cuộc họp giao ban

Chủ tịch UBND phường kết luận như sau:
1. Giao Phòng Văn hóa - Xã hội xây dựng Quy chế phối hợp.
2. Giao Phòng Văn hóa - Xã hội ban hành Kế hoạch tập huấn.
3. Giao Phòng Văn hóa - Xã hội tiếp tục tuyên truyền trên hệ thống truyền thanh.
"""


def test_a_conclusion_goes_into_the_register_and_its_undated_tasks_are_settled_with_one_choice(
    town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "thong-bao.txt"
    path.write_text(CONCLUSION, encoding="utf-8")
    browser = town.enter("admin")
    address, page = draft_page(browser, path, so="1", ma="so-2026")
    lines = {code: line_of(page, code) for code in ("TB15.1", "TB15.2", "TB15.3")}
    assert f'name="chon" value="{lines["TB15.1"]}" checked' in page
    assert f'name="chon" value="{lines["TB15.3"]}" checked' not in page  # read as a standing duty
    assert "31/12/2026" in text_of(page)
    every = list(lines.values())
    browser.post(address, {"dong": every, "chon": [lines["TB15.1"]], "viec": "thuong-xuyen"})
    page = browser.get(address)
    assert "Đã chọn: việc thường xuyên" in page
    kept = {f"thuong_xuyen_{lines['TB15.1']}": "1"}
    browser.post(address, {"dong": every, "chon": [lines["TB15.2"]], "viec": "cuoi-nam", **kept})
    browser.post(f"{address}/xac-nhan", {"dau": seal_of(browser.get(address))})
    with town.read() as session:
        found = session.scalars(select(Item).join(Plan).where(Plan.code == "so-2026")).all()
        items = {item.code: item for item in found}
        assert items["TB15.1"].timing.kind is TimingKind.CONTINUOUS
        assert items["TB15.2"].timing.due == date(2026, 12, 31)
        assert items["TB15.3"].timing.kind is TimingKind.CONTINUOUS
        assert items["TB15.1"].assigned[0]["number"] == "15/TB-UBND"
