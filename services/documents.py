"""Documents as received, kept once by their sha256 in the home folder's `documents/`."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plan import StoredDocument
from services.errors import BadContentError

_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document whose bytes lie in the folder: its hash, the name it came with, its size in bytes."""

    sha256: str
    name: str
    size: int


def fingerprint(path: Path) -> str:
    """The sha256 of a file's bytes, read in pieces."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def place_of(folder: Path, sha256: str) -> Path:
    """Where a document of this hash lies."""
    return folder / sha256[:2] / sha256


def keep_document(path: Path, folder: Path, expected: str | None = None) -> KeptDocument:
    """Copy a document into the folder under its hash; whole or not at all, and only once.

    `expected` is the hash of what was read: raises BadContentError when the file has changed since.
    A copy whose row is never committed is harmless: the next import of the document finds it there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    copy = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as source, os.fdopen(descriptor, "wb") as target:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        sha256 = digest.hexdigest()
        if expected is not None and sha256 != expected:
            raise BadContentError(f"Tệp “{path.name}” đã bị thay đổi trong lúc đọc; hãy chạy lại lệnh.")
        settle(copy, place_of(folder, sha256))
    finally:
        copy.unlink(missing_ok=True)
    return KeptDocument(sha256, path.name[:255], size)


def settle(copy: Path, place: Path) -> None:
    """Give a finished copy its place; what is there already is the same."""
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        copy.chmod(0o600)
        copy.replace(place)


def stored_document(session: Session, kept: KeptDocument, at: datetime) -> StoredDocument:
    """The row of a kept document, made when it is new."""
    found = session.scalar(select(StoredDocument).where(StoredDocument.sha256 == kept.sha256))
    if found is None:
        found = StoredDocument(sha256=kept.sha256, name=kept.name, size=kept.size, stored_at=at)
        session.add(found)
        session.flush()
    return found


def drop_documents(folder: Path, hashes: Iterable[str]) -> int:
    """Remove documents that no row names any more. Returns how many were there."""
    gone = [path for sha256 in hashes if (path := place_of(folder, sha256)).is_file()]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def clear_leftovers(folder: Path, before: datetime) -> int:
    """Remove what an upload or copy left half-way before a moment (the process was killed). Returns how many."""
    if not folder.is_dir():
        return 0
    old = [path for path in folder.glob(".new-*") if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
