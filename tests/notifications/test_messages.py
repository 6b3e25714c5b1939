"""What a reader finds in a mail: the urgent first, everything said in both parts, nothing forged, no dead link."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from notifications.digest import Told, joined
from notifications.messages import (
    AdminAlert,
    Rendered,
    ReturnedLine,
    TestMail,
    digest_subject,
    render_admin_alert,
    render_digest,
    render_test_mail,
)
from notifications.wording import TEXT_WIDTH
from tests.notifications.letters import MONDAY, ask, digest, line

AUTHORITY = "Ủy ban nhân dân phường Hòa Bình"


class Page(HTMLParser):
    """What a reader of the page sees, and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._words: list[str] = []
        self.feed(html)
        self.words = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("b", "span", "a", "code"):
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        self._words[-1:] = [self._words[-1] + data] if self._words else [data]


def flat(text: str) -> str:
    return " ".join(text.split())


def all_mails() -> list[Rendered]:
    full = line(-3, result="Báo cáo", others="Văn phòng", period_label="Quý IV/2025", progress="đạt 60%")
    return [
        render_digest(digest(full, line(2), line(40), asks=(ask(),), contact="Trần Thị Bình, 0258 3951 234")),
        render_digest(digest(line(-9, role="leader"), portal_link="https://dondoc.hoabinh.gov.vn/c/1")),
        render_test_mail(TestMail(authority_name=AUTHORITY, today=MONDAY, server="smtp.b.vn:587")),
        render_admin_alert(
            AdminAlert(authority_name=AUTHORITY, today=MONDAY, happened="Không gửi được thư", effect="e", steps=("s",))
        ),
    ]


@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ((-3, -1, 0, 2, 6), "2 nhiệm vụ quá hạn, 3 đến hạn tuần này"),
        ((0,), "0 nhiệm vụ quá hạn, 1 đến hạn tuần này"),
        ((7, 30), "0 nhiệm vụ quá hạn, 2 sau tuần này"),
        ((-1, 6, 7), "1 nhiệm vụ quá hạn, 1 đến hạn tuần này, 1 sau tuần này"),
    ],
)
def test_the_subject_first_says_how_many_are_overdue(days: tuple[int, ...], counts: str) -> None:
    mail = digest(*map(line, days))
    expected = f"[Đôn đốc] {counts} – Phòng Văn hóa - Xã hội, sáng thứ Hai 01/12/2025"
    assert digest_subject(mail) == expected
    assert render_digest(mail).subject == expected


def test_the_subject_of_a_mail_that_only_asks_counts_what_it_asks() -> None:
    subject = digest_subject(digest(asks=(ask(), ask()), unit_name=""))
    assert subject == f"[Đôn đốc] 0 nhiệm vụ quá hạn, 2 chưa xác định thời hạn – {AUTHORITY}, sáng thứ Hai 01/12/2025"


@given(st.integers(0, 6), st.integers(-400, 400))
def test_this_week_ends_on_its_sunday(weekday: int, days_left: int) -> None:
    today = MONDAY + timedelta(weekday)
    due = today + timedelta(days_left)
    mail = digest(line(0, due_printed=due, last_day=due, days_left=days_left), today=today)
    sunday = MONDAY + timedelta(6)
    groups = (bool(mail.overdue), bool(mail.this_week), bool(mail.later))
    assert groups == (due < today, today <= due <= sunday, due > sunday)


def test_what_is_told_alike_of_several_units_is_one_line_that_leads_to_the_list() -> None:
    list_link = "https://dondoc.hoabinh.gov.vn/c/1"
    alike = [line(-8, role="leader", unit_name=name, link=f"{list_link}/{n}") for n, name in enumerate(("A", "B", "A"))]
    other_day = line(-9, role="leader", unit_name="C")
    one, other = joined([*alike, other_day], list_link)
    assert (one.unit_name, one.link) == ("A; B", list_link)
    assert other == other_day
    assert digest_subject(digest(one, other)).startswith("[Đôn đốc] 2 nhiệm vụ quá hạn")


def test_who_must_answer_keeps_a_line_and_a_link_for_each_occurrence() -> None:
    own = [line(2, role="lead", unit_name=name) for name in ("A", "B")]
    assert joined(own) == tuple(own)


def test_nothing_to_say_is_no_mail() -> None:
    assert digest().empty
    for write in (digest_subject, render_digest):
        with pytest.raises(ValueError, match="empty"):
            write(digest())


