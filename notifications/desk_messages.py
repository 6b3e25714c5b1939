"""The mail that asks an administrator to confirm what cannot be undone."""

from datetime import date

from notifications.digest import Line, Link, Rendered, Told
from notifications.messages import render


class ConfirmAct(Told):
    """To the asker: what they asked for, what it will do, and the link that confirms it for `minutes`."""

    authority_name: Line
    recipient_name: Line
    today: date
    title: Line
    effects: tuple[Line, ...]
    link: Link
    minutes: int
    contact: Line = ""


def render_confirm_act(mail: ConfirmAct) -> Rendered:
    """Render the mail that carries the link of a pending act."""
    return render("confirm_act", mail)
