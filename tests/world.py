"""A small invented commune for tests: units with mailboxes, heads, leaders, an administrator, and items on demand."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from models import (
    Authority,
    Item,
    Occurrence,
    Part,
    Person,
    Plan,
    Responsibility,
    Role,
    Scope,
    Unit,
)
from rules.calendar.workdays import WorkCalendar
from rules.reminders.ladder import LadderPolicy, next_rung_day
from rules.timing.values import Timing, TimingKind
from services.reminders.decide import Sweep

MOMENT = datetime(2025, 9, 1, 1, tzinfo=UTC)
CALENDAR = WorkCalendar()
POLICY = LadderPolicy()


def sweep(authority_id: int, today: date, policy: LadderPolicy = POLICY) -> Sweep:
    """A morning with plain weeks (Monday to Friday) and the default ladder."""
    return Sweep(authority_id, today, CALENDAR, policy)


class World:
    """An authority with one plan. `add_item` gives it an item with one occurrence a leading unit."""

    def __init__(self, session: Session, code: str = "song-mai") -> None:
        self.session = session
        self.authority = Authority(code=code, name="UBND phường Sông Mai", place="Sông Mai")
        session.add(self.authority)
        session.flush()
        self.units = {name: self._unit(name, code) for name in ("VAN_PHONG", "PHONG_VHXH", "TT_PVHCC")}
        self.admin = self._person("Quản trị", f"admin@{code}.example", Role.ADMIN)
        self.leader = self._person("Chủ tịch", f"chu-tich@{code}.example", Role.LEADER)
        self.authority.focal_unit = self.units["PHONG_VHXH"]
        self.plan = Plan(
            authority_id=self.authority.id,
            code=f"{code}-2025",
            title="Kế hoạch nâng cao Chỉ số cải cách hành chính năm 2025",
            year=2025,
            form="annex",
            imported_at=MOMENT,
            reading_hash="0" * 64,
        )
        session.add(self.plan)
        session.flush()

    def _person(self, name: str, email: str, role: Role, unit: Unit | None = None, mailbox: bool = False) -> Person:
        person = Person(
            authority_id=self.authority.id, name=name, email=email, role=role, unit=unit, is_mailbox=mailbox
        )
        self.session.add(person)
        self.session.flush()
        return person

    def _unit(self, code: str, domain: str) -> Unit:
        slug = code.lower().replace("_", "-")
        unit = Unit(
            authority_id=self.authority.id, code=code, name=f"Đơn vị {code}", mailbox=f"{slug}@{domain}.example"
        )
        self.session.add(unit)
        self.session.flush()
        self._person(unit.name, unit.mailbox or "", Role.OFFICER, unit, mailbox=True)
        unit.head = self._person(f"Trưởng {code}", f"truong.{slug}@{domain}.example", Role.HEAD, unit)
        self.session.flush()
        return unit

    def mailbox(self, code: str) -> Person:
        """The person that stands for a unit's shared mailbox."""
        return next(person for person in self.units[code].people if person.is_mailbox)

    def add_item(
        self,
        code: str,
        due: date | None,
        lead: str = "PHONG_VHXH",
        coordinators: tuple[str, ...] = (),
        opens: date = date(2025, 1, 1),
        title: str | None = None,
    ) -> Occurrence | None:
        """An item due on a day (None: its timing is undetermined). Returns its occurrence."""
        kind = TimingKind.UNDETERMINED if due is None else TimingKind.DEADLINE
        item = Item(
            plan_id=self.plan.id,
            code=code,
            position=len(self.plan.items),
            title=title or f"Nhiệm vụ {code}",
            results=["Báo cáo kết quả"],
            read_hash="0" * 64,
        )
        item.timing = Timing(
            phrase="Theo quy định" if due is None else f"Chậm nhất {due:%d/%m/%Y}",
            kind=kind,
            due=due,
            last_day=due,
            reason=None if due else "cần người phụ trách nhập ngày cụ thể",
        )
        self.plan.items.append(item)
        self._responsible(item, Part.LEAD, lead)
        for unit in coordinators:
            self._responsible(item, Part.COORDINATOR, unit)
        self.session.flush()
        return None if due is None else self._occurrence(item, lead, opens, due)

    def _responsible(self, item: Item, part: Part, code: str) -> None:
        unit = self.units[code]
        item.responsibilities.append(
            Responsibility(
                part=part, scope=Scope.UNIT, unit_id=unit.id, printed=unit.name, position=len(item.responsibilities)
            )
        )

    def _occurrence(self, item: Item, lead: str, opens: date, due: date) -> Occurrence:
        occurrence = Occurrence(
            item_id=item.id,
            unit_id=self.units[lead].id,
            key=due.isoformat(),
            kind="deadline",
            opens_on=opens,
            due_on=due,
            last_day=due,
            next_rung_on=next_rung_day(opens, due, CALENDAR, POLICY, after=None),
        )
        self.session.add(occurrence)
        self.session.flush()
        return occurrence


def days(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
