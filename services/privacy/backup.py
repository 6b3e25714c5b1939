"""A backup: every row and every kept document in one file, on SQLite and PostgreSQL alike.

The file is a zip: `manifest.json` (versions, the sha256 of every member), one
`tables/NAME.jsonl` a table, `documents/SHA256`, and `office/NAME`: the office's own files
(services/office/files.py). Rows are read in one snapshot, so
a backup is consistent while the product works. The same file restores on either
database, and an older one is upgraded by the migrations on the way.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, select

from models import Base, schema
from services.documents import place_of
from services.errors import Hint, StoreError
from services.privacy import office_files

FORMAT = 2
"""1 had no files of the office."""
MANIFEST = "manifest.json"
_PIECE = 1024 * 1024
_ROWS = 5_000
_LEFT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds."""

    path: Path
    rows: Mapping[str, int]
    documents: int
    missing_documents: tuple[str, ...]
    files: tuple[str, ...] = ()


def back_up(
    engine: Engine,
    documents: Path,
    path: Path,
    at: datetime,
    *,
    office: Mapping[str, Path] | None = None,
    with_key: bool = False,
) -> BackedUp:
    """Write a backup, whole or not at all: an existing file is replaced only when the new one is finished.

    `office` says where the office's own files stand (office_files.places); the portal's key only goes in
    `with_key`. Raises StoreError when the database is not at this version's revision.
    """
    revision = schema.current(engine)
    if revision != schema.newest():
        raise StoreError(
            "Cơ sở dữ liệu chưa tạo hoặc khác phiên bản của dondoc; hãy nâng cấp trước khi sao lưu.",
            Hint.DATABASE,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_killed(path.parent, f".{path.name}.*", at)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    copy = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            files = office_files.read(office or {}, with_key=with_key)
            done = _write(engine, documents, target, _head(revision, at), files)
            target.flush()
            os.fsync(target.fileno())
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
    return BackedUp(path, *done, files=tuple(files))


def clear_killed(folder: Path, pattern: str, at: datetime) -> int:
    """Remove what a killed backup or restore left in a folder more than a day ago. Returns how many."""
    old = [path for path in folder.glob(pattern) if path.stat().st_mtime < at.timestamp() - _LEFT_SECONDS]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def _head(revision: str, at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "product": "dondoc",
        "version": version("dondoc"),
        "revision": revision,
        "created_at": at.astimezone(UTC).isoformat(),
    }


def _write(
    engine: Engine, documents: Path, target: IO[bytes], head: dict[str, Any], files: Mapping[str, bytes]
) -> tuple[dict[str, int], int, tuple[str, ...]]:
    members: dict[str, str] = {}
    rows: dict[str, int] = {}
    missing: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        with snapshot(engine) as connection:
            for table in Base.metadata.sorted_tables:
                name = f"tables/{table.name}.jsonl"
                members[name], rows[table.name] = _write_table(archive, name, connection, table)
            hashes = list(connection.scalars(select(Base.metadata.tables["document"].c.sha256)))
        for sha256 in hashes:
            place = place_of(documents, sha256)
            if place.is_file():
                members[f"documents/{sha256}"] = _write_document(archive, place, sha256)
            else:
                missing.append(sha256)
        for file, content in files.items():
            archive.writestr(f"{office_files.FOLDER}{file}", content)
            members[f"{office_files.FOLDER}{file}"] = hashlib.sha256(content).hexdigest()
        manifest = {**head, "tables": rows, "members": members, "missing_documents": missing}
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return rows, len(hashes) - len(missing), tuple(missing)


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as of one moment, and holds no writer up."""
    postgres = engine.dialect.name == "postgresql"
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if postgres else {"read_only": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _write_table(archive: zipfile.ZipFile, name: str, connection: Connection, table: Table) -> tuple[str, int]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        for line in _lines(connection, table):
            digest.update(line)
            member.write(line)
            count += 1
    return digest.hexdigest(), count


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    key = list(table.primary_key.columns)
    names = [column.name for column in table.columns]
    rows = connection.execution_options(yield_per=_ROWS).execute(select(table).order_by(*key))
    for row in rows:
        values = {name: plain(value) for name, value in zip(names, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def plain(value: Any) -> Any:
    """A column's value as JSON has it; moments are aware, in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"  # as the column keeps it
    return getattr(value, "value", value)


def _write_document(archive: zipfile.ZipFile, place: Path, sha256: str) -> str:
    digest = hashlib.sha256()
    with place.open("rb") as source, archive.open(f"documents/{sha256}", "w", force_zip64=True) as member:
        while piece := source.read(_PIECE):
            digest.update(piece)
            member.write(piece)
    return digest.hexdigest()
