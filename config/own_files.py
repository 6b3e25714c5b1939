"""Files for their owner alone: what the office keeps is read by nobody else on the machine."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_OTHERS = 0o077


def keep_private() -> None:
    """Let everything that this process and its children make be for the owner alone: each entry point says so first."""
    os.umask(_OTHERS)


def loose(home: Path, database: Path | None = None) -> list[Path]:
    """What others on this machine could read or enter: the home, its files and logs, the database and its log."""
    return [path for path in _kept(home, database) if path.stat().st_mode & _OTHERS]


def mend(home: Path, database: Path | None = None) -> list[Path]:
    """Take from others what an older version left open. Returns what was mended; what is not ours stays."""
    found = loose(home, database)
    for path in found:
        with suppress(PermissionError):  # another user's file: the doctor goes on naming it
            path.chmod(path.stat().st_mode & ~_OTHERS)
    return found


def _kept(home: Path, database: Path | None) -> Iterator[Path]:
    seen = [home, *home.glob("*"), *home.glob("*/*.log*")] if home.is_dir() else []
    if database is not None:
        seen += [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    yield from (path for path in dict.fromkeys(seen) if path.exists() and not path.is_symlink())
