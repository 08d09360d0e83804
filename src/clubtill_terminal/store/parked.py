"""Parked: the sales that this terminal put aside, until the ledger's documents of them stand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from clubtill_terminal.store.tables import parked

WAITING = "waiting"
"""Nobody but this terminal has it: it may be taken back while the line is down (6.5)."""
SENDING = "sending"
"""It went out, and the ledger may have it: only the ledger says who gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """A sale put aside here. `ask` is the exact call that parks it at the ledger."""

    parked_id: str
    version: int
    at_us: int
    ask: bytes
    state: str


def _row(found: object) -> ParkedRow:
    row = found._mapping  # type: ignore[attr-defined]  # noqa: SLF001 - SQLAlchemy's documented way to columns
    return ParkedRow(
        parked_id=row["parked_id"], version=row["version"], at_us=row["at_us"], ask=row["basket"], state=row["state"]
    )


def keep(facts: Connection, row: ParkedRow) -> None:
    """Put a sale aside."""
    facts.execute(
        parked.insert(),
        {
            "parked_id": row.parked_id,
            "version": row.version,
            "at_us": row.at_us,
            "basket": row.ask,
            "state": row.state,
            "take_id": "",
        },
    )


def every(facts: Connection) -> tuple[ParkedRow, ...]:
    """Give what was put aside here and is not known to be at the ledger, the oldest first."""
    return tuple(_row(row) for row in facts.execute(select(parked).order_by(parked.c.at_us, parked.c.parked_id)))


def find(facts: Connection, parked_id: str) -> ParkedRow | None:
    """Find a sale put aside here."""
    row = facts.execute(select(parked).where(parked.c.parked_id == parked_id)).one_or_none()
    return _row(row) if row is not None else None


def mark(facts: Connection, parked_id: str, state: str) -> None:
    """Change how far it got."""
    facts.execute(update(parked).where(parked.c.parked_id == parked_id).values(state=state))


def forget(facts: Connection, parked_id: str, *, version: int) -> None:
    """Drop it here up to a version: the ledger has it, or somebody took it up again. A newer one stays."""
    facts.execute(delete(parked).where(parked.c.parked_id == parked_id, parked.c.version <= version))
