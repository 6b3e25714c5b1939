"""One unit or person at a time: what the desk and the command line change beside the imported list.

Each change is one audit row. The last administrator is neither removed nor demoted,
nobody changes their own role, and a person who leaves loses every link at once.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.authority import Authority, Person, Role, Unit
from models.session import exclusive
from rules.audit import AuditAction
from rules.plan.unit_names import fold
from rules.plan.values import ALL_UNITS, RELATED_UNITS
from rules.staff.values import PersonEntry, StaffList, UnitEntry
from services.access.addresses import moved, shut_out
from services.actor import Actor
from services.audit import record
from services.errors import Hint, StoreError, UnknownNameError
from services.office.staff_importing import apply_staff
from services.plans.corrections import resolve_units
from services.plans.occurrences import Synced, sync_authority
from services.policy import Terms
from services.staff.queries import unit_book, units_of

UNIT_ROLES = frozenset({Role.HEAD, Role.OFFICER})
"""Roles that answer for a unit and so need one."""


class FieldError(StoreError):
    """A change that is refused because of one field (`field`)."""

    def __init__(self, field: str, message: str, hint: Hint | None = None) -> None:
        super().__init__(message, hint)
        self.field = field


def find_member(session: Session, authority: Authority, email: str) -> Person:
    """A person of the authority by their address, active or not. Raises UnknownNameError."""
    query = select(Person).where(Person.authority_id == authority.id, Person.email == email.strip().lower())
    person = session.scalar(query)
    if person is None:
        raise UnknownNameError(f"{authority.name} không có ai dùng địa chỉ “{email}”.", Hint.PEOPLE)
    return person


def add_unit(session: Session, authority: Authority, entry: UnitEntry, actor: Actor) -> Unit:
    """Add a unit. Raises FieldError when its name or mailbox is another's."""
    exclusive(session, "staff")
    code = unit_book(session, authority).find(entry.name)
    if code in (ALL_UNITS, RELATED_UNITS):
        raise FieldError("name", f"“{entry.name}” chỉ nhiều đơn vị; hãy ghi tên một đơn vị cụ thể.")
    same = next((unit for unit in units_of(session, authority) if unit.code == (entry.code or code)), None)
    if same is not None:
        stopped = "" if same.active else " (đang ngừng hoạt động; hãy mở đơn vị đó và cho hoạt động lại)"
        raise FieldError("name", f"“{entry.name}” đã có trong danh sách với tên {same.name}{stopped}.")
    _check_unit(session, authority, entry, None)
    known = {unit.id for unit in units_of(session, authority)}
    apply_staff(session, authority, StaffList(units=(entry,)), actor, action=AuditAction.UNIT_ADD)
    return next(unit for unit in units_of(session, authority) if unit.id not in known)


def change_unit(session: Session, unit: Unit, entry: UnitEntry, actor: Actor) -> list[str]:
    """Rename a unit, change its aliases, mailbox or whether it works. The changes, a line each. Raises FieldError."""
    exclusive(session, "staff")
    _check_unit(session, unit.authority, entry, unit)
    given = entry.model_copy(update={"code": unit.code})
    given = UnitEntry.model_validate({name: getattr(given, name) for name in {*entry.model_fields_set, "code"}})
    return apply_staff(session, unit.authority, StaffList(units=(given,)), actor, action=AuditAction.UNIT_CHANGE).lines


def _check_unit(session: Session, authority: Authority, entry: UnitEntry, unit: Unit | None) -> None:
    """Its names and mailbox are no other unit's."""
    others = [one for one in units_of(session, authority) if unit is None or one.id != unit.id]
    taken = {fold(name): one.name for one in others for name in (one.name, *(a.alias for a in one.aliases))}
    if fold(entry.name) in taken:
        raise FieldError("name", f"Tên “{entry.name}” đang chỉ {taken[fold(entry.name)]}.")
    for alias in entry.aliases:
        if fold(alias) in taken:
            raise FieldError("aliases", f"Tên gọi “{alias}” đang chỉ {taken[fold(alias)]}.")
    owner = next((one.name for one in others if entry.mailbox and one.mailbox == entry.mailbox), None)
    if owner is not None:
        raise FieldError("mailbox", f"Hộp thư {entry.mailbox} đang là của {owner}.")
    person = session.scalar(
        select(Person).where(Person.authority_id == authority.id, Person.email == entry.mailbox, ~Person.is_mailbox)
    )
    if person is not None and (unit is None or person.unit_id != unit.id):
        raise FieldError("mailbox", f"Địa chỉ {entry.mailbox} đang là của {person.name}, không thuộc đơn vị này.")


