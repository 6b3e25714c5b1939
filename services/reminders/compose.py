"""Compose the morning's mails: one a person, rendered and queued with its Message-ID before any attempt to send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy.orm import Session

from models.authority import Role as PersonRole
from models.mail import MessageKind, NoticeKind, NoticeState
from notifications.digest import Ask, ChangeLine, Digest, DigestLine, Role, joined
from notifications.messages import render_digest, render_weekly_summary
from notifications.mime import new_message_id
from rules.reminders.keys import NoticeAudience
from rules.reminders.ladder import rung_words
from services.access.links import leading_to, links_for
from services.mail.bounces import mark_told
from services.mail.letterhead import Letterhead
from services.mail.outbox import release_stuck
from services.mail.queue import Letter, Recipient, queue
from services.reminders.answers_told import drop_answered_parts, said_words
from services.reminders.bounce_lines import NOTHING_RETURNED, Returns, returns_to_tell
from services.reminders.change_lines import NOTHING_REVISED, Revised, revised
from services.reminders.notices import (
    ItemFacts,
    OccurrenceFacts,
    Reader,
    Waiting,
    drop_settled,
    item_facts,
    mark,
    note_told,
    readers,
    recall_unsent,
    waiting_notices,
)
from services.reminders.weekly import LEADERS_PAGE, Week, summary_of, week_of
from services.scoring.forecast import held_words, points_held


@dataclass(frozen=True, slots=True)
class Doorway:
    """What is known beside the plan: the reader's link, what is said of an occurrence, points that an item holds,
    what changed in the plan, and which mails came back."""

    link: str | None = None
    said: Mapping[int, str] = field(default_factory=dict)
    held: Mapping[int, Decimal] = field(default_factory=dict)
    revised: Revised = NOTHING_REVISED
    returns: Returns = NOTHING_RETURNED

    def to(self, occurrence_id: int) -> str | None:
        """The link that goes on to an occurrence's page."""
        return self.link and leading_to(self.link, f"/viec/{occurrence_id}")


NO_DOORWAY = Doorway()


def line_of(
    item: ItemFacts,
    occurrence: OccurrenceFacts,
    told: Role,
    today: date,
    rung_day: date,
    *,
    doorway: Doorway = NO_DOORWAY,
) -> DigestLine:
    """One line of a digest: an occurrence as this reader is told of it."""
    return DigestLine(
        item_code=item.code,
        title=item.title,
        plan_title=item.plan_title,
        due_printed=occurrence.due_on,
        last_day=occurrence.last_day,
        due_time=item.due_time,
        days_left=(occurrence.last_day - today).days,
        rung_words=rung_words((rung_day - occurrence.last_day).days),
        role=told,
        unit_name=occurrence.unit_name,
        result=occurrence.target or item.result,
        others=item.leads if told == "coordinator" else item.coordinators,
        period_label=occurrence.period,
        progress=doorway.said.get(occurrence.id),
        held_words=held_words(doorway.held.get(item.id)),
        link=doorway.to(occurrence.id),
    )


def digest_of(
    reader: Reader,
    head: Letterhead,
    today: date,
    lines: Iterable[DigestLine],
    asks: Iterable[Ask],
    *,
    changes: Iterable[ChangeLine] = (),
    link: str | None = None,
) -> Digest:
    """One person's digest of one morning."""
    return Digest(
        recipient_name=reader.name,
        recipient_role=reader.role,
        unit_name=reader.unit_name,
        authority_name=head.authority_name,
        today=today,
        lines=joined(lines, link),
        asks=tuple(asks),
        changes=tuple(changes),
        portal_link=link,
        reply_to_name=head.focal_name,
        reply_to=head.reply_to,
    )


def ask_of(item: ItemFacts) -> Ask:
    """The question about an item that has no date or nobody to lead it."""
    return Ask(
        item_code=item.code,
        title=item.title,
        printed_timing=item.printed_timing,
        reason=item.reason or "chưa xác định được cơ quan chủ trì",
        plan_title=item.plan_title,
    )


