"""Whom the database knows: the authority in question, its units and their names."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.authority import Authority, Person, Role, Unit
from models.occurrence import Occurrence
from rules.audit import AuditAction
from rules.plan.unit_names import fold
from rules.plan.units import UnitBook
from rules.staff.values import slug
from services.actor import Actor
from services.audit import record
from services.errors import Hint, UnknownNameError

NO_AUTHORITY = "Chưa có cơ quan nào."


def the_authority(session: Session, code: str | None = None) -> Authority:
    """The authority by its code or name; without one, the only one there is.

    Raises UnknownNameError with one Vietnamese sentence when there is none, or several to choose from.
    """
    if code is not None:
        found = session.scalar(select(Authority).where((Authority.code == code) | (Authority.name == code)))
        if found is None:
            raise unknown_authority(session, code)
        return found
    every = session.scalars(select(Authority).order_by(Authority.id).limit(2)).all()
    if not every:
        raise UnknownNameError(NO_AUTHORITY, Hint.AUTHORITY)
    if len(every) > 1:
        raise UnknownNameError(f"Có nhiều cơ quan; hãy chọn bằng --authority. {known_authorities(session)}")
    return every[0]


def authority_named(session: Session, name: str | None) -> Authority | None:
    """The authority of a printed name, however it is written ("ỦY BAN NHÂN DÂN PHƯỜNG …"); None when not one."""
    wanted = name_key(name or "")
    found = [one for one in session.scalars(select(Authority)) if name_key(one.name) == wanted]
    return found[0] if len(found) == 1 else None


def name_key(name: str) -> str:
    """An authority's name in the form in which two ways of writing it are the same."""
    folded = " ".join(fold(unicodedata.normalize("NFC", name)).split())
    return folded.replace("uy ban nhan dan", "ubnd")


def unknown_authority(session: Session, code: str) -> UnknownNameError:
    """The refusal of an authority that is not there."""
    known = known_authorities(session)
    return UnknownNameError(f"Không có cơ quan “{code}”. {known}", Hint.AUTHORITY if known == NO_AUTHORITY else None)


def known_authorities(session: Session) -> str:
    """A sentence that names the authorities, for a refusal."""
    codes = session.scalars(select(Authority.code).order_by(Authority.code).limit(11)).all()
    if not codes:
        return NO_AUTHORITY
    return f"Các cơ quan đã có: {', '.join(codes[:10])}{' …' if len(codes) > 10 else ''}."


def new_authority(session: Session, name: str, actor: Actor, place: str | None = None) -> Authority:
    """Add an authority; its code comes from its name ("UBND phường Hoa Sen" -> "UBND-PHUONG-HOA-SEN")."""
    authority = Authority(code=slug(name, "-") or "CO-QUAN", name=name, place=place)
    session.add(authority)
    session.flush()
    record(session, actor, AuditAction.AUTHORITY_CREATE, authority, after={"name": name, "place": place})
    return authority


def make_admin(session: Session, authority: Authority, email: str, name: str | None, actor: Actor) -> bool:
    """Let a person be administrator; whether that changed anything. `email` is checked and in lower case."""
    person = session.scalar(select(Person).where(Person.authority_id == authority.id, Person.email == email))
    if person is not None and person.role is Role.ADMIN and person.active and name in (None, person.name):
        return False
    before = {"role": person.role, "active": person.active, "name": person.name} if person else None
    if person is None:
        person = Person(authority_id=authority.id, name=name or "Quản trị viên", email=email, role=Role.ADMIN)
        session.add(person)
    person.role, person.active, person.name = Role.ADMIN, True, name or person.name
    session.flush()
    after = {"role": person.role, "active": True, "name": person.name}
    record(session, actor, AuditAction.PERSON_ADMIN, person, before=before, after=after)
    return True


def units_of(session: Session, authority: Authority) -> list[Unit]:
    """All units with their aliases and heads, in two queries."""
    rows = select(Unit).where(Unit.authority_id == authority.id).order_by(Unit.id)
    return list(session.scalars(rows.options(selectinload(Unit.aliases), selectinload(Unit.head))))


def unit_book(session: Session, authority: Authority | None) -> UnitBook:
    """The names known to the authority; the usual names alone when there is none yet."""
    if authority is None:
        return UnitBook()
    return UnitBook.of((u.code, u.name, [a.alias for a in u.aliases]) for u in units_of(session, authority))


