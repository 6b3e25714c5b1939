"""Sending: one connection for many mails, one recipient a mail, and a true word on what became of each.

yagmail connects, encrypts and logs in; the conversation about each mail is held
here, step by step, because only so is it known what the server has taken. Never
`yag.send()`: it sends up to three copies where a server drops the line, tells total
loss from success by `False`, and attaches any file whose path equals the text.
"""

import os
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Any

from config.clock import ZONE, now
from config.os_words import reason
from notifications.line import Connector, Deadline
from notifications.mime import OutgoingMail, mail_bytes
from notifications.server import MailServer, MailServerProblem, is_address
from notifications.wording import one_line, shorten
from rules.mail.refusals import Refusal, Step, refusal

__all__ = ["MailServer", "MailServerProblem", "Mailer", "Outcome", "OutgoingMail", "Receipt", "check_server"]


class Outcome(StrEnum):
    """What became of an attempt to send."""

    SENT = "sent"
    RETRY = "retry"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


_LOGIN_WANTED = (530, 534, 535, 538)
"""Replies that speak of our login and not of the recipient (RFC 4954)."""

CLOSING = 421


@dataclass(frozen=True)
class Receipt:
    """What became of a mail.

    sent: the server has taken it. retry: it surely has not, and may later. bounced: it never will.
    unknown: the line broke after the text began to go; a person must look, a second send might double it.
    `code` is the server's reply code, None where it gave none; `reply` its words, on one line. `refusal` says whose
    fault it is where the server refused for good; only a wrong address bounces.
    """

    outcome: Outcome
    code: int | None
    reply: str
    refusal: Refusal | None = None

    @property
    def line_lost(self) -> bool:
        """Whether the server is away or closing: it said nothing about this mail."""
        return self.code is None or self.code == CLOSING


class _BrokenLineError(Exception):
    """The line broke, or was not there, before the mail's text went: nothing was sent."""


