"""What became of a mail: told truly in every case, against a real SMTP server."""

import os
import socket
import threading

import pytest

from notifications.mailer import Mailer, Receipt
from tests.notifications.conftest import ServerAt, WriteMail
from tests.smtp_sink import DROP, HANG, SmtpSink


def test_a_mail_that_the_server_takes_is_sent(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    assert mailer.send(write()) == Receipt("sent", 250, "2.0.0 taken")
    assert [mail.to for mail in sink.received] == ["an@hoabinh.gov.vn"]


def test_many_mails_go_over_one_connection_which_is_closed_at_the_end(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail
) -> None:
    with Mailer(server_at(sink)) as mailer:
        for number in range(5):
            mailer.send(write(f"u{number}@hoabinh.gov.vn"))
    assert len(sink.sessions) == 1
    assert sink.sessions[0][-1] == "QUIT"
    assert len(sink.received) == 5


def test_no_connection_is_opened_before_the_first_mail(sink: SmtpSink, server_at: ServerAt) -> None:
    with Mailer(server_at(sink)):
        pass
    assert sink.sessions == []


def test_the_server_hears_our_own_name_and_no_name_is_asked_of_the_dns(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda *_: pytest.fail("the DNS was asked for our name"))
    mailer.send(write())
    assert sink.sessions[0][0] == "EHLO hoabinh.gov.vn"


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        *(
            (step, reply, "retry")
            for step in ("mail", "rcpt", "data", "end")
            for reply in ("451 4.3.0 later", "452 full")
        ),
        *((step, "550 5.1.1 unknown", "bounced") for step in ("rcpt", "data", "end")),
        ("mail", "550 5.1.1 unknown", "retry"),  # what is refused there is our sender
    ],
)
def test_a_refusal_is_kept_with_its_code_and_nothing_was_sent(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, step: str, reply: str, outcome: str
) -> None:
    sink.script(step, reply)
    receipt = mailer.send(write())
    assert (receipt.outcome, receipt.code) == (outcome, int(reply[:3]))
    assert receipt.reply == reply[4:]
    assert sink.received == []


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
def test_after_a_refusal_the_next_mail_goes_out_on_the_same_connection(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, step: str
) -> None:
    sink.script(step, "550 no")
    mailer.send(write("b@hoabinh.gov.vn"))
    assert mailer.send(write("c@hoabinh.gov.vn")).outcome == "sent"
    assert len(sink.sessions) == 1
    assert [mail.to for mail in sink.received] == ["c@hoabinh.gov.vn"]