def test_overdue_stands_first_then_this_week_then_later_and_the_longest_overdue_on_top() -> None:
    mail = render_digest(digest(line(40), line(2), line(-1), line(0), line(-9)))
    expected = ["Quá hạn (2)", "A.I.-9", "A.I.-1", "Đến hạn tuần này (2)", "A.I.0", "A.I.2", "Đến hạn sau tuần này (1)"]
    for words in (mail.text.lower(), Page(mail.html).words.lower()):
        places = [words.index(mark.lower()) for mark in [*expected, "A.I.40"]]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("role", "owners"),
    [
        ("lead", ["Vai trò: chủ trì", "Cơ quan phối hợp: Văn phòng"]),
        ("coordinator", ["Vai trò: phối hợp", "Cơ quan chủ trì: Văn phòng"]),
        ("head", ["Cơ quan chủ trì: Phòng Kinh tế", "Cơ quan phối hợp: Văn phòng"]),
        ("leader", ["Cơ quan chủ trì: Phòng Kinh tế", "Cơ quan phối hợp: Văn phòng"]),
    ],
)
def test_a_line_says_all_that_its_reader_needs_in_both_parts(role: str, owners: list[str]) -> None:
    told = line(
        29,
        item_code="A.IV.3",
        due_printed=date(2025, 12, 31),
        last_day=date(2025, 12, 30),
        role=role,
        result="Quyết định phê duyệt",
        others="Văn phòng",
        period_label="Quý IV/2025",
        progress="đạt 60%",
    )
    mail = render_digest(digest(told))
    due = "Hạn: trước thứ Tư 31/12/2025, chậm nhất thứ Ba 30/12/2025 – còn 29 ngày"
    facts = [due, "A.IV.3", told.title, "Sản phẩm: Quyết định phê duyệt", "Kỳ: Quý IV/2025", "Tiến độ đã báo: đạt 60%"]
    for words in (flat(mail.text), Page(mail.html).words):
        for fact in [*facts, *owners]:
            assert fact in words


def test_what_is_not_known_leaves_no_empty_place() -> None:
    mail = render_digest(digest(line(3)))
    for words in (mail.text, Page(mail.html).words):
        assert not re.search(r"(Sản phẩm|Kỳ|Cơ quan phối hợp|Tiến độ đã báo|Đầu mối hỗ trợ):", words)
        assert "None" not in words


def test_without_a_portal_the_mail_has_no_link_and_says_what_to_write_back_and_to_whom() -> None:
    mail = render_digest(digest(line(3), reply_to_name="Phòng Văn hóa - Xã hội", reply_to="cchc@hoabinh.gov.vn"))
    assert "http" not in mail.text
    assert [attrs for tag, attrs in Page(mail.html).tags if tag == "a"] == []
    for words in (flat(mail.text), Page(mail.html).words):
        assert "trả lời thư này (thư về Phòng Văn hóa - Xã hội, cchc@hoabinh.gov.vn)" in words
        assert "Mã nhiệm vụ (ví dụ A.I.3)" in words
        assert "Số, ký hiệu và ngày của văn bản" in words


def test_with_a_portal_each_line_has_one_link_and_the_mail_one_door() -> None:
    door, links = "https://dondoc.b.vn/c/1?a=1&b=2", ["https://dondoc.b.vn/i/1", "https://dondoc.b.vn/i/2"]
    mail = render_digest(digest(line(1, link=links[0]), line(2, link=links[1]), portal_link=door))
    assert [attrs["href"] for tag, attrs in Page(mail.html).tags if tag == "a"] == [*links, door]
    assert re.findall(r"https?://\S+", mail.text) == [*links, door]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x", "/c/1", "https://b.vn/ x", ""])
def test_a_link_that_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        line(1, link=address)


def test_a_leader_is_informed_and_not_told_to_report() -> None:
    page = "https://dondoc.hoabinh.gov.vn/c/1"
    mail = render_digest(digest(line(-9, role="leader", link=page), line(-4, role="head", link=page)))
    for words in (flat(mail.text), Page(mail.html).words):
        assert "Cập nhật" not in words
        assert words.count("Xem nhiệm vụ") + words.count(f"Xem tại: {page}") == 2
        assert "Kính báo cáo để chỉ đạo." in words
        assert "Cách trả lời" not in words
        assert "CÁCH TRẢ LỜI" not in words


def test_one_plan_is_named_once_and_several_on_each_line() -> None:
    one = render_digest(digest(line(1), line(2))).text
    assert one.count("Kế hoạch cải cách hành chính năm 2025") == 1
    two = render_digest(digest(line(1), line(2, plan_title="Kế hoạch chuyển đổi số"), asks=(ask(),)))
    for words in (flat(two.text), Page(two.html).words):
        assert words.count("Căn cứ: Kế hoạch cải cách hành chính năm 2025") == 2
        assert words.count("Căn cứ: Kế hoạch chuyển đổi số") == 1


def test_an_item_without_a_date_is_asked_with_what_the_plan_prints_and_why() -> None:
    mail = render_digest(digest(asks=(ask(),)))
    for words in (flat(mail.text), Page(mail.html).words):
        assert "A.II.5" in words
        assert "Kế hoạch ghi: “Theo tiến độ của Sở Nội vụ”" in words
        assert "Vì sao: kế hoạch không ghi ngày" in words


hostile: dict[str, Any] = {
    "item_code": "A.<1>\r\nBcc: x@y.vn",
    "title": '<script>alert("x")</script> {{ 7 * 7 }} & \u202eexe.doc\r\n\r\nQUÁ HẠN (99)',
    "plan_title": "</title><img src=http://b.vn/x.png>",
    "result": "<a href='http://b.vn'>bấm</a>",
    "others": "\x1b[31m</td></tr></table>",
    "period_label": "\u2066\u200b",
}


