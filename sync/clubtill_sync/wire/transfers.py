"""Transfers: points of one account to another of the same club, decided online (R38, ledger design 3.3)."""

from __future__ import annotations

import msgspec

from clubtill_rules.members.account import AccountCard
from clubtill_sync.wire.events import Int


class TransferAsk(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/transfers`: `transfer_id` is the asker's own id; the same ask again gets the same answer."""

    transfer_id: str
    club_id: str
    source_id: str
    target_id: str
    amount_h: Int
    staff_id: str


class TransferAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a transfer: `state` is posted, or void: the target could not be credited and nothing moved.

    `event_id` names its entries in both accounts; `source` and `target` are the cards after it.
    """

    event_id: str
    state: str
    amount_h: int
    arrives_h: int
    source: AccountCard | None
    target: AccountCard | None
    server_time_us: int