def compose_messages(
    session: Session, authority_id: int, today: date, now: datetime, head: Letterhead, soon_days: int | None = None
) -> int:
    """Put every waiting notice into its reader's mail of the day. Safe to repeat. Returns the mails queued.

    Who has had today's mail already gets the rest on the next working morning. Once a week a leader's mail begins
    with the summary, also where nothing waits for them; `soon_days` is the policy's for it (None: no summary).
    """
    release_stuck(session.connection(), now)
    recall_unsent(session, authority_id, today)
    drop_settled(session, authority_id)
    drop_answered_parts(session, authority_id)
    waiting = waiting_notices(session, authority_id, today)
    items = item_facts(session, {notice.item_id for notice in waiting})
    week = week_of(session, authority_id, today, soon_days)
    leaders = () if week is None else week.leaders
    returns = returns_to_tell(session, authority_id, today)
    people = readers(session, {notice.person_id for notice in waiting} | {*leaders, *returns.readers})
    said = said_words(session, waiting)
    held = points_held(session, authority_id, today) if waiting else {}
    admins = [key for key, reader in people.items() if reader.role == PersonRole.ADMIN]
    links = _links(session, _plans_of(waiting, items, [*leaders, *admins]), now, head)
    news = revised(session, waiting)
    replaced: list[int] = []
    void: list[int] = []
    letters: list[Letter] = []
    carried: list[list[int]] = []
    told = {person: list(group) for person, group in groupby(waiting, key=lambda notice: notice.person_id)}
    for person_id in sorted({*told, *leaders, *returns.readers}):
        newest, older = _newest(told.get(person_id, []))
        replaced.extend(notice.notice_id for notice in older)
        doorway = Doorway(links.get(person_id), said, held, news, returns)
        digest = _digest(people[person_id], newest, items, today, head, doorway)
        if digest.empty and person_id not in leaders:  # changes of the plan that were taken back again
            void.extend(notice.notice_id for notice in newest)
            continue
        reader, summary = people[person_id], week if person_id in leaders else None
        to = Recipient(authority_id, reader.email, reader.name, reader.id)
        letters.append(_letter(reader, to, digest, head, summary, doorway.link))
        carried.append([notice.notice_id for notice in newest])
    mark(session, replaced, NoticeState.PASSED_OVER)
    mark(session, void, NoticeState.DROPPED)
    made = queue(session, letters, now)
    mails = ((made.get(letter.message_id), notices) for letter, notices in zip(letters, carried, strict=True))
    note_told(session, [(mail, notices) for mail, notices in mails if mail is not None])
    mark_told(session, returns.addresses, today)
    return len(made)


def _plans_of(
    waiting: Sequence[Waiting], items: Mapping[int, ItemFacts], everything: Iterable[int]
) -> dict[int, Sequence[int] | None]:
    """The plans that each reader's mail speaks of; None, all of them, in a summary and for administrators."""
    plans: dict[int, list[int]] = {}
    for notice in waiting:
        plans.setdefault(notice.person_id, []).append(items[notice.item_id].plan_id)
    return {**plans, **dict.fromkeys(everything)}


def _links(
    session: Session, plans: Mapping[int, Sequence[int] | None], now: datetime, head: Letterhead
) -> dict[int, str]:
    """One new link for each reader, to their plans."""
    return {} if head.door is None else links_for(session, head.door, plans, now)


def _newest(notices: Sequence[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
    """Of several rungs of one occurrence that wait (a morning died half-way) only the newest is told.

    Changes of the plan are all told: together they say what became of the item.
    """
    chosen: dict[tuple[int, int | None, int], Waiting] = {}
    replaced = []
    for notice in notices:
        own = notice.key.id if notice.kind is NoticeKind.CHANGED else 0
        key = (notice.item_id, notice.occurrence.id if notice.occurrence else None, own)
        older = chosen.get(key)
        if older is not None:
            older, notice = sorted((older, notice), key=lambda one: (one.day, one.notice_id))  # noqa: PLW2901
            replaced.append(older)
        chosen[key] = notice
    return list(chosen.values()), replaced


def _digest(
    reader: Reader,
    notices: Sequence[Waiting],
    items: Mapping[int, ItemFacts],
    today: date,
    head: Letterhead,
    doorway: Doorway,
) -> Digest:
    lines = [
        line_of(items[notice.item_id], notice.occurrence, ROLES[notice.audience], today, notice.day, doorway=doorway)
        for notice in notices
        if notice.occurrence is not None
    ]
    asks = [ask_of(items[notice.item_id]) for notice in notices if notice.kind is NoticeKind.ASK]
    changes = doorway.revised.lines(reader, notices, items, doorway.link)
    digest = digest_of(reader, head, today, lines, asks, changes=changes, link=doorway.link)
    return digest.model_copy(update={"returned": doorway.returns.lines(reader.id, doorway.link)})


def _letter(
    reader: Reader, to: Recipient, digest: Digest, head: Letterhead, week: Week | None, link: str | None
) -> Letter:
    """A person's mail of the morning; with `week` it begins with the summary, and the digest stands under it."""
    if week is None:
        rendered = render_digest(digest)
    else:
        morning = None if digest.empty else digest
        page = link and leading_to(link, LEADERS_PAGE)
        rendered = render_weekly_summary(
            summary_of(week, reader.name, head.authority_name, page, head.reply_to or "", morning)
        )
    return Letter(
        kind=MessageKind.DIGEST if week is None else MessageKind.WEEKLY,
        to=to,
        day=digest.today,
        mail=rendered,
        message_id=new_message_id(head.mail_domain),
        reply_to=head.reply_to,
        references=reader.first_message_id,
    )


ROLES: dict[NoticeAudience, Role] = {
    NoticeAudience.LEAD: "lead",
    NoticeAudience.COORDINATOR: "coordinator",
    NoticeAudience.HEAD: "head",
    NoticeAudience.LEADER: "leader",
}
"""The reader's part, as the mail words it."""
