"""The days and hours on which an item's rungs fall, told or not."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from config.clock import ZONE
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import Ladder, LadderPolicy, Rung, ladder_of
from services.figures.items import DueOverview
from services.policy import office_calendar, office_policy

BEFORE_THE_MORNING = timedelta(minutes=10)
"""How much earlier than the digest an item's run starts: its notices are in that morning's mail."""


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """Working days, ladder and hour of the digest (Asia/Ho_Chi_Minh) of an office."""

    calendar: WorkCalendar
    ladder: LadderPolicy
    digest_hour: time

    @property
    def prepared(self) -> Ladder:
        """The ladder on the calendar."""
        return ladder_of(self.calendar, self.ladder)

    def hour(self, rung: Rung) -> datetime:
        """When an item's run for a rung starts."""
        return datetime.combine(rung.day, self.digest_hour, ZONE) - BEFORE_THE_MORNING


def office_terms() -> ScheduleTerms:
    """The terms in force."""
    policy = office_policy()
    return ScheduleTerms(office_calendar(), policy.ladder, policy.digest_hour)


def rungs_of(due: DueOverview, terms: ScheduleTerms) -> list[Rung]:
    """All rungs of an occurrence up to the last one of the ladder, in order of day."""
    last = due.last_day + timedelta(days=max(terms.ladder.rungs[-1], 0) + 14)
    every = terms.prepared.rungs(due.opens_on, due.last_day, urge_until=due.urge_until, through=last)
    return [rung for rung in every if rung.offset <= terms.ladder.rungs[-1]]
