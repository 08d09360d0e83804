"""Schema: makes and migrates the tables with Alembic, and refuses by name a database newer than this program."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from clubtill_ledger.store import (  # noqa: F401 - declare the tables on METADATA
    tables,
    tables_budgets,
    tables_decisions,
    tables_facts,
    tables_jobs,
    tables_photos,
    tables_transfers,
    tables_web,
)
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def migrate(store: Store) -> str:
    """Bring the tables to this program's version and give its name. Raises StoreFault ledger.newer."""
    config = _config()
    with store.writer.connect() as connection, connection.begin():
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return version(connection)


def check(store: Store) -> str:
    """Give the version of the tables. Raises StoreFault ledger.newer, or ledger.no_schema for an older one."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with store.reader.connect() as connection:
        _refuse_newer(connection, config)
        found = version(connection)
    if found != head:
        raise StoreFault("ledger.no_schema", found=found, wanted=head or "")
    return found


def newest() -> str:
    """Give the version of this program's tables."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def version(connection: Connection) -> str:
    """Give the version that the database says it has; blank for a database without tables."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _refuse_newer(connection: Connection, config: Config) -> None:
    found = version(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise StoreFault("ledger.newer", found=found, known=max(known))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
