"""A list of units and people into the tables: what changes is said, what is the same is left alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.authority import Authority, Person, Role, Unit, UnitAlias
from models.session import exclusive
from rules.audit import AuditAction
from rules.plan.unit_names import fold
from rules.plan.units import UnitBook
from rules.plan.values import ALL_UNITS, RELATED_UNITS
from rules.staff.values import AuthorityEntry, HeadEntry, PersonEntry, StaffList, UnitEntry, slug
from services.access.addresses import moved
from services.actor import Actor
from services.audit import record
from services.errors import BadContentError
from services.staff.queries import units_of

_RANK = (Role.OFFICER, Role.AUDITOR, Role.HEAD, Role.LEADER, Role.ADMIN)
"""A person has one role; being a unit's mailbox or head never takes a higher one away."""

_SHOWN = {"name": "tên", "superior": "cấp trên", "place": "địa danh", "superior_mailbox": "hộp thư cấp trên"}


@dataclass(slots=True)
class StaffChanges:
    """What an import of units changed, a Vietnamese line each; empty: nothing."""

    lines: list[str] = field(default_factory=list)
    added: int = 0
    missing: list[str] = field(default_factory=list)


def apply_staff(
    session: Session,
    authority: Authority,
    staff: StaffList,
    actor: Actor,
    *,
    action: AuditAction = AuditAction.UNITS_IMPORT,
) -> StaffChanges:
    """Store a list of units and people. Units that the list does not name stay as they are (`missing` names them).

    Raises BadContentError with one Vietnamese sentence when the list contradicts itself, or leaves no administrator;
    the caller's transaction then ends, so nothing is stored.
    """
    exclusive(session, "staff")
    work = _Work(session, authority, actor)
    codes = _codes(staff.units, work.units)
    _check_names(staff.units, codes)
    _check_addresses(staff)
    entries = list(zip(codes, staff.units, strict=True))
    work.store_units(entries)
    work.store_mailboxes(entries)
    work.store_heads(entries)
    for person in staff.people:
        work.store_person(person)
    if staff.authority is not None:
        work.store_authority(staff.authority)
    session.flush()
    work.check_admins()
    work.changes.missing = [unit.name for unit in work.units if unit.code not in codes and unit.active]
    if work.changes.lines:
        record(session, actor, action, authority, after={"changes": work.changes.lines})
    return work.changes


