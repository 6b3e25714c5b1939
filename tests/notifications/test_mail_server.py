"""Set-ups that must be refused before a password or a mail goes out, each in one sentence for the administrator."""

from pathlib import Path

import pytest
import yagmail.sender

from config.settings import load_settings
from notifications.mailer import Mailer, MailServer, MailServerProblem, check_server
from tests.notifications.conftest import ServerAt, WriteMail
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

SECRET = "m4t-kh4u-b1-m4t"
LOGIN = ("dondoc", SECRET)


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_a_certificate_that_nobody_signed_is_refused_and_no_password_is_shown(
    tls: str, server_at: ServerAt, write: WriteMail
) -> None:
    with SmtpSink(tls=tls, login=LOGIN) as sink:
        server = server_at(sink, security=tls, user="dondoc", password=SECRET)
        with Mailer(server) as mailer, pytest.raises(MailServerProblem, match="chứng thư"):
            mailer.send(write())
        assert not any(command.startswith(("AUTH", "MAIL")) for session in sink.sessions for command in session)


@pytest.mark.parametrize("tls", ["starttls", "ssl"])
def test_a_certificate_that_this_machine_trusts_is_taken_and_the_login_goes_encrypted(
    tls: str, server_at: ServerAt, write: WriteMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink(tls=tls, login=LOGIN) as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.ca_file))
        server = server_at(sink, security=tls, user="dondoc", password=SECRET)
        with Mailer(server) as mailer:
            assert mailer.send(write()).outcome == "sent"
        commands = sink.sessions[0]
        assert any(command.startswith("AUTH") for command in commands)
        if tls == "starttls":
            assert commands.index("STARTTLS") < next(i for i, c in enumerate(commands) if c.startswith("AUTH"))


def test_a_certificate_for_another_name_is_refused(
    server_at: ServerAt, write: WriteMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpSink(tls="starttls") as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.ca_file))
        server = server_at(sink, host="localhost", security="starttls")
        with Mailer(server) as mailer, pytest.raises(MailServerProblem, match="chứng thư"):
            mailer.send(write())
        assert sink.received == []


def test_a_server_without_starttls_is_refused_where_starttls_is_set(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail
) -> None:
    with Mailer(server_at(sink, security="starttls")) as mailer, pytest.raises(MailServerProblem, match="STARTTLS"):
        mailer.send(write())
    assert sink.received == []


def test_a_plain_server_is_refused_where_ssl_is_set(sink: SmtpSink, server_at: ServerAt, write: WriteMail) -> None:
    with Mailer(server_at(sink, security="ssl")) as mailer, pytest.raises(MailServerProblem, match="SECURITY"):
        mailer.send(write())


def test_a_server_without_login_is_refused_where_a_login_is_set(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail
) -> None:
    server = server_at(sink, user="dondoc", password=SECRET)
    with Mailer(server) as mailer, pytest.raises(MailServerProblem, match="đăng nhập"):
        mailer.send(write())


@pytest.mark.parametrize("host", ["smtp.hoabinh.gov.vn", "192.0.2.7", "2001:db8::7"])
def test_a_password_never_crosses_a_network_in_clear(host: str, write: WriteMail) -> None:
    server = MailServer(host, 25, "a@b.vn", "b.vn", security="none", user="dondoc", password=SECRET, timeout=0.2)
    with Mailer(server) as mailer, pytest.raises(MailServerProblem, match="không mã hóa"):
        mailer.send(write())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_on_this_machine_a_password_may_go_in_clear(host: str) -> None:
    MailServer(host, 25, "a@b.vn", "b.vn", security="none", user="dondoc", password=SECRET).refuse_unsafe_login()


def test_a_login_on_loopback_is_taken_under_exactly_the_name_that_was_set(
    server_at: ServerAt, write: WriteMail
) -> None:
    with SmtpSink(login=LOGIN) as sink, Mailer(server_at(sink, user="dondoc", password=SECRET)) as mailer:
        assert mailer.send(write()).outcome == "sent"


def test_a_refused_login_is_told_to_the_administrator_without_the_secret(server_at: ServerAt, write: WriteMail) -> None:
    with SmtpSink(login=LOGIN) as sink:
        server = server_at(sink, user="dondoc", password="sai-" + SECRET)
        with Mailer(server) as mailer, pytest.raises(MailServerProblem) as caught:
            mailer.send(write())
        assert "mật khẩu" in str(caught.value)
        assert "535" in str(caught.value)
        assert SECRET not in f"{caught.value!s}{caught.value!r}{server!r}"
        assert caught.value.__cause__ is None


