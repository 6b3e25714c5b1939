"""The mails inside the office about self-scoring: whoever's turn it is hears of it once, on a working day.

What was queued stands in the outbox; a mail newer than what it tells of is enough. So a run may be repeated, and a
missed day is made up for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings, load_settings
from models.authority import Person, Unit
from models.mail import Message, MessageKind
from models.scoring import Score, ScoreRound
from notifications.digest import Rendered
from notifications.mime import new_message_id
from notifications.score_messages import (
    ScoreApprove,
    ScoreAsked,
    ScoreDesk,
    ScoreExplain,
    render_score_approve,
    render_score_asked,
    render_score_desk,
    render_score_explain,
)
from notifications.wording import shorten
from rules.audit import AuditAction
from rules.numbers import number_words
from rules.scoring.round import RoundState, ScoreState, asked_since
from rules.scoring.words import points_words
from services.access.links import door_of, leading_to, link_for
from services.actor import Actor
from services.mail.queue import Letter, Recipient, dedupe_key, queue
from services.policy import office_calendar
from services.scoring.queries import steps_of
from services.scoring.reopening import reopened_on
from services.scoring.rounds import missing_units
from services.scoring.scores import leaf_of, sheet_of
from services.staff.deputies import deciders_of
from services.staff.directory import admins_of, directory_of
from services.staff.queries import focal_contact

ASK_AGAIN = timedelta(days=3)
"""After how long a unit is asked again for what was returned to it."""
EXPLAIN_AGAIN = timedelta(days=7)
"""After how long it is asked again for an explanation."""


@dataclass(frozen=True, slots=True)
class RoundMailer:
    """The way to the outbox for one round: its day, hand and settings."""

    session: Session
    round: ScoreRound
    today: date
    actor: Actor
    settings: Settings

    def last(self, person: Person, kind: MessageKind) -> tuple[datetime, date] | None:
        """When a person's last mail of a sort was queued, and on which day; None when there was none."""
        key = dedupe_key(kind, str(self.round.id))
        mine = (Message.person_id == person.id, Message.dedupe_key == key)
        query = select(Message.created_at, Message.day).where(*mine).order_by(Message.id.desc()).limit(1)
        return self.session.execute(query).tuples().first()

    def told_since(self, person: Person, kind: MessageKind, moment: datetime) -> bool:
        """Whether a person has had a mail of a sort since a moment."""
        last = self.last(person, kind)
        return last is not None and last[0] >= moment

    def link(self, person: Person, path: str) -> str | None:
        """A link for a person that goes on to a page; None without a portal."""
        if not self.settings.portal_url:
            return None
        return leading_to(link_for(self.session, door_of(self.settings), person.id, None, self.actor.at), path)

    def letter(self, person: Person, kind: MessageKind, mail: Rendered) -> Letter:
        """A mail of a sort to a person."""
        return Letter(
            kind=kind,
            to=Recipient.of(person),
            day=self.today,
            mail=mail,
            message_id=new_message_id(self.settings.mail_domain),
            key=str(self.round.id),
            reply_to=self.settings.reply_to or focal_contact(self.session, self.round.authority_id)[2],
        )

    def head(self) -> dict[str, object]:
        """What every mail begins with."""
        name, focal, _ = focal_contact(self.session, self.round.authority_id)
        return {"authority_name": name, "contact": focal, "today": self.today, "year": self.round.year}


def tell(
    session: Session, round_: ScoreRound, today: date, actor: Actor, settings: Settings | None = None
) -> dict[str, int]:
    """Queue whatever mail is due about a round; on days off none. How many of each sort; repeated it queues none."""
    used = settings or load_settings()
    if not office_calendar(used).is_working_day(today):
        return {}
    mailer = RoundMailer(session, round_, today, actor, used)
    sorts = {
        "nhắc đơn vị": _ask_units,
        "báo đơn vị đầu mối": _tell_desk,
        "trình lãnh đạo": _ask_leaders,
        "hỏi giải trình": _ask_explanations,
    }
    counts = {words: len(queue(session, list(letters(mailer)), actor.at)) for words, letters in sorts.items()}
    return {words: count for words, count in counts.items() if count}


def _mailbox(mailer: RoundMailer, unit: Unit) -> Person | None:
    """A unit's mailbox, else its head."""
    people = directory_of(mailer.session, mailer.round.authority_id)
    found = people.mailbox.get(unit.id) or people.head.get(unit.id)
    return mailer.session.get(Person, found) if found else None


def _by_unit(scores: Iterable[Score]) -> list[tuple[Unit, list[Score]]]:
    found: dict[int, tuple[Unit, list[Score]]] = {}
    for score in scores:
        if score.unit is not None:
            found.setdefault(score.unit.id, (score.unit, []))[1].append(score)
    return list(found.values())


def _ask_units(mailer: RoundMailer) -> Iterable[Letter]:
    """To each unit that owes scores: on the days of asking, and whenever something was returned to it."""
    round_ = mailer.round
    if round_.state not in (RoundState.SCORING, RoundState.REVIEW):
        return
    owing = {ScoreState.RETURNED, ScoreState.OPEN} if round_.state is RoundState.SCORING else {ScoreState.RETURNED}
    for unit, scores in _by_unit(one for one in round_.scores if one.state in owing):
        person = _mailbox(mailer, unit)
        if person is not None and _due(mailer, person, [one for one in scores if one.state is ScoreState.RETURNED]):
            yield mailer.letter(person, MessageKind.SCORE_ASK, _asked(mailer, person, unit, scores))


