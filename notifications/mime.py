"""A mail as bytes, built so that Vietnamese headers survive and nobody's text can add a header."""

import re
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32
from email.utils import format_datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from uuid import uuid4

from notifications.server import MailServer, is_address
from notifications.wording import one_line

_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>", re.ASCII)


class _Wire(Compat32):
    """CRLF lines; a header of one short ASCII line goes as it is: folding costs a tenth of a millisecond each."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if isinstance(value, str) and len(name) + len(value) <= 74 and value.isascii() and value.isprintable():
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n")


class _Generator(BytesGenerator):
    """Writes a text at once; the library writes each line and each line's end apart, half the price of a mail.

    Were the library to call it no more, the same bytes would come out, only slower.
    """

    def _write_lines(self, lines: str) -> None:
        self.write(lines.replace("\r\n", "\n").replace("\n", "\r\n"))


@dataclass(frozen=True)
class OutgoingMail:
    """One mail to one person.

    `message_id` is ours ("<…@domain>", see `new_message_id`), stored before sending and the same on every try.
    `references` are the Message-IDs of the thread, the first reminder first. `reply_to` None means the server's own.
    `attachments` are (file name, MIME type, bytes).
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    to_name: str = ""
    reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str, bytes], ...] = ()


def new_message_id(domain: str) -> str:
    """Return a Message-ID that no other mail has."""
    return f"<{uuid4().hex}@{domain}>"


def mail_bytes(mail: OutgoingMail, server: MailServer, now: datetime) -> bytes:
    """Return the mail as it goes over the wire (CRLF lines, all 7 bit).

    `now` is an aware time; its offset stands in the Date header. Raises ValueError for a Message-ID or an
    address that is none: those are ours, and a broken one must not go out.
    """
    body = _body(mail)
    for name, value in _headers(mail, server, now):
        body[name] = value
    out = BytesIO()
    _Generator(out, mangle_from_=False, policy=_WIRE).flatten(body)
    return out.getvalue()


def _headers(mail: OutgoingMail, server: MailServer, now: datetime) -> list[tuple[str, Any]]:
    headers: list[tuple[str, Any]] = [
        ("From", _mailbox("From", server.mail_from_name, server.mail_from)),
        ("To", _mailbox("To", mail.to_name, mail.to)),
        ("Subject", Header(one_line(mail.subject), "utf-8", header_name="Subject")),
        ("Date", format_datetime(now)),
        ("Message-ID", _message_id(mail.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("List-Id", f"<don-doc.{server.domain}>"),
    ]
    if reply_to := mail.reply_to or server.reply_to:
        headers.append(("Reply-To", _mailbox("Reply-To", "", reply_to)))
    if mail.references:
        headers.append(("In-Reply-To", _message_id(mail.references[-1])))
        headers.append(("References", " ".join(map(_message_id, mail.references))))
    return headers


@lru_cache(maxsize=64)
def _mailbox(header: str, name: str, address: str) -> str | Header:
    if not is_address(address):
        raise ValueError(f"not a mail address: {address!r}")
    if not (name := one_line(name)):
        return address
    # The name is always an encoded word: quotes, commas and brackets in it then mean nothing.
    value = Header(name, "utf-8", header_name=header)
    value.append(f"<{address}>", "us-ascii")
    line = value.encode()
    return value if "\n" in line else line


def _message_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError(f"not a Message-ID: {text!r}")
    return text


def _body(mail: OutgoingMail) -> MIMEMultipart:
    # Every part is base64, where no line begins with "--": a boundary need not be random, and a retry is the same mail.
    page = MIMEMultipart("alternative", "=_page", [_text(mail.text, "plain"), _text(mail.html, "html")])
    if not mail.attachments:
        return page
    return MIMEMultipart("mixed", "=_mail", [page, *_attached(mail.attachments)])


def _text(text: str, subtype: str) -> MIMENonMultipart:
    """Return a text part in base64: no line is too long and no server must know 8BITMIME.

    The same as MIMEText would make, which encodes line by line in Python and costs three times as much.
    """
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(("\r\n".join(text.splitlines()) + "\r\n").encode("utf-8", "replace")).decode("ascii"))
    return part


def _attached(attachments: Sequence[tuple[str, str, bytes]]) -> list[MIMEBase]:
    parts = []
    for name, kind, content in attachments:
        main, _, sub = kind.partition("/")
        part = MIMEBase(main, sub or "octet-stream")
        part.set_payload(content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", one_line(name)))
        parts.append(part)
    return parts
