"""Working sets: which accounts have points, and where their persons are at home (4.4)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import account_state, member


class _Attributes(msgspec.Struct):
    """What is read of a stored card."""

    attributes: dict[str, str] | None = None


_DECODER = msgspec.json.Decoder(_Attributes)


def with_points(connection: Connection, bucket: int, home_attribute: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give the accounts of a bucket that have anything available: club, account, the venues their persons name."""
    rows = connection.execute(
        sa.select(account_state.c.club_id, account_state.c.account_id, member.c.body)
        .select_from(account_state)
        .join(
            member,
            sa.and_(
                member.c.bucket == account_state.c.bucket,
                member.c.club_id == account_state.c.club_id,
                member.c.account_id == account_state.c.account_id,
            ),
        )
        .where(account_state.c.bucket == bucket, account_state.c.avail_h > 0)
        .order_by(account_state.c.club_id, account_state.c.account_id)
    )
    homes: dict[tuple[str, str], set[str]] = {}
    for club_id, account_id, body in rows:
        home = (_DECODER.decode(body).attributes or {}).get(home_attribute, "")
        homes.setdefault((club_id, account_id), set()).add(home)
    for (club_id, account_id), named in homes.items():
        yield club_id, account_id, frozenset(named - {""})
