"""Distribution: `clubtill ledger citus`: how an empty ledger's tables are spread over the workers of Citus."""

from __future__ import annotations

from typing import Annotated

import typer

from clubtill_ledger.operate.opening import DEFAULT, Database, opened
from clubtill_ledger.store import citus


def distribute(
    database: Database = DEFAULT,
    run: Annotated[bool, typer.Option("--run", help="Run them: right after `init`.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Print the statements that distribute the tables by bucket on Citus, or run them."""
    if not run:
        typer.echo("\n".join(f"{one};" for one in citus.statements()))
        return
    with opened(database, None) as store:
        done = 0 if store.is_sqlite else store.write(citus.distribute)
    typer.echo(f"{done} tables were distributed." if done else "This database has no Citus; nothing was changed.")
