"""A ward with a portal for the tests: a moved clock, people who enter by real links, pages read as text."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from config.settings import Settings, load_settings
from models import Message, Occurrence, Person, Progress, Role
from models.session import engine_for, transaction
from portal.app import create_app
from portal.web.site import Site, make_site
from services.access.links import link_for
from services.access.mailed import opened
from services.actor import Actor, Visitor
from tests.world import World

MORNING = datetime(2025, 12, 1, 1, 30, tzinfo=UTC)
"""Monday 1 December 2025, half past eight in Vietnam."""
TODAY = date(2025, 12, 1)


@dataclass
class Clock:
    """The portal's clock, moved by hand."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Town:
    """The ward: its ids, its portal, and whom to enter as."""

    settings: Settings
    site: Site
    clock: Clock
    people: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    delivered: list[Sequence[int]] = field(default_factory=list)
    _app: tuple[Site, Any] | None = None

    def link(self, who: str, plans: Sequence[int] | None = None) -> str:
        """A link of a person, as it stands in a mail; the path alone."""
        with transaction(self.site.database) as session:
            address = link_for(session, self.site.door, self.people[who], plans, self.clock())
        return address.removeprefix(self.site.door.base)

    def as_sent(self, session: Session, mail: Message) -> tuple[str, ...]:
        """Text and page of a kept mail with its links, as the reader gets them."""
        texts = mail.text, mail.html
        return opened(session.connection(), lambda: self.site.door, mail.kind, mail.person_id, texts)

    def anybody(self, **options: Any) -> TestClient:
        """A browser nobody has entered with."""
        if self._app is None or self._app[0] is not self.site:
            self._app = self.site, create_app(self.site)
        return TestClient(self._app[1], base_url="http://127.0.0.1:4100", follow_redirects=False, **options)

    def enter(self, who: str, plans: Sequence[int] | None = None) -> "Browser":
        """A browser in which a person has entered by their link."""
        browser = Browser(self.anybody())
        answer = browser.client.post(self.link(who, plans), data={"den": "/hom-nay"})
        assert answer.status_code == 303, answer.text
        return browser

    def read(self) -> Session:
        return Session(engine_for(self.site.database), expire_on_commit=False)

    def occurrence(self, code: str) -> Occurrence:
        with self.read() as session:
            row = session.get(Occurrence, self.due[code])
            assert row is not None
            return row

    def answers(self, code: str) -> list[Progress]:
        with self.read() as session:
            query = select(Progress).where(Progress.occurrence_id == self.due[code]).order_by(Progress.id)
            return list(session.scalars(query))

    def actor(self, who: str) -> Actor:
        """A person's hand, for calling the models directly."""
        with self.read() as session:
            return hand_of(session, self.people[who], self.clock())


def hand_of(session: Session, person_id: int, at: datetime, plans: tuple[int, ...] | None = None) -> Actor:
    """The hand of a person at a moment, as the portal would have it."""
    person = session.get_one(Person, person_id)
    unit = person.unit.name if person.unit else ""
    visitor = Visitor(
        person.id, person.name, person.email, person.role.value, person.unit_id, unit, person.authority_id,
        person.authority.name, plans,
    )  # fmt: skip
    return Actor.of(visitor, at)


@dataclass
class Browser:
    """A client with a session, which sends a page's own token with each form as a browser would."""

    client: TestClient

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{text_of(answer.text)}"
        return answer.text

    def token(self) -> str:
        found = re.search(r'name="khoa" value="([^"]+)"', self.client.get("/ban-giao").text)
        assert found, "no form token on the page"
        return found[1]

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, **more: Any) -> Any:
        values = {"khoa": self.token(), **(data or {})}
        answer = self.client.post(path, data=values, **more)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{text_of(answer.text)}"
        return answer


def text_of(page: str) -> str:
    """A page's words, without marks, as a person reads them."""
    bare = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def make_town(home: Path, build: Callable[[Session], tuple[dict[str, int], dict[str, int]]], **more: Any) -> Town:
    """A town on the home's fresh database; `build` fills it and names people and occurrences."""
    settings = load_settings(home=home, portal_url="http://127.0.0.1:4100", **more)
    clock = Clock()
    delivered: list[Sequence[int]] = []
    site = make_site(settings, clock=clock, deliver=delivered.append)
    with transaction(settings.database) as session:
        people, due = build(session)
    return Town(settings, site, clock, people, due, delivered)


def song_mai(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """The ward of Sông Mai, and a second one whose people are strangers here."""
    world, other = World(session), World(session, "song-cau")
    due = {
        "A.I.1": world.add_item("A.I.1", date(2025, 11, 26), coordinators=("TT_PVHCC",), title="Báo cáo <b>quý</b> IV"),
        "A.I.2": world.add_item("A.I.2", date(2025, 12, 5)),
        "A.I.3": world.add_item("A.I.3", date(2025, 12, 31), coordinators=("VAN_PHONG",)),
        "B.1": world.add_item("B.1", date(2025, 12, 4), lead="VAN_PHONG"),
        "C.1": world.add_item("C.1", date(2026, 3, 31), coordinators=("TT_PVHCC",)),
        "X.1": other.add_item("X.1", date(2025, 12, 5)),
    }
    world.plan.items[1].targets = [
        {"text": "Tỷ lệ hồ sơ trực tuyến ≥ 70%", "operator": ">=", "value": 70.0, "unit": "%"}
    ]
    units = world.units
    auditor = Person(authority_id=world.authority.id, name="Thanh tra", email="tt@song-mai.example", role=Role.AUDITOR)
    session.add(auditor)
    session.flush()
    people = {
        "officer": world.mailbox("PHONG_VHXH").id,
        "head": units["PHONG_VHXH"].head.id if units["PHONG_VHXH"].head else 0,
        "partner": world.mailbox("TT_PVHCC").id,
        "office": world.mailbox("VAN_PHONG").id,
        "leader": world.leader.id,
        "admin": world.admin.id,
        "auditor": auditor.id,
        "stranger": other.mailbox("PHONG_VHXH").id,
    }
    session.flush()
    return people, {code: row.id for code, row in due.items() if row is not None}
