"""The mails about reports: asking for what is missing, asking for approval, returning, and sending."""

from datetime import date

from notifications.digest import Line, Link, Rendered, Told
from notifications.messages import render

LINES = 30
"""Missing items that a mail lists; the portal's page has all of them."""


class MissingLine(Told):
    """An item for which a period has no answer yet."""

    item_code: Line
    title: Line
    label: Line = ""
    last_day: date
    overdue: bool = False


class ReportAsked(Told):
    """To a unit: what is missing for a period that closes on `closes_on`. `reason` is why it was reopened."""

    authority_name: Line
    unit_name: Line
    today: date
    period: Line
    plan_title: Line
    closes_on: date
    missing: int
    lines: tuple[MissingLine, ...]
    reason: Line = ""
    link: Link | None = None
    contact: Line = ""

    @property
    def more(self) -> int:
        """How many items the list leaves out."""
        return self.missing - len(self.lines)


class ReportWaiting(Told):
    """To a leader: a report waits for approval. `figures` are a few sentences, `absent` the units that owe answers."""

    authority_name: Line
    recipient_name: Line
    today: date
    period: Line
    plan_title: Line
    version: int
    uploaded: bool = False
    sending_on: date
    figures: tuple[Line, ...] = ()
    absent: tuple[Line, ...] = ()
    link: Link | None = None
    contact: Line = ""


class ReportReturned(Told):
    """To the office: a leader returned a report with a note."""

    authority_name: Line
    today: date
    period: Line
    plan_title: Line
    version: int
    note: Line
    sending_on: date
    link: Link | None = None
    contact: Line = ""


class ReportLetter(Told):
    """To the superior and the recipients: the report itself, with its files."""

    authority_name: Line
    recipient_name: Line
    today: date
    number: Line
    issued_words: Line
    subject: Line
    files: tuple[Line, ...]
    reply_to_name: Line = ""
    contact: Line = ""


def render_report_asked(mail: ReportAsked) -> Rendered:
    """Render the mail that asks a unit for what is missing."""
    return render("report_ask", mail)


def render_report_waiting(mail: ReportWaiting) -> Rendered:
    """Render the mail that asks a leader for approval."""
    return render("report_approve", mail)


def render_report_returned(mail: ReportReturned) -> Rendered:
    """Render the mail that tells the office of a returned report."""
    return render("report_returned", mail)


def render_report_letter(mail: ReportLetter) -> Rendered:
    """Render the mail that carries a report."""
    return render("report_send", mail)
