"""The key that signs the portal's links: made once, kept in the home folder for its owner alone."""

import os
import secrets
from pathlib import Path

from config.os_words import reason
from config.settings import Settings, SettingsError

_BYTES = 32
NAME = "portal.key"


def portal_key(settings: Settings) -> bytes:
    """The signing key of this installation; made on first use, readable by its owner only (mode 0600).

    Two processes that ask at once get the same one. Raises SettingsError when it cannot be read or made.
    """
    path = settings.home / NAME
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"Không đọc hoặc tạo được khóa ký liên kết {path}: {reason(error)}. Kiểm tra quyền của DONDOC_HOME."
        ) from None
    if len(key) < _BYTES:
        raise SettingsError(
            f"Khóa ký liên kết {path} bị hỏng. Xóa tệp này rồi chạy lại; các liên kết cũ sẽ hết giá trị."
        )
    return key


def _make(path: Path) -> None:
    """Written whole under another name, then put in place unless somebody was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(secrets.token_bytes(_BYTES))
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
