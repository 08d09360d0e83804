"""Device: the one row of this terminal's identity and the head of its log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, Update, bindparam, select, update

from clubtill_terminal.store.tables import device_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The device's row. `trouble` is blank, or why points cannot be spent: fork, rolled_back, revoked, too_old.

    `pull_epoch` and `pull_seq` name the next of its own events to be pulled back after a roll-back; 0 for none.
    """

    device_id: str
    terminal_id: str
    server_key: str
    epoch: int
    next_seq: int
    head_hash: str
    acked_seq: int
    incarnation: str
    ledger_epoch: int
    clock_offset_us: int
    last_contact_us: int
    next_sale_number: int
    trouble: str
    pull_epoch: int = 0
    pull_seq: int = 0


_read = select(*(c for c in device_state.c if c.name != "id")).where(device_state.c.id == 1)


def find_device(facts: Connection) -> Device | None:
    """Give the device's row, or None before enrolment."""
    row = facts.execute(_read).one_or_none()
    return Device(**row._mapping) if row is not None else None  # noqa: SLF001 - SQLAlchemy's public name for it


def read_device(facts: Connection) -> Device:
    """Give the device's row of an enrolled terminal."""
    return Device(**facts.execute(_read).one()._mapping)  # noqa: SLF001 - as above


def save_device(facts: Connection, device: Device) -> None:
    """Write the device's row at enrolment."""
    values = {name: getattr(device, name) for name in Device.__slots__}
    facts.execute(device_state.delete())
    facts.execute(device_state.insert().values(id=1, **values))


def change_device(facts: Connection, **values: object) -> None:
    """Change columns of the device's row."""
    facts.execute(_changing(tuple(sorted(values))), {f"to_{name}": value for name, value in values.items()})


@cache
def _changing(names: tuple[str, ...]) -> Update:
    return update(device_state).where(device_state.c.id == 1).values({name: bindparam(f"to_{name}") for name in names})
