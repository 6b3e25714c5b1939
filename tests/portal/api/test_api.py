"""The read API, metrics and health: tokens, pages, tables, and nothing of other authorities."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from starlette.testclient import TestClient

from documents.reading.plan.interpret import read_plan
from models import Authority, Message, MessageState, Morning, Occurrence, Progress, ProgressState
from models.access import TokenScope
from models.mail import MessageKind
from models.session import reading, transaction
from portal.api.routes import api_of
from services.access.api_tokens import make_token, revoke_token
from services.actor import Actor
from tests.portal.town import MORNING, TODAY, Town, make_town, song_mai

LISTS = ("plans", "items", "occurrences", "progress", "messages", "units")


class Machine:
    """A client with a token of a town."""

    def __init__(self, town: Town, scope: TokenScope = TokenScope.READ, authority: str | None = None) -> None:
        self.town = town
        with transaction(town.site.database) as session:
            owner = session.scalar(select(Authority).where(Authority.code == authority)) if authority else None
            name = f"{scope} {authority}"
            self.token = make_token(session, name, scope, Actor("thử", town.clock()), days=30, authority=owner)
        self.client = TestClient(town.anybody().app, headers={"Authorization": f"Bearer {self.token}"})

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        answer = self.client.get(path if path.startswith("/") else f"/api/v1/{path}", params=params)
        assert answer.status_code == status, answer.text
        return answer

    def json(self, path: str, **params: Any) -> Any:
        return self.get(path, **params).json()


@pytest.fixture
def machine(town: Town) -> Machine:
    """A machine that reads everything; Sông Mai has an answer and mails."""
    with transaction(town.site.database) as session:
        row = session.get_one(Occurrence, town.due["A.I.1"])
        row.done_on = TODAY
        session.add(
            Progress(
                occurrence_id=row.id, unit_id=row.unit_id, person_id=town.people["officer"], state=ProgressState.DONE,
                percent=100, note="=HYPERLINK(\"http://x\")", done_on=TODAY, created_at=MORNING,
            )
        )  # fmt: skip
        owner = row.item.plan.authority_id
        for number, state in enumerate((MessageState.SENT, MessageState.BOUNCED, MessageState.QUEUED)):
            session.add(
                Message(
                    authority_id=owner, person_id=town.people["officer"], kind="other", dedupe_key=f"k{number}",
                    day=TODAY, to_address="a@x.example", to_name="A", subject="Nhắc việc", text="nội dung riêng",
                    html="", message_id=f"<{number}@x>", state=state, created_at=MORNING - timedelta(minutes=10),
                )
            )  # fmt: skip
        session.add(Morning(authority_id=owner, day=TODAY - timedelta(days=3), started_at=MORNING, finished_at=MORNING))
    return Machine(town)


@pytest.mark.parametrize("name", [*LISTS, "figures", "plans/song-mai-2025", "plans/song-mai-2025/tracking.xlsx"])
def test_nothing_is_given_without_a_token_that_holds(town: Town, machine: Machine, name: str) -> None:
    path = f"/api/v1/{name}"
    machine.get(name)
    for headers in ({}, {"Authorization": "Bearer dd_x"}, {"Authorization": f"Basic {machine.token}"}):
        refused = town.anybody().get(path, headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    Machine(town, TokenScope.METRICS).get(name, 403)
    town.clock.go_on(days=31)
    machine.get(name, 401)


def test_a_revoked_token_ends_at_once(town: Town, machine: Machine) -> None:
    with transaction(town.site.database) as session:
        revoke_token(session, "read None", Actor("thử", town.clock()))
    machine.get("plans", 401)


def test_lists_are_paged_and_pages_together_are_the_list(machine: Machine) -> None:
    whole = machine.json("items")
    assert (whole["total"], whole["pages"]) == (6, 1)
    pages = [machine.json("items", page=number, per_page=4) for number in (1, 2, 3)]
    assert [one["pages"] for one in pages] == [2, 2, 2]
    assert [row for one in pages for row in one["items"]] == whole["items"]


def test_rows_say_what_the_database_says(machine: Machine) -> None:
    row = next(one for one in machine.json("items", plan="song-mai-2025")["items"] if one["code"] == "A.I.2")
    assert (row["state"], row["lead"], row["next_day"]) == ("Sắp đến hạn", ["PHONG_VHXH"], "2025-12-05")
    assert machine.json("items", state="Hoàn thành muộn")["items"][0]["code"] == "A.I.1"
    due = machine.json("occurrences", open="true", due_to="2025-12-04")["items"]
    assert [(one["item"], one["state"], one["lapsed"]) for one in due] == [("B.1", "Sắp đến hạn", False)]
    assert machine.json("progress")["items"][0]["unit"] == "PHONG_VHXH"
    assert machine.json("messages", state="bounced")["total"] == 1
    assert "nội dung riêng" not in machine.get("messages").text
    assert machine.json("plans/song-mai-2025")["items"] == 5
    assert machine.json("progress", since="2025-12-02T00:00:00+07:00")["total"] == 0
    machine.get("plans/khong-co", 404)


def test_a_token_of_one_authority_sees_nothing_of_another(town: Town, machine: Machine) -> None:
    there = Machine(town, authority="song-cau")
    for name in LISTS:
        shown = there.get(name, per_page=500).text
        assert "song-mai" not in shown, name
        assert "song-mai" not in there.get(name, format="csv").text
    assert [row["code"] for row in there.json("figures")["authorities"]] == ["song-cau"]
    there.get("plans/song-mai-2025", 404)
    there.get("plans/song-mai-2025/tracking.xlsx", 404)
    there.get("figures", 404, authority="song-mai")
    there.get("/metrics", 403)
    assert there.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_given_as_csv_and_as_a_workbook(machine: Machine, name: str) -> None:
    rows = machine.json(name)["items"]
    assert rows
    text = machine.get(name, format="csv").content.decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(text)))
    assert [set(row) for row in read] == [set(row) for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(machine.get(name, format="xlsx").content))
    sheet = book[name]
    assert sheet.max_row == len(rows) + 1
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_what_people_typed_never_becomes_a_formula(machine: Machine) -> None:
    text = machine.get("progress", format="csv").content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(text)))["note"].startswith("'=HYPERLINK")


def test_the_tracking_sheet_goes_out_and_in_again_without_loss(machine: Machine, tmp_path: Path) -> None:
    path = tmp_path / "theo-doi.xlsx"
    path.write_bytes(machine.get("plans/song-mai-2025/tracking.xlsx").content)
    read = read_plan(path, year=2025)
    assert [(item.code, item.title) for item in read.items] == [
        (row["code"], row["title"]) for row in machine.json("items", plan="song-mai-2025")["items"]
    ]
    assert {item.code: item.timing.last_day for item in read.items}["A.I.2"] == date(2025, 12, 5)


def test_the_api_describes_itself_and_each_answer_fits_the_description(town: Town, machine: Machine) -> None:
    described = machine.json("openapi.json")
    assert {f"/{name}" for name in LISTS} <= set(described["paths"])
    assert described["servers"][0]["url"].endswith("/api/v1")


def test_metrics_follow_the_text_format(machine: Machine, town: Town) -> None:
    assert town.anybody().get("/metrics").status_code == 401
    text = Machine(town, TokenScope.METRICS).get("/metrics").text
    line = re.compile(r'^(# (HELP|TYPE) \w+ .+|[a-z_]+(\{(\w+="[^"]*",?)+\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$')
    assert [one for one in text.splitlines() if not line.match(one)] == []
    assert 'dondoc_items{authority="song-mai",plan="song-mai-2025",state="done_late"} 1' in text
    assert "dondoc_messages_failed 1" in text
    assert "dondoc_oldest_queued_seconds 600" in text
    assert 'dondoc_mornings_missed{authority="song-mai"} 1' in text


def test_health_tells_strangers_nothing_and_a_token_everything(machine: Machine, town: Town) -> None:
    assert town.anybody().get("/healthz").text == "ok\n"
    seen = machine.json("/healthz")
    assert (seen["status"], seen["failed"], seen["messages"]["queued"]) == ("attention", 1, 1)
    assert seen["missed"] == {"song-mai": ["2025-12-01"]}


def test_the_portal_alerts_when_a_morning_did_not_happen(machine: Machine, town: Town) -> None:
    from portal.watching import watch

    queued = watch(town.site)
    assert (len(queued), town.delivered[-1], watch(town.site)) == (1, queued, [])
    with reading(town.site.database) as session:
        mail = session.scalars(select(Message).where(Message.kind == MessageKind.ALERT)).one()
    assert mail.to_address == "admin@song-mai.example"
    assert "01/12/2025" in mail.subject


def test_the_last_use_of_a_token_is_written_down(machine: Machine, town: Town) -> None:
    from models import ApiToken

    machine.get("plans")
    with reading(town.site.database) as session:
        assert session.scalars(select(ApiToken.last_used_at)).all() == [town.clock()]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whatever_its_description_allows_the_api_answers_as_described(
    home: Path, request: pytest.FixtureRequest, database: str
) -> None:
    """Schemathesis calls every operation with values that the description allows, and with some that it forbids."""
    url = request.getfixturevalue(f"{database}_url")
    assert url
    town = make_town(home, song_mai)
    machine = Machine(town)
    schema = schemathesis.openapi.from_asgi("/openapi.json", api_of(town.site))

    for operation in schema.get_all_operations():
        _walk(operation.ok().as_strategy(), machine.token, 15 if database == "sqlite" else 5)


def _walk(strategy: Any, token: str, examples: int) -> None:
    @given(case=strategy)
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def call(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 500, answer.text
        case.validate_response(answer)

    call()
