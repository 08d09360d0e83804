"""Web keys: who may use the Web API, for which club, from which terminal's place, and what its requests made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_web import web_key, web_request
from clubtill_rules.values.ids import MASTER_STREAM, device_bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class WebKey:
    """A key of the Web API. `device_id` is the device whose log its orders stand in; `per_minute` its rate."""

    key_id: str
    device_id: str
    club_id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str
    per_minute: int
    created_us: int
    revoked_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """What a request that moves points was: the event that it makes, a digest of what it asked, and whose points."""

    device_id: str
    event_id: str
    kind: str
    digest: str
    club_id: str
    account_id: str
    at_us: int


def keep(connection: Connection, made: WebKey) -> None:
    """Write a new key."""
    row = {name: getattr(made, name) for name in WebKey.__slots__}
    connection.execute(web_key.insert(), row | {"bucket": MASTER_STREAM})


def find(connection: Connection, key_id: str) -> WebKey | None:
    """Find a key by its id."""
    row = connection.execute(
        sa.select(web_key).where(web_key.c.bucket == MASTER_STREAM, web_key.c.key_id == key_id)
    ).one_or_none()
    return _key(row) if row else None


def every(connection: Connection) -> tuple[WebKey, ...]:
    """Give all keys, revoked ones too, by name."""
    rows = connection.execute(
        sa.select(web_key).where(web_key.c.bucket == MASTER_STREAM).order_by(web_key.c.name, web_key.c.key_id)
    )
    return tuple(_key(row) for row in rows)


def revoke(connection: Connection, key_id: str, now_us: int) -> None:
    """Revoke a key, once."""
    connection.execute(
        sa.update(web_key)
        .where(web_key.c.bucket == MASTER_STREAM, web_key.c.key_id == key_id, web_key.c.revoked_us.is_(None))
        .values(revoked_us=now_us)
    )


def find_request(connection: Connection, device_id: str, event_id: str) -> WebRequest | None:
    """Find a request of a key's own device; another key's is not found."""
    row = connection.execute(
        sa.select(web_request).where(
            web_request.c.bucket == device_bucket(device_id),
            web_request.c.device_id == device_id,
            web_request.c.event_id == event_id,
        )
    ).one_or_none()
    if row is None:
        return None
    return WebRequest(**{name: row._mapping[name] for name in WebRequest.__slots__})  # noqa: SLF001 - SQLAlchemy's way


def claim(connection: Connection, asked: WebRequest) -> WebRequest:
    """Note a request before it moves anything; one that stands already is given back as it stands."""
    standing = find_request(connection, asked.device_id, asked.event_id)
    if standing is None:
        row = {name: getattr(asked, name) for name in WebRequest.__slots__}
        connection.execute(web_request.insert(), row | {"bucket": device_bucket(asked.device_id)})
    return standing or asked


def _key(row: sa.Row[Any]) -> WebKey:
    return WebKey(**{name: row._mapping[name] for name in WebKey.__slots__})  # noqa: SLF001 - as above
