"""Where the database speaks of a person, found by walking its tables: a column added later is found like the others.

Columns that refer to the person by key need nothing on erasing but the person's own
row. In every other text the address is replaced, but for what is sealed by a hash
and for the offices' own addresses.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, Column, Enum, Select, String, Table, Text, cast, func, or_, select, update
from sqlalchemy.orm import Session

from models.authority import Person
from models.base import Base

APART = frozenset({"person", "audit_event"})
"""Tables that erasing looks after in its own way: the person's row and the hash chain."""

SEALED = frozenset({"report_figures.content", "score_dossier.manifest", "criteria_set.content"})
"""Texts whose hash was handed out: they stay as they were sent, like the files themselves."""

OFFICE_ADDRESSES = frozenset({"unit.mailbox", "authority.superior_mailbox"})
"""Addresses of an office, even where it uses a person's: without them it could not be reached."""

SECRET = frozenset({"token_hash", "hash", "previous_hash"})
"""Never handed out."""

NAMED_BESIDE = {"report.approved_by": "report.approved_by_id"}
"""A name alone in a column, and the key beside it that says whose name it is."""

Row = dict[str, Any]


def person_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that refer to a person."""
    return [key.parent for key in table.foreign_keys if key.target_fullname == "person.id"]


def spoken_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table in which an address may stand and is replaced on erasing."""
    if table.name in APART:
        return []
    return [column for column in table.columns if _holds_text(column) and str(column) not in SEALED | OFFICE_ADDRESSES]


def _holds_text(column: Column[Any]) -> bool:
    """Whether free text fits: no enum, no hash, no key."""
    kind = column.type
    if isinstance(kind, Enum) or column.name in SECRET | {"sha256", "read_hash", "reading_hash", "content_hash"}:
        return False
    return isinstance(kind, (JSON, Text)) or (isinstance(kind, String) and kind.length is not None)


def speaking_of(column: Column[Any], email: str) -> Any:
    """The condition that a column holds an address, however it is cased or written in JSON."""
    words = func.lower(cast(column, Text))
    return or_(*(words.contains(one, autoescape=True) for one in {email, json.dumps(email)[1:-1].lower()}))


def rows_about(session: Session, person: Person) -> dict[str, list[Row]]:
    """Every row outside the audit trail that refers to a person or holds their address, by table."""
    found: dict[str, list[Row]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "audit_event":
            continue
        about = [column == person.id for column in person_columns(table)]
        about += [speaking_of(column, person.email) for column in spoken_columns(table)]
        if table.name == "person":
            about = [table.c.id == person.id]
        if about:
            shown = [column for column in table.columns if column.name not in SECRET]
            query: Select[Any] = select(*shown).where(or_(*about)).order_by(table.c.id)
            found[table.name] = [dict(row) for row in session.execute(query).mappings()]
    return found


def forget(session: Session, person: Person, scrub: Callable[[Any], Any], address: str) -> int:
    """Replace a person's address, and the name where a key says that it is theirs. Returns how many texts changed."""
    session.flush()
    count = 0
    for table in Base.metadata.sorted_tables:
        for column in spoken_columns(table):
            query = select(table.c.id, column).where(speaking_of(column, person.email))
            for key, value in session.execute(query).all():
                said = _fitting(column, address if str(value).lower() == person.email else scrub(value))
                session.execute(update(table).where(table.c.id == key).values({column.name: said}))
                count += 1
    for name, beside in NAMED_BESIDE.items():
        table = Base.metadata.tables[name.split(".")[0]]
        theirs = table.c[beside.split(".")[1]] == person.id
        changed: Mapping[str, Any] = {name.split(".")[1]: scrub(person.name)}
        session.execute(update(table).where(theirs).values(changed))
    session.expire_all()
    return count


def _fitting(column: Column[Any], value: Any) -> Any:
    length = column.type.length if isinstance(column.type, String) else None
    return value[:length] if isinstance(value, str) else value
