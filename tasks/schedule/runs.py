"""The runs under Upcoming in the Prefect UI, made here.

Prefect's own scheduled runs have random names and read "every year"; ours are named for people. Each has an
idempotency key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config.clock import ZONE
from rules.reminders.ladder import Rung
from services.figures.items import DueOverview, ItemOverview
from services.figures.rungs import ScheduleTerms, rungs_of
from tasks.schedule.client import PrefectApi

RUNG_TAG = "mốc nhắc"
"""Tag of the runs made here: others, started by hand, are left alone."""

_LONGEST = 150
_LONGEST_HOLIDAY = 20
_Standing = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A run to come; the key is unique."""

    key: str
    name: str
    at: datetime

    def body(self) -> dict[str, Any]:
        """The run as Prefect's API takes it."""
        details = {"scheduled_time": self.at.isoformat()}
        state = {"type": "SCHEDULED", "name": "Scheduled", "state_details": details}
        return {"name": self.name, "idempotency_key": self.key, "tags": [RUNG_TAG], "state": state}


@dataclass(slots=True)
class Kept:
    """Runs made and deleted; deployments the server lost."""

    made: int = 0
    deleted: int = 0
    lost: list[str] = field(default_factory=list)

    def words(self) -> str:
        """In Vietnamese, for logs."""
        return f"thêm {self.made} lần chạy, bỏ {self.deleted} lần chạy không còn đúng"


def upcoming(item: ItemOverview, terms: ScheduleTerms, now: datetime) -> list[Upcoming]:
    """The runs an item should have from `now` on."""
    by_time: dict[datetime, list[str]] = {}
    for due in item.open_dues:
        for rung in _coming(due, terms, now):
            words = rung.words(due.last_day)
            named = f"{due.label}: {words}" if due.label and len({one.label for one in item.dues}) > 1 else words
            told = by_time.setdefault(terms.hour(rung), [])
            if named not in told:
                told.append(named)
    return [_run(item, at, by_time[at]) for at in sorted(by_time)]


def _coming(due: DueOverview, terms: ScheduleTerms, now: datetime) -> list[Rung]:
    """The coming rungs, or the ladder's next repeat."""
    coming = [rung for rung in rungs_of(due, terms) if _to_come(rung, due, terms, now)]
    if coming or not terms.ladder.repeat_every:
        return coming
    ahead = now.astimezone(ZONE).date() + timedelta(days=terms.ladder.repeat_every + _LONGEST_HOLIDAY)
    repeats = terms.prepared.rungs(due.opens_on, due.last_day, urge_until=due.urge_until, through=ahead)
    return [rung for rung in repeats if _to_come(rung, due, terms, now)][:1]


def _to_come(rung: Rung, due: DueOverview, terms: ScheduleTerms, now: datetime) -> bool:
    return terms.hour(rung) > now and (due.settled_offset is None or rung.offset > due.settled_offset)


def _run(item: ItemOverview, at: datetime, words: Sequence[str]) -> Upcoming:
    more = f" và {len(words) - 3} mốc nữa" if len(words) > 3 else ""
    name = f"{item.code} · {', '.join(words[:3])}{more}"
    key = f"{item.authority}/{item.plan_code}/{item.code}/{at:%Y-%m-%dT%H:%M}"
    return Upcoming(key, name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…", at)


def missing(api: PrefectApi, wanted: Iterable[Upcoming]) -> bool:
    """Whether the server lacks a wanted run."""
    keys = [run.key for run in wanted]
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        if api.call("POST", "/flow_runs/count", {"flow_runs": {"idempotency_key": {"any_": some}}}) != len(some):
            return True
    return False


def keep(api: PrefectApi, wanted: Mapping[str, Sequence[Upcoming]], now: datetime, *, ahead: int | None = None) -> Kept:
    """Make the server's coming runs the wanted ones. Safe to repeat.

    `ahead` limits how many are made for each deployment (the nearest first, None: all); none that is
    wanted is deleted. Raises PrefectError.
    """
    kept = Kept()
    there = _scheduled(api, list(wanted), now)
    for deployment, runs in wanted.items():
        have = there.get(deployment, {})
        right = {(run.name, run.at) for run in runs}
        stale = [one for one, facts in have.items() if facts not in right]
        kept.deleted += api.delete_runs(stale)
        standing = set(have.values())
        new = [run.body() for run in runs[:ahead] if (run.name, run.at) not in standing]
        if new and not api.create_runs(deployment, new):
            kept.lost.append(deployment)
        elif new:
            kept.made += len(new)
    return kept


def _scheduled(api: PrefectApi, deployments: Sequence[str], now: datetime) -> dict[str, dict[str, _Standing]]:
    """Our coming runs by deployment."""
    found: dict[str, dict[str, _Standing]] = {}
    for start in range(0, len(deployments), 100):
        chosen = {
            "deployment_id": {"any_": list(deployments[start : start + 100])},
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "tags": {"all_": [RUNG_TAG]},
            "expected_start_time": {"after_": now.isoformat()},
        }
        for row in api.pages("/flow_runs/filter", {"flow_runs": chosen, "sort": "EXPECTED_START_TIME_ASC"}):
            at = datetime.fromisoformat(row["expected_start_time"].replace("Z", "+00:00"))
            found.setdefault(row["deployment_id"], {})[row["id"]] = (row["name"], at)
    return found
