"""Look-up: accounts beyond a terminal's cache, and an account's entries as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final

from clubtill_ledger.feed.page import card_of
from clubtill_ledger.store import people, states
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.entries import entry_of, rows_of
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.requests import AccountsAnswer, EntriesAnswer, EntryRow, LotRow

LETTERS_MIN: Final = 2


def accounts(
    query: Mapping[str, str], device: Device, store: Store, shelf: SettingsShelf, now_us: int
) -> AccountsAnswer:
    """Find accounts: by `club` and `account`, by card `digest`, by member `number`, or by the words of `q`.

    Raises Refusal `revoked`, or `unreadable` without one of these.
    """
    _refuse_revoked(device)
    return store.read(partial(_accounts, query=query, shelf=shelf, now_us=now_us))


def _accounts(connection: Connection, query: Mapping[str, str], shelf: SettingsShelf, now_us: int) -> AccountsAnswer:
    settings = shelf.now(connection, now_us)
    found = (card_of(connection, club, account, settings, now_us) for club, account in _found(connection, query))
    return AccountsAnswer(cards=tuple(card for card in found if card is not None), server_time_us=now_us)


def _found(connection: Connection, query: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    words = query.get("q", "").strip()
    if query.get("club") and query.get("account"):
        return ((query["club"], query["account"]),)
    if query.get("digest"):
        return people.by_digest(connection, query["digest"])
    if query.get("number"):
        return people.by_number(connection, query["number"])
    if len(words) < LETTERS_MIN:
        raise Refusal("unreadable")
    return people.by_number(connection, words) if words.isdigit() else people.by_name(connection, words)


def entries(
    club_id: str, account_id: str, *, device: Device, store: Store, shelf: SettingsShelf, now_us: int
) -> EntriesAnswer:
    """Give every entry of an account once, in the order of posting, with its balance and its lots.

    Raises Refusal `revoked` or `unknown_account`.
    """
    _refuse_revoked(device)
    return store.read(partial(_entries, club_id=club_id, account_id=account_id, shelf=shelf, now_us=now_us))


def _entries(connection: Connection, club_id: str, account_id: str, shelf: SettingsShelf, now_us: int) -> EntriesAnswer:
    state = states.state_of(connection, club_id, account_id)
    club = shelf.now(connection, now_us).club(club_id)
    if state is None or club is None:
        raise Refusal("unknown_account")
    rows = rows_of(connection, club_id, account_id)
    day = max(trading_day(now_us, club.clock), state.folded_day or date.min)
    folded = fold([entry_of(row) for row in rows], as_of=day, refund_grace_days=club.refund_grace_days)
    return EntriesAnswer(
        club_id=club_id,
        account_id=account_id,
        version=state.ver + state.card_ver,
        avail_h=folded.avail_h,
        reserved_h=folded.reserved_h,
        deficit_h=folded.deficit_h,
        balance_h=folded.balance_h,
        entries=tuple(_entry(row) for row in rows),
        lots=tuple(LotRow(**{name: getattr(lot, name) for name in LotRow.__struct_fields__}) for lot in folded.lots),
        server_time_us=now_us,
    )


def _entry(row: Any) -> EntryRow:
    told = {"stream": row.bucket}
    told |= {f"{name}_after_h": getattr(row, f"{name}_after") for name in ("avail", "reserved", "deficit")}
    same = [name for name in EntryRow.__struct_fields__ if name not in told]
    return EntryRow(**told, **{name: getattr(row, name) for name in same})


def _refuse_revoked(device: Device) -> None:
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