def test_a_server_that_wants_a_login_we_do_not_have_bounces_nobody(server_at: ServerAt, write: WriteMail) -> None:
    with SmtpSink(login=LOGIN) as sink:
        mailer = Mailer(server_at(sink))
        with pytest.raises(MailServerProblem, match="530"):
            mailer.send(write())


@pytest.mark.parametrize(("reply", "outcome"), [("421 4.3.2 busy", "retry"), ("450 4.7.0 slow down", "retry")])
def test_a_server_that_is_busy_at_the_door_is_tried_later(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail, reply: str, outcome: str
) -> None:
    sink.script("greeting", reply)
    with Mailer(server_at(sink)) as mailer:
        assert mailer.send(write()).outcome == outcome


def test_a_server_that_turns_us_away_at_the_door_is_told_to_the_administrator(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail
) -> None:
    sink.script("greeting", "554 5.7.1 no service for you")
    with Mailer(server_at(sink)) as mailer, pytest.raises(MailServerProblem, match=r"554 5\.7\.1"):
        mailer.send(write())


@pytest.mark.parametrize(
    ("user", "password"), [("dondoc", "mật-khẩu"), ("đôn", "abc"), ("dondoc", None), ("dondoc", "")]
)
def test_a_login_that_cannot_work_is_refused_before_connecting(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail, user: str, password: str | None
) -> None:
    with Mailer(server_at(sink, user=user, password=password)) as mailer, pytest.raises(MailServerProblem):
        mailer.send(write())
    assert sink.sessions == []


def test_without_a_password_no_keyring_and_no_keyboard_is_asked(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yagmail.sender, "handle_password", lambda *_: pytest.fail("a keyring was asked"))
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("the keyboard was asked"))
    with Mailer(server_at(sink, user=None, password=None)) as mailer:
        assert mailer.send(write()).outcome == "sent"


@pytest.mark.parametrize(
    "fields",
    [
        {"mail_from": "dondoc"},
        {"mail_from": "a@b.vn\nBcc: c@d.vn"},
        {"reply_to": "An <a@b.vn>"},
        {"domain": "b.vn\r\nX"},
    ],
)
def test_our_own_addresses_must_be_addresses(fields: dict[str, str]) -> None:
    with pytest.raises(MailServerProblem, match="DONDOC_"):
        MailServer(**{"host": "h", "port": 25, "mail_from": "a@b.vn", "domain": "b.vn"} | fields)


def test_the_mail_server_is_taken_from_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "HOST": "smtp.hoabinh.gov.vn",
        "PORT": "587",
        "SECURITY": "starttls",
        "USER": "dondoc",
        "PASSWORD": SECRET,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"DONDOC_SMTP_{name}", value)
    monkeypatch.setenv("DONDOC_REPLY_TO", "cchc@hoabinh.gov.vn")
    server = MailServer.from_settings(load_settings())
    assert (server.place, server.security) == ("smtp.hoabinh.gov.vn:587", "starttls")
    assert (server.user, server.password, server.reply_to) == ("dondoc", SECRET, "cchc@hoabinh.gov.vn")


def test_a_server_that_works_is_found_good_and_gets_no_mail(sink: SmtpSink, server_at: ServerAt) -> None:
    good, words = check_server(server_at(sink))
    assert good
    assert str(sink.port) in words
    assert sink.received == []
    assert sink.sessions[0][-1] == "QUIT"


@pytest.mark.parametrize(("step", "reply"), [("greeting", "421 busy"), ("mail", "550 sender unknown")])
def test_a_server_that_does_not_work_is_found_bad_with_what_to_do(
    sink: SmtpSink, server_at: ServerAt, step: str, reply: str
) -> None:
    sink.script(step, reply)
    good, words = check_server(server_at(sink))
    assert not good
    assert reply in words
    assert "DONDOC_" in words


def test_a_server_that_is_not_there_is_found_bad_with_what_to_do(sink: SmtpSink, server_at: ServerAt) -> None:
    sink.stop()
    good, words = check_server(server_at(sink))
    assert not good
    assert "DONDOC_SMTP_HOST" in words
