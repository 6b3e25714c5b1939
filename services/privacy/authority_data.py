"""Which rows are an authority's, found by walking the tables' keys: a table added later is found like the others.

A row belongs to an authority when it names it, or else when it hangs on a row that
does. From this one place the data are exported, erased and counted.
"""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import Session

from models.authority import Authority
from models.base import Base
from models.operations import AuditEvent
from services.audit import hash_of
from services.documents import place_of
from services.privacy.backup import plain
from services.privacy.personal_data import SECRET

KEPT = {
    "audit_event": "the trail: rows about the authority say no more what they said, and the chain still holds",
    "criteria_set": "a province's criteria, the same for all its communes",
    "deployed": "what the next deploy takes down in Prefect; it then forgets the rows",
    "document": "kept once for everybody; what nobody needs any more goes too",
    "link_request": "keyed hashes that nobody can read",
}
"""Tables whose rows are no authority's own, and why."""


def owned() -> list[Table]:
    """The tables that hold an authority's rows, parents first."""
    found = {"authority": Base.metadata.tables["authority"]}
    for table in Base.metadata.sorted_tables:
        if table.name not in KEPT and _parents(table, found):
            found[table.name] = table
    return list(found.values())


def belonging(authority_id: int) -> dict[str, ColumnElement[bool]]:
    """By table, parents first: the condition that a row is this authority's."""
    conditions: dict[str, ColumnElement[bool]] = {}
    tables: dict[str, Table] = {}
    for table in owned():
        if table.name == "authority":
            conditions[table.name] = table.c.id == authority_id
        elif "authority_id" in table.c:
            conditions[table.name] = table.c.authority_id == authority_id
        else:
            parts = [
                column.in_(select(tables[parent].c.id).where(conditions[parent]))
                for column, parent in _parents(table, tables)
            ]
            conditions[table.name] = or_(*parts)
        tables[table.name] = table
    return conditions


def _parents(table: Table, known: Iterable[str]) -> list[tuple[Any, str]]:
    """The columns of a table that refer to tables known already, with the table's name."""
    names = set(known)
    keys = sorted(table.foreign_keys, key=lambda key: str(key.parent.name))
    return [(key.parent, key.column.table.name) for key in keys if key.column.table.name in names]


def counts(session: Session, authority_id: int) -> dict[str, int]:
    """How many rows of each table are an authority's."""
    return {
        name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name]).where(condition)) or 0
        for name, condition in belonging(authority_id).items()
    }


def documents_of(session: Session, authority_id: int) -> dict[int, str]:
    """The documents that an authority's rows refer to: hash by id."""
    ids: set[int] = set()
    for name, condition in belonging(authority_id).items():
        for column in _document_columns(Base.metadata.tables[name]):
            ids.update(session.scalars(select(column).where(condition, column.is_not(None))))
    document = Base.metadata.tables["document"]
    found: dict[int, str] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        query = select(document.c.id, document.c.sha256).where(document.c.id.in_(ordered[start : start + 500]))
        found.update(session.execute(query).tuples().all())
    return found


def _document_columns(table: Table) -> list[Any]:
    return [key.parent for key in table.foreign_keys if key.target_fullname == "document.id"]


def unneeded(session: Session, ids: Iterable[int]) -> list[int]:
    """Of these documents, those that no row of any table refers to."""
    left = set(ids)
    for column in [one for table in Base.metadata.sorted_tables for one in _document_columns(table)]:
        ordered = sorted(left)
        for start in range(0, len(ordered), 500):
            left -= set(session.scalars(select(column).where(column.in_(ordered[start : start + 500]))))
    return sorted(left)


def export_authority(
    session: Session, authority: Authority, trail: Iterable[AuditEvent], folder: Path, path: Path, at: datetime
) -> dict[str, int]:
    """Write everything of an authority into a zip: a file a table, the trail's rows, the documents. Rows by table.

    Whole or not at all, readable by the file's owner alone. Hashes of tokens are left out.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            rows = _write(session, authority, trail, folder, target, at)
            target.flush()
            os.fsync(target.fileno())
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
    return rows


def _write(
    session: Session, authority: Authority, trail: Iterable[AuditEvent], folder: Path, target: IO[bytes], at: datetime
) -> dict[str, int]:
    rows: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, condition in belonging(authority.id).items():
            rows[name] = _member(archive, name, _lines(session, Base.metadata.tables[name], condition))
        rows["audit_event"] = _member(archive, "audit_event", (_said(row) for row in trail))
        hashes = sorted(set(documents_of(session, authority.id).values()))
        for sha256 in hashes:
            if place_of(folder, sha256).is_file():
                archive.write(place_of(folder, sha256), f"documents/{sha256}")
        head = {"product": "dondoc", "authority": authority.name, "exported_at": at.isoformat(), "tables": rows}
        archive.writestr("manifest.json", json.dumps({**head, "documents": hashes}, ensure_ascii=False, indent=1))
    return rows


def _member(archive: zipfile.ZipFile, name: str, values: Iterable[dict[str, Any]]) -> int:
    count = 0
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:
        for one in values:
            member.write(json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _lines(session: Session, table: Table, condition: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    shown = [column for column in table.columns if column.name not in SECRET]
    query = select(*shown).where(condition).order_by(table.c.id).execution_options(yield_per=1_000)
    for row in session.connection().execute(query):
        yield {column.name: plain(value) for column, value in zip(shown, row, strict=True)}


def _said(row: AuditEvent) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": plain(row.at),
        "actor": row.actor,
        "action": row.action,
        "subject": row.subject,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "before": row.before,
        "after": row.after,
        "note": row.note,
        "said": hash_of(row),
    }
