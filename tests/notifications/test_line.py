"""A server that drips, or never ends its answer, costs neither time without end nor memory."""

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from notifications.mailer import Mailer, MailServer
from services.mail.outbox import STUCK_AFTER
from tests.notifications.conftest import WriteMail

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(behave: Behaviour) -> Iterator[int]:
    """A server of one kind of behaviour; gives its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)

        def serve() -> None:
            while not over.is_set():
                try:
                    line, _ = listener.accept()
                except OSError:
                    continue
                with line:
                    try:
                        behave(line, over)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join(5)


def drip(line: socket.socket, over: threading.Event) -> None:
    """A greeting, a byte every fifth of a second, without end."""
    while not over.is_set():
        line.sendall(b"2")
        time.sleep(0.2)


def drip_after_ehlo(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"220 sink\r\n")
    line.recv(1000)
    while not over.is_set():
        line.sendall(b"2")
        time.sleep(0.2)


def endless(line: socket.socket, over: threading.Event) -> None:
    """An answer to EHLO that never ends."""
    line.sendall(b"220 sink\r\n")
    line.recv(1000)
    while not over.is_set():
        line.sendall(b"250-" + b"x" * 500 + b"\r\n")


def drip_after_text(line: socket.socket, over: threading.Event) -> None:
    """Takes everything, and drips its last answer."""
    line.sendall(b"220 sink\r\n")
    for answer in (b"250 sink\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
        line.recv(1000)
        line.sendall(answer)
    while not over.is_set():
        line.sendall(b"2")
        time.sleep(0.2)


def server_at(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, "a@x.vn", "x.vn", security="none", timeout=1.0, deadline=1.5)


@pytest.mark.parametrize(
    ("behave", "outcome"), [(drip, "retry"), (drip_after_ehlo, "retry"), (drip_after_text, "unknown")]
)
def test_a_server_that_drips_is_left_at_the_deadline_of_the_mail(
    write: WriteMail, behave: Behaviour, outcome: str
) -> None:
    began = time.monotonic()
    with serving(behave) as port, Mailer(server_at(port)) as mailer:
        receipt = mailer.send(write())
    assert receipt.outcome == outcome
    assert receipt.reply == "máy chủ thư trả lời quá chậm"
    assert time.monotonic() - began < 8


def test_an_answer_that_never_ends_is_cut_and_not_kept(write: WriteMail) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(endless) as port, Mailer(server_at(port)) as mailer:
        receipt = mailer.send(write())
    assert (receipt.outcome, receipt.reply) == ("retry", "máy chủ thư trả lời không dứt")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "in KB"


def test_a_mail_may_take_less_than_the_time_after_which_its_claim_is_given_back() -> None:
    server = MailServer("h", 25, "a@x.vn", "x.vn", timeout=600)
    assert server.deadline < STUCK_AFTER.total_seconds() / 1.5
