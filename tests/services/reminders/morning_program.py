"""A sender's life for tests that kill it: one morning after another, each at half past seven of its day in Vietnam.

Arguments: port of the mail server, then days. Prints a day when it begins and "done DAY" when it has ended.
"""

import sys
from datetime import date, datetime, time, timedelta

from config.clock import ZONE
from notifications.server import MailServer
from services.mail.sender import send_outbox
from services.reminders import morning as sweeping


def morning(today: date, server: MailServer) -> None:
    """Decide, compose and send as the morning flow does, on a moved clock."""
    if not sweeping.is_working_morning(today):
        return
    decided = sweeping.decide(None, today)
    composed = sweeping.compose(None, today)
    started = datetime.combine(today, time(7, 30), ZONE)
    ticks = iter(range(1_000_000))
    send_outbox(server, clock=lambda: started + timedelta(milliseconds=next(ticks)))
    sweeping.finish(None, today, decided, composed)


def main() -> None:
    """Live through the days of the command line."""
    server = MailServer("127.0.0.1", int(sys.argv[1]), "dondoc@x.example", "x.example", security="none", timeout=10)
    for text in sys.argv[2:]:
        print(text, flush=True)
        morning(date.fromisoformat(text), server)
        print(f"done {text}", flush=True)


if __name__ == "__main__":
    main()
