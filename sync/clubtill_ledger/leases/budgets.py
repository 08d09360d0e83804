"""Budgets: granted to a device at its hello under the limit of its venue, and settled by its log (4.3, I23).

No clock ends one here. A budget that its device gave back is settled when the ledger has the device's log without a gap
through the event that said so, for that event comes after every spend; only then is its T granted anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import Final

import msgspec

from clubtill_ledger.store import budgets, installation, logs
from clubtill_ledger.store.budgets import HeldBudget, Limit
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import Settings, SettingsShelf
from clubtill_rules.members.venue import OfflineMode, Venue
from clubtill_rules.points import budgets as rules
from clubtill_rules.values.days import US_PER_DAY, US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.budgets import sign
from clubtill_sync.signing import key_from_text
from clubtill_sync.wire.requests import HelloAnswer

US_PER_HOUR: Final = 3_600 * US_PER_S
_FINE: Final = "ok"


def at_hello(told: HelloAnswer, device: Device, store: Store, shelf: SettingsShelf, now_us: int) -> HelloAnswer:
    """Put the device's budget into the answer to its hello: the open one, or a new one where the venue has room.

    Only a device whose log is in order gets one: not one that is behind, ahead, forked or revoked.
    """
    counting = store.read(partial(budgets.counted, device_id=device.device_id))
    counting = tuple(one for one in counting if not _settle(one, store))
    if told.state != _FINE:
        return told
    if not counting and store.read(partial(_venue, device=device, shelf=shelf, now_us=now_us)):
        store.write(partial(_grant, device=device, shelf=shelf, epoch=told.epoch, now_us=now_us))
    row = store.read(partial(budgets.open_of, device_id=device.device_id))
    return msgspec.structs.replace(told, budget=row)


def _settle(held: HeldBudget, store: Store) -> bool:
    """Settle a budget that is over; give whether it is. What was spent of it is summed over all buckets."""
    spent_h = store.read(partial(budgets.spent_of, device_id=held.device_id, budget_id=held.budget_id))
    mark = store.read(partial(logs.mark, device_id=held.device_id, epoch=held.close_epoch))
    contiguous = mark.acked_seq if mark else 0
    over = rules.settled(held.of_rules(spent_h), contiguous_seq=contiguous, closed_seq=held.close_seq)
    if over:
        store.write(partial(budgets.end, held=held, state=budgets.SETTLED, spent_h=sum(spent_h.values())))
    return over


def _venue(connection: Connection, device: Device, shelf: SettingsShelf, now_us: int) -> Venue | None:
    """Give the venue where a device stands if it is in the mode BUDGET."""
    venue = shelf.now(connection, now_us).venue_of_terminal(device.terminal_id)
    return venue if venue is not None and venue.offline_mode is OfflineMode.BUDGET else None


def _grant(connection: Connection, *, device: Device, shelf: SettingsShelf, epoch: int, now_us: int) -> None:
    """Grant a budget, the venue's row being held, so that the open T of the venue never exceed its limit (I23)."""
    venue = _venue(connection, device, shelf, now_us)
    limit = budgets.limit_of(connection, venue.id) if venue else None
    if venue is None or limit is None or budgets.counted(connection, device.device_id):
        return
    limit_h = limit_points(limit, venue, shelf.now(connection, now_us))
    total_h = min(limit.total_h, rules.grantable(limit_h.hundredths, limit.open_h))
    if total_h <= 0 or limit.each_h <= 0:
        return
    name = f"budget\x00{device.device_id}\x00{budgets.given(connection, device.device_id)}\x00{now_us}"
    made = HeldBudget(
        device_id=device.device_id,
        epoch=epoch,
        budget_id=hashlib.sha256(name.encode()).hexdigest()[:32],
        venue_id=venue.id,
        each_h=min(limit.each_h, total_h),
        total_h=total_h,
        granted_us=now_us,
        deadline_us=now_us + limit.hours * US_PER_HOUR,
        cache_age_max_us=US_PER_DAY,
        signature="",
    )
    key = key_from_text(installation.read(connection).server_key)
    budgets.grant(connection, replace(made, signature=sign(made.on_the_wire(), key).signature), limit)


def limit_points(limit: Limit, venue: Venue, settings: Settings) -> Points:
    """Give the points that a venue's limit stands for, at the lowest ratio there; none where nobody redeems."""
    ratio = ratio_of(venue, settings)
    if not ratio:
        return Points(0)
    return rules.limit_points(Money(limit.limit_minor), ratio, money_decimals=venue.money_decimals)


def ratio_of(venue: Venue, settings: Settings) -> int:
    """Give the lowest ratio at which anybody redeems at a venue's locations; 0 for nobody (R65)."""
    own = [one.id for one in settings.by_kind.get("location", {}).values() if one.venue_id == venue.id]
    return rules.lowest_ratio(settings.by_kind.get("classification", {}).values(), own)


def release(connection: Connection, device_id: str) -> HeldBudget | None:
    """Release a device's budget on a manager's word: its T may be granted to others, though the device may spend it.

    Gives what was released, None for nothing. The venue's loss may then exceed its limit by that T, once.
    """
    counting = budgets.counted(connection, device_id)
    for held in counting:
        budgets.end(connection, held, budgets.RELEASED, 0)
    return counting[0] if counting else None