class Mailer:
    """A mail server in use. A context manager: the connection is opened by the first mail and closed at the end.

    It may be shared between threads (mails then wait for one another); a forked process opens a line of its own.
    """

    def __init__(self, server: MailServer, clock: Callable[[], datetime] = now) -> None:
        self._server = server
        self._clock = clock
        self._yag: Any = None
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._deadline = Deadline(server.deadline)

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye to the server. Safe to repeat; the next mail connects again."""
        with self._lock:
            self._say_goodbye()

    def send(self, mail: OutgoingMail, before_data: Callable[[], None] | None = None) -> Receipt:
        """Hand one mail to the server and say what became of it.

        `before_data` is called once the server has accepted sender and recipient, immediately before the text goes:
        a sender killed before it has surely sent nothing. What it raises ends the attempt, nothing sent.
        Raises MailServerProblem where the set-up is at fault (login, encryption), nothing sent.
        """
        for address in (mail.to, mail.reply_to):
            if address is not None and not is_address(address):
                return Receipt(Outcome.BOUNCED, None, f"không phải là một địa chỉ thư: {_words(address)}")
        content = mail_bytes(mail, self._server, self._clock().astimezone(ZONE))
        with self._lock:
            self._deadline.start()
            try:
                return self._converse(mail.to, content, before_data)
            except BaseException:
                self._drop()
                raise

    def check(self) -> None:
        """Connect, log in and offer our sender address. Raises MailServerProblem saying what to do."""
        with self._lock:
            self._deadline.start()
            try:
                self._connect()
                code, reply = _answer(self._yag.smtp.mail, self._server.mail_from)
                if code >= 400:
                    raise MailServerProblem(
                        f"Máy chủ thư {self._server.place} không nhận người gửi {self._server.mail_from} "
                        f"({code} {reply}): sửa DONDOC_MAIL_FROM."
                    )
            except _BrokenLineError as error:
                raise MailServerProblem(
                    f"Không nói chuyện được với máy chủ thư {self._server.place} ({error}): "
                    "kiểm tra DONDOC_SMTP_HOST, DONDOC_SMTP_PORT, DONDOC_SMTP_SECURITY và tường lửa."
                ) from None
            finally:
                self._say_goodbye()

    def _converse(self, to: str, content: bytes, before_data: Callable[[], None] | None) -> Receipt:
        try:
            refused = self._offer(to, len(content))
        except _BrokenLineError as error:
            self._drop()
            return Receipt(Outcome.RETRY, None, str(error))
        if refused is not None:
            self._start_over(refused)
            return refused
        if before_data is not None:
            before_data()
        receipt = self._hand_over(content)
        if receipt.code is None or receipt.code == CLOSING:
            self._drop()
        elif receipt.outcome is not Outcome.SENT:
            self._start_over(receipt)
        return receipt

    def _offer(self, to: str, size: int) -> Receipt | None:
        """Offer sender and recipient; None if both are accepted. A line that went stale is opened anew, once."""
        reused = self._connect()
        try:
            refused = self._envelope(to, size)
            if not (reused and refused is not None and refused.code == CLOSING):
                return refused
        except _BrokenLineError:
            if not reused:
                raise
        self._drop()
        self._connect()
        return self._envelope(to, size)

    def _envelope(self, to: str, size: int) -> Receipt | None:
        smtp = self._yag.smtp
        options = [f"size={size}"] if smtp.has_extn("size") else []
        steps: tuple[tuple[Step, tuple[Any, ...]], ...] = (
            ("mail", (smtp.mail, self._server.mail_from, options)),
            ("rcpt", (smtp.rcpt, to)),
        )
        for step, command in steps:
            code, reply = _answer(*command)
            if code in _LOGIN_WANTED:
                raise MailServerProblem(
                    f"Máy chủ thư {self._server.place} đòi đăng nhập hoặc mã hóa trước khi gửi ({code} {reply}): "
                    "kiểm tra DONDOC_SMTP_USER, DONDOC_SMTP_PASSWORD và DONDOC_SMTP_SECURITY."
                )
            if code >= 300:
                return _refusal(step, code, reply)
        return None

    def _hand_over(self, content: bytes) -> Receipt:
        smtp = self._yag.smtp
        try:
            code, reply = _answer(smtp.docmd, "DATA")
        except _BrokenLineError as error:  # asked for permission only: not a byte of the text has gone
            return Receipt(Outcome.RETRY, None, str(error))
        if code != 354:
            return _refusal("data", code, reply)
        try:
            smtp.send(content + b".\r\n")  # no dots to double: a line is a header, a boundary or base64
            code, reply = _answer(smtp.getreply)
        except OSError as error:
            return Receipt(Outcome.UNKNOWN, None, _cause(error))
        except _BrokenLineError as error:
            return Receipt(Outcome.UNKNOWN, None, str(error))
        return Receipt(Outcome.SENT, code, reply) if code < 300 else _refusal("end", code, reply)

    def _start_over(self, receipt: Receipt) -> None:
        """Clear the server's memory of a refused mail, so that the next one starts clean."""
        try:
            if receipt.code != CLOSING and _answer(self._yag.smtp.rset)[0] < 400:
                return
        except _BrokenLineError:
            pass
        self._drop()

    def _connect(self) -> bool:
        """Make sure of a connection; True if it was there before. Raises _BrokenLineError or MailServerProblem."""
        if self._yag is not None and self._pid == os.getpid():
            return True
        self._drop()
        self._server.refuse_unsafe_login()
        self._yag = _connector(self._server, self._deadline)
        self._pid = os.getpid()
        try:
            self._yag.login()
            self._yag.smtp.ehlo_or_helo_if_needed()  # yagmail greets only where it encrypts or logs in
        except OSError as error:
            problem = _login_failure(self._server, self._yag, error)
            self._drop()
            raise problem from None
        return False

    def _say_goodbye(self) -> None:
        if self._yag is not None and self._pid == os.getpid():
            with suppress(OSError):  # QUIT is a courtesy: every mail has had its answer
                self._yag.close()
        self._drop()

    def _drop(self) -> None:
        """Let the connection go without a word: it is broken, or belongs to another process."""
        yag, self._yag = self._yag, None
        if yag is not None and yag.smtp is not None:
            yag.smtp.close()  # closed now, or yagmail's finaliser says QUIT: in a forked child on the parent's line


def check_server(server: MailServer) -> tuple[bool, str]:
    """Try the mail server without sending; return whether it works and one Vietnamese sentence for `dondoc doctor`."""
    try:
        Mailer(server).check()
    except MailServerProblem as problem:
        return False, str(problem)
    return True, f"Máy chủ thư {server.place} trả lời, nhận người gửi {server.mail_from}."


