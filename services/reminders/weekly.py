"""The leaders' week: on the first morning that runs in a week, their mail begins with how the plans stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from notifications.digest import Digest
from notifications.weekly import (
    MOST,
    MOST_WORTH,
    WeeklyScore,
    WeeklySlip,
    WeeklySummary,
    WeeklyUnit,
    WeeklyWorth,
)
from rules.numbers import number_words
from rules.scoring.forecast import Forecast
from rules.work.states import ItemState
from services.figures.picture import Picture, picture
from services.figures.status import Asked
from services.reminders.notices import leaders_to_tell
from services.scoring.forecast import forecast_of_asked

LEADERS_PAGE = "/lanh-dao"
"""Where the summary leads."""


@dataclass(frozen=True, slots=True)
class Week:
    """This morning's summary: the picture, the forecast of the score, and the people whose mail begins with it."""

    seen: Picture
    leaders: Collection[int]
    worth: Forecast | None = None


def week_of(session: Session, authority_id: int, today: date, soon_days: int | None) -> Week | None:
    """The summary of this week, where somebody is to have it this morning. No plan that is followed: none.

    `soon_days` is the policy's; None where the policy wants no summary.
    """
    if soon_days is None:
        return None
    leaders = leaders_to_tell(session, authority_id, today)
    if not leaders:
        return None
    asked = Asked(today, soon_days, authority_id)
    seen = picture(session, asked)
    if not seen.items:
        return None
    found = forecast_of_asked(session, asked)
    return Week(seen, leaders, found.forecast if found else None)


def summary_of(
    week: Week, name: str, authority_name: str, link: str | None, contact: str, morning: Digest | None = None
) -> WeeklySummary:
    """One leader's mail of a week; `morning` is what else they are told today."""
    seen = week.seen
    before = seen.trend[-2] if len(seen.trend) > 1 else None
    units = sorted((unit for unit in seen.figures.units if unit.overdue), key=lambda unit: -unit.overdue)
    return WeeklySummary(
        authority_name=authority_name,
        recipient_name=name,
        today=seen.figures.day,
        items=seen.items,
        on_track=seen.states[ItemState.ON_TRACK],
        due_soon=seen.states[ItemState.DUE_SOON],
        overdue=seen.states[ItemState.OVERDUE],
        undetermined=seen.states[ItemState.UNDETERMINED],
        done=seen.states[ItemState.DONE],
        done_late=seen.states[ItemState.DONE_LATE],
        overdue_before=before.overdue if before else None,
        done_before=before.done if before else None,
        unproven=seen.without_evidence,
        waiting=seen.waiting,
        slips=tuple(
            WeeklySlip(item_code=slip.item, title=slip.title, unit_name=slip.unit, days_late=slip.days_late)
            for slip in seen.slipping[:MOST]
        ),
        units=tuple(WeeklyUnit(name=u.name, overdue=u.overdue, due_soon=u.due_soon) for u in units[:MOST]),
        score=_score(week.worth) if week.worth else None,
        link=link,
        contact=contact,
        morning=morning,
    )


def _score(worth: Forecast) -> WeeklyScore:
    return WeeklyScore(
        total=number_words(worth.sheet.total),
        counted=number_words(worth.sheet.counted),
        reachable=number_words(worth.reachable),
        at_risk=number_words(worth.at_risk),
        first=tuple(
            WeeklyWorth(
                item_code=one.item, title=one.title, unit_name=one.unit, last_day=one.last_day,
                days_late=one.days_late, points=number_words(one.points),
            )
            for one in worth.items[:MOST_WORTH]
        ),
    )  # fmt: skip
