"""One morning's decisions: which rung of which occurrence is told to whom.

Shared by the morning that really goes out and by the rehearsal, so that what
was rehearsed is what happens. Pure: people and units are numbers here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rules.reminders.keys import NoticeAudience
from rules.reminders.ladder import Audience, Decision, LadderPolicy, Rung, audience, tells_coordinators

_TOLD = {Audience.UNIT: NoticeAudience.LEAD, Audience.HEAD: NoticeAudience.HEAD, Audience.LEADER: NoticeAudience.LEADER}


@dataclass(frozen=True, slots=True)
class OpenOccurrence:
    """An occurrence that is not done: what the ladder needs of it. `settled` is the newest rung told or passed over."""

    id: int
    item_id: int
    unit_id: int
    opens_on: date
    last_day: date
    urge_until: date | None = None
    settled: int | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """From the first to the last day the deputy gets a person's mail (leave)."""

    person_id: int
    deputy_id: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Directory:
    """Who answers for whom: each unit's mailbox and head, the leaders, every unit, and who coordinates an item.

    `stand_ins` are the hand-overs of the year; `on` gives the directory of one day.
    """

    mailbox: Mapping[int, int] = field(default_factory=dict)
    head: Mapping[int, int] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    coordinators: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    stand_ins: tuple[StandIn, ...] = ()

    def on(self, day: date) -> "Directory":
        """The directory on a day: who is on leave is replaced by their deputy, wherever their mail goes.

        A unit's mail goes on to the deputy's own deputy; a leader's does not: such a power is not passed on.
        """
        away = {one.person_id: one.deputy_id for one in self.stand_ins if one.first_day <= day <= one.last_day}
        if not away:
            return self
        return replace(
            self,
            mailbox={unit: _deputy(person, away) for unit, person in self.mailbox.items()},
            head={unit: _deputy(person, away) for unit, person in self.head.items()},
            leaders=tuple(dict.fromkeys(away.get(person, person) for person in self.leaders)),
        )

    def unit(self, unit_id: int) -> int | None:
        """The person who gets a unit's mail: its mailbox, else its head; None when nobody can be told."""
        return self.mailbox.get(unit_id) or self.head.get(unit_id)


def _deputy(person: int, away: Mapping[int, int]) -> int:
    """Who stands in, also for a deputy who is away; two who stand in for each other keep their own mail."""
    seen = [person]
    while seen[-1] in away:
        if (following := away[seen[-1]]) in seen:
            return person
        seen.append(following)
    return seen[-1]


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """One rung for one person about one occurrence; `tell` is False where the rung is passed over."""

    occurrence: OpenOccurrence
    person_id: int
    audience: NoticeAudience
    rung: Rung
    tell: bool


def notices(
    occurrence: OpenOccurrence, decision: Decision, directory: Directory, policy: LadderPolicy
) -> list[NoticeDraft] | None:
    """The notices a decision makes, each person once a rung (the unit before the head before the leader).

    None when the unit has nobody to tell: the rung stays unsettled until somebody is named, so none is lost.
    """
    if directory.unit(occurrence.unit_id) is None:
        return None
    drafts = [
        NoticeDraft(occurrence, person, told, rung, tell=False)
        for rung in decision.passed_over
        for person, told in _people(occurrence, rung.offset, directory, policy).items()
    ]
    if decision.tell is None:
        return drafts
    people = _people(occurrence, decision.tell.offset, directory, policy)
    if tells_coordinators(decision, policy):
        for unit_id in directory.coordinators.get(occurrence.item_id, ()):
            person = directory.unit(unit_id)
            if person is not None and unit_id != occurrence.unit_id:
                people.setdefault(person, NoticeAudience.COORDINATOR)
    drafts.extend(NoticeDraft(occurrence, person, told, decision.tell, tell=True) for person, told in people.items())
    return drafts


def _people(
    occurrence: OpenOccurrence, offset: int, directory: Directory, policy: LadderPolicy
) -> dict[int, NoticeAudience]:
    people: dict[int, NoticeAudience] = {}
    for reader in audience(offset, policy):
        for person in _readers(occurrence.unit_id, reader, directory):
            people.setdefault(person, _TOLD[reader])
    return people


def _readers(unit_id: int, reader: Audience, directory: Directory) -> Iterable[int]:
    if reader is Audience.LEADER:
        return directory.leaders
    person = directory.unit(unit_id) if reader is Audience.UNIT else directory.head.get(unit_id)
    return () if person is None else (person,)
