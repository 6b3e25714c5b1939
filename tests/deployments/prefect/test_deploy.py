"""Items as deployments on a real Prefect server: what is posted, what is left alone, what stands under Upcoming."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import ZONE, today
from deployments.prefect.deploy import (
    SHIPPED,
    DeploymentFileError,
    authority_deployments,
    deploy_everything,
    hours_stamp,
    own_file,
)
from deployments.prefect.server import client_environment
from models import Deployed, Item, Occurrence
from rules.reminders.ladder import rungs
from rules.timing.values import Timing, TimingKind
from services.actor import Actor
from services.figures.rungs import BEFORE_THE_MORNING, office_terms
from services.privacy.erase_authority import erase_authority
from tasks.schedule.item_deployment import FLOW
from tasks.schedule.runs import RUNG_TAG
from tasks.schedule.sync import deploy_items, top_up
from tests.prefect_house import House
from tests.world import World

pytestmark = pytest.mark.prefect


def far() -> date:
    return today() + timedelta(days=60)


def upcoming(prefect: House, name: str) -> list[tuple[str, datetime]]:
    """Name and time of the runs that stand under Upcoming of a deployment, in order."""
    chosen = {
        "deployment_id": {"any_": [prefect.deployment(name)["id"]]},
        "state": {"type": {"any_": ["SCHEDULED"]}},
    }
    rows = prefect.api.pages("/flow_runs/filter", {"flow_runs": chosen, "sort": "EXPECTED_START_TIME_ASC"})
    return [(row["name"], datetime.fromisoformat(row["expected_start_time"]).astimezone(ZONE)) for row in rows]


def days(runs: list[tuple[str, datetime]]) -> list[date]:
    return [at.date() for _, at in runs]


def test_each_item_is_a_deployment_that_says_who_what_and_when(prefect: House, world: World) -> None:
    world.add_item("A.1", far(), coordinators=("VAN_PHONG",), title="Công khai *thủ tục* hành chính")
    world.session.commit()
    posted = deploy_items()
    assert posted.posted == [f"{FLOW}/{world.plan.code} A.1"]
    found = prefect.deployment(posted.posted[0])
    assert found["entrypoint"] == "flows.plan_item:plan_item"
    assert found["work_pool_name"] == prefect.settings.work_pool
    assert found["parameters"] == {"plan": world.plan.code, "item": "A.1"}
    assert set(found["tags"]) == {world.plan.code, "PHONG_VHXH"}
    assert "Công khai \\*thủ tục\\* hành chính" in found["description"]
    assert "chủ trì:** Đơn vị PHONG\\_VHXH" in found["description"]
    assert "phối hợp:** Đơn vị VAN\\_PHONG" in found["description"]
    assert f"{far():%d/%m/%Y}" in found["description"]


def test_the_next_rung_stands_under_upcoming_in_words_and_the_whole_ladder_when_asked(
    prefect: House, world: World
) -> None:
    world.add_item("A.1", far())
    world.session.commit()
    deploy_items()
    name, terms = f"{FLOW}/{world.plan.code} A.1", office_terms()
    ladder = rungs(date(2025, 1, 1), far(), terms.calendar, terms.ladder, through=far() + timedelta(days=12))
    coming = [rung for rung in ladder if rung.offset <= 7 and terms.hour(rung) > datetime.now(UTC)]
    first = upcoming(prefect, name)
    assert days(first) == [coming[0].day]
    assert first[0][0] == f"A.1 · {coming[0].words(far())}"
    morning = datetime.combine(coming[0].day, terms.digest_hour, ZONE)
    assert first[0][1] == morning - BEFORE_THE_MORNING
    deploy_items(ahead=None)
    whole = upcoming(prefect, name)
    assert days(whole) == [rung.day for rung in coming]
    assert [run[0] for run in whole] == [f"A.1 · {rung.words(far())}" for rung in coming]


def test_a_repeat_posts_nothing_and_keeps_the_runs(prefect: House, world: World) -> None:
    world.add_item("A.1", far())
    world.session.commit()
    first = deploy_everything(prefect.settings)
    name = f"{FLOW}/{world.plan.code} A.1"
    before, updated = upcoming(prefect, name), prefect.deployment(name)["updated"]
    again = deploy_everything(prefect.settings)
    assert (again.posted, again.unchanged, again.kept.made, again.kept.deleted) == ([], len(first.posted), 0, 0)
    assert upcoming(prefect, name) == before
    assert prefect.deployment(name)["updated"] == updated


def test_only_what_changed_is_posted_and_its_runs_move(prefect: House, world: World) -> None:
    for code in ("A.1", "A.2"):
        world.add_item(code, far())
    world.session.commit()
    deploy_items()
    item = world.plan.items[0]
    occurrence = world.add_item("A.3", far() + timedelta(days=20))
    assert occurrence is not None
    moved = Timing(phrase="gia hạn", kind=TimingKind.DEADLINE, due=occurrence.due_on, last_day=occurrence.due_on)
    item.timing = moved
    own = occurrence_of(world.session, item)
    own.due_on = own.last_day = occurrence.due_on
    world.session.commit()
    posted = deploy_items()
    assert posted.posted == [f"{FLOW}/{world.plan.code} {code}" for code in ("A.1", "A.3")]
    assert posted.kept.deleted == 1
    first, third = (days(upcoming(prefect, f"{FLOW}/{world.plan.code} {code}")) for code in ("A.1", "A.3"))
    assert first == third


def occurrence_of(session: Session, item: Item) -> Occurrence:
    return session.scalars(select(Occurrence).where(Occurrence.item_id == item.id)).one()


def test_a_done_item_has_no_coming_run(prefect: House, world: World) -> None:
    occurrence = world.add_item("A.1", far())
    assert occurrence is not None
    world.session.commit()
    deploy_items()
    occurrence.done_on = today()
    world.session.commit()
    deploy_items()
    name = f"{FLOW}/{world.plan.code} A.1"
    assert upcoming(prefect, name) == []
    assert f"hoàn thành ngày {today():%d/%m/%Y}" in prefect.deployment(name)["description"]


def test_a_dropped_item_and_a_removed_plan_leave_no_deployment(prefect: House, world: World) -> None:
    for code in ("A.1", "A.2"):
        world.add_item(code, far())
    world.session.commit()
    deploy_items()
    world.plan.items[0].dropped_at = datetime.now(UTC)
    world.session.commit()
    assert deploy_items().removed == [f"{FLOW}/{world.plan.code} A.1"]
    world.session.delete(world.plan)
    world.session.commit()
    assert deploy_items().removed == [f"{FLOW}/{world.plan.code} A.2"]
    chosen = {"deployments": {"name": {"like_": world.plan.code}}}
    assert prefect.api.call("POST", "/deployments/count", chosen) == 0
    assert world.session.scalars(select(Deployed)).all() == []


def test_what_the_server_lost_is_posted_again(prefect: House, world: World) -> None:
    world.add_item("A.1", far())
    world.add_item("A.2", far())
    world.session.commit()
    name, other = deploy_items().posted
    prefect.api.call("DELETE", f"/deployments/{prefect.deployment(name)['id']}")
    again = deploy_items()
    assert (again.posted, again.unchanged) == ([name], 1)
    assert len(upcoming(prefect, name)) == len(upcoming(prefect, other)) == 1


def test_missing_runs_are_made_again_and_none_stands_twice(prefect: House, world: World) -> None:
    world.add_item("A.1", far())
    world.session.commit()
    name = deploy_items(ahead=None).posted[0]
    before = upcoming(prefect, name)
    chosen = {"deployment_id": {"any_": [prefect.deployment(name)["id"]]}, "tags": {"all_": [RUNG_TAG]}}
    prefect.api.call("POST", "/flow_runs/bulk_delete", {"flow_runs": chosen, "limit": 3})
    kept = top_up(ahead=None)
    assert (kept.made, kept.deleted) == (3, 0)
    assert upcoming(prefect, name) == before
    assert top_up(ahead=None).made == 0


def test_the_authority_has_its_own_deployments_from_the_file(prefect: House, world: World) -> None:
    world.session.commit()
    deploy_everything(prefect.settings)
    morning = prefect.deployment(f"morning/{world.authority.code}")
    schedule = morning["schedules"][0]
    assert schedule["schedule"]["cron"] == "30 7 * * *"
    assert schedule["schedule"]["timezone"] == "Asia/Ho_Chi_Minh"
    assert morning["parameters"]["dry_run"] is True, "a run started by hand only shows"
    assert schedule["parameters"] == {"dry_run": False}, "the schedule sends"
    form = prefect.deployment(f"import-plan/{world.authority.code}")["parameter_openapi_schema"]["properties"]
    assert form["path"]["title"] == "Tệp kế hoạch"
    assert form["dry_run"]["default"] is True
    prefect.deployment(f"housekeeping/{world.authority.code}")


def test_an_authority_that_left_leaves_no_deployment_after_the_next_housekeeping(
    prefect: House, world: World, tmp_path: Path
) -> None:
    """Neither its items' nor its own flows'; what the machine's deploy of items removes is what housekeeping calls."""
    code = world.authority.code
    world.add_item("A.1", far())
    other = World(world.session, "song-cau")
    other.add_item("A.1", far())
    world.session.commit()
    deploy_everything(prefect.settings)
    left = {name for name in world.session.scalars(select(Deployed.name)) if "song-cau" in name}
    actor = Actor("dòng lệnh", datetime.now(UTC))
    erase_authority(world.session, world.authority, actor, tmp_path / "documents", tmp_path / "x.zip")
    world.session.commit()
    gone = deploy_items().removed
    assert {f"morning/{code}", f"{FLOW}/{code}-2025 A.1"} <= set(gone)
    assert set(world.session.scalars(select(Deployed.name))) == left
    assert prefect.api.call("POST", "/deployments/count", {"deployments": {"name": {"like_": code}}}) == 0


