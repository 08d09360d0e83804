"""Devices: who is enrolled, with which key, since when, and how its clock stood at its last handshake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import device, enrol_code, nonce
from clubtill_rules.values.ids import MASTER_STREAM, device_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An enrolled terminal. `revoked_us` None is active; `fork_us` says since when its log is forked (C12)."""

    device_id: str
    public_key: str
    terminal_id: str
    name: str
    epoch: int
    incarnation: str
    boot_id: str
    clock_offset_us: int
    hello_us: int
    enrolled_us: int
    revoked_us: int | None
    drain: bool
    fork_us: int | None
    store_version: str
    program_version: str

    @property
    def bucket(self) -> int:
        """The bucket of this device's rows without an account."""
        return device_bucket(self.device_id)


def find(connection: Connection, device_id: str) -> Device | None:
    """Find a device by its id."""
    row = connection.execute(_FIND, {"the_device": device_id}).one_or_none()
    return Device(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def by_key(connection: Connection, public_key: str) -> Device | None:
    """Find a device by its public key, base64."""
    row = connection.execute(sa.select(device).where(device.c.public_key == public_key)).one_or_none()
    return Device(**row._mapping) if row else None  # noqa: SLF001 - as above


def every(connection: Connection) -> tuple[Device, ...]:
    """Give all devices, by name."""
    rows = connection.execute(sa.select(device).order_by(device.c.name, device.c.device_id))
    return tuple(Device(**row._mapping) for row in rows)  # noqa: SLF001 - as above


def at_terminal(connection: Connection, terminal_id: str) -> tuple[Device, ...]:
    """Give the devices that were enrolled for a terminal's place."""
    rows = connection.execute(sa.select(device).where(device.c.terminal_id == terminal_id))
    return tuple(Device(**row._mapping) for row in rows)  # noqa: SLF001 - as above


def enrol(connection: Connection, made: Device) -> None:
    """Write a new device."""
    connection.execute(device.insert(), {name: getattr(made, name) for name in Device.__slots__})


def change(connection: Connection, device_id: str, **values: Any) -> None:
    """Change columns of a device."""
    told = {f"to_{name}": value for name, value in values.items()}
    connection.execute(_changing(tuple(sorted(values))), {"the_device": device_id, **told})


@cache
def _changing(names: tuple[str, ...]) -> sa.Update:
    values: dict[str, sa.BindParameter[Any]] = {name: sa.bindparam(f"to_{name}") for name in names}
    return sa.update(device).where(device.c.device_id == sa.bindparam("the_device")).values(values)


def use_nonce(connection: Connection, device_id: str, text: str, *, now_us: int, window_us: int) -> bool:
    """Remember a nonce; False if it was used within the window. Those older than two windows are forgotten."""
    bucket = device_bucket(device_id)
    mine = {"in_bucket": bucket, "of_device": device_id}
    connection.execute(_FORGET_NONCES, {**mine, "before_us": now_us - 2 * window_us})
    if connection.execute(_FIND_NONCE, {**mine, "the_nonce": text}).first():
        return False
    connection.execute(_NEW_NONCE, {"bucket": bucket, "device_id": device_id, "nonce": text, "received_us": now_us})
    return True


def last_contact_us(connection: Connection, device_id: str) -> int:
    """Give when a device last sent a well-signed request; 0 for not within the window of nonces."""
    mine = {"in_bucket": device_bucket(device_id), "of_device": device_id}
    return connection.execute(_LAST_CONTACT, mine).scalar() or 0


_MY_NONCES: Final = (nonce.c.bucket == sa.bindparam("in_bucket"), nonce.c.device_id == sa.bindparam("of_device"))
_FIND: Final = sa.select(device).where(device.c.device_id == sa.bindparam("the_device"))
_FORGET_NONCES: Final = sa.delete(nonce).where(*_MY_NONCES, nonce.c.received_us < sa.bindparam("before_us"))
_FIND_NONCE: Final = sa.select(nonce.c.nonce).where(*_MY_NONCES, nonce.c.nonce == sa.bindparam("the_nonce"))
_NEW_NONCE: Final = nonce.insert()
_LAST_CONTACT: Final = sa.select(sa.func.max(nonce.c.received_us)).where(*_MY_NONCES)


# ------------------------------------------------------------------ enrolment codes


def keep_code(connection: Connection, code_id: str, secret_hash: str, terminal_id: str, *, expires_us: int) -> None:
    """Keep a one-time code; only the hash of its secret is kept."""
    values = {"secret_hash": secret_hash, "terminal_id": terminal_id, "expires_us": expires_us, "tries_left": 5}
    connection.execute(enrol_code.insert(), {"bucket": MASTER_STREAM, "code_id": code_id, **values})


def find_code(connection: Connection, code_id: str) -> sa.Row[Any] | None:
    """Find a one-time code by the part of it that is no secret."""
    return connection.execute(
        sa.select(enrol_code)
        .where(enrol_code.c.bucket == MASTER_STREAM, enrol_code.c.code_id == code_id)
        .with_for_update()
    ).one_or_none()


def change_code(connection: Connection, code_id: str, **values: Any) -> None:
    """Change columns of a code."""
    connection.execute(
        sa.update(enrol_code)
        .where(enrol_code.c.bucket == MASTER_STREAM, enrol_code.c.code_id == code_id)
        .values(**values)
    )
