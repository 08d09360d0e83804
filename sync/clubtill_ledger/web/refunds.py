"""Refunds: what of a web order goes back, in points to the account that paid, never more than is left (R41, R43).

An order is found by the key that made it and by no other (F30).
"""

from __future__ import annotations

from functools import partial

from clubtill_ledger.accept import bucket as work_in
from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.reading import read
from clubtill_ledger.accept.refunds import find_sale
from clubtill_ledger.store import logs, states, web_keys
from clubtill_ledger.store import refunds as refund_rows
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.store.web_keys import WebRequest
from clubtill_ledger.web.keys import Caller
from clubtill_ledger.web.members import place
from clubtill_ledger.web.orders import STAFF, Asking, finish, line_of, post, request_of
from clubtill_ledger.web.shapes import AskedRefund, Order, RefundOf
from clubtill_rules.sale.refunding import Made, Refund, left_of, refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import NO_POINTS
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.versions_refund import At, refund_from_wire, refund_to_v1


def order(caller: Caller, store: Store, shelf: SettingsShelf, order_id: str, now_us: int) -> Order:
    """Give an order of this key as it stands. Raises Refusal `unknown_order`."""
    noted = store.read(partial(_noted, caller=caller, order_id=order_id))
    return store.read(partial(_told, noted=noted, caller=caller, shelf=shelf, now_us=now_us))


def give_back(one: Asking, store: Store, shelf: SettingsShelf, order_id: str, asked: AskedRefund) -> RefundOf:
    """Refund an order of this key, or a part; the same request again gives nothing more.

    Raises Refusal `unknown_order`, `key_reuse`, and what `refund` refuses.
    """
    noted = store.read(partial(_noted, caller=one.caller, order_id=order_id))
    mine = store.write(partial(web_keys.claim, asked=request_of(one, "refund", noted.account_id)))
    if mine.digest != one.digest or mine.account_id != noted.account_id:
        raise Refusal("key_reuse")
    store.write(partial(_refund, one=one, shelf=shelf, noted=noted, asked=asked))
    return store.read(partial(_refunded, one=one, noted=noted))


def _noted(connection: Connection, caller: Caller, order_id: str) -> WebRequest:
    found = web_keys.find_request(connection, caller.device.device_id, order_id)
    if found is None or found.kind != "order":
        raise Refusal("unknown_order")
    return found


def _refund(connection: Connection, one: Asking, shelf: SettingsShelf, noted: WebRequest, asked: AskedRefund) -> None:
    bucket = account_bucket(noted.club_id, noted.account_id)
    if one.event_id in logs.raw(connection, bucket, [one.event_id]):
        return
    catalogue = place(connection, one.caller, shelf, one.now_us)
    work = work_in.begin(connection, shelf=shelf, device=one.caller.device, bucket=bucket, now_us=one.now_us)
    sale = find_sale(work, noted.event_id)
    if sale is None:
        raise Refusal("unknown_order")
    already = _refunds(work, noted.event_id)
    wanted = {part.n: part.qty for part in asked.lines}
    if not wanted:
        wanted = {n: left for n, left in left_of(sale, already).items() if left}
    if not wanted:
        raise Refusal("refund.nothing_left")
    if len(wanted) != len(asked.lines or wanted) or not set(wanted) <= {line.n for line in sale.lines}:
        raise Refusal("refund.no_lines")
    made = Made(event_id=one.event_id, device_id=one.caller.device.device_id, staff_id=STAFF, at_us=one.now_us)
    back = refund(sale, already, wanted, made=made, catalogue=catalogue)
    at = At(club_id=sale.club_id, venue_id=catalogue.venue.id, location_id=catalogue.location.id)
    finish(work, post(work, one, refund_to_v1(back, sale, at), catalogue.version))


def _refunds(work: BucketWork, sale_id: str) -> list[Refund]:
    """Give every refund that a sale has had."""
    ids = refund_rows.of_sale(work.connection, work.bucket, sale_id)
    found = logs.raw(work.connection, work.bucket, ids)
    bodies = ((event_id, read(bytes(found[event_id].bytes), found[event_id].device_id).body) for event_id in ids)
    return [refund_from_wire(event_id, body) for event_id, body in bodies if isinstance(body, RefundV1)]


def _told(connection: Connection, noted: WebRequest, caller: Caller, shelf: SettingsShelf, now_us: int) -> Order:
    bucket = account_bucket(noted.club_id, noted.account_id)
    work = work_in.begin(connection, shelf=shelf, device=caller.device, bucket=bucket, now_us=now_us)
    sale = find_sale(work, noted.event_id)
    if sale is None:
        raise Refusal("unknown_order")
    return _order(connection, noted, sale, _refunds(work, noted.event_id))


def _order(connection: Connection, noted: WebRequest, sale: Sale, already: list[Refund]) -> Order:
    left = left_of(sale, already)
    return Order(
        order_id=noted.event_id,
        member_number=sale.member_number,
        at_us=sale.at_us,
        ratio=sale.ratio or 0,
        lines=[line_of(line, left.get(line.n, 0)) for line in sale.lines],
        points_h=sale.points_used.hundredths,
        points_back_h=sum((one.points_back for one in already), NO_POINTS).hundredths,
        total_minor=sale.total.minor,
        balance_h=_available_h(connection, noted),
    )


def _refunded(connection: Connection, one: Asking, noted: WebRequest) -> RefundOf:
    bucket = account_bucket(noted.club_id, noted.account_id)
    row = logs.raw(connection, bucket, [one.event_id])[one.event_id]
    body = read(bytes(row.bytes), row.device_id).body
    if not isinstance(body, RefundV1):
        raise Refusal("key_reuse")
    return RefundOf(
        refund_id=one.event_id,
        order_id=noted.event_id,
        points_h=body.points_back_h,
        balance_h=_available_h(connection, noted),
    )


def _available_h(connection: Connection, noted: WebRequest) -> int:
    state = states.state_of(connection, noted.club_id, noted.account_id)
    return state.avail_h if state is not None else 0