def test_the_mornings_hour_follows_the_policy(prefect: House, world: World) -> None:
    world.session.commit()
    deploy_everything(prefect.settings)
    before = hours_stamp(prefect.settings)
    own = prefect.settings.own_policy
    own.write_text('[mail]\ndigest_hour = "06:45"\n', encoding="utf-8")
    assert hours_stamp(prefect.settings) != before
    code = world.authority.code
    assert sorted(deploy_everything(prefect.settings).posted) == [f"housekeeping/{code}", f"morning/{code}"]
    crons = {
        one["schedule"]["cron"]
        for name in ("morning", "housekeeping")
        for one in prefect.deployment(f"{name}/{code}")["schedules"]
    }
    assert crons == {"45 6 * * *", "45 7 * * *", "15 1 * * *"}


def test_an_own_file_wins_and_what_it_leaves_out_is_removed(prefect: House, world: World) -> None:
    world.session.commit()
    deploy_everything(prefect.settings)
    text = SHIPPED.read_text(encoding="utf-8").replace('"{{ $DONDOC_MORNING_CRON }}"', '"0 8 * * *"')
    copied = prefect.settings.home / "prefect.yaml"
    copied.write_text(text[: text.index("  - name:", text.index("housekeeping") + 1)], encoding="utf-8")
    assert own_file(prefect.settings) == copied
    changed = deploy_everything(prefect.settings)
    assert changed.posted == [f"morning/{world.authority.code}"]
    assert f"import-plan/{world.authority.code}" in changed.removed
    assert not {f"morning/{world.authority.code}", f"housekeeping/{world.authority.code}"} & set(changed.removed)
    assert prefect.deployment(changed.posted[0])["schedules"][0]["schedule"]["cron"] == "0 8 * * *"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deployments: [", "sai cú pháp YAML ở dòng 1"),
        ("name: x", "thiếu danh sách “deployments”"),
        ("deployments: [{name: a, entrypoint: os:system, work_pool: {name: p}}]", "entrypoint “os:system”"),
        (
            "deployments: [{name: a, entrypoint: 'flows.morning:run_morning', work_pool: {name: p}, schedules: [{}]}]",
            "cần đúng một trong: cron, rrule, interval",
        ),
        ("deployments: [{name: a, hour: 7, work_pool: {name: p}}]", "không dùng được ở “entrypoint”: còn thiếu"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(text: str, said: str, prefect: House) -> None:
    (prefect.settings.home / "prefect.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DeploymentFileError, match=said):
        authority_deployments(prefect.settings, "abc")


def test_prefect_itself_reads_the_same_file(prefect: House, world: World) -> None:
    world.session.commit()
    deploy_everything(prefect.settings)  # the work pool
    code = f"{world.authority.code}-2"
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "prefect"),
            "--no-prompt",
            "deploy",
            "--all",
            "--prefect-file",
            str(SHIPPED),
        ],
        env={
            **client_environment(prefect.settings),
            "DONDOC_AUTHORITY": code,
            "DONDOC_WORK_POOL": prefect.settings.work_pool,
            "DONDOC_MORNING_CRON": "30 7 * * *",
            "DONDOC_WATCH_CRON": "30 8 * * *",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = prefect.deployment(f"morning/{code}")
    assert found["entrypoint"] == "flows.morning:run_morning"
    assert found["parameters"] == {"authority": code, "dry_run": True}
    assert found["schedules"][0]["parameters"] == {"dry_run": False}


def test_the_servers_story_of_each_run_is_kept_once(prefect: House, world: World) -> None:
    """Our way of writing events into the server's database leaves none out and writes none twice."""
    world.add_item("E.1", far())
    world.session.commit()
    deploy_items()
    chosen = {"deployment_id": {"any_": [prefect.deployment(f"{FLOW}/{world.plan.code} E.1")["id"]]}}
    run = next(prefect.api.pages("/flow_runs/filter", {"flow_runs": chosen}))["id"]
    wanted = {"filter": {"any_resource": {"id": [f"prefect.flow-run.{run}"]}}}
    told = prefect.until(lambda: prefect.api.call("POST", "/events/filter", wanted), lambda found: found["total"] > 0)
    ids = [event["id"] for event in told["events"]]
    assert len(ids) == len(set(ids)) == told["total"]
    scheduled = next(event for event in told["events"] if event["event"] == "prefect.flow-run.Scheduled")
    roles = {related["prefect.resource.role"] for related in scheduled["related"]}
    assert {"flow", "deployment"} <= roles
