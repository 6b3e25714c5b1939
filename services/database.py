"""The database of this home: whether it is there, and whether this version of the product may work with it."""

from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, inspect

from config.own_files import mend
from config.settings import Settings, load_settings
from models import schema
from models.session import address_of, engine_for
from services.errors import Hint, StoreError


class DatabaseState(StrEnum):
    """What `dondoc` finds at the address of its database."""

    ABSENT = "absent"
    EMPTY = "empty"
    OLD = "old"
    READY = "ready"
    NEWER = "newer"


def database_state(settings: Settings | None = None) -> DatabaseState:
    """Look without creating anything: an SQLite file that is not there stays so.

    Raises sqlalchemy's OperationalError when a server cannot be reached.
    """
    address = (settings or load_settings()).database
    url = address_of(address)
    if url.drivername == "sqlite" and not Path(str(url.database)).exists():
        return DatabaseState.ABSENT
    return _state(engine_for(address))


def _state(engine: Engine) -> DatabaseState:
    revision = schema.current(engine)
    if revision is None:
        return DatabaseState.EMPTY if not inspect(engine).has_table("authority") else DatabaseState.OLD
    if revision == schema.newest():
        return DatabaseState.READY
    return DatabaseState.OLD if revision in schema.known() else DatabaseState.NEWER


def create_or_upgrade(settings: Settings | None = None) -> DatabaseState:
    """Bring the database to the newest revision; returns what was found before. Raises StoreError when it is newer."""
    used = settings or load_settings()
    found = database_state(used)
    if found is DatabaseState.NEWER:
        raise StoreError(_NEWER)
    if found is not DatabaseState.READY:
        used.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        schema.upgrade(engine_for(used.database))
    mend(used.home, file_of(used))
    return found


def file_of(settings: Settings) -> Path | None:
    """The file that the database is in; None on a server."""
    address = address_of(settings.database)
    return Path(str(address.database)) if address.drivername == "sqlite" else None


def open_database(settings: Settings | None = None) -> None:
    """Make sure there is a database to work with: a missing one is made, an old or newer one refused.

    An upgrade is a decision (`dondoc init`): other machines may still run the older version.
    """
    used = settings or load_settings()
    found = database_state(used)
    mend(used.home, file_of(used))
    if found in (DatabaseState.ABSENT, DatabaseState.EMPTY):
        create_or_upgrade(used)
    elif found is DatabaseState.OLD:
        raise StoreError("Cơ sở dữ liệu thuộc phiên bản cũ của dondoc. Hãy sao lưu rồi nâng cấp.", Hint.DATABASE)
    elif found is DatabaseState.NEWER:
        raise StoreError(_NEWER)


_NEWER = "Cơ sở dữ liệu do phiên bản dondoc mới hơn tạo ra. Hãy cài phiên bản mới nhất rồi chạy lại."
