"""The state of the tables: made and changed by migrations only."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "models:migrations")
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision (default: the newest). Safe to repeat; one transaction."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to a revision ("base": no tables)."""
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def newest() -> str:
    """The revision this version of the product needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:  # pragma: no cover - a wheel without its migrations
        raise RuntimeError("models/migrations has no revision: the installation is incomplete")
    return head


def rebuild(connection: Connection, revision: str) -> None:
    """Empty tables at a revision, whatever was there, in its transaction (services/privacy/restore)."""
    if MigrationContext.configure(connection).get_current_revision() is not None:
        command.downgrade(_config(connection), "base")
    command.upgrade(_config(connection), revision)


def raise_to_newest(connection: Connection) -> None:
    """Bring the tables to the newest revision in the connection's transaction."""
    command.upgrade(_config(connection), "head")


def known() -> frozenset[str]:
    """Every revision this version of the product can start from."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def current(engine: Engine) -> str | None:
    """The revision the database is at; None before `dondoc init`."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
