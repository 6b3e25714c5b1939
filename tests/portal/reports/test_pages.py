"""Reports in the portal: a leader reads and decides, an administrator replaces the text, others see nothing."""

import re
from datetime import date
from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from models import AuditEvent, Person, Report
from models.session import transaction
from rules.reporting.steps import ReportState
from services.reports.run import run_reports
from tests.portal.town import Browser, Town, text_of
from tests.reporting_world import moment


@pytest.fixture
def report(town: Town) -> Report:
    """The year's report, waiting for approval; the portal's clock stands after the cut-off."""
    with transaction() as session:
        authority = session.get_one(Person, town.people["leader"]).authority
        authority.superior_mailbox = "tinh@x.example"
        code = authority.code
    town.clock.now = moment(date(2025, 12, 15), 9)
    run_reports(code, date(2025, 12, 15), clock=town.clock, send=False)
    with town.read() as session:
        wanted = select(Report).where(Report.period == "2025", Report.authority_id == authority.id)
        return session.scalars(wanted.order_by(Report.id)).all()[0]


def state(town: Town, report: Report) -> ReportState:
    with town.read() as session:
        return session.get_one(Report, report.id).state


def document(*lines: str) -> bytes:
    out = BytesIO()
    made = docx.Document()
    for line in (*lines, "Báo cáo đã chỉnh sửa"):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def test_a_leader_reads_the_figures_and_files_and_approves(town: Town, report: Report) -> None:
    leader = town.enter("leader")
    assert "chờ bạn phê duyệt" in text_of(leader.get("/bao-cao"))
    page = leader.get(f"/bao-cao/{report.id}")
    assert "Chờ phê duyệt" in text_of(page)
    assert "Nhiệm vụ của Kế hoạch:" in text_of(page)
    links = re.findall(r'href="(/bao-cao/\d+/tep/\d+)"', page)
    assert len(links) == 3
    heads = {leader.client.get(link).content[:4] for link in links}
    assert heads == {b"PK\x03\x04", b"%PDF"}
    leader.post(f"/bao-cao/{report.id}/phe-duyet", {"ban": str(report.version), "so": "17", "y_kien": "Đồng ý"})
    assert state(town, report) is ReportState.APPROVED
    with town.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "report.approve")).one()
        assert session.get_one(Report, report.id).number == 17
    assert event.note == "Đồng ý"


def test_a_version_that_came_meanwhile_is_not_approved_unread(town: Town, report: Report) -> None:
    leader = town.enter("leader")
    leader.post(f"/bao-cao/{report.id}/phe-duyet", {"ban": str(report.version + 1)}, status=409)
    leader.post(f"/bao-cao/{report.id}/phe-duyet", {"ban": str(report.version), "so": "x"}, status=422)
    assert state(town, report) is ReportState.WAITING


def test_returning_needs_a_note_and_a_text_uploaded_waits_again(town: Town, report: Report) -> None:
    leader, admin = town.enter("leader"), town.enter("admin")
    leader.post(f"/bao-cao/{report.id}/tra-lai", {"ly_do": " "}, status=403)
    leader.post(f"/bao-cao/{report.id}/tra-lai", {"ly_do": "Bổ sung <số liệu>"})
    assert state(town, report) is ReportState.RETURNED
    assert "Bổ sung &lt;số liệu&gt;" in admin.get(f"/bao-cao/{report.id}")
    address = f"/bao-cao/{report.id}/van-ban"
    admin.post(address, status=422)
    admin.post(address, files={"tep": ("x.docx", b"%PDF-1.4", "application/pdf")}, status=422)
    admin.post(address, files={"tep": ("sửa.docx", document(), "application/octet-stream")})
    assert state(town, report) is ReportState.WAITING
    assert "văn bản đã chỉnh sửa" in text_of(leader.get(f"/bao-cao/{report.id}"))


def test_the_person_who_numbers_an_edited_text_is_told_what_stands_in_it(town: Town, report: Report) -> None:
    leader, admin = town.enter("leader"), town.enter("admin")
    address, upload = f"/bao-cao/{report.id}/phe-duyet", f"/bao-cao/{report.id}/van-ban"
    admin.post(upload, files={"tep": ("sua.docx", document(), "x/y")})
    assert "Không tìm thấy chỗ ghi số và ngày" in text_of(leader.get(f"/bao-cao/{report.id}"))
    admin.post(upload, files={"tep": ("sua.docx", document("Số: 21/BC-UBND", "BÁO CÁO"), "x/y")})
    assert "Văn bản đã ghi số 21/BC-UBND" in text_of(leader.get(f"/bao-cao/{report.id}"))
    again = leader.post(address, {"ban": str(report.version + 2), "so": "20"}, status=403)
    assert "ghi số 21, khác số 20 vừa nhập" in text_of(again.text)
    leader.post(address, {"ban": str(report.version + 2)})
    with town.read() as session:
        assert session.get_one(Report, report.id).number == 21


def test_a_leader_does_not_approve_a_text_they_uploaded(town: Town, report: Report) -> None:
    leader = town.enter("leader")
    leader.post(f"/bao-cao/{report.id}/van-ban", files={"tep": ("sua.docx", document(), "x/y")})
    page = leader.get(f"/bao-cao/{report.id}")
    assert "không tự phê duyệt bản này" in page
    assert "/phe-duyet" not in page
    leader.post(f"/bao-cao/{report.id}/phe-duyet", {"ban": str(report.version + 1)}, status=403)
    assert state(town, report) is ReportState.WAITING


def test_an_administrator_reopens_a_period_with_a_reason(town: Town, report: Report) -> None:
    admin = town.enter("admin")
    address = f"/bao-cao/{report.id}/mo-lai"
    admin.post(address, {"den_ngay": "16/12/2025", "vi_sao": ""}, status=422)
    admin.post(address, {"den_ngay": "hôm nay", "vi_sao": "Sót"}, status=422)
    admin.post(address, {"den_ngay": "16/12/2025", "vi_sao": "Sót số liệu"})
    assert state(town, report) is ReportState.OPEN
    assert "Sót số liệu" in admin.get(f"/bao-cao/{report.id}")


def test_units_and_other_wards_see_no_report_and_decide_nothing(town: Town, report: Report) -> None:
    for who in ("officer", "head", "partner", "stranger"):
        browser: Browser = town.enter(who)
        browser.get("/bao-cao", status=403)
        browser.get(f"/bao-cao/{report.id}", status=404)
        for path in ("phe-duyet", "tra-lai", "van-ban", "mo-lai"):
            browser.post(f"/bao-cao/{report.id}/{path}", {"ban": "1", "ly_do": "x"}, status=404)
    town.enter("admin").post(f"/bao-cao/{report.id}/phe-duyet", {"ban": str(report.version)}, status=403)
    assert state(town, report) is ReportState.WAITING


def test_a_mail_leads_the_leader_to_the_report(town: Town, report: Report) -> None:
    browser = Browser(town.anybody())
    entered = browser.client.post(town.link("leader"), data={"den": f"/bao-cao/{report.id}"})
    assert entered.headers["location"] == f"/bao-cao/{report.id}"
