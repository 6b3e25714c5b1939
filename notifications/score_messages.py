"""The mails about self-scoring: asking a unit to score, and sending the dossier to the superior."""

from datetime import date

from notifications.digest import Line, Link, Rendered, Told
from notifications.messages import render


class ScoreAsked(Told):
    """To a unit: criteria wait for its score until `until`; `returned` of them were sent back."""

    authority_name: Line
    unit_name: Line
    today: date
    criteria: Line
    year: int
    waiting: int
    returned: int = 0
    until: date
    link: Link | None = None
    contact: Line = ""


class ScoreDossierLetter(Told):
    """To the superior: the request for verification with its dossier, attached or by a link that expires."""

    authority_name: Line
    recipient_name: Line
    today: date
    year: int
    criteria: Line
    total: Line
    counted: Line
    version: int
    file_name: Line
    sha256: Line
    link: Link | None = None
    link_until: date | None = None
    reply_to_name: Line = ""
    contact: Line = ""


def render_score_asked(mail: ScoreAsked) -> Rendered:
    """Render the mail that asks a unit to score its criteria."""
    return render("score_ask", mail)


def render_score_dossier(mail: ScoreDossierLetter) -> Rendered:
    """Render the mail that carries a dossier."""
    return render("score_dossier", mail)
