"""Requests and answers of the protocol: enrolment, hello, events, leases, accounts (ledger design, section 6)."""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_rules.members.account import AccountCard
from clubtill_sync.wire.budgets import BudgetRow
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
    protocol: Int = 1
    gathered: bool = False
    """What this device still had of older epochs stands in this one: a ledger that lost them may go on (C26)."""
    acked_hash: str = ""
    """The hash at `acked_seq`: another one there is lost just as well. Blank where the device does not keep it."""


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
    `budget` is the one that the device may spend while it is cut off in the mode BUDGET; None for none.
    """

    state: str
    epoch: int
    next_seq: int
    head_hash: str
    ledger_epoch: int
    feed_epoch: int
    server_time_us: int
    leases: tuple[LeaseRow, ...]
    budget: BudgetRow | None = None
    too_old: bool = False
    """This program is too old for leases and budgets: what happens is taken as ever, no points offline (426)."""
    again: bool = False
    """The ledger lacks what it acknowledged to this device, whatever `state` says besides: send it again (I31)."""


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
    """The lease granted, or none; what is available beside it and what other devices hold.

    `held` is what the asker held before: it was perhaps set aside at check-in, and no feed has told it yet.
    """

    lease: LeaseRow | None
    card: AccountCard | None
    held_elsewhere_h: int
    server_time_us: int
    held: tuple[LeaseRow, ...] = ()


class AccountsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/accounts`: cards that match a search beyond the cache, or one account's card."""

    cards: tuple[AccountCard, ...]
    server_time_us: int


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as the ledger keeps it: where it stands (3.2), what it moved, and the account after it."""

    stream: int
    seq: int
    ver: int
    event_id: str
    leg: int
    kind: str
    amount_h: int
    eff_us: int
    day: date | None
    earn_day: date | None
    last_day: date | None
    sale_id: str
    lease_id: str
    natural_key: str
    award_for: str
    refers_to: str
    refers_leg: int
    person_id: str
    device_id: str
    avail_after_h: int
    reserved_after_h: int
    deficit_after_h: int


class LotRow(msgspec.Struct, frozen=True, kw_only=True):
    """A lot as the fold derives it (R33)."""

    event_id: str
    leg: int
    earn_day: date
    last_day: date | None
    original_h: int
    left_h: int
    expired_h: int


class EntriesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/accounts/{club}/{account}/entries`: every entry once, in the order of posting, with balance and lots."""

    club_id: str
    account_id: str
    version: int
    avail_h: int
    reserved_h: int
    deficit_h: int
    balance_h: int
    entries: tuple[EntryRow, ...]
    lots: tuple[LotRow, ...]
    server_time_us: int