def find_unit(session: Session, authority: Authority, name: str) -> Unit:
    """A unit by its code, name, or any way of writing it. Raises UnknownNameError."""
    units = units_of(session, authority)
    code = unit_book(session, authority).find(name)
    for unit in units:
        if name.strip().upper() == unit.code or code == unit.code:
            return unit
    known = ", ".join(unit.code for unit in units) or "chưa có đơn vị nào"
    raise UnknownNameError(f"Không có đơn vị “{name}”. Các đơn vị: {known}.")


def leaders_of(session: Session, authority_id: int) -> list[Person]:
    """Who approves an authority's reports."""
    query = select(Person).where(Person.authority_id == authority_id, Person.role == Role.LEADER, Person.active)
    return list(session.scalars(query.order_by(Person.id)))


def focal_contact(session: Session, authority_id: int) -> tuple[str, str, str | None]:
    """The authority's name, its focal unit's name ("" if none is named) and that unit's mailbox."""
    query = (
        select(Authority.name, Unit.name, Unit.mailbox)
        .outerjoin(Unit, Unit.id == Authority.focal_unit_id)
        .where(Authority.id == authority_id)
    )
    name, unit_name, mailbox = session.execute(query).one()
    return name, unit_name or "", mailbox


def authority_codes(session: Session) -> list[str]:
    """The codes of all authorities, the oldest first."""
    return list(session.scalars(select(Authority.code).order_by(Authority.id)))


def people_of(session: Session, authority_id: int, *, everybody: bool = False) -> list[Person]:
    """The people of an authority who are active, or all there ever were."""
    query = select(Person).where(Person.authority_id == authority_id).order_by(Person.id)
    return list(session.scalars(query if everybody else query.where(Person.active)))


def people_at(session: Session, email: str) -> list[Person]:
    """The active people who use an address, in any authority."""
    return list(session.scalars(select(Person).where(Person.email == email.strip().lower(), Person.active)))


def person_at(session: Session, authority_id: int, email: str) -> Person | None:
    """The person of an authority who uses an address, active or not."""
    wanted = Person.email == email.strip().lower()
    return session.scalar(select(Person).where(Person.authority_id == authority_id, wanted))


def mailbox_of(session: Session, unit_id: int) -> Person | None:
    """The active mailbox of a unit."""
    query = select(Person).where(Person.unit_id == unit_id, Person.is_mailbox, Person.active)
    return session.scalars(query.order_by(Person.id).limit(1)).first()


def units_without_mailbox(session: Session) -> list[str]:
    """The names of units with open occurrences that no mail can reach."""
    query = (
        select(Unit.name)
        .join(Occurrence, Occurrence.unit_id == Unit.id)
        .where(Unit.active, Unit.mailbox.is_(None), ~Unit.people.any())
        .where(Occurrence.done_on.is_(None), Occurrence.cancelled_at.is_(None))
        .distinct()
    )
    return sorted(session.scalars(query))


def authority_ids(session: Session) -> list[int]:
    """Every authority of the database."""
    return list(session.scalars(select(Authority.id).order_by(Authority.id)))


def authority_id_of(session: Session, code: str) -> int | None:
    """The authority of a code; None when there is none."""
    return session.scalar(select(Authority.id).where(Authority.code == code))


def unit_names(session: Session, authority_id: int, *, everybody: bool = False) -> list[tuple[str, str]]:
    """Code and name of the units in use, in their order; with `everybody` also of those that ended."""
    query = select(Unit.code, Unit.name).where(Unit.authority_id == authority_id)
    wanted = query if everybody else query.where(Unit.active)
    return list(session.execute(wanted.order_by(Unit.id)).tuples())


def unit_id_of(session: Session, code: str, authorities: Sequence[int] | None, authority: str | None) -> int | None:
    """The unit of a code within these authorities (None: all), or within the one of a code."""
    query = select(Unit.id).join(Authority, Authority.id == Unit.authority_id).where(Unit.code == code)
    if authorities is not None:
        query = query.where(Unit.authority_id.in_(authorities))
    if authority:
        query = query.where(Authority.code == authority)
    return session.scalar(query.limit(1))


def people_gone(session: Session, authority_id: int) -> list[Person]:
    """Who was taken off, mailboxes of units apart, by name."""
    query = select(Person).where(Person.authority_id == authority_id, ~Person.active, ~Person.is_mailbox)
    return list(session.scalars(query.order_by(Person.name)))
