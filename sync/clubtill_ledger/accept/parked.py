"""Parked: sales put aside by one till and taken up by another, one at a time (6.5, R73).

Documents `parked` of stream 64: the last version wins, a taken one names its holder, a sold one is deleted. The sale
made of one is an event of its own; a second sale of the same one stands and is flagged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import msgspec

from clubtill_ledger.accept.reading import Read
from clubtill_ledger.store import documents
from clubtill_ledger.store import parked as rows
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.parked import Held
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.permissions import Act, Answer, may, roles_of
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.parking import uses_points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.parked import KIND, ParkAsk, ParkedAnswer, ParkedSale, TakeAsk
from clubtill_sync.wire.sale_events import SaleV2

T = TypeVar("T", ParkAsk, TakeAsk)

PARKED_TWICE: Final = "PARKED_TWICE"
"""Flag: another sale was made of the same parked one before."""
ID_MAX: Final = 80


def park(body: bytes, device: Device, store: Store, shelf: SettingsShelf, now_us: int) -> ParkedAnswer:
    """Answer `POST /v1/parked`. The same ask again is the same answer.

    Raises Refusal `unreadable`, `unknown_settings`, `park.paid` or `park.points` for what a parked sale never has,
    `parked.sold` once a sale was made of it, `parked.held` naming another holder, `parked.newer` with its `version`.
    """
    told = _decoded(body, ParkAsk)
    try:
        basket = msgspec.json.decode(told.basket, type=Basket)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refusal("unreadable") from None
    if not 0 < len(told.parked_id) <= ID_MAX or told.version < 1 or b"\\u0000" in body:
        raise Refusal("unreadable")
    if basket.tenders:
        raise Refusal("park.paid")
    if uses_points(basket):
        raise Refusal("park.points")
    return store.write(partial(_park, told=told, device=device, shelf=shelf, now_us=now_us))


def take(parked_id: str, body: bytes, device: Device, store: Store, now_us: int) -> ParkedAnswer:
    """Answer `POST /v1/parked/{id}/take`: this device holds it now, and nobody else.

    Raises Refusal `unreadable`, `parked.unknown`, `parked.sold` or `parked.held` naming the holder.
    """
    told = _decoded(body, TakeAsk)
    return store.write(partial(_take, parked_id=parked_id, told=told, device=device, now_us=now_us))


def release(
    parked_id: str, body: bytes, *, device: Device, store: Store, shelf: SettingsShelf, now_us: int
) -> ParkedAnswer:
    """Answer `POST /v1/parked/{id}/release`: its holder, or a manager, lets go of it; the last version stands.

    Raises Refusal as `take`, and `permission.missing` for staff who close nobody else's work.
    """
    told = _decoded(body, TakeAsk)
    return store.write(partial(_release, parked_id=parked_id, told=told, device=device, shelf=shelf, now_us=now_us))


def sold_by(events: Iterable[Read]) -> list[tuple[str, str]]:
    """Give the parked sales that sales were made of, with the event of each."""
    return [
        (one.body.parked_id, one.event_id)
        for one in events
        if isinstance(one.body, SaleV2) and one.body.parked_id and not one.reason
    ]


def note_sold(connection: Connection, made: Iterable[tuple[str, str]], now_us: int) -> frozenset[str]:
    """Note which parked sales were sold by which event; give the events of those that came second (PARKED_TWICE).

    Before the sales are posted, in the bucket of stream 64. Run again it says the same.
    """
    second: set[str] = set()
    for parked_id, event_id in sorted(made):
        held = rows.find(connection, parked_id)
        if held is not None and held.sale_id:
            second |= {event_id} if held.sale_id != event_id else set()
            continue
        sold = Held(
            parked_id=parked_id,
            location_id=held.location_id if held else "",
            version=held.version + 1 if held else 1,
            holder=held.holder if held else "",
            take_id="",
            sale_id=event_id,
            changed_us=now_us,
        )
        rows.keep(connection, sold, new=held is None)
        if held is not None:
            gone = Document(kind=KIND, id=parked_id, version=sold.version, deleted=True)
            documents.publish_one(connection, gone)
    return frozenset(second)


# ------------------------------------------------------------------ in one transaction each


def _park(connection: Connection, told: ParkAsk, device: Device, shelf: SettingsShelf, now_us: int) -> ParkedAnswer:
    terminal = shelf.now(connection, now_us).terminal(device.terminal_id)
    if terminal is None:
        raise Refusal("unknown_settings")
    held = rows.find(connection, told.parked_id)
    sale = ParkedSale(
        parked_id=told.parked_id,
        location_id=terminal.location_id,
        name=told.name,
        device_id=device.device_id,
        staff_id=told.staff_id,
        at_us=told.at_us,
        basket=told.basket,
    )
    if held is not None:
        standing = _standing(connection, told.parked_id)
        if held.version == told.version and standing is not None and _same(standing, sale):
            return ParkedAnswer(sale=standing, version=held.version, server_time_us=now_us)
        _check(held, device)
        if told.version != held.version + 1:
            raise Refusal("parked.newer", version=held.version)
    made = Held(
        parked_id=told.parked_id,
        location_id=terminal.location_id,
        version=told.version,
        holder="",
        take_id="",
        sale_id="",
        changed_us=now_us,
    )
    return _published(connection, made, sale, now_us, new=held is None)


def _take(connection: Connection, parked_id: str, told: TakeAsk, device: Device, now_us: int) -> ParkedAnswer:
    held, sale = _found(connection, parked_id)
    _check(held, device)
    if held.holder == device.device_id:
        return ParkedAnswer(sale=sale, version=held.version, server_time_us=now_us)
    taken = replace(held, version=held.version + 1, holder=device.device_id, take_id=told.take_id, changed_us=now_us)
    mine = msgspec.structs.replace(sale, holder=device.device_id)
    return _published(connection, taken, mine, now_us, new=False)


def _release(
    connection: Connection, *, parked_id: str, told: TakeAsk, device: Device, shelf: SettingsShelf, now_us: int
) -> ParkedAnswer:
    held, sale = _found(connection, parked_id)
    if not held.holder:
        return ParkedAnswer(sale=sale, version=held.version, server_time_us=now_us)
    staff = shelf.now(connection, now_us).by_kind.get("staff", {}).get(told.staff_id)
    managed = staff is not None and may(roles_of(staff.roles), Act.CLOSE_OTHERS_SHIFT) is Answer.YES
    if held.holder != device.device_id and not managed:
        raise Refusal("permission.missing", act=Act.CLOSE_OTHERS_SHIFT.value)
    free = replace(held, version=held.version + 1, holder="", take_id="", changed_us=now_us)
    return _published(connection, free, msgspec.structs.replace(sale, holder=""), now_us, new=False)


def _found(connection: Connection, parked_id: str) -> tuple[Held, ParkedSale]:
    held = rows.find(connection, parked_id)
    if held is None:
        raise Refusal("parked.unknown")
    if held.sale_id:
        raise Refusal("parked.sold", sale_id=held.sale_id)
    sale = _standing(connection, parked_id)
    if sale is None:
        raise AssertionError("a parked sale that was not sold has a document")
    return held, sale


def _check(held: Held, device: Device) -> None:
    if held.sale_id:
        raise Refusal("parked.sold", sale_id=held.sale_id)
    if held.holder and held.holder != device.device_id:
        raise Refusal("parked.held", holder=held.holder)


def _standing(connection: Connection, parked_id: str) -> ParkedSale | None:
    found = documents.one_in_force(connection, KIND, parked_id)
    return msgspec.json.decode(found.body, type=ParkedSale) if found else None


def _same(one: ParkedSale, other: ParkedSale) -> bool:
    return bytes(msgspec.json.encode(one)) == bytes(msgspec.json.encode(other))


def _published(connection: Connection, held: Held, sale: ParkedSale, now_us: int, *, new: bool) -> ParkedAnswer:
    rows.keep(connection, held, new=new)
    body = msgspec.Raw(msgspec.json.encode(sale))
    documents.publish_one(connection, Document(kind=KIND, id=held.parked_id, version=held.version, body=body))
    return ParkedAnswer(sale=sale, version=held.version, server_time_us=now_us)


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal("unreadable") from None
