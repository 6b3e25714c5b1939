"""What a proposal is: a policy and a calendar that could be in force, in the words of the rules."""

from collections.abc import Callable
from dataclasses import dataclass

from config.policy import Policy, check_policy, load_policy
from config.settings import Settings
from config.working_days import load_special_days
from rules.calendar.workdays import WorkCalendar
from rules.reminders.effects import Effect
from services.errors import BadContentError
from services.policy import OfficePolicy, in_the_rules_words, office_calendar, office_policy


@dataclass(frozen=True, slots=True)
class Proposal:
    """By what the mornings would be decided."""

    policy: OfficePolicy
    calendar: WorkCalendar


Weigh = Callable[[int, Proposal, bool], Effect | None]
"""The effect on an authority's active plans: from today on, or (True) over the plans' whole year; None: no plan.

Rehearsing is the tasks' business: whoever starts the portal hands it in.
"""


def own_policy(settings: Settings) -> Policy:
    """The policy in force as its file says it, entry by entry. Raises PolicyError."""
    path = settings.own_policy
    return load_policy(path if settings.policy_file is not None or path.exists() else None)


def in_force_now(settings: Settings) -> Proposal:
    """What the mornings are decided by now."""
    return Proposal(office_policy(settings), office_calendar(settings))


def with_policy(settings: Settings, own_text: str) -> Proposal:
    """What is in force, with another own policy. Raises BadContentError for a faulty text."""
    policy, problems = check_policy(own_text)
    if policy is None:
        raise BadContentError(problems[0])
    return Proposal(in_the_rules_words(policy), office_calendar(settings))


def with_working_days(settings: Settings, own_text: str) -> Proposal:
    """What is in force, with other own working days. Raises WorkingDaysError for a faulty text."""
    special = load_special_days(own_text=own_text)
    return Proposal(office_policy(settings), WorkCalendar(special.off, special.worked))
