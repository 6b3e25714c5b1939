"""A real SMTP server for tests: keeps what it receives and answers as the test tells it to.

    with SmtpSink() as sink:
        sink.script("rcpt", "550 5.1.1 unknown", to="b@xa.vn")   # once; again=True for ever
        ...                                                      # send to sink.host, sink.port
        assert [mail.to for mail in sink.received] == ["a@xa.vn"]

Steps that can be scripted: greeting, ehlo, mail, rcpt, data (the answer to DATA itself), text (as the text
begins to come) and end (the text has come whole). A script is a reply line, DROP or HANG.
"""

import asyncio
import ipaddress
import ssl
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DROP = "DROP"
"""Close the line without a word."""

HANG = "HANG"
"""Say nothing, and keep the line open."""


@dataclass(frozen=True)
class Received:
    """A mail that the server has taken."""

    sender: str
    to: str
    raw: bytes
    session: int

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed by the modern policy (headers decoded)."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        body = self.message.get_body(preferencelist=(subtype,))
        assert body is not None, f"no {subtype} part"
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class _Scripts:
    once: dict[tuple[str, str | None], list[str]] = field(default_factory=lambda: defaultdict(list))
    always: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def next(self, step: str, to: str | None) -> str | None:
        for key in dict.fromkeys(((step, to), (step, None))):
            if self.once[key]:
                return self.once[key].pop(0)
            if key in self.always:
                return self.always[key]
        return None


class SmtpSink:
    """The server. `tls` is None, "starttls" or "ssl"; its certificate signs itself and stands in `ca_file`."""

    host = "127.0.0.1"

    def __init__(self, tls: str | None = None, login: tuple[str, str] | None = None) -> None:
        self.received: list[Received] = []
        self.sessions: list[list[str]] = []
        self.port = 0
        self._scripts = _Scripts()
        self._login = login
        self._tls = tls
        self._folder = tempfile.TemporaryDirectory(prefix="smtp-sink-")
        self.ca_file = Path(self._folder.name) / "cert.pem"
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._folder.cleanup()

    def script(self, step: str, *replies: str, to: str | None = None, again: bool = False) -> None:
        """Answer the next times so at this step (for one recipient, or any); `again` keeps the last for ever."""
        self._scripts.once[step, to].extend(replies)
        if again:
            self._scripts.always[step, to] = replies[-1]

    def start(self) -> None:
        """Listen; after a `stop` on the same port again."""
        context = _server_context(self.ca_file) if self._tls else None
        options: dict[str, Any] = {"tls_context": context} if self._tls == "starttls" else {}
        if self._login:
            options |= {"authenticator": self._authenticate, "auth_required": True}
            options["auth_require_tls"] = self._tls == "starttls"  # aiosmtpd does not count a socket born encrypted
        self._controller = _Controller(
            self, port=self.port, ssl_context=context if self._tls == "ssl" else None, **options
        )
        self._controller.start()
        self.port = self._controller.port
        self.sessions.clear()

    def stop(self) -> None:
        """Stop listening and close every line; safe to repeat."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[Received]:
        """What this address has received."""
        return [mail for mail in self.received if mail.to == address]

    def next_script(self, step: str, to: str | None) -> str | None:
        return self._scripts.next(step, to)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)


class _Controller(Controller):
    def __init__(self, sink: SmtpSink, port: int, **options: Any) -> None:
        super().__init__(_Handler(sink), hostname=sink.host, port=port, server_hostname="sink.test", **options)
        self._sink = sink

    def factory(self) -> SMTP:
        return _Server(self._sink, self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class _Handler:
    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_DATA(self, server: "_Server", session: Session, envelope: Envelope) -> str:
        to = envelope.rcpt_tos[-1]
        script = self._sink.next_script("end", to)
        if script in (None, DROP, HANG) or script.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            assert envelope.rcpt_tos == [to], "one recipient a mail"
            self._sink.received.append(Received(str(envelope.mail_from), to, content, server.number))
        if script in (DROP, HANG):
            await server.play(script)
            return "250 never heard"
        return script or "250 2.0.0 taken"


class _Server(SMTP):
    def __init__(self, sink: SmtpSink, handler: object, **options: Any) -> None:
        super().__init__(handler, **options)
        self._sink = sink
        self._commands: list[str] = []
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.number < 0:
            self._sink.sessions.append(self._commands)
            self.number = len(self._sink.sessions)
        super().connection_made(transport)

    async def push(self, status: str | bytes) -> None:
        if isinstance(status, str) and status.startswith("220 sink.test"):
            script = self._sink.next_script("greeting", None)
            if script is not None:
                await self.play(script)
                self._close()
                return
        await super().push(status)

    async def play(self, script: str) -> None:
        """Answer as scripted."""
        if script == HANG:
            await asyncio.sleep(3600)
        elif script == DROP:
            self._close()
        else:
            await super().push(script)
            if script.startswith("421"):
                self._close()

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def _scripted(self, step: str, command: str, to: str | None = None) -> bool:
        self._commands.append(command)
        script = self._sink.next_script(step, to)
        if script is not None:
            await self.play(script)
        return script is not None

    @property
    def _recipient(self) -> str | None:
        return self.envelope.rcpt_tos[-1] if self.envelope is not None and self.envelope.rcpt_tos else None

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._scripted("ehlo", f"EHLO {hostname}"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        self._commands.append("STARTTLS")
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        self._commands.append(f"AUTH {arg.split(maxsplit=1)[0]}")
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str) -> None:
        if not await self._scripted("mail", f"MAIL {arg}"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:
        to = arg.partition("<")[2].partition(">")[0]
        if not await self._scripted("rcpt", f"RCPT {arg}", to):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._scripted("data", "DATA", self._recipient):
            return
        script = self._sink.next_script("text", self._recipient)
        if script is not None:
            await super().push("354 go on")
            await self._reader.readuntil(b"\r\n")
            await self.play(script)
            return
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:
        self._commands.append("RSET")
        await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self._commands.append("QUIT")
        await super().smtp_QUIT(arg)


def _server_context(path: Path) -> ssl.SSLContext:
    if not path.exists():
        path.write_bytes(_self_signed())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _self_signed() -> bytes:
    """Make a key and a certificate for 127.0.0.1 that nobody trusts, unless SSL_CERT_FILE names it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(SmtpSink.host))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
