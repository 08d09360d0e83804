"""Feed: the change feed of 66 streams, with cards, documents, the deny list and this device's leases (6.5)."""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_rules.members.account import AccountCard
from clubtill_sync.wire.requests import LeaseRow


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole master-data document of stream 64. `body` is the exact JSON of the class that `documents.KINDS` names.

    `effective_from` None holds at once; a later day is applied on its day. `deleted` takes the document away.
    """

    kind: str
    id: str
    version: int
    effective_from: date | None = None
    deleted: bool = False
    body: msgspec.Raw = msgspec.Raw(b"null")


class DenyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of stream 65. `kind` is card, person, account, staff or device; `id` its digest or id."""

    kind: str
    id: str
    code: str
    denied: bool = True


class StreamRange(msgspec.Struct, frozen=True, kw_only=True):
    """The range (after, through] of one stream that a page covers. A hole is impossible to miss."""

    stream: int
    after: int
    through: int


class StreamCheck(msgspec.Struct, frozen=True, kw_only=True):
    """End-of-sync check of a stream: count, sum of balances, xor of the first 8 bytes of each row's SHA-256."""

    stream: int
    through: int
    count: int
    balance_h: int
    digest: int


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the feed. `more` says that the next page will not wait.

    `snapshot` says that so much is missing that a snapshot is cheaper (6.5).
    """

    cursor: str
    feed_epoch: int
    ranges: tuple[StreamRange, ...]
    accounts: tuple[AccountCard, ...]
    documents: tuple[Document, ...]
    deny: tuple[DenyRow, ...]
    leases: tuple[LeaseRow, ...]
    recalls: tuple[str, ...]
    more: bool
    checks: tuple[StreamCheck, ...] = ()
    server_time_us: int = 0
    snapshot: bool = False
