"""What a mail costs: our digests beside a bare Jinja2 + smtplib script, both to one SMTP sink, in the same run."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid

from jinja2 import Environment

from notifications.mailer import Mailer, MailServer, OutgoingMail
from notifications.messages import Digest, DigestLine, render_digest
from notifications.mime import new_message_id

ITEMS, PEOPLE, MORNINGS = 59, 8, 40
LIMIT = 2.0
"""Ours may cost at most so many times the bare script, which knows no weekdays, roles, plans or replies."""

BARE_TEXT = """Kính gửi: {{ d.recipient_name }}, {{ d.unit_name }}
{% for line in d.lines %}
{{ loop.index }}. [{{ line.item_code }}] {{ line.title }}
Hạn: {{ line.last_day.strftime("%d/%m/%Y") }} (còn {{ line.days_left }} ngày)
Kỳ: {{ line.period_label }}
Sản phẩm: {{ line.result }}
Phối hợp: {{ line.others }}
{% endfor %}
"""
BARE_HTML = """<html><body><p>Kính gửi: {{ d.recipient_name }}, {{ d.unit_name }}</p>
{% for line in d.lines %}
<p><b>{{ line.item_code }}</b> {{ line.title }}<br>
Hạn: <b>{{ line.last_day.strftime("%d/%m/%Y") }}</b> (còn {{ line.days_left }} ngày)<br>
Kỳ: {{ line.period_label }}<br>Sản phẩm: {{ line.result }}<br>Phối hợp: {{ line.others }}</p>
{% endfor %}
</body></html>
"""


def run() -> list[tuple[str, str, str, bool]]:
    """Measure; return (job, measured, limit, within it)."""
    with sink() as port:
        ours = _cpu_per_mail(lambda: _ours(port))
        bare = _cpu_per_mail(lambda: _bare(port))
        ours, bare = min(ours, _cpu_per_mail(lambda: _ours(port))), min(bare, _cpu_per_mail(lambda: _bare(port)))
    measured = f"{ours * 1000:.2f} ms CPU (bare script {bare * 1000:.2f} ms, {ours / bare:.2f} times)"
    job = f"one mail of {PEOPLE} digests of {ITEMS} items: render, build, send"
    return [(job, measured, f"{LIMIT:.0f} times the bare script", ours <= LIMIT * bare)]


def _cpu_per_mail(morning: Callable[[], None]) -> float:
    """CPU seconds a mail, user and system, of this process; the first morning warms the templates."""
    morning()
    before = time.process_time()
    for _ in range(MORNINGS):
        morning()
    return (time.process_time() - before) / MORNINGS / PEOPLE


def bare_per_mail(port: int) -> float:
    """CPU seconds a mail of the bare script."""
    return _cpu_per_mail(lambda: _bare(port))


def _ours(port: int) -> None:
    server = MailServer("127.0.0.1", port, "dondoc@localhost", "dondoc.local", security="none")
    with Mailer(server) as mailer:
        for digest in _digests():
            mail = render_digest(digest)
            receipt = mailer.send(
                OutgoingMail(new_message_id("dondoc.local"), "a@localhost", mail.subject, mail.text, mail.html)
            )
            if receipt.outcome != "sent":
                raise RuntimeError(f"the sink did not take the mail: {receipt}")


def _bare(port: int) -> None:
    text, html = BARE
    with smtplib.SMTP("127.0.0.1", port, local_hostname="dondoc.local") as smtp:
        for digest in READY:
            mail = MIMEMultipart("alternative")
            mail["From"], mail["To"] = "dondoc@localhost", "a@localhost"
            mail["Subject"] = Header(f"[Đôn đốc] {len(digest.lines)} nhiệm vụ – {digest.unit_name}", "utf-8")
            mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="dondoc.local")
            mail.attach(MIMEText(text.render(d=digest), "plain", "utf-8"))
            mail.attach(MIMEText(html.render(d=digest), "html", "utf-8"))
            smtp.sendmail("dondoc@localhost", "a@localhost", mail.as_string())


BARE = (Environment().from_string(BARE_TEXT), Environment(autoescape=True).from_string(BARE_HTML))


def _digests() -> list[Digest]:
    """One morning's values; only our side pays for making them."""
    today = date(2025, 12, 1)
    lines = [_line(number, today) for number in range(ITEMS)]
    return [
        Digest(
            recipient_name=f"Nguyễn Văn {number}",
            recipient_role="officer",
            unit_name="Phòng Văn hóa - Xã hội",
            authority_name="Ủy ban nhân dân phường Hòa Bình",
            today=today,
            lines=tuple(lines[number::PEOPLE]),
        )
        for number in range(PEOPLE)
    ]


def _line(number: int, today: date) -> DigestLine:
    days = number % 40 - 8
    return DigestLine(
        item_code=f"A.IV.{number}",
        title="Rà soát, đơn giản hóa thủ tục hành chính thuộc phạm vi quản lý, công khai trên Cổng dịch vụ công",
        plan_title="Kế hoạch cải cách hành chính năm 2025",
        due_printed=today + timedelta(days),
        last_day=today + timedelta(days),
        days_left=days,
        role="lead",
        unit_name="Phòng Văn hóa - Xã hội",
        result="Báo cáo kết quả rà soát; 100% thủ tục hành chính được công khai đúng hạn",
        others="Văn phòng Hội đồng nhân dân và Ủy ban nhân dân, các cơ quan có liên quan",
        period_label="Quý IV/2025",
    )


READY = _digests()


@contextmanager
def sink() -> Iterator[int]:
    """An SMTP sink in a process of its own, so that its CPU is not counted."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    for row in run():
        print(*row, sep=" | ")
