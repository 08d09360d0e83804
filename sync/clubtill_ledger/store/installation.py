"""Installation: the keys and epochs of this ledger, made once by `clubtill ledger init`. Nothing of it is logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.tables import installation
from clubtill_rules.values.ids import MASTER_STREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What makes this ledger itself.

    Attributes:
        server_key: private Ed25519 key, base64; terminals pin its public half.
        card_key: base64 of the key of card digests (6.7).
        cursor_key: base64 of the key that signs the feed's cursors.
        ledger_epoch: changes when the ledger was restored from a backup (C26); `feed_epoch` with it.
    """

    server_key: str = field(repr=False)
    card_key: str = field(repr=False)
    cursor_key: str = field(repr=False)
    ledger_epoch: int = 1
    feed_epoch: int = 1


def write(connection: Connection, made: Installation) -> Installation:
    """Keep the keys of a new ledger; where some stand already, those stand, and are given back."""
    names = ("server_key", "card_key", "cursor_key", "ledger_epoch", "feed_epoch")
    if connection.execute(sa.select(installation.c.name).where(installation.c.bucket == MASTER_STREAM)).first():
        return read(connection)
    rows = [{"bucket": MASTER_STREAM, "name": name, "value": str(getattr(made, name))} for name in names]
    connection.execute(installation.insert(), rows)
    return made


_READ: Final = sa.select(installation).where(installation.c.bucket == MASTER_STREAM)


def read(connection: Connection) -> Installation:
    """Read the keys. Raises StoreFault ledger.no_schema where `init` has not run."""
    told = {row.name: row.value for row in connection.execute(_READ)}
    if not told:
        raise StoreFault("ledger.no_schema", found="", wanted="init")
    return Installation(
        server_key=told["server_key"],
        card_key=told["card_key"],
        cursor_key=told["cursor_key"],
        ledger_epoch=int(told["ledger_epoch"]),
        feed_epoch=int(told["feed_epoch"]),
    )


def begin_epoch(connection: Connection) -> Installation:
    """Begin new epochs after a restore from a backup: terminals send again and fetch the feed anew (C26)."""
    now = read(connection)
    for name, value in (("ledger_epoch", now.ledger_epoch + 1), ("feed_epoch", now.feed_epoch + 1)):
        connection.execute(
            sa.update(installation)
            .where(installation.c.bucket == MASTER_STREAM, installation.c.name == name)
            .values(value=str(value))
        )
    return read(connection)
