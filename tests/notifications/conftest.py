"""A mail server that answers as told, and mails to send to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notifications.mailer import Mailer, MailServer, OutgoingMail
from notifications.mime import new_message_id
from tests.smtp_sink import SmtpSink

WriteMail = Callable[..., OutgoingMail]
ServerAt = Callable[..., MailServer]


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def server_at() -> ServerAt:
    """Make the MailServer value of a sink; keywords change single fields."""

    def make(sink: SmtpSink, **fields: Any) -> MailServer:
        values: dict[str, Any] = {
            "host": sink.host,
            "port": sink.port,
            "mail_from": "dondoc@hoabinh.gov.vn",
            "domain": "hoabinh.gov.vn",
            "security": "none",
            "timeout": 5.0,
        }
        return MailServer(**(values | fields))

    return make


@pytest.fixture
def mailer(sink: SmtpSink, server_at: ServerAt) -> Iterator[Mailer]:
    with Mailer(server_at(sink)) as open_mailer:
        yield open_mailer


@pytest.fixture
def write() -> WriteMail:
    """Write a mail; keywords change single fields."""

    def make(to: str = "an@hoabinh.gov.vn", **fields: Any) -> OutgoingMail:
        values: dict[str, Any] = {
            "message_id": new_message_id("hoabinh.gov.vn"),
            "to": to,
            "subject": "[Đôn đốc] 2 nhiệm vụ quá hạn",
            "text": "Kính gửi: Nguyễn Văn An\n",
            "html": "<p>Kính gửi: Nguyễn Văn An</p>\n",
        }
        return OutgoingMail(**(values | fields))

    return make
