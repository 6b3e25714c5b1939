"""The mails about self-scoring: units asked, focal unit and leader told of their step, the dossier to the superior."""

from datetime import date
from typing import Literal

from notifications.digest import Line, Link, Rendered, Told
from notifications.messages import render


class ScoreAsked(Told):
    """To a unit: criteria wait for its score until `until`; `returned` names those sent back, each with its reason."""

    authority_name: Line
    unit_name: Line
    today: date
    criteria: Line
    year: int
    waiting: int
    returned: tuple[Line, ...] = ()
    until: date
    link: Link | None = None
    contact: Line = ""


class ScoreExplain(Told):
    """To a unit: the superior asks for explanations; `questions` names each criterion with what is asked."""

    authority_name: Line
    unit_name: Line
    today: date
    year: int
    questions: tuple[Line, ...]
    until: date | None = None
    link: Link | None = None
    contact: Line = ""


class ScoreApprove(Told):
    """To a leader (or the deputy of `behalf`): the self-scores wait for approval. Points are written out."""

    authority_name: Line
    recipient_name: Line
    behalf: Line = ""
    today: date
    year: int
    criteria: Line
    total: Line
    counted: Line
    below: int
    of: int
    submitted_by: Line
    sending_on: date
    link: Link | None = None
    contact: Line = ""


class ScoreDesk(Told):
    """To the focal unit: its next step, after `event`.

    `entered`: every unit is done; `closed`: their days are over, `missing` names who owes scores; `returned`: by the
    leader, or opened again, for the reason in `note`; `explained`: every question of the superior has its answer.
    """

    authority_name: Line
    recipient_name: Line
    today: date
    year: int
    event: Literal["entered", "closed", "returned", "explained"]
    note: Line = ""
    missing: tuple[Line, ...] = ()
    link: Link | None = None
    contact: Line = ""


class ScoreDossierLetter(Told):
    """To the superior: the request for verification with its dossier, attached or by a link that expires.

    `explained`: how many criteria are explained anew, where it is the request for the second verification.
    """

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
    explained: int = 0
    reply_to_name: Line = ""
    contact: Line = ""


def render_score_asked(mail: ScoreAsked) -> Rendered:
    """Render the mail that asks a unit to score its criteria."""
    return render("score_ask", mail)


def render_score_explain(mail: ScoreExplain) -> Rendered:
    """Render the mail that asks a unit for explanations."""
    return render("score_explain", mail)


def render_score_approve(mail: ScoreApprove) -> Rendered:
    """Render the mail that asks a leader to approve."""
    return render("score_approve", mail)


def render_score_desk(mail: ScoreDesk) -> Rendered:
    """Render the mail that tells the focal unit of its next step."""
    return render("score_desk", mail)


def render_score_dossier(mail: ScoreDossierLetter) -> Rendered:
    """Render the mail that carries a dossier."""
    return render("score_dossier", mail)
