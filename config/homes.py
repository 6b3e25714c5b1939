"""What can be told of an office's home before its settings are read."""

import os
from pathlib import Path

DEFAULT_HOME = Path("var")


def home_of() -> Path:
    """The folder that DONDOC_HOME names, or the usual one."""
    return Path(os.environ.get("DONDOC_HOME") or DEFAULT_HOME).expanduser()


def may_have_database() -> bool:
    """False only where nothing was set and no database was made: then no setting can name one."""
    named = any(name.upper().startswith("DONDOC_DATABASE") and value for name, value in os.environ.items())
    home = home_of()
    return named or (home / "dondoc.env").exists() or (home / "dondoc.db").exists()
