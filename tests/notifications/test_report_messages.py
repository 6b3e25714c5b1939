"""The mails about reports: plain, whole, and unharmed by what people typed."""

from datetime import date

import pytest

from notifications.digest import Rendered
from notifications.report_messages import (
    MissingLine,
    ReportAsked,
    ReportLetter,
    ReportReturned,
    ReportWaiting,
    render_report_asked,
    render_report_letter,
    render_report_returned,
    render_report_waiting,
)

TODAY = date(2025, 3, 3)
HOSTILE = "<script>x</script>\r\nBcc: ai@x.example \u202eđảo {{ 7*7 }}"
PLAN = "Kế hoạch cải cách hành chính năm 2025"


def asked(**more: object) -> Rendered:
    line = MissingLine(
        item_code="A.I.1", title="Rà soát thủ tục", label="Quý I", last_day=date(2025, 3, 1), overdue=True
    )
    values = {"authority_name": "UBND phường Sông Mai", "unit_name": "Phòng Kinh tế", "plan_title": PLAN}
    days = {"today": TODAY, "period": "Quý I/2025", "closes_on": date(2025, 3, 14), "missing": 3, "lines": (line,)}
    return render_report_asked(ReportAsked(**{**values, **days, **more}))  # type: ignore[arg-type]


def waiting(**more: object) -> Rendered:
    values = {"authority_name": "UBND phường Sông Mai", "recipient_name": "Bà Hoa", "plan_title": PLAN, "version": 2}
    days = {"today": TODAY, "period": "Quý I/2025", "sending_on": date(2025, 3, 20)}
    rest = {"figures": ("Nhiệm vụ: 59",), "absent": ("Phòng Kinh tế (3 việc)",)}
    return render_report_waiting(ReportWaiting(**{**values, **days, **rest, **more}))  # type: ignore[arg-type]


def returned(**more: object) -> Rendered:
    values = {"authority_name": "UBND phường Sông Mai", "plan_title": PLAN, "version": 1, "note": "Bổ sung số liệu"}
    days = {"today": TODAY, "period": "Quý I/2025", "sending_on": date(2025, 3, 20)}
    return render_report_returned(ReportReturned(**{**values, **days, **more}))  # type: ignore[arg-type]


def letter(**more: object) -> Rendered:
    values = {"authority_name": "Ủy ban nhân dân phường Sông Mai", "recipient_name": "UBND tỉnh", "today": TODAY}
    rest = {
        "number": "05/BC-UBND",
        "issued_words": "ngày 20 tháng 3 năm 2025",
        "subject": "Kết quả",
        "files": ("05.docx",),
    }
    return render_report_letter(ReportLetter(**{**values, **rest, **more}))  # type: ignore[arg-type]


def test_a_unit_reads_what_is_missing_until_when_and_how_to_answer() -> None:
    mail = asked()
    assert mail.subject.startswith(
        "[Đôn đốc] Còn 3 việc chưa báo cáo cho kỳ Quý I/2025, chốt số liệu thứ Sáu 14/03/2025"
    )
    for words in ("A.I.1", "Rà soát thủ tục", "Và 2 việc khác", "trả lời thư này"):
        assert words in mail.text and words in mail.html
    assert "ĐÃ QUÁ HẠN" in mail.text
    linked = asked(link="http://p.example/vao/x", reason="Sót số liệu")
    assert "http://p.example/vao/x" in linked.text and 'href="http://p.example/vao/x"' in linked.html
    assert "mở lại: Sót số liệu" in linked.text
    assert "trả lời thư này" not in linked.text


def test_a_leader_reads_the_figures_and_who_is_missing() -> None:
    mail = waiting()
    for words in ("bản 2", "Nhiệm vụ: 59", "Phòng Kinh tế (3 việc)", "20/03/2025"):
        assert words in mail.text and words in mail.html
    assert "Dự thảo gửi kèm" in mail.text
    assert "Dự thảo gửi kèm" not in waiting(link="https://p.example/x").text
    assert "văn bản do cán bộ chỉnh sửa" in waiting(uploaded=True).text


def test_the_office_reads_why_a_report_came_back_and_the_superior_what_is_attached() -> None:
    assert "Bổ sung số liệu" in returned().text
    assert "Báo cáo số 05/BC-UBND ngày 20 tháng 3 năm 2025" in letter().subject
    assert "- 05.docx" in letter().text


@pytest.mark.parametrize(
    "mail",
    [
        asked(unit_name=HOSTILE, plan_title=HOSTILE, period=HOSTILE, reason=HOSTILE),
        waiting(recipient_name=HOSTILE, figures=(HOSTILE,), absent=(HOSTILE,)),
        returned(note=HOSTILE, authority_name=HOSTILE),
        letter(subject=HOSTILE, files=(HOSTILE,), recipient_name=HOSTILE),
    ],
)
def test_hostile_text_stays_text(mail: Rendered) -> None:
    assert "\n" not in mail.subject and "\r" not in mail.subject
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "\u202e" not in mail.text + mail.html + mail.subject
    assert "{{ 7*7 }}" in mail.text
    assert "\nBcc:" not in mail.text