@pytest.mark.parametrize("step", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_text_goes_has_surely_sent_nothing(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, step: str
) -> None:
    sink.script(step, DROP, again=True)
    assert mailer.send(write()).outcome == "retry"
    assert sink.received == []


@pytest.mark.parametrize("step", ["text", "end"])
def test_a_line_that_breaks_after_the_text_began_is_unknown_and_never_sent_twice(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, step: str
) -> None:
    sink.script(step, DROP, again=True)
    receipt = mailer.send(write())
    assert (receipt.outcome, receipt.code) == ("unknown", None)
    assert len(sink.received) == (1 if step == "end" else 0)
    assert sum(command == "DATA" for session in sink.sessions for command in session) == 1


def test_after_an_unknown_mail_the_next_one_gets_a_fresh_connection(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    sink.script("end", DROP)
    mailer.send(write())
    assert mailer.send(write("b@hoabinh.gov.vn")).outcome == "sent"
    assert len(sink.sessions) == 2


def test_a_connection_that_went_stale_is_opened_anew_and_the_mail_goes_once(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    mailer.send(write())
    sink.script("mail", DROP)
    assert mailer.send(write("b@hoabinh.gov.vn")).outcome == "sent"
    assert len(sink.to("b@hoabinh.gov.vn")) == 1


def test_a_server_that_closes_after_so_many_mails_is_called_again(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    mailer.send(write())
    sink.script("mail", "421 4.7.0 too many mails")
    assert mailer.send(write("b@hoabinh.gov.vn")).outcome == "sent"


def test_a_server_that_closes_on_a_fresh_connection_is_not_called_again_and_again(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    sink.script("mail", "421 4.3.2 going down", again=True)
    assert mailer.send(write()) == Receipt("retry", 421, "4.3.2 going down")
    assert len(sink.sessions) == 1


def test_a_server_that_is_away_is_tried_later_and_found_again(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    sink.stop()
    receipt = mailer.send(write())
    assert (receipt.outcome, receipt.code) == ("retry", None)
    assert receipt.reply == "không có chương trình nào trả lời ở đó"
    sink.start()
    assert mailer.send(write()).outcome == "sent"


@pytest.mark.parametrize(
    ("step", "outcome"), [("greeting", "retry"), ("mail", "retry"), ("rcpt", "retry"), ("end", "unknown")]
)
def test_a_server_that_says_nothing_is_not_waited_for_without_end(
    sink: SmtpSink, server_at: ServerAt, write: WriteMail, step: str, outcome: str
) -> None:
    sink.script(step, HANG, again=True)
    with Mailer(server_at(sink, timeout=0.3)) as mailer:
        assert mailer.send(write()).outcome == outcome


def test_an_answer_that_is_no_smtp_is_not_taken_for_consent(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    sink.script("end", "sure, why not")
    assert mailer.send(write()).outcome == "unknown"
    sink.script("rcpt", "sure, why not", again=True)
    assert mailer.send(write()).outcome == "retry"


def test_before_data_is_called_once_sender_and_recipient_are_accepted_and_before_the_text_goes(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    seen: list[str] = []
    mailer.send(write(), before_data=lambda: seen.append(sink.sessions[0][-1]))
    assert seen == ["RCPT TO:<an@hoabinh.gov.vn>"]


@pytest.mark.parametrize("step", ["greeting", "mail", "rcpt"])
def test_before_data_is_not_called_where_the_text_does_not_go(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, step: str
) -> None:
    sink.script(step, "450 later", again=True)
    mailer.send(write(), before_data=lambda: pytest.fail("nothing goes"))
    assert sink.received == []


def test_what_before_data_raises_ends_the_attempt_and_leaves_a_clean_mailer(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    def full_disk() -> None:
        raise RuntimeError("database is full")

    with pytest.raises(RuntimeError, match="database is full"):
        mailer.send(write(), before_data=full_disk)
    assert sink.received == []
    assert mailer.send(write("b@hoabinh.gov.vn")).outcome == "sent"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "a@b.vn,c@d.vn",
        "An <an@hoabinh.gov.vn>",
        "a@b.vn\r\nRCPT TO:<c@d.vn>",
        "a b@c.vn",
        "ân@hoabinh.gov.vn",
        "a@b.vn>",
    ],
)
def test_what_is_not_one_plain_address_bounces_without_asking_the_server(
    sink: SmtpSink, mailer: Mailer, write: WriteMail, address: str
) -> None:
    assert mailer.send(write(address)).outcome == "bounced"
    assert mailer.send(write(reply_to=address)).outcome == "bounced"
    assert sink.sessions == []


def test_the_servers_words_are_kept_on_one_short_line(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    sink.script("rcpt", "550-first\u202e\r\n550 " + "x" * 350)
    receipt = mailer.send(write())
    assert "\n" not in receipt.reply
    assert "\u202e" not in receipt.reply
    assert len(receipt.reply) <= 300


def test_a_lone_dot_in_the_text_does_not_end_the_mail(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    text = "Một\n.\nHai\n..\n.ba\n"
    mailer.send(write(text=text))
    assert sink.received[0].text == text


def test_threads_that_share_a_mailer_do_not_mix_their_mails(sink: SmtpSink, mailer: Mailer, write: WriteMail) -> None:
    outcomes: list[str] = []

    def send(number: int) -> None:
        for turn in range(5):
            outcomes.append(mailer.send(write(f"u{number}@hoabinh.gov.vn", text=f"{number}.{turn}\n")).outcome)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["sent"] * 20
    assert all(mail.text.startswith(mail.to[1]) for mail in sink.received)
    assert len({mail.text for mail in sink.received}) == 20


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_opens_a_line_of_its_own_and_leaves_the_parents_alone(
    sink: SmtpSink, mailer: Mailer, write: WriteMail
) -> None:
    mailer.send(write("parent@hoabinh.gov.vn"))
    child = os.fork()
    if child == 0:
        os._exit(0 if mailer.send(write("child@hoabinh.gov.vn")).outcome == "sent" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert mailer.send(write("again@hoabinh.gov.vn")).outcome == "sent"
    by_session = {mail.to.partition("@")[0]: mail.session for mail in sink.received}
    assert by_session["again"] == by_session["parent"] != by_session["child"]
