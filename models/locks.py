"""One at a time: work that must not overlap, on both databases."""

from zlib import crc32

from sqlalchemy import text
from sqlalchemy.orm import Session


def exclusive(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    SQLite has one writer at a time anyway (every transaction of ours begins with
    BEGIN IMMEDIATE), so there is nothing to do there.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": crc32(f"dondoc.{name}".encode())})
