"""Posts changed items as deployments; deletes those gone.

Table `deployed` holds the hash of what was posted; one count asks the server whether it has it all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.clock import now
from config.settings import Settings, load_settings
from models.operations import Deployed
from models.session import reading, transaction
from services import deployed
from services.deployed import DeployedNow
from services.figures.items import ItemOverview, active_items, overviews
from services.figures.rungs import ScheduleTerms, office_terms
from tasks.schedule.client import PrefectApi
from tasks.schedule.item_deployment import FLOW, content_hash, payload
from tasks.schedule.pool import POOL_TEMPLATE, TYPE
from tasks.schedule.runs import Kept, Upcoming, keep, missing, upcoming


@dataclass(slots=True)
class Deployment:
    """A deployment as it should be.

    `costly` adds what is slow to make and follows from the rest: only when it is really posted.
    """

    flow: str
    body: dict[str, Any]
    plan_id: int | None = None
    item_id: int | None = None
    costly: Callable[[], dict[str, Any]] = dict

    @property
    def name(self) -> str:
        """Flow and name, as the Prefect UI shows it."""
        return f"{self.flow}/{self.body['name']}"


@dataclass(slots=True)
class Posted:
    """What a deploy did."""

    posted: list[str] = field(default_factory=list)
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)

    def words(self) -> str:
        """In Vietnamese: one line for the administrator."""
        return (
            f"Đăng {len(self.posted)} deployment, {self.unchanged} không đổi, gỡ {len(self.removed)}; "
            f"{self.kept.words()}."
        )


def deploy_items(plan: str | None = None, settings: Settings | None = None, *, ahead: int | None = 1) -> Posted:
    """Post items and their next runs. Raises PrefectError.

    `ahead` is how many runs each item gets now (None: its whole ladder); the rest follow as days go by.
    """
    used = settings or load_settings()
    terms, at = office_terms(), now()
    with reading() as session:
        items = overviews(session, active_items(session, plan))
    with PrefectApi(used) as api:
        wanted = [_of_item(item, terms, used) for item in items]
        posted = post(api, wanted, used, at)
        posted.removed += remove_gone(api)
        coming = {f"{FLOW}/{item.name}": upcoming(item, terms, at) for item in items}
        posted.kept = _make_runs(api, coming, set(posted.posted), at, ahead)
    return posted


def _of_item(item: ItemOverview, terms: ScheduleTerms, settings: Settings) -> Deployment:
    body = payload(item, terms, settings.work_pool, settings.portal_url)
    return Deployment(FLOW, body, item.plan_id, item.id)


def _make_runs(
    api: PrefectApi, coming: dict[str, list[Upcoming]], changed: set[str], at: datetime, ahead: int | None
) -> Kept:
    """Check the runs of what changed, others if some lack."""
    standing = [run for name, runs in coming.items() if name not in changed for run in runs[:ahead]]
    check = list(coming) if ahead is None or missing(api, standing) else [name for name in coming if name in changed]
    with reading() as session:
        ids = deployed.deployment_ids(session, check)
    return keep(api, {ids[name]: coming[name] for name in check}, at, ahead=ahead)


def top_up(item_ids: Iterable[int] | None = None, settings: Settings | None = None, *, ahead: int | None = 1) -> Kept:
    """Correct the coming runs of items. Raises PrefectError."""
    used, terms, at = settings or load_settings(), office_terms(), now()
    with reading() as session:
        ids = deployed.item_deployments(session, item_ids)
        items = overviews(session, [one for one in active_items(session) if one in ids])
    wanted: dict[str, list[Upcoming]] = {ids[item.id]: upcoming(item, terms, at) for item in items}
    with PrefectApi(used) as api:
        return keep(api, wanted, at, ahead=ahead)


def post(api: PrefectApi, wanted: Sequence[Deployment], settings: Settings, at: datetime) -> Posted:
    """Post the deployments that the server does not have as they should be.

    What was posted is remembered even when a later one fails; a kill in between only posts it once more.
    """
    result, done = Posted(), list[tuple[Deployment, str]]()
    hashes = {one.name: content_hash([one.flow, one.body]) for one in wanted}
    fresh = _fresh(api, hashes)
    flows: dict[str, str] = {}
    try:
        for one in wanted:
            if one.name in fresh:
                result.unchanged += 1
                continue
            done.append((one, _post_one(api, one, flows, settings)))
            result.posted.append(one.name)
    finally:
        _remember(done, hashes, api.url, at)
    return result


def _fresh(api: PrefectApi, hashes: dict[str, str]) -> set[str]:
    """The names of what the server surely has as it should be."""
    with reading() as session:
        same = deployed.posted_as(session, api.url, hashes)
    there = _still_there(api, set(same.values()))
    return {name for name, one in same.items() if one in there}


def _still_there(api: PrefectApi, ids: set[str]) -> set[str]:
    """Which deployments the server still has."""
    if not ids:
        return set()
    chosen = {"deployments": {"id": {"any_": sorted(ids)}}}
    if api.call("POST", "/deployments/count", chosen) == len(ids):
        return ids
    return {row["id"] for row in api.pages("/deployments/filter", chosen)}


def _post_one(api: PrefectApi, one: Deployment, flows: dict[str, str], settings: Settings) -> str:
    if not flows:
        make_pool(api, settings.work_pool)
    if one.flow not in flows:
        flows[one.flow] = api.call("POST", "/flows/", {"name": one.flow})["id"]
    identifier: str = api.call("POST", "/deployments/", {**one.body, **one.costly(), "flow_id": flows[one.flow]})["id"]
    return identifier


def make_pool(api: PrefectApi, name: str) -> None:
    """Make the work pool if it is not there."""
    if api.call("GET", f"/work_pools/{name}") is None:
        api.call("POST", "/work_pools/", {"name": name, "type": TYPE, "base_job_template": POOL_TEMPLATE})


def _remember(done: Sequence[tuple[Deployment, str]], hashes: dict[str, str], server: str, at: datetime) -> None:
    if not done:
        return
    posted = [DeployedNow(one.name, identifier, hashes[one.name], one.plan_id, one.item_id) for one, identifier in done]
    with transaction() as session:
        deployed.remember(session, server, posted, at)


def remove_gone(api: PrefectApi) -> list[str]:
    """Delete the deployments of what is not followed."""
    with reading() as session:
        gone = deployed.no_longer_followed(session, FLOW)
    return remove(api, gone)


def remove(api: PrefectApi, gone: Sequence[Deployed]) -> list[str]:
    """Delete deployments. Returns their names."""
    if not gone:
        return []
    ids = [row.deployment_id for row in gone if row.server == api.url]
    for start in range(0, len(ids), 50):
        api.call("POST", "/deployments/bulk_delete", {"deployments": {"id": {"any_": ids[start : start + 50]}}})
    with transaction() as session:
        deployed.forget(session, gone)
    return [row.name for row in gone]
