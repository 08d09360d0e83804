"""Conformance: `clubtill ledger conformance URL` says whether an engine keeps what the ledger needs (8.2, 8.5).

For a cluster that we cannot run here. It makes the ledger's tables in a database that holds nothing, runs the ledger's
own code against them with several writers at once, counts what stands, removes the tables and says pass or what fails.
It cannot cut the power or kill a server: the operating document says how to try that by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from clubtill_ledger.operate.conformance_checks import CHECKS, Fails, Kit
from clubtill_ledger.operate.opening import EXIT_REFUSED, clock_us, prepare, tell
from clubtill_ledger.store import citus, probes
from clubtill_ledger.store.engines import Store, open_store
from clubtill_ledger.store.faults import StoreFault

EXIT_FAILS: Final = 1
WRITERS: Final = 4
ROUNDS: Final = 60
WRITERS_MAX: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one check."""

    name: str
    passed: bool
    told: str

    def line(self) -> str:
        """Write it as it is printed."""
        return f"{'pass' if self.passed else 'FAIL'}  {self.name}: {self.told}"


def run(store: Store, say: Callable[[str], None], *, now_us: int, writers: int, rounds: int) -> tuple[Outcome, ...]:
    """Run every check in an empty database and tell each as it ends.

    Raises StoreFault ledger.not_empty, before anything was written, if a table stands there.
    """
    if there := probes.tables_there(store):
        raise StoreFault("ledger.not_empty", found=there[0], count=len(there))
    say(probes.describe(store))
    kit = Kit(store=store, now_us=now_us, writers=writers, rounds=rounds)
    outcomes: list[Outcome] = []
    for name, check in (("the tables are made", _tables), *CHECKS):
        outcome = _outcome(name, check, kit)
        say(outcome.line())
        outcomes.append(outcome)
        if check is _tables and not outcome.passed:
            break
    return tuple(outcomes)


def _tables(kit: Kit) -> str:
    """Make the tables as `init` does, and distribute them where the engine is Citus."""
    prepare(kit.store)
    spread = kit.store.write(citus.distribute) if not kit.store.is_sqlite else 0
    return f"{len(probes.tables_there(kit.store))}, {spread} of them distributed" if spread else "as `init` makes them"


def _outcome(name: str, check: Callable[[Kit], str], kit: Kit) -> Outcome:
    try:
        return Outcome(name=name, passed=True, told=check(kit))
    except Fails as fails:
        return Outcome(name=name, passed=False, told=str(fails))
    except StoreFault as fault:
        return Outcome(name=name, passed=False, told=f"the database cannot be used: {fault}")
    except Exception as error:  # noqa: BLE001 - whatever an engine makes the ledger's code do is what fails
        first = (str(error).strip().splitlines() or [""])[0]
        told = f"the ledger's code met what it never meets on a sound engine: {type(error).__name__} {first}"
        return Outcome(name=name, passed=False, told=told)


def conformance(  # noqa: PLR0917 - typer's way
    url: Annotated[str, typer.Argument(help="A database that holds nothing: a PostgreSQL URL, or a new SQLite file.")],
    schema: Annotated[str, typer.Option(help="Make the tables in a new schema of this name.")] = "",
    isolation: Annotated[str, typer.Option(help="Isolation of writing transactions.")] = "READ COMMITTED",
    writers: Annotated[int, typer.Option(min=2, max=WRITERS_MAX, help="Writers at once.")] = WRITERS,
    rounds: Annotated[int, typer.Option(min=20, help="How often each writes.")] = ROUNDS,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the tables there to be looked at.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Say whether a database keeps what the ledger needs. Exit code 0: it does; 1: it does not; 2: not tried."""
    if "://" not in url and Path(url).exists() and Path(url).stat().st_size:
        typer.echo(f"{url} holds something already. Name a new file.", err=True)
        raise typer.Exit(EXIT_REFUSED)
    try:
        store = open_store(citus.in_schema(url, schema) if schema else url, isolation=isolation)
    except StoreFault as fault:
        raise tell(fault) from fault
    try:
        outcomes = run(store, typer.echo, now_us=clock_us(), writers=writers, rounds=rounds)
        if not keep:
            probes.remove(store)
    except StoreFault as fault:
        raise tell(fault) from fault
    finally:
        store.close()
    failed = [one for one in outcomes if not one.passed]
    if failed:
        typer.echo(f"Fails: {len(failed)} of {len(outcomes)} checks. Do not keep a ledger on this database.")
        raise typer.Exit(EXIT_FAILS)
    typer.echo(f"Passes all {len(outcomes)} checks. Power loss and failover were not tried: see operating.md.")
