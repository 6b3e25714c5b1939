"""Restoring a backup: checked to the last byte first, then put in place whole or not at all.

On SQLite a new database is built beside the old one and copied over it by SQLite's own
backup in one transaction, so that a running process sees the old state or the new one.
On PostgreSQL everything happens in one transaction.
"""

import hashlib
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    Engine,
    MetaData,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import (
    CompileError,
    DataError,
    IntegrityError,
    InterfaceError,
    InvalidRequestError,
    OperationalError,
    StatementError,
)

from config.os_words import foreseen, reason
from config.overrides import check_working_days
from config.policy import check_policy
from models import schema
from models.session import address_of, make_engine
from services.documents import place_of, settle
from services.errors import BadContentError, StoreError
from services.privacy import office_files
from services.privacy.backup import FORMAT, MANIFEST

_OFFICE = "|".join(re.escape(name) for name in office_files.NAMES)
_MEMBER = re.compile(rf"tables/[a-z_]{{1,60}}\.jsonl|documents/[0-9a-f]{{64}}|{office_files.FOLDER}({_OFFICE})")
_PIECE = 1024 * 1024
_ROWS = 2_000
_OFFICE_BYTES = 1024 * 1024
"""The largest of the office's own files; a policy has a few thousand."""
_LINE_BYTES = 32 * 1024 * 1024
"""The longest row: the figures of a report, drafts of a plan."""
_ROWS_WRONG = (
    ArithmeticError,ValueError, LookupError, TypeError, AttributeError, IntegrityError, DataError, InterfaceError,
               InvalidRequestError, StatementError, CompileError, CommandError)  # fmt: skip
_MANIFEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself, checked against its content."""

    version: str
    revision: str
    created_at: datetime
    tables: Mapping[str, int]
    members: Mapping[str, str]
    missing_documents: tuple[str, ...] = ()
    format: int = 1

    @property
    def files(self) -> tuple[str, ...]:
        """The office's own files that it holds."""
        folder = office_files.FOLDER
        return tuple(name.removeprefix(folder) for name in self.members if name.startswith(folder))

    @property
    def documents(self) -> tuple[str, ...]:
        """The hashes of the documents it holds."""
        return tuple(name.removeprefix("documents/") for name in self.members if name.startswith("documents/"))


def check(path: Path) -> Manifest:
    """Read a backup from end to end. Raises BadContentError with one Vietnamese sentence when it is not whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            _check_members(archive, manifest)
            _check_office(archive, manifest)
            return manifest
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        if isinstance(error, FileNotFoundError):
            raise BadContentError(f"Không tìm thấy tệp sao lưu “{path}”.") from None
        if isinstance(error, OSError) and foreseen(error):
            raise BadContentError(f"Không mở được tệp sao lưu “{path}”: {reason(error)}. Kiểm tra đường dẫn.") from None
        raise _bad(path, "tệp bị hỏng hoặc không phải là tệp sao lưu của dondoc") from None
    except _DamagedError as error:
        raise _bad(path, str(error)) from None


class _DamagedError(Exception):
    """What is wrong with the content: a Vietnamese clause."""


def _bad(path: Path, reason: str) -> BadContentError:
    return BadContentError(
        f"Không khôi phục được từ “{path.name}”: {reason}. Chưa thay đổi gì; hãy dùng bản sao lưu khác."
    )


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _MANIFEST_BYTES:
            raise _DamagedError("bản kê quá lớn")
        content = json.loads(archive.read(MANIFEST))
        if content["product"] != "dondoc" or content["format"] > FORMAT or content["revision"] not in schema.known():
            raise _DamagedError("tệp do phiên bản dondoc mới hơn tạo ra, cần cài phiên bản mới nhất")
        return Manifest(
            version=str(content["version"]),
            revision=str(content["revision"]),
            created_at=datetime.fromisoformat(content["created_at"]),
            tables={str(name): int(count) for name, count in content["tables"].items()},
            members={str(name): str(digest) for name, digest in content["members"].items()},
            missing_documents=tuple(content.get("missing_documents", ())),
            format=int(content["format"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise _DamagedError("không có bản kê hợp lệ") from None


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = [info.filename for info in archive.infolist() if info.filename != MANIFEST]
    if sorted(names) != sorted(manifest.members) or not all(_MEMBER.fullmatch(name) for name in names):
        raise _DamagedError("thành phần không khớp với bản kê")
    if {f"tables/{name}.jsonl" for name in manifest.tables} != {name for name in names if name.startswith("tables/")}:
        raise _DamagedError("thiếu bảng dữ liệu")
    for name, expected in manifest.members.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != expected or (name.startswith("documents/") and not name.endswith(expected)):
            raise _DamagedError(f"nội dung {name} không khớp với bản kê")


def _check_office(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Rules that this version could not read would stop every command afterwards."""
    rules = {office_files.POLICY: lambda text: check_policy(text)[1], office_files.WORKING_DAYS: check_working_days}
    for name in manifest.files:
        member = f"{office_files.FOLDER}{name}"
        if archive.getinfo(member).file_size > _OFFICE_BYTES:
            raise _DamagedError(f"tệp {name} trong đó lớn quá mức cho phép")
        if name not in rules:
            continue
        try:
            problems = rules[name](archive.read(member).decode())
        except UnicodeDecodeError:
            problems = ("không phải mã UTF-8",)
        if problems:
            raise _DamagedError(f"tệp {name} trong đó không dùng được ({problems[0].rstrip('.')})")