def _connector(server: MailServer, deadline: Deadline) -> Any:
    """Return yagmail set up for this server, not yet connected.

    Without a password it would ask the keyring and wait for ever; without a context STARTTLS verifies nothing;
    without a timeout it waits without end; without our name it asks the DNS for one.
    """
    # Reading the machine's certificates costs 20 ms of CPU, so only where they are used.
    verified = {"context": ssl.create_default_context()} if server.security != "none" else {}
    yag = Connector(
        user="",
        password=server.password or "",
        host=server.host,
        port=server.port,
        smtp_starttls=verified if server.security == "starttls" else False,
        smtp_ssl=server.security == "ssl",
        smtp_skip_login=not server.user,
        soft_email_validation=False,
        timeout=min(server.timeout, server.deadline),
        deadline=deadline,
        local_hostname=server.domain,
        **(verified if server.security == "ssl" else {}),
    )
    yag.user = server.user or ""  # the constructor makes "name" into "name@gmail.com"
    yag.set_logging(None)
    return yag


def _login_failure(server: MailServer, yag: Any, error: OSError) -> Exception:
    """Tell a server that is away (try later) from a set-up that never will work (tell the administrator)."""
    code: int | None = getattr(error, "smtp_code", None)
    if code is not None:
        return _login_refused(server, code, _words(getattr(error, "smtp_error", b"")))
    if isinstance(error, ssl.SSLError) and not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _no_encryption(server, error)
    if yag.smtp is not None and yag.smtp.sock is not None:  # still connected, refused without a code: not on offer
        plain = server.security == "starttls" and not isinstance(yag.smtp.sock, ssl.SSLSocket)
        return MailServerProblem(
            f"Máy chủ thư {server.place} không hỗ trợ {'mã hóa STARTTLS' if plain else 'đăng nhập bằng mật khẩu'}: "
            f"sửa {'DONDOC_SMTP_PORT và DONDOC_SMTP_SECURITY' if plain else 'hoặc bỏ DONDOC_SMTP_USER'}."
        )
    return _BrokenLineError(_cause(error))


def _login_refused(server: MailServer, code: int, said: str) -> Exception:
    if code < 500:
        return _BrokenLineError(f"{code} {said}")
    if code in _LOGIN_WANTED:
        return MailServerProblem(
            f"Máy chủ thư {server.place} không nhận tên đăng nhập hoặc mật khẩu của {server.user} ({code}): "
            "sửa DONDOC_SMTP_USER và DONDOC_SMTP_PASSWORD."
        )
    return MailServerProblem(
        f"Máy chủ thư {server.place} từ chối kết nối ({code} {said}): hỏi người quản trị máy chủ thư."
    )


def _no_encryption(server: MailServer, error: ssl.SSLError) -> MailServerProblem:
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailServerProblem(
            f"Không tin được chứng thư số của máy chủ thư {server.place} ({error.verify_message}): "
            "cài chứng thư đúng cho máy chủ, hoặc sửa DONDOC_SMTP_HOST cho đúng tên trong chứng thư."
        )
    return MailServerProblem(
        f"Máy chủ thư {server.place} không dùng kiểu mã hóa đã đặt ({error.reason}): "
        "sửa DONDOC_SMTP_PORT và DONDOC_SMTP_SECURITY (cổng 465 là ssl, cổng 587 là starttls)."
    )


def _answer(ask: Callable[..., tuple[int, bytes]], *words: object) -> tuple[int, str]:
    """Put one command to the server and return its answer. Raises _BrokenLineError where no whole answer came."""
    try:
        code, reply = ask(*words)
    except OSError as error:
        raise _BrokenLineError(_cause(error)) from None
    if code < 0:
        raise _BrokenLineError(f"trả lời không hiểu được: {_words(reply)}")
    return code, _words(reply)


def _refusal(step: Step, code: int, reply: str) -> Receipt:
    """Only a wrong address is for good; a full mailbox or a fault of ours may be asked again (rules/mail/refusals)."""
    meaning = refusal(step, code, reply)
    if meaning is Refusal.LATER:
        return Receipt(Outcome.RETRY, code, reply)
    return Receipt(Outcome.BOUNCED if meaning is Refusal.ADDRESS else Outcome.RETRY, code, reply, meaning)


def _cause(error: OSError) -> str:
    """Why the line broke; smtplib's own "Connection unexpectedly closed: …" bears no number, and ends in our reason."""
    said = str(error)
    if "máy chủ thư" in said:
        return _words(said[said.index("máy chủ thư") :])
    return "máy chủ thư ngắt giữa chừng" if "closed" in said else _words(reason(error))


def _words(reply: bytes | str) -> str:
    """The server's words on one clean line of at most 300 characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return shorten(one_line(text), 300)