def test_titles_are_text_and_nothing_else() -> None:
    mail = render_digest(digest(line(3, **hostile), recipient_name="<b>An</b>\nCc: z", unit_name="P\r\nBcc: x@y.vn"))
    calm = render_digest(digest(line(3, **(dict.fromkeys(hostile, "x") | {"period_label": ""}))))
    assert [tag for tag, _ in Page(mail.html).tags] == [tag for tag, _ in Page(calm.html).tags]
    assert '<script>alert("x")</script> {{ 7 * 7 }} & exe.doc QUÁ HẠN (99)' in Page(mail.html).words
    assert "\n" not in mail.subject
    for part in (mail.subject, mail.text, mail.html):
        assert not set(part) & set("\u202e\u2066\u200b\x1b\r")
    assert "\nQUÁ HẠN (99)" not in mail.text


def test_a_title_of_four_pages_does_not_bury_the_others() -> None:
    mail = render_digest(digest(line(1, title="rà soát thủ tục " * 500), line(2, item_code="B.9")))
    assert "…" in mail.text
    assert mail.text.index("B.9") < 2000
    assert len(mail.html) < 8000


@pytest.mark.parametrize("mail", all_mails(), ids=lambda mail: mail.subject[:40])
def test_every_mail_is_whole_and_asks_nothing_of_the_network(mail: Rendered) -> None:
    page = Page(mail.html)
    assert mail.subject.startswith("[Đôn đốc] ")
    assert not {"img", "link", "script", "style", "iframe", "form", "object"} & {tag for tag, _ in page.tags}
    assert not [attrs for _, attrs in page.tags if {"src", "background", "class", "onclick"} & set(attrs)]
    assert "url(" not in mail.html
    assert ("html", {"lang": "vi"}) in page.tags
    assert "UBND" not in mail.text
    assert AUTHORITY.upper() in mail.text
    assert AUTHORITY.upper() in page.words
    assert max(map(len, mail.text.splitlines())) <= TEXT_WIDTH
    assert "\n\n\n\n" not in mail.text


@pytest.mark.parametrize("mail", all_mails(), ids=lambda mail: mail.subject[:40])
def test_the_text_part_says_every_word_of_the_page(mail: Rendered) -> None:
    page = mail.html.partition("<body")[2]
    said = set(re.findall(r"\w+", mail.text.lower()))
    shown = set(re.findall(r"\w+", Page("<body" + page).words.lower()))
    assert shown - said <= {"mở", "danh", "sách"}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mail", all_mails(), ids=lambda mail: mail.subject[:40])
def test_every_text_stands_out_from_its_ground_by_wcag(mail: Rendered) -> None:
    pairs = 0
    for _, attrs in Page(mail.html).tags:
        style = dict(re.findall(r"(?:^|;)\s*([a-z-]+):([^;]+)", attrs.get("style") or ""))
        if "color" in style:
            ground = style.get("background", "#ffffff")
            light, dark = sorted((luminance(style["color"]), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (style["color"], ground)
            pairs += 1
    assert pairs >= 4


def returned(**fields: Any) -> ReturnedLine:
    values: dict[str, Any] = {
        "address": "bay@b.vn",
        "name": "Lê Thị Bảy",
        "unit_name": "Phòng Kinh tế",
        "subject": "[Đôn đốc] 2 nhiệm vụ quá hạn",
        "day": MONDAY,
    }
    return ReturnedLine(**(values | fields))


def test_an_address_that_sent_mail_back_is_told_with_its_owner_and_the_servers_words() -> None:
    link = "https://dondoc.hoabinh.gov.vn/vao/1?den=/nguoi/7"
    mail = render_digest(digest(returned=(returned(answer="550 5.1.1 <unknown>", mails=3, link=link), returned())))
    assert mail.subject.startswith("[Đôn đốc] 2 địa chỉ thư bị trả lại – ")
    assert "<unknown>" not in mail.html
    for words in (flat(mail.text), flat(Page(mail.html).words)):
        assert "bay@b.vn – Lê Thị Bảy, Phòng Kinh tế" in words
        assert "[Đôn đốc] 2 nhiệm vụ quá hạn (và 2 thư trước đó)" in words
        assert "Máy chủ thư trả lời: 550 5.1.1 <unknown>" in words
        assert "Máy chủ thư trả lời: không nêu lý do" in words
    assert f"Sửa địa chỉ tại: {link}" in mail.text


def test_a_server_that_refuses_everybody_fills_no_mail() -> None:
    many = tuple(returned(address=f"nguoi{number}@b.vn") for number in range(300))
    mail = render_digest(digest(line(2), returned=many))
    assert "0 nhiệm vụ quá hạn, 1 đến hạn tuần này, 300 địa chỉ thư bị trả lại" in mail.subject
    assert mail.text.count("@b.vn") == 20
    for words in (flat(mail.text), flat(Page(mail.html).words)):
        assert "… và 280 địa chỉ khác" in words


def test_values_of_a_mail_cannot_be_changed_or_hold_unknown_fields() -> None:
    told: Told = line(1)
    with pytest.raises(ValidationError):
        told.title = "khác"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError):
        line(1, titel="x")