def _due(mailer: RoundMailer, person: Person, returned: list[Score]) -> bool:
    round_, last = mailer.round, mailer.last(person, MessageKind.SCORE_ASK)
    if round_.state is RoundState.SCORING:
        again = reopened_on(mailer.session, round_)
        if last is None or last[1] < asked_since(round_.opened_on, round_.units_until, mailer.today, again):
            return True
    if not returned:
        return False
    return last is None or last[1] + ASK_AGAIN <= mailer.today or last[0] < max(one.changed_at for one in returned)


def _asked(mailer: RoundMailer, person: Person, unit: Unit, scores: list[Score]) -> Rendered:
    returned = [one for one in scores if one.state is ScoreState.RETURNED]
    days = [one.reopened_until for one in returned if one.reopened_until]
    return render_score_asked(
        ScoreAsked(
            **mailer.head(),
            unit_name=unit.name,
            criteria=mailer.round.criteria.name,
            waiting=len(scores),
            returned=tuple(f"{_named(one)}: {one.returned_because or ''}" for one in returned),
            until=max(mailer.round.units_until, mailer.today, *days),
            link=mailer.link(person, "/cham-diem"),
        )
    )


def _named(score: Score) -> str:
    return f"{score.criterion} {shorten(leaf_of(score).name, 100)}"


def _tell_desk(mailer: RoundMailer) -> Iterable[Letter]:
    """To the focal unit and the administrators, except who took the step: the round is in their hands."""
    found = _desk_event(mailer)
    if found is None:
        return
    event, since, actor, note = found
    page = "tham-dinh" if event == "explained" else "kiem-tra"
    missing = missing_units(mailer.round) if event == "closed" else {}
    for person in _desk_people(mailer):
        if person.email in actor or mailer.told_since(person, MessageKind.SCORE_DESK, since):
            continue
        mail = ScoreDesk(
            **mailer.head(),
            recipient_name=person.name,
            event=event,
            note=note,
            missing=tuple(f"{unit} {count} tiêu chí" for unit, count in missing.items()),
            link=mailer.link(person, f"/dot-cham-diem/{mailer.round.id}/{page}"),
        )
        yield mailer.letter(person, MessageKind.SCORE_DESK, render_score_desk(mail))


def _desk_event(mailer: RoundMailer) -> tuple[str, datetime, str, str] | None:
    """What the focal unit is to be told: the event, since when, by whom, and the reason; None: nothing."""
    round_ = mailer.round
    if round_.state is RoundState.REVIEW:
        step = next((row for row in steps_of(mailer.session, round_) if row.action == AuditAction.ROUND_STEP), None)
        if step is None:
            return None
        if (step.before or {}).get("state") != RoundState.SCORING:
            return "returned", round_.changed_at, step.actor, step.note or ""
        return ("closed" if missing_units(round_) else "entered"), round_.changed_at, step.actor, ""
    asked = [score for score in round_.scores if score.question]
    if round_.state is RoundState.VERIFIED and asked and all(score.reply for score in asked):
        return "explained", max(score.changed_at for score in asked), "", ""
    return None


def _desk_people(mailer: RoundMailer) -> list[Person]:
    authority = mailer.round.authority
    people = [mailer.session.get_one(Person, one) for one in admins_of(mailer.session, authority.id)]
    focal = _mailbox(mailer, authority.focal_unit) if authority.focal_unit else None
    return people if focal is None or focal in people else [focal, *people]


def _ask_leaders(mailer: RoundMailer) -> Iterable[Letter]:
    """To each leader, or who stands in: one mail for each time that the round is handed up."""
    round_ = mailer.round
    if round_.state is not RoundState.APPROVAL:
        return
    sheet = sheet_of(round_)
    below = sum(leaf.lost > 0 for leaf in sheet.leaves)
    for person, on_behalf_of in deciders_of(mailer.session, round_.authority_id, mailer.today):
        if mailer.told_since(person, MessageKind.SCORE_APPROVE, round_.changed_at):
            continue
        mail = ScoreApprove(
            **mailer.head(),
            recipient_name=person.name,
            behalf=on_behalf_of,
            criteria=round_.criteria.name,
            total=number_words(sheet.total),
            counted=number_words(sheet.counted),
            below=below,
            of=len(sheet.leaves),
            submitted_by=(round_.submitted_by or "").partition(" <")[0],
            sending_on=round_.sending_on,
            link=mailer.link(person, "/cham-diem"),
        )
        yield mailer.letter(person, MessageKind.SCORE_APPROVE, render_score_approve(mail))


def _ask_explanations(mailer: RoundMailer) -> Iterable[Letter]:
    """To each unit that the superior asks something: at once, and weekly while it has not answered."""
    until = mailer.round.explain_until
    if mailer.round.state is not RoundState.VERIFIED or (until is not None and mailer.today > until):
        return
    open_ = [one for one in mailer.round.scores if one.question and not one.reply]
    for unit, scores in _by_unit(open_):
        person = _mailbox(mailer, unit)
        last = mailer.last(person, MessageKind.SCORE_EXPLAIN) if person else None
        asked_at = max(one.changed_at for one in scores)
        if person is None or (last and last[0] >= asked_at and last[1] + EXPLAIN_AGAIN > mailer.today):
            continue
        mail = ScoreExplain(
            **mailer.head(),
            unit_name=unit.name,
            questions=tuple(_question(one) for one in scores),
            until=mailer.round.explain_until,
            link=mailer.link(person, "/cham-diem"),
        )
        yield mailer.letter(person, MessageKind.SCORE_EXPLAIN, render_score_explain(mail))


def _question(score: Score) -> str:
    points = number_words(score.points)
    last = score.final if score.final is not None else score.verified
    given = f", thẩm định {points_words(last, leaf_of(score).maximum)}" if last is not None else ""
    return f"{_named(score)} (tự chấm {points}{given}): {score.question}"
