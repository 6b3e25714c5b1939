"""The office's own files in a backup: policy, working days, deployments, and (only where asked for) the portal's key.

They stand beside the database and belong to it: due days follow the policy and the working
days. `dondoc.env` is not among them: it holds passwords and what is true of one machine only.
The key that signs links is a secret too: with it and the rows of a backup, whoever finds the
file could enter a running portal as anybody. Without it the links that were sent no longer
open, and people ask for fresh ones at the door.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.os_words import reason
from config.portal_key import NAME
from config.settings import Settings
from services.errors import StoreError

KEY = NAME
FOLDER = "office/"
POLICY, WORKING_DAYS, DEPLOYMENTS = "policy.toml", "working_days.toml", "prefect.yaml"
NAMES = (POLICY, WORKING_DAYS, DEPLOYMENTS, KEY)
"""Every file that a backup may hold."""


def places(settings: Settings) -> dict[str, Path]:
    """Where each of the files stands, or would stand, on this machine."""
    return {
        POLICY: settings.own_policy,
        WORKING_DAYS: settings.own_working_days,
        DEPLOYMENTS: settings.home / DEPLOYMENTS,
        KEY: settings.home / KEY,
    }


def read(where: Mapping[str, Path], *, with_key: bool) -> dict[str, bytes]:
    """The content of the files that are there. Raises StoreError for one that cannot be read."""
    found = {}
    for name, path in where.items():
        if (name == KEY and not with_key) or not path.exists():
            continue
        try:
            found[name] = path.read_bytes()
        except OSError as error:
            raise StoreError(f"Không đọc được tệp {path}: {reason(error)}. Sửa quyền đọc rồi sao lưu lại.") from None
    return found


@contextmanager
def put_in_place(content: Mapping[str, bytes], where: Mapping[str, Path]) -> Iterator[None]:
    """Files for the block's work: written beside their places before it, put in place when it has succeeded.

    A file that the backup does not have is taken away, as its office had none; the key stays. When the block
    raises, everything is as before. Raises StoreError, before anything changed, where a file cannot be written.
    """
    gone = [path for name, path in where.items() if name not in content and name != KEY and path.exists()]
    staged: list[tuple[Path, Path]] = []
    try:
        for name, data in content.items():
            if not _holds(where[name], data):
                staged.append((_stage(where[name], data), where[name]))
        for path in gone:
            _may_go(path)
        yield
        for copy, path in staged:
            copy.replace(path)
        for path in gone:
            path.unlink(missing_ok=True)
    finally:
        for copy, _ in staged:
            copy.unlink(missing_ok=True)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == data
    except OSError:
        return False


def _stage(path: Path, data: bytes) -> Path:
    """A finished copy beside its place, for its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _cannot(path, reason(error)) from None
    copy = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise _cannot(path, reason(error)) from None
    return copy


def _may_go(path: Path) -> None:
    if not os.access(path.parent, os.W_OK):
        raise _cannot(path, "không có quyền ghi")


def _cannot(path: Path, cause: str) -> StoreError:
    return StoreError(f"Không ghi được tệp {path} ({cause}). Chưa thay đổi gì; sửa quyền ghi rồi khôi phục lại.")
