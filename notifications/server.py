"""The mail server as this product uses it, and what is refused before anything is sent."""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal

from config.settings import Settings

Security = Literal["none", "starttls", "ssl"]


MAIL_DEADLINE = 300.0
"""Seconds that one mail may take in all; a claim is given back only after longer (services/mail/outbox.STUCK_AFTER)."""

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")


def is_address(text: str) -> bool:
    """Whether the text is one plain address: no display name, no list, no comment, nothing outside ASCII."""
    return _ADDRESS.fullmatch(text) is not None


class MailServerProblem(Exception):  # noqa: N818 - a state of the world to report, not a fault of the program
    """The mail server cannot be used as it is set up; no mail was sent.

    The message is one Vietnamese sentence for the administrator and holds no secret.
    """


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out and under which name.

    `timeout` is in seconds and holds for each answer of the server, `deadline` for a mail as a whole.
    `domain` is our own name: it stands in Message-IDs and in the greeting. `reply_to` is the focal unit's address.
    Raises MailServerProblem where one of our own addresses is none.
    """

    host: str
    port: int
    mail_from: str
    domain: str
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 20.0
    deadline: float = MAIL_DEADLINE
    mail_from_name: str = ""
    reply_to: str | None = None

    def __post_init__(self) -> None:
        """Refuse our own addresses at once where they are none: every mail would carry them."""
        for setting, address in (("DONDOC_MAIL_FROM", self.mail_from), ("DONDOC_REPLY_TO", self.reply_to)):
            if address is not None and not is_address(address):
                raise MailServerProblem(
                    f"{setting} không phải là một địa chỉ thư: {address!r}. Sửa thành ten@co-quan.vn."
                )
        if not _DOMAIN.fullmatch(self.domain):
            raise MailServerProblem(f"DONDOC_MAIL_DOMAIN không phải là một tên miền: {self.domain!r}.")

    @classmethod
    def from_settings(cls, settings: Settings) -> "MailServer":
        """Take the mail server from the settings. Raises SettingsError where the password file cannot be read."""
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=settings.password() if settings.smtp_user else None,
            timeout=settings.smtp_timeout,
            mail_from=settings.mail_from,
            mail_from_name=settings.mail_from_name,
            reply_to=settings.reply_to,
            domain=settings.mail_domain,
        )

    @property
    def place(self) -> str:
        """The server as people write it: "smtp.example.vn:587"."""
        return f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether the server runs on this machine, so that nothing crosses a network."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def refuse_unsafe_login(self) -> None:
        """Raise MailServerProblem where the login would show the password, or could not work at all."""
        if not self.user:
            return
        if not self.password:
            raise MailServerProblem(
                f"Có tên đăng nhập máy chủ thư {self.place} nhưng thiếu mật khẩu: "
                "đặt DONDOC_SMTP_PASSWORD hoặc DONDOC_SMTP_PASSWORD_FILE."
            )
        if not (self.password.isascii() and self.user.isascii()):
            raise MailServerProblem(
                f"Tên đăng nhập hoặc mật khẩu của máy chủ thư {self.place} có ký tự ngoài bảng ASCII, "
                "máy chủ thư không nhận: đổi sang chữ không dấu."
            )
        if self.security == "none" and not self.loopback:
            raise MailServerProblem(
                f"Từ chối gửi mật khẩu tới {self.place} qua kết nối không mã hóa: "
                "đặt DONDOC_SMTP_SECURITY là starttls hoặc ssl."
            )
