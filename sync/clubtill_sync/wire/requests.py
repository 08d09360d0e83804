"""Requests and answers of the protocol: enrolment, hello, events, leases, accounts (ledger design, section 6)."""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_rules.members.account import AccountCard
from clubtill_rules.points.entries import Entry
from clubtill_sync.wire.events import Int


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Every answer that is not 200: a code and its facts, never a sentence (U104)."""

    code: str
    facts: dict[str, msgspec.Raw] = {}
    server_time_us: int = 0


class Enrol(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/enrol`: a one-time code and the terminal's Ed25519 public key, base64."""

    code: str
    public_key: str
    name: str


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to an enrolment: who the device is now and which key of the ledger to pin."""

    device_id: str
    epoch: int
    server_key: str
    terminal_id: str
    server_time_us: int
    card_key: str
    """Base64 of the installation's key for card digests (ledger design 6.7)."""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/hello`: where the device's log stands. Hashes are hex."""

    epoch: Int
    head_seq: Int
    head_hash: str
    acked_seq: Int
    incarnation: str
    boot_id: str
    local_time_us: Int
    store_version: str
    program_version: str


class LeaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """An open lease of this device as the ledger has it. `advice` lists (last usable day or null, hundredths)."""

    lease_id: str
    club_id: str
    account_id: str
    granted_h: int
    spent_h: int
    sale_id: str
    ask_no: int
    advice: tuple[tuple[date | None, int], ...]


class HelloAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ledger's copy of the device's log stands.

    `state` is ok, behind (ledger lost data: rewind and send again), ahead (device was rolled back), fork or revoked.
    """

    state: str
    epoch: int
    next_seq: int
    head_hash: str
    ledger_epoch: int
    feed_epoch: int
    server_time_us: int
    leases: tuple[LeaseRow, ...]


class EventsBatch(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/events`: events in order of the device's sequence; each keeps its exact bytes (I4)."""

    epoch: Int
    first_seq: Int
    previous_hash: str
    events: tuple[msgspec.Raw, ...]


class EventResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one event. `status` is posted, duplicate or held. `stream` and `seq` are where it was posted."""

    seq: int
    event_id: str
    status: str
    stream: int
    position: int
    balance_h: int | None
    flags: tuple[str, ...]


class EventsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch: the acknowledged contiguous prefix and a result an event (I11)."""

    acked_through: int
    results: tuple[EventResult, ...]
    server_time_us: int


class LeaseAsk(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/leases`: ask for points under the id of the sale (or attach) that will use them (4.2).

    `amount_h` 0 asks for what an attach grants: the smaller of what is available and the venue's cap.
    """

    sale_id: str
    ask_no: Int
    club_id: str
    account_id: str
    amount_h: Int
    why: str


class LeaseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The lease granted, or none; what is available beside it and what other devices hold."""

    lease: LeaseRow | None
    card: AccountCard | None
    held_elsewhere_h: int
    server_time_us: int


class AccountsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/accounts`: cards that match a search beyond the cache, or one account's card."""

    cards: tuple[AccountCard, ...]
    server_time_us: int


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an account as the ledger keeps it: where it stands and what was available after it (3.2)."""

    position: int
    version: int
    available_after_h: int
    entry: Entry


class EntriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/accounts/{account_id}/entries`: an account's card and every entry behind it, in the ledger's order."""

    card: AccountCard
    entries: tuple[EntryRow, ...]
    server_time_us: int
