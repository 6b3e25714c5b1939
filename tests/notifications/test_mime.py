"""A mail as bytes: what a reader sees is what was meant, whatever text goes in."""

import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.header import decode_header, make_header
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.mailer import Mailer, MailServer, OutgoingMail
from notifications.mime import mail_bytes, new_message_id
from notifications.wording import one_line
from tests.notifications.conftest import ServerAt, WriteMail
from tests.smtp_sink import SmtpSink

SERVER = MailServer("h", 25, "dondoc@hoabinh.gov.vn", "hoabinh.gov.vn", mail_from_name="Đôn đốc kế hoạch")
NOON = datetime(2025, 12, 1, 5, 0, tzinfo=UTC)

vietnamese = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếệốộứựỳỵ ĐÔƠƯ0123456789[]–-,.:/\"'()<>@=?_", max_size=250
)
anything = st.text(max_size=120)


def parsed(**fields: Any) -> EmailMessage:
    values: dict[str, Any] = {
        "message_id": "<1@b.vn>",
        "to": "an@b.vn",
        "subject": "s",
        "text": "t",
        "html": "<p>h</p>",
    }
    message = message_from_bytes(mail_bytes(OutgoingMail(**(values | fields)), SERVER, NOON), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [(part.get_content_type(), part.defects) for part in message.walk() if part.defects] == []
    return message


@given(vietnamese | anything)
@example("[Đôn đốc] 2 nhiệm vụ quá hạn, 3 đến hạn tuần này – Phòng Kinh tế, Hạ tầng và Đô thị, sáng thứ Hai 01/12/2025")
@example("Tiếng Việt\r\nBcc: ke-gian@b.vn\r\n\r\nthân thư giả")
@example("=?utf-8?q?gi=E1=BA=A3?=")
def test_every_subject_arrives_as_it_was_meant(subject: str) -> None:
    assert str(parsed(subject=subject)["Subject"]) == one_line(subject)


@given(vietnamese | anything)
@example('Nguyễn Văn "An", <b@c.vn>')
def test_every_name_arrives_beside_the_one_address(name: str) -> None:
    message = parsed(to_name=name)
    assert [address.addr_spec for address in message["To"].addresses] == ["an@b.vn"]
    # The modern policy of Python 3.11 puts a space between two encoded words of a name; RFC 2047 says none.
    raw = next(value for header, value in message.raw_items() if header == "To")
    assert str(make_header(decode_header(raw))) == (f"{one_line(name)} <an@b.vn>" if one_line(name) else "an@b.vn")


@given(anything, anything)
@example("a\nBcc: x@y.vn", "b\r\n.\r\nMAIL FROM:<x@y.vn>")
def test_no_text_can_add_a_header(subject: str, name: str) -> None:
    assert parsed(subject=subject, to_name=name).keys() == parsed(to_name="An").keys()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_every_text_arrives_whole_in_both_parts(text: str) -> None:
    lines = text.splitlines()
    message = parsed(text=text, html=text)
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        assert part is not None
        assert part.get_content().split("\r\n")[:-1] == (lines or [""])


@given(vietnamese)
@example("." * 200)
@example(".a .b\n.\n" * 40)
def test_every_line_on_the_wire_is_short_and_seven_bit_and_begins_with_no_dot(text: str) -> None:
    mail = OutgoingMail("<1@b.vn>", "an@b.vn", text, text * 20, text * 20, to_name=text)
    content = mail_bytes(mail, SERVER, NOON)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n." not in content
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_headers_say_who_when_and_that_no_person_wrote_it() -> None:
    message = parsed(to_name="Nguyễn Văn An", reply_to="cchc@b.vn", message_id="<7@b.vn>")
    assert str(message["From"]) == "Đôn đốc kế hoạch <dondoc@hoabinh.gov.vn>"
    assert str(message["To"]) == "Nguyễn Văn An <an@b.vn>"
    assert message["Reply-To"] == "cchc@b.vn"
    assert message["Message-ID"] == "<7@b.vn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"


def test_the_date_is_the_clock_of_vietnam(sink: SmtpSink, server_at: ServerAt, write: WriteMail) -> None:
    with Mailer(server_at(sink), clock=lambda: datetime(2025, 12, 31, 18, 30, tzinfo=UTC)) as mailer:
        mailer.send(write())
    assert sink.received[0].message["Date"] == "Thu, 01 Jan 2026 01:30:00 +0700"


def test_a_mail_without_a_focal_unit_of_its_own_answers_to_the_servers(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail
) -> None:
    with Mailer(server_at(sink, reply_to="cchc@b.vn")) as mailer:
        mailer.send(write())
        mailer.send(write(reply_to="khac@b.vn"))
    assert [mail.message["Reply-To"] for mail in sink.received] == ["cchc@b.vn", "khac@b.vn"]


def test_a_reminder_belongs_to_the_thread_of_the_first_one() -> None:
    thread = tuple(f"<{number:032x}@hoabinh.gov.vn>" for number in range(6))
    message = parsed(references=thread)
    assert message["In-Reply-To"] == thread[-1]
    assert str(message["References"]).split() == list(thread)
    assert "In-Reply-To" not in parsed()


def test_two_mails_of_one_subject_have_two_ids_and_a_retry_keeps_its_own(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    first, second = write(), write()
    sink.script("rcpt", "451 later")
    for mail in (first, first, second):
        mailer.send(mail)
    assert [mail.message["Message-ID"] for mail in sink.received] == [first.message_id, second.message_id]
    assert first.message_id != second.message_id


@pytest.mark.parametrize("broken", ["", "1@b.vn", "<1>", "<1@b.vn>\r\nBcc: <x@y.vn>", "<a b@c>"])
def test_a_broken_message_id_is_our_own_fault_and_never_goes_out(broken: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        parsed(message_id=broken)
    with pytest.raises(ValueError, match="Message-ID"):
        parsed(references=(broken,))


@given(vietnamese | anything, anything, st.binary(max_size=300))
def test_the_library_itself_would_write_the_mail_the_same_way(subject: str, text: str, content: bytes) -> None:
    """We write short headers and whole texts at once; the library's own writer, line by line, is the measure."""
    files = (("Báo cáo quý.docx", "application/vnd.ms-word", content),)
    raw = mail_bytes(OutgoingMail("<1@b.vn>", "an@b.vn", subject, text, text, "An", attachments=files), SERVER, NOON)
    slowly = BytesIO()
    wire = policy.compat32.clone(linesep="\r\n")
    BytesGenerator(slowly, mangle_from_=False, policy=wire).flatten(message_from_bytes(raw, policy=wire))
    assert slowly.getvalue() == raw


def test_no_two_message_ids_are_the_same() -> None:
    assert len({new_message_id("b.vn") for _ in range(1000)}) == 1000


def test_attachments_keep_their_names_and_bytes() -> None:
    content = bytes(range(256)) * 10
    message = parsed(attachments=(("Báo cáo quý.docx", "application/vnd.ms-word", content), ("x\r\nY: z", "", b"")))
    assert message.get_content_type() == "multipart/mixed"
    parts = list(message.iter_attachments())
    assert parts[0].get_filename() == "Báo cáo quý.docx"
    assert parts[0].get_payload(decode=True) == content
    assert parts[1].get_filename() == "x Y: z"
    body = message.get_body(preferencelist=("html",))
    assert body is not None
    assert "<p>h</p>" in body.get_content()


def test_a_text_that_is_the_path_of_a_file_attaches_nothing(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, tmp_path: Path
) -> None:
    secret = tmp_path / "passwd"
    secret.write_text("root:x:0:0")
    mailer.send(write(text=str(secret), html=str(secret)))
    assert sink.received[0].text == f"{secret}\n"
    assert b"root:x" not in sink.received[0].raw
    assert list(sink.received[0].message.iter_attachments()) == []


def test_a_stylesheet_address_in_the_page_is_not_fetched_and_the_page_goes_as_written(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:
        web.settimeout(0.2)
        page = f'<link rel="stylesheet" href="http://127.0.0.1:{web.getsockname()[1]}/x.css"><p>Chào</p>\n'
        mailer.send(write(html=page))
        with pytest.raises(TimeoutError):
            web.accept()
    assert sink.received[0].html == page
    assert sink.received[0].text == "Kính gửi: Nguyễn Văn An\n"


def test_a_mail_asks_for_no_answer_of_a_machine_and_names_its_list(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    mailer.send(write())
    message = sink.received[0].message
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<don-doc.hoabinh.gov.vn>"
