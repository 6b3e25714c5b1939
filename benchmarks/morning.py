"""The morning: 59 items all due, a sweep over 166,000 items, and a year rehearsed."""

import resource
import time
from datetime import date
from typing import TYPE_CHECKING

from benchmarks._apart import Row, apart, cpu

if TYPE_CHECKING:
    from notifications.mailer import MailServer

DUE = date(2025, 12, 31)
MORNING = date(2025, 12, 1)


def run() -> list[Row]:
    """The rows of this module; each job runs in a process of its own."""
    rows: list[Row] = []
    for job in (_one_morning, _many_digests, _big_sweep, _rehearsal):
        rows.extend(apart(job))
    return rows


def _warm(server: "MailServer") -> None:
    """A morning of one mail: templates compiled and statements cached, as in a running worker."""
    from services.mail.sender import send_outbox
    from services.reminders import morning as sweeping

    sweeping.decide("song-dao", MORNING)
    sweeping.compose("song-dao", MORNING)
    send_outbox(server)


def _one_morning() -> list[Row]:
    from benchmarks import mail
    from benchmarks._world import build
    from models.session import transaction
    from notifications.mailer import MailServer
    from services.mail.sender import send_outbox
    from services.reminders import morning as sweeping

    with transaction() as session:
        build(session, "song-mai", 8, 59, {DUE: 1})
        build(session, "song-dao", 1, 1, {DUE: 1})
    with mail.sink() as port:
        server = MailServer("127.0.0.1", port, "d@x.example", "x.example", security="none")
        _warm(server)
        started = cpu()
        sweeping.decide("song-mai", MORNING)
        composed = sweeping.compose("song-mai", MORNING)
        mails = sum(send_outbox(server).counts.values())
        ours = cpu() - started
    job = f"one morning, 59 items due, 8 units: decide, render, send ({mails} mails)"
    return [(job, f"{ours:.3f} CPU-s", "≤ 1 CPU-s", ours <= 1 and composed == mails)]


def _many_digests() -> list[Row]:
    from benchmarks import mail
    from benchmarks._world import build
    from models.session import transaction
    from notifications.mailer import MailServer
    from services.mail.sender import send_outbox
    from services.reminders import morning as sweeping

    with transaction() as session:
        build(session, "tinh", 520, 3_000, {DUE: 1})
        build(session, "song-dao", 1, 1, {DUE: 1})
    with mail.sink() as port:
        server = MailServer("127.0.0.1", port, "d@x.example", "x.example", security="none")
        _warm(server)
        started = cpu()
        sweeping.decide("tinh", MORNING)
        sweeping.compose("tinh", MORNING)
        mails = sum(send_outbox(server).counts.values())
        ours = cpu() - started
        bare = mail.bare_per_mail(port)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    job = f"3,000 items due, {mails} digests: decide, render, send ({peak:.0f} MB)"
    return [
        (job, f"{ours:.2f} CPU-s", "Redmine 5.0.4: 29.3 CPU-s", ours < 29.3 and mails == 520),
        (
            "  per mail, decisions and outbox included, beside a bare Jinja2 + smtplib script",
            f"{ours / mails * 1e3:.2f} ms",
            f"≤ 2 × {bare * 1e3:.2f} ms",
            ours / mails <= 2 * bare,
        ),
    ]


def _big_sweep() -> list[Row]:
    from benchmarks._world import build
    from models.session import transaction
    from services.policy import office_calendar, office_policy
    from services.reminders.decide import Sweep, decide_notices

    times = []
    for number, items in enumerate((166, 41_500, 166_000)):  # the first only warms the statements
        due = items // 166
        with transaction() as session:
            authority = build(session, f"tinh-{number}", 520, items, {date(2026, 6, 30): items // due - 1, DUE: 1})
        started, wall = cpu(), time.perf_counter()
        with transaction() as session:
            decided = decide_notices(session, Sweep(authority, MORNING, office_calendar(), office_policy().ladder))
        times.append((cpu() - started, time.perf_counter() - wall, decided.told))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _, (small, _, told_small), (large, wall, told) = times
    return [
        (
            f"morning sweep over 166,000 items, {told} due, SQLite",
            f"{wall:.2f} s ({large:.2f} CPU-s)",
            "≤ 2 s",
            wall <= 2,
        ),
        ("  memory, with the rows being made", f"{peak:.0f} MB", "≤ 200 MB", peak <= 200),
        (
            f"  a quarter of it ({told_small} due)",
            f"{small:.2f} CPU-s",
            "linear: the whole ≤ 5 × this",
            large <= 5 * small,
        ),
    ]


def _rehearsal() -> list[Row]:
    from sqlalchemy import select

    from benchmarks._world import build
    from models import Plan
    from models.session import reading, transaction
    from services.mail.letterhead import letterhead
    from services.policy import office_calendar, office_policy
    from services.reminders.decide import Sweep
    from services.reminders.rehearsal import Stage, rehearse

    with transaction() as session:
        authority = build(session, "song-mai", 8, 59, {date(2025, month, 28): 1 for month in range(1, 13)})
    started = time.perf_counter()
    with reading() as session:
        plan = session.scalars(select(Plan)).one()
        sweep = Sweep(authority, date(2025, 1, 1), office_calendar(), office_policy().ladder)
        mails = rehearse(
            session,
            [plan],
            sweep,
            Stage(date(2025, 1, 1), date(2025, 12, 31)),
            letterhead(session, authority, None, "x"),
        )
    wall = time.perf_counter() - started
    return [(f"rehearse a year of 59 items ({len(mails)} mails)", f"{wall:.2f} s", "≤ 3 s", wall <= 3)]