class _Work:
    """One import: the units and people that are there, and the lines of what changed."""

    def __init__(self, session: Session, authority: Authority, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.authority = authority
        self.changes = StaffChanges()
        self.units = units_of(session, authority)
        people = session.scalars(select(Person).where(Person.authority_id == authority.id))
        self.people = {person.email: person for person in people}
        self.had_admin = self._has_admin()

    def _has_admin(self) -> bool:
        return any(person.role is Role.ADMIN and person.active for person in self.people.values())

    def check_admins(self) -> None:
        """A list may not take the last administrator's role away."""
        if self.had_admin and not self._has_admin():
            raise BadContentError(
                "Danh sách làm cơ quan không còn quản trị viên nào; hãy ghi ít nhất một người có vai trò admin."
            )

    def say(self, line: str) -> None:
        self.changes.lines.append(line)

    def store_units(self, entries: Iterable[tuple[str, UnitEntry]]) -> None:
        by_code = {unit.code: unit for unit in self.units}
        for code, entry in entries:
            unit = by_code.get(code)
            if unit is None:
                unit = Unit(authority_id=self.authority.id, code=code, name=entry.name, active=entry.active)
                self.session.add(unit)
                self.units.append(unit)
                self.changes.added += 1
                self.say(f"Thêm đơn vị {entry.name} ({code})")
            self._update_unit(unit, entry)
        self.session.flush()

    def _update_unit(self, unit: Unit, entry: UnitEntry) -> None:
        fresh = unit.id is None
        for name in ("name", "superior"):
            old, new = getattr(unit, name), getattr(entry, name)
            if name in entry.model_fields_set and old != new:
                setattr(unit, name, new)
                if name == "name" and not fresh:
                    self._rename_mailbox(unit, old)
                if not fresh:
                    self.say(f"{old if name == 'name' else unit.name}: {_SHOWN[name]} “{old or '–'}” → “{new or '–'}”")
        if "active" in entry.model_fields_set and unit.active != entry.active:
            unit.active = entry.active
            self.say(f"{unit.name}: {'hoạt động trở lại' if entry.active else 'ngừng hoạt động'}")
        if "aliases" in entry.model_fields_set:
            self._update_aliases(unit, entry.aliases, fresh)

    def _rename_mailbox(self, unit: Unit, old: str) -> None:
        """Mail to the shared mailbox is addressed to the unit by its name."""
        for person in self.people.values():
            if person.is_mailbox and person.unit_id == unit.id and person.name == old:
                person.name = unit.name

    def _update_aliases(self, unit: Unit, wanted: tuple[str, ...], fresh: bool) -> None:
        old = {alias.alias: alias for alias in unit.aliases}
        added = [alias for alias in dict.fromkeys(wanted) if alias not in old and alias != unit.name]
        removed = [alias for alias in old if alias not in wanted]
        for alias in removed:
            unit.aliases.remove(old[alias])
        unit.aliases.extend(UnitAlias(alias=alias) for alias in added)
        if not fresh:
            if added:
                self.say(f"{unit.name}: thêm tên gọi khác {', '.join(added)}")
            if removed:
                self.say(f"{unit.name}: bỏ tên gọi khác {', '.join(removed)}")

    def store_mailboxes(self, entries: list[tuple[str, UnitEntry]]) -> None:
        """Mailboxes are let go first and given after, so that two units may exchange theirs."""
        by_code = {unit.code: unit for unit in self.units}
        changing = [
            (by_code[code], entry.mailbox)
            for code, entry in entries
            if "mailbox" in entry.model_fields_set and not self._has_mailbox(by_code[code], entry.mailbox)
        ]
        free = {unit.id: self._let_go(unit) for unit, _ in changing}
        for unit, mailbox in changing:
            self.say(f"{unit.name}: hộp thư {unit.mailbox or '–'} → {mailbox or '–'}")
            unit.mailbox = mailbox
            if mailbox is not None:
                self._give_mailbox(unit, mailbox, free[unit.id])
        self.session.flush()
        for person in free.values():
            if person is not None and not person.is_mailbox and person.role is Role.OFFICER:
                person.active = False

    def _has_mailbox(self, unit: Unit, mailbox: str | None) -> bool:
        person = self.people.get(mailbox) if mailbox else None
        held = person is not None and person.is_mailbox and person.active and person.unit_id == unit.id
        return unit.mailbox == mailbox and (mailbox is None or held)

    def _let_go(self, unit: Unit) -> Person | None:
        for person in self.people.values():
            if person.is_mailbox and person.unit_id == unit.id:
                person.is_mailbox = False
                return person
        return None

    def _give_mailbox(self, unit: Unit, mailbox: str, old: Person | None) -> None:
        """An unknown address is the old mailbox moved, so that what it was already told is not told again."""
        person = self.people.get(mailbox)
        if person is not None and person.is_mailbox and person.unit_id != unit.id:
            owner = next((u.name for u in self.units if u.id == person.unit_id), "đơn vị khác")
            raise BadContentError(f"Hộp thư {mailbox} đang là của {owner}, không thể dùng cho {unit.name}.")
        if person is None and old is not None and old.role is Role.OFFICER and not old.is_mailbox:
            self.people.pop(old.email)
            old.email, person = mailbox, old
            moved(self.session, old, self.actor)
        elif person is None:
            person = Person(authority_id=self.authority.id, name=unit.name, email=mailbox, role=Role.OFFICER)
            self.session.add(person)
        person.is_mailbox, person.active, person.unit_id = True, True, unit.id
        self.people[mailbox] = person

    def store_heads(self, entries: Iterable[tuple[str, UnitEntry]]) -> None:
        by_code, told = {unit.code: unit for unit in self.units}, list(entries)
        for code, entry in told:
            if "head" in entry.model_fields_set:
                self._set_head(by_code[code], entry.head)
        self.session.flush()
        if not any("head" in entry.model_fields_set for _, entry in told):
            return
        heading = {unit.head_id for unit in self.units}
        for person in self.people.values():
            if person.role is Role.HEAD and person.id not in heading and not person.is_mailbox:
                person.active = False

    def _set_head(self, unit: Unit, head: HeadEntry | None) -> None:
        old = self._person_of(unit.head_id)
        person = self._person(head.email, head.name, Role.HEAD, unit) if head else None
        self.session.flush()
        if old is not person:
            self.say(f"{unit.name}: trưởng đơn vị {old.name if old else '–'} → {person.name if person else '–'}")
            unit.head_id = person.id if person else None

    def _person_of(self, person_id: int | None) -> Person | None:
        return next((p for p in self.people.values() if p.id == person_id), None) if person_id else None

    def _person(self, email: str, name: str, role: Role, unit: Unit | None) -> Person:
        """The person of an address, made or brought up to date; a higher role is kept."""
        person = self.people.get(email)
        if person is None:
            person = Person(authority_id=self.authority.id, name=name, email=email, role=role, active=True)
            person.unit_id = unit.id if unit else None
            self.session.add(person)
            self.people[email] = person
            return person
        if person.name != name:
            self.say(f"{email}: tên “{person.name}” → “{name}”")
        person.name, person.active = name, True
        if _RANK.index(role) > _RANK.index(person.role):
            person.role = role
        if person.unit_id is None and unit is not None:
            person.unit_id = unit.id
        return person

    def store_person(self, entry: PersonEntry) -> None:
        unit = self._unit_named(entry.unit, f"người {entry.email}") if entry.unit else None
        role, known = Role(entry.role), entry.email in self.people
        person = self._person(entry.email, entry.name, role, unit)
        if not known:
            self.say(f"Thêm {entry.name} <{entry.email}>, vai trò {entry.role}")
        elif person.role is not role and not (role is Role.OFFICER and person.role is Role.HEAD):
            self.say(f"{entry.name}: vai trò {person.role} → {role}")
            person.role = role
        if unit is not None and person.unit_id != unit.id:
            person.unit_id = unit.id
            self.say(f"{entry.name}: chuyển về {unit.name}")

    def store_authority(self, entry: AuthorityEntry) -> None:
        for name in ("name", "place", "superior", "superior_mailbox"):
            old, new = getattr(self.authority, name), getattr(entry, name)
            if name in entry.model_fields_set and old != new:
                setattr(self.authority, name, new)
                self.say(f"Cơ quan: {_SHOWN[name]} “{old or '–'}” → “{new or '–'}”")
        if entry.focal_unit:
            unit = self._unit_named(entry.focal_unit, "mục focal_unit")
            if self.authority.focal_unit_id != unit.id:
                self.authority.focal_unit_id = unit.id
                self.say(f"Cơ quan: đơn vị đầu mối → {unit.name}")

    def _unit_named(self, name: str, where: str) -> Unit:
        book = UnitBook.of((u.code, u.name, [a.alias for a in u.aliases]) for u in self.units)
        code = book.find(name)
        for unit in self.units:
            if unit.code in (name.strip().upper(), code):
                return unit
        raise BadContentError(f"Danh sách đơn vị chưa dùng được: {where}: không có đơn vị “{name}” trong danh sách.")


def _codes(entries: tuple[UnitEntry, ...], units: list[Unit]) -> list[str]:
    """The code of each entry: given, else that of the unit it names already, else the usual one, else from its name."""
    stored = {fold(unit.name): unit.code for unit in units}
    usual = UnitBook()
    codes: list[str] = []
    for number, entry in enumerate(entries, 1):
        found = usual.find(entry.name)
        if found in (ALL_UNITS, RELATED_UNITS):
            raise BadContentError(
                f"Đơn vị thứ {number}: “{entry.name}” chỉ nhiều đơn vị; hãy ghi tên một đơn vị cụ thể."
            )
        code = entry.code or stored.get(fold(entry.name)) or found or slug(entry.name)
        if not code:
            raise BadContentError(f"Đơn vị thứ {number}: tên “{entry.name}” không có chữ cái; hãy thêm cột mã (code).")
        if code in codes:
            other = codes.index(code)
            raise BadContentError(
                f"Đơn vị thứ {other + 1} “{entries[other].name}” và thứ {number} “{entry.name}” là một ({code}); "
                "hãy bỏ bớt một dòng, hoặc thêm cột mã (code) khác nhau nếu là hai đơn vị."
            )
        codes.append(code)
    return codes


def _check_names(entries: tuple[UnitEntry, ...], codes: list[str]) -> None:
    """No name or alias may stand for two units."""
    owners: dict[str, str] = {}
    for code, entry in zip(codes, entries, strict=True):
        for name in (entry.name, *entry.aliases):
            other = owners.setdefault(fold(name), code)
            if other != code:
                raise BadContentError(f"Tên gọi “{name}” được ghi cho cả {other} và {code}; hãy bỏ ở một đơn vị.")


def _check_addresses(staff: StaffList) -> None:
    """One mailbox is one unit's, one address one person's."""
    mailboxes: dict[str, str] = {}
    names: dict[str, str] = {}
    listed: set[str] = set()
    for entry in staff.units:
        if entry.mailbox:
            other = mailboxes.setdefault(entry.mailbox, entry.name)
            if other != entry.name:
                raise BadContentError(f"Hộp thư {entry.mailbox} được ghi cho cả {other} và {entry.name}.")
        if entry.head:
            _same_name(names, entry.head.email, entry.head.name)
    for person in staff.people:
        if person.email in listed:
            raise BadContentError(f"Người có địa chỉ {person.email} được ghi hai lần trong mục people.")
        listed.add(person.email)
        _same_name(names, person.email, person.name)


def _same_name(names: dict[str, str], email: str, name: str) -> None:
    if names.setdefault(email, name) != name:
        raise BadContentError(f"Địa chỉ {email} được ghi cho cả “{names[email]}” và “{name}”; mỗi người một địa chỉ.")
