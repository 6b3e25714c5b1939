"""The mails this product writes: one function a message, values in, a rendered mail out.

The wording of a mail stands in `templates/<message>/{subject.txt,body.txt,body.html}`,
the frame around every mail in `templates/_base/`. Nothing here knows who gets the
mail, when, or how it travels.
"""

from datetime import date
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.digest import Ask, ChangeLine, Digest, DigestLine, Line, Link, Rendered, ReturnedLine, Role, Told
from notifications.weekly import WeeklyHead, WeeklySlip, WeeklySummary, WeeklyUnit
from notifications.wording import one_line, shorten, weekday_date, wrap

__all__ = [
    "AdminAlert",
    "Ask",
    "ChangeLine",
    "Digest",
    "DigestLine",
    "FreshLink",
    "Rendered",
    "ReturnedLine",
    "Role",
    "TestMail",
    "WeeklyHead",
    "WeeklySlip",
    "WeeklySummary",
    "WeeklyUnit",
    "digest_subject",
    "render_admin_alert",
    "render_digest",
    "render_fresh_link",
    "render_test_mail",
    "render_weekly_summary",
    "weekly_subject",
]


class TestMail(Told):
    """A mail that only proves that mail arrives. `server` names the mail server, without any secret."""

    __test__ = False  # pytest: a value, not a class of tests

    authority_name: Line
    today: date
    server: Line
    contact: Line = ""


class AdminAlert(Told):
    """Something that an administrator must look at: what happened, what follows from it, what to do."""

    authority_name: Line
    today: date
    happened: Line
    effect: Line = ""
    steps: tuple[Line, ...] = ()
    contact: Line = ""


class FreshLink(Told):
    """The link into the portal that a registered person asked for; it holds for `days`."""

    authority_name: Line
    recipient_name: Line
    today: date
    link: Link
    days: int
    contact: Line = ""


def digest_subject(digest: Digest) -> str:
    """Return the subject that `render_digest` gives, without rendering the mail.

    Raises ValueError where there is nothing to say (`digest.empty`).
    """
    if digest.empty:
        raise ValueError("an empty digest is no mail: ask digest.empty first")
    return _line("digest/subject.txt", mail=digest)


def render_digest(digest: Digest) -> Rendered:
    """Render a person's morning mail: overdue first, this week, later, then what else there is to tell.

    Raises ValueError where there is nothing to say (`digest.empty`).
    """
    return _rendered("digest", digest_subject(digest), digest)


def render_test_mail(mail: TestMail) -> Rendered:
    """Render the mail that `dondoc doctor` sends to prove that mail arrives."""
    return _rendered("test_mail", _line("test_mail/subject.txt", mail=mail), mail)


def render_admin_alert(mail: AdminAlert) -> Rendered:
    """Render the mail that tells an administrator what went wrong and what to do."""
    return _rendered("admin_alert", _line("admin_alert/subject.txt", mail=mail), mail)


def render_fresh_link(mail: FreshLink) -> Rendered:
    """Render the mail that carries a fresh link to a registered address."""
    return _rendered("fresh_link", _line("fresh_link/subject.txt", mail=mail), mail)


def render(message: str, mail: Told) -> Rendered:
    """Render the mail whose wording stands in `templates/<message>/`."""
    return _rendered(message, _line(f"{message}/subject.txt", mail=mail), mail)


def weekly_subject(mail: WeeklyHead) -> str:
    """Return the subject that `render_weekly_summary` gives, without rendering the mail."""
    return _line("weekly_summary/subject.txt", mail=mail)


def render_weekly_summary(mail: WeeklySummary) -> Rendered:
    """Render a leader's mail that begins with the week's summary; under it what they are told today besides."""
    return _rendered("weekly_summary", weekly_subject(mail), mail)


def _rendered(message: str, subject: str, mail: Told) -> Rendered:
    templates = _templates()
    values: dict[str, Any] = {"mail": mail, "subject": subject}
    return Rendered(
        subject=subject,
        text=templates.get_template(f"{message}/body.txt").render(values),
        html=templates.get_template(f"{message}/body.html").render(values),
    )


def _line(template: str, **values: object) -> str:
    return one_line(_templates().get_template(template).render(values))


@cache
def _templates() -> Environment:
    """Compile each template once a process; a name that a template misspells is an error, not an empty place."""
    environment = Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(day=weekday_date, short=shorten, wrap=wrap)
    return environment