def restore(
    path: Path, url: str, documents: Path, *, office: Mapping[str, Path] | None = None, with_key: bool = False
) -> Manifest:
    """Replace the database at an address by a backup, and bring its documents and the office's own files back.

    Documents come first: they are kept by their hash, so an interrupted restore leaves only
    extra copies. The office's files (`office`: office_files.places) are ready beside their places before the
    database changes and take them right after it; a backup of before they belonged to one leaves them alone. The key
    that signs links is taken only `with_key`: whoever made the file could sign as anybody.
    Raises BadContentError and StoreError; nothing of database and files has changed then.
    """
    manifest = check(path)
    with zipfile.ZipFile(path) as archive:
        _bring_documents(archive, manifest, documents)
        wanted = [name for name in manifest.files if with_key or name != office_files.KEY]
        files = {name: archive.read(f"{office_files.FOLDER}{name}") for name in wanted}
        address = address_of(url)
        with office_files.put_in_place(files, office if office and manifest.format > 1 else {}):
            try:
                if address.drivername == "sqlite":
                    _restore_sqlite(archive, manifest, Path(str(address.database)))
                else:
                    _restore_server(archive, manifest, make_engine(url))
            except _ROWS_WRONG as error:
                if isinstance(error, StoreError | OperationalError):  # said already; the disk or the server
                    raise
                raise _bad(path, "có dòng hoặc bảng không đúng với phiên bản ghi trong bản kê") from None
    return manifest


def _bring_documents(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for sha256 in manifest.documents:
        if place_of(folder, sha256).exists():
            continue
        copied = tempfile.NamedTemporaryFile(prefix=".new-", dir=folder, delete=False)  # noqa: SIM115 - two lines below
        with copied as copy, archive.open(f"documents/{sha256}") as member:
            while piece := member.read(_PIECE):
                copy.write(piece)
        settle(Path(copy.name), place_of(folder, sha256))


def _restore_sqlite(archive: zipfile.ZipFile, manifest: Manifest, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place.parent) as folder:
        fresh = Path(folder) / "fresh.db"
        engine = make_engine(f"sqlite:///{fresh}")
        try:
            with engine.begin() as connection:
                _fill(archive, manifest, connection)
        finally:
            engine.dispose()
        with closing(sqlite3.connect(fresh)) as source, closing(sqlite3.connect(place, timeout=30)) as target:
            target.execute("PRAGMA journal_mode=WAL")
            source.backup(target)


def _restore_server(archive: zipfile.ZipFile, manifest: Manifest, engine: Engine) -> None:
    try:
        with engine.begin() as connection:
            _fill(archive, manifest, connection)
    finally:
        engine.dispose()


def _fill(archive: zipfile.ZipFile, manifest: Manifest, connection: Connection) -> None:
    """Empty tables of the backup's revision, its rows, and the migrations since then."""
    schema.rebuild(connection, manifest.revision)
    tables = MetaData()
    tables.reflect(connection, only=list(manifest.tables))
    filled: list[str] = []
    later: list[tuple[Table, str, list[dict[str, Any]]]] = []
    for name, count in manifest.tables.items():
        table = tables.tables[name]
        filled.append(name)
        circles = [c.name for c in table.columns for key in c.foreign_keys if key.column.table.name not in filled]
        later += [(table, column, []) for column in circles]
        _insert(archive, connection, table, [entry for entry in later if entry[0] is table])
        if connection.scalar(select(func.count()).select_from(table)) != count:
            raise BadContentError(f"Bảng {name} trong tệp sao lưu thiếu dòng; chưa thay đổi gì.")
    for table, column, values in later:
        if values:
            statement = update(table).where(table.c.id == bindparam("row_id")).values({column: bindparam("value")})
            connection.execute(statement, values)
    if connection.dialect.name == "postgresql":
        _set_sequences(connection, [tables.tables[name] for name in filled])
    schema.raise_to_newest(connection)


def _insert(
    archive: zipfile.ZipFile,
    connection: Connection,
    table: Table,
    circles: Sequence[tuple[Table, str, list[dict[str, Any]]]],
) -> None:
    """Insert a table's rows; columns that point at a table still empty are filled in afterwards."""
    for rows in _batches(archive, table, naive=connection.dialect.name == "sqlite"):
        for _, column, values in circles:
            for row in rows:
                if row[column] is not None:
                    values.append({"row_id": row["id"], "value": row[column]})
                    row[column] = None
        connection.execute(insert(table), rows)


def _batches(archive: zipfile.ZipFile, table: Table, naive: bool) -> Iterator[list[dict[str, Any]]]:
    kinds = {column.name: column.type for column in table.columns}
    batch: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as member:
        while line := member.readline(_LINE_BYTES + 1):
            if len(line) > _LINE_BYTES:
                raise ValueError(f"a row of over {_LINE_BYTES} bytes in {table.name}")
            batch.append({name: _value(kinds.get(name), value, naive) for name, value in json.loads(line).items()})
            if len(batch) == _ROWS:
                yield batch
                batch = []
    if batch:
        yield batch


def _value(kind: object, value: Any, naive: bool) -> Any:
    """A column's value from JSON; SQLite keeps moments without their zone, which is always UTC."""
    if value is None:
        return None
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(tzinfo=None) if naive else moment
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _set_sequences(connection: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if "id" in table.c:
            newest = connection.scalar(select(func.max(table.c.id)))
            if newest is not None:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :newest)"),
                    {"table": f'"{table.name}"', "newest": newest},
                )