def set_head(session: Session, unit: Unit, person: Person | None, actor: Actor) -> bool:
    """Say who heads a unit (None: nobody); who headed it becomes an officer. Whether that changed anything."""
    if unit.head_id == (person.id if person else None):
        return False
    if person is not None and not may_head(unit, person):
        raise FieldError("head", f"{person.name} không thuộc {unit.name} nên không là người đứng đầu được.")
    before = unit.head
    if before is not None and before.role is Role.HEAD:
        before.role = Role.OFFICER
    if person is not None and person.role is Role.OFFICER:
        person.role, person.unit_id = Role.HEAD, unit.id
    unit.head = person
    session.flush()
    facts = {"before": before.email if before else None, "after": person.email if person else None}
    record(
        session, actor, AuditAction.UNIT_HEAD, unit, before={"head": facts["before"]}, after={"head": facts["after"]}
    )
    return True


def may_head(unit: Unit, person: Person) -> bool:
    """Whether a person may head a unit: one of its people, or a leader or administrator without a unit."""
    if not person.active or person.is_mailbox or person.role is Role.AUDITOR:
        return False
    if person.authority_id != unit.authority_id:
        return False
    return person.unit_id == unit.id or (person.unit_id is None and person.role not in UNIT_ROLES)


def add_person(session: Session, authority: Authority, entry: PersonEntry, unit: Unit | None, actor: Actor) -> Person:
    """Add a person. Raises FieldError when the address is taken, or the role needs a unit."""
    exclusive(session, "staff")
    _check_address(session, authority.id, entry.email, None)
    role = _role(entry, unit)
    person = Person(authority_id=authority.id, name=entry.name, email=entry.email, role=role, active=True)
    person.unit_id = unit.id if unit else None
    session.add(person)
    session.flush()
    record(session, actor, AuditAction.PERSON_ADD, person, after=_facts(person))
    if role is Role.HEAD and unit is not None:
        person.role = Role.OFFICER  # set_head raises it, and lowers who headed the unit until now
        set_head(session, unit, person, actor)
    return person


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of a person did: whether anything, mails that follow the new address, links that were revoked."""

    anything: bool
    mails: int = 0
    links: int = 0


def change_person(session: Session, person: Person, entry: PersonEntry, unit: Unit | None, actor: Actor) -> Changed:
    """Change a person's name, address, role and unit.

    Raises FieldError for the last administrator's role, one's own role or address, and as `add_person`.
    """
    exclusive(session, "staff")
    _check_mailbox(person)
    role, before = _role(entry, unit), _facts(person)
    _check_address(session, person.authority_id, entry.email, person)
    if role is not person.role:
        _check_role(session, person, actor.person_id)
    if entry.email != person.email and actor.person_id == person.id:
        raise FieldError("email", "Địa chỉ của chính mình do quản trị viên khác đổi.", Hint.ADDRESS)
    new_address = entry.email != person.email
    _leave_head(session, person, role, unit)
    person.name, person.email = entry.name, entry.email
    person.unit_id = unit.id if unit else None
    person.role = Role.OFFICER if role is Role.HEAD and person.role is not Role.HEAD else role
    session.flush()
    mails, links = moved(session, person, actor) if new_address else (0, 0)
    if role is Role.HEAD and unit is not None:
        set_head(session, unit, person, actor)
    if _facts(person) == before:
        return Changed(False)
    after = {**_facts(person), **({"mails": mails, "links": links} if new_address else {})}
    record(session, actor, AuditAction.PERSON_CHANGE, person, before=before, after=after)
    return Changed(True, mails, links)


def _leave_head(session: Session, person: Person, role: Role, unit: Unit | None) -> None:
    """Whoever stops being a head, or moves, heads their old unit no more."""
    keeps = role in (Role.HEAD, Role.LEADER, Role.ADMIN)
    for headed in session.scalars(select(Unit).where(Unit.head_id == person.id)):
        stays = person.role is Role.HEAD and unit is not None and unit.id == headed.id
        if not keeps or (role is Role.HEAD and not stays):
            headed.head = None
            person.role = Role.OFFICER if person.role is Role.HEAD else person.role
    session.flush()


def deactivate(session: Session, person: Person, actor: Actor) -> tuple[int, int]:
    """Take a person off: no mail, no link, no session from now on. How many mails were dropped and links revoked.

    Raises StoreError for oneself, the last administrator and a unit's shared mailbox.
    """
    exclusive(session, "staff")
    _check_mailbox(person)
    if actor.person_id == person.id:
        raise StoreError("Không ai tự ngừng quyền của chính mình; đề nghị quản trị viên khác thực hiện.")
    if is_last_admin(session, person):
        raise StoreError(_LAST.format(name=person.name))
    person.active = False
    for headed in session.scalars(select(Unit).where(Unit.head_id == person.id)):
        headed.head = None
    if person.role is Role.HEAD:
        person.role = Role.OFFICER
    mails, links = shut_out(session, person, actor)
    record(session, actor, AuditAction.PERSON_DEACTIVATE, person, after={"mails": mails, "links": links})
    return mails, links


def reactivate(session: Session, person: Person, actor: Actor) -> bool:
    """Take a person on again; whether that changed anything. Links must be sent anew."""
    if person.active:
        return False
    _check_mailbox(person)
    person.active = True
    session.flush()
    record(session, actor, AuditAction.PERSON_REACTIVATE, person, after=_facts(person))
    return True


def is_last_admin(session: Session, person: Person) -> bool:
    """Whether the authority would have no administrator without this person."""
    if person.role is not Role.ADMIN or not person.active:
        return False
    others = select(func.count()).where(
        Person.authority_id == person.authority_id, Person.role == Role.ADMIN, Person.active, Person.id != person.id
    )
    return not session.scalar(others)


def follow(session: Session, authority: Authority, terms: Terms) -> tuple[int, Synced]:
    """After units changed: names in plans that are known now, and the occurrences that follow from it."""
    resolved = resolve_units(session, authority)
    return resolved, sync_authority(session, authority.id, terms)


_LAST = "{name} là quản trị viên duy nhất của cơ quan; hãy đặt quản trị viên khác trước."


def _check_role(session: Session, person: Person, person_id: int | None) -> None:
    if person_id == person.id:
        raise FieldError("role", "Không ai tự đổi vai trò của chính mình; đề nghị quản trị viên khác thực hiện.")
    if is_last_admin(session, person):
        raise FieldError("role", _LAST.format(name=person.name))


def _check_mailbox(person: Person) -> None:
    if person.is_mailbox:
        raise StoreError(f"{person.email} là hộp thư chung của đơn vị, không phải một người; hãy sửa ở đơn vị.")


def _check_address(session: Session, authority_id: int, email: str, person: Person | None) -> None:
    query = select(Person).where(Person.authority_id == authority_id, Person.email == email)
    taken = session.scalar(query)
    if taken is None or taken is person:
        return
    what = "hộp thư chung của đơn vị" if taken.is_mailbox else taken.name
    hint = "" if taken.active else ", hiện đã ngừng; hãy cho người đó hoạt động lại"
    raise FieldError("email", f"Địa chỉ {email} đang là của {what}{hint}.")


def _role(entry: PersonEntry, unit: Unit | None) -> Role:
    role = Role(entry.role)
    if role in UNIT_ROLES and unit is None:
        raise FieldError("unit", "Cán bộ và trưởng đơn vị phải thuộc một đơn vị; hãy chọn đơn vị.")
    return role


def _facts(person: Person) -> dict[str, object]:
    return {"name": person.name, "email": person.email, "role": person.role.value, "unit": person.unit_id}
