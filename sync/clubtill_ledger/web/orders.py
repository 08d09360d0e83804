"""Orders: a web order is priced, paid wholly with points and posted as a sale, once an Idempotency-Key (R65, R75).

One transaction of the account's bucket grants a lease, spends it by the sale and closes it, so that nothing is spent
twice (D21). Before it the request is noted in the bucket of the key's own device: asked again, it answers the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import msgspec

from clubtill_ledger.accept import bucket as work_in
from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.events import post_event
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.reading import read
from clubtill_ledger.leases.ask import recall_elsewhere
from clubtill_ledger.store import granting, logs, web_keys
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.store.web_keys import WebRequest
from clubtill_ledger.web.keys import Caller
from clubtill_ledger.web.members import Known, know, no_points_code
from clubtill_ledger.web.shapes import AskedLine, AskedOrder, PricedLine, Quote
from clubtill_rules.goods.line import Line
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.leases import Lease
from clubtill_rules.points.redeeming import web_ratio
from clubtill_rules.points.web import WebOrder, pay_web_order
from clubtill_rules.sale.basket import Basket, add, attach, set_qty
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.money import total
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.versions import Body, encode_event
from clubtill_sync.wire.versions_sale import sale_to_v2

STAFF: Final = "web"
WHY: Final = "web"
RULES_VERSION: Final = "1"
_PLENTY: Final = Points(2**53)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request that moves points: who sent it, its event's id, and a digest of what it asks."""

    caller: Caller
    event_id: str
    digest: str
    now_us: int


def asking(caller: Caller, kind: str, idempotency_key: str, asked: bytes, now_us: int) -> Asking:
    """Name what a request makes: the same key's same Idempotency-Key always makes the same event."""
    told = f"web {kind}\x00{caller.key.key_id}\x00{idempotency_key}".encode()
    name = hashlib.sha256(told).hexdigest()[:32]
    return Asking(caller=caller, event_id=name, digest=hashlib.sha256(asked).hexdigest(), now_us=now_us)


def quote(caller: Caller, store: Store, shelf: SettingsShelf, asked: AskedOrder, now_us: int) -> Quote:
    """Give what an order costs; nothing moves. Raises Refusal of members, of goods and of `pay_web_order`."""
    known = store.read(partial(know, caller=caller, shelf=shelf, number=asked.member_number, now_us=now_us))
    order = priced(known, asked.lines, "", now_us, _PLENTY)
    return Quote(
        member_number=known.member.number,
        ratio=web_ratio(_classified(known)),
        lines=[line_of(line) for line in order.lines],
        points_h=order.points.hundredths,
        total_minor=total([line.net for line in order.lines]).minor,
        available_h=known.account.balance.hundredths,
        enough=order.points <= known.account.balance,
    )


def redeem(one: Asking, store: Store, shelf: SettingsShelf, asked: AskedOrder, *, may_wait: bool) -> str | None:
    """Make an order, post it and give its id. The same request again moves nothing more.

    None, only if `may_wait`, while tills in reach are asked to give back points that are missing (D22). Raises Refusal
    `key_reuse`, of members, of goods and of `pay_web_order`, and `held`.
    """
    caller, number = one.caller, asked.member_number
    noted = store.read(partial(web_keys.find_request, device_id=caller.device.device_id, event_id=one.event_id))
    if noted is None:
        known = store.read(partial(know, caller=caller, shelf=shelf, number=number, now_us=one.now_us))
        noted = store.write(partial(web_keys.claim, asked=request_of(one, "order", known.account.account_id)))
    if noted.digest != one.digest:
        raise Refusal("key_reuse")
    try:
        store.write(partial(_order, one=one, shelf=shelf, asked=asked, account_id=noted.account_id))
    except Refusal as no:
        back = partial(
            recall_elsewhere,
            club_id=noted.club_id,
            account_id=noted.account_id,
            device_id=noted.device_id,
            now_us=one.now_us,
        )
        if no.code != "points.short" or not may_wait or not store.write(back):
            raise
        return None
    return one.event_id


def _order(connection: Connection, one: Asking, shelf: SettingsShelf, asked: AskedOrder, account_id: str) -> None:
    club_id = one.caller.key.club_id
    bucket = account_bucket(club_id, account_id)
    if one.event_id in logs.raw(connection, bucket, [one.event_id]):
        return
    known = know(connection, one.caller, shelf, asked.member_number, one.now_us, account_id=account_id)
    work = work_in.begin(connection, shelf=shelf, device=one.caller.device, bucket=bucket, now_us=one.now_us)
    books = work.books_of(known.catalogue.club, account_id)
    order = priced(known, asked.lines, one.event_id, one.now_us, Points(books.folded.avail_h))
    ask = granting.Ask(
        sale_id=one.event_id,
        ask_no=0,
        device_id=one.caller.device.device_id,
        why=WHY,
        asked_h=order.points.hundredths,
    )
    lease_id = ""
    held: tuple[Lease, ...] = ()
    if order.points:
        lease_id = granting.grant(connection, books, ask, order.points.hundredths, one.now_us).lease_id
        held = (Lease(lease_id=lease_id, account_id=account_id, granted_h=order.points.hundredths),)
    sale = _sale(one, known, order, held)
    row = post(work, one, sale_to_v2(sale), known.catalogue.version)
    if lease_id:
        spent = work.leases.find(club_id, account_id, lease_id)
        if spent is None or spent.left_h:
            raise AssertionError("the sale spends the lease that was granted for it")
        work.leases.close(spent, 0, one.event_id)
    finish(work, row)


def priced(known: Known, lines: Sequence[AskedLine], sale_id: str, at_us: int, available: Points) -> WebOrder:
    """Price an order at the member's level and pay it wholly with points at the web's ratio (R65, R75, R80)."""
    code = no_points_code(known)
    if code:
        raise Refusal(code)
    basket = Basket(sale_id=sale_id)
    basket = attach(basket, known.member, known.account, known.attach, known.catalogue)
    for line in lines:
        before = basket.next_n
        try:
            basket = add(basket, line.product_id, catalogue=known.catalogue, at_us=at_us)
        except Refusal as no:
            raise Refusal("unknown_product") if no.code == "product.unknown" else no from None
        fresh = next((one for one in basket.lines if one.n >= before), None)
        joined = fresh or next(one for one in basket.lines if one.product_id == line.product_id)
        qty = line.qty if fresh else joined.qty - 1 + line.qty
        basket = set_qty(basket, joined.n, qty, known.catalogue)
    return pay_web_order(
        basket.lines, classification=_classified(known), catalogue=known.catalogue, available=available
    )


def _sale(one: Asking, known: Known, order: WebOrder, held: tuple[Lease, ...]) -> Sale:
    """Make the order a final sale of the web location, at the web's ratio, which is what a refund gives back (R43)."""
    basket = Basket(
        sale_id=one.event_id,
        lines=order.lines,
        member=known.member,
        account=known.account,
        benefits=known.attach.benefits,
        next_n=max(line.n for line in order.lines) + 1,
    )
    sale = finalise(
        basket,
        catalogue=known.catalogue,
        number=int(one.event_id[:8], 16),
        device_id=one.caller.device.device_id,
        staff_id=STAFF,
        at_us=one.now_us,
        leases=held,
        offline=False,
    )
    return replace(sale, ratio=web_ratio(_classified(known)))


def post(work: BucketWork, one: Asking, body: Body, settings_version: str) -> dict[str, Any]:
    """Post an event of the web as those of devices are posted, and give the row to `finish` with. Raises `held`."""
    data = encode_event(
        event_id=one.event_id,
        body=body,
        occurred_at_us=one.now_us,
        mono_us=0,
        boot_id=STAFF,
        rules_version=RULES_VERSION,
        settings_version=settings_version,
    )
    told = read(data, one.caller.device.device_id)
    slot = Slot(
        device_id=one.caller.device.device_id,
        epoch=one.caller.device.epoch,
        seq=int(hashlib.sha256(one.event_id.encode()).hexdigest()[:15], 16),
        event_id=one.event_id,
        event_bucket=told.bucket,
        chain_hash=chain(START_OF_CHAIN, data),
        received_us=one.now_us,
        eff_us=one.now_us,
    )
    try:
        row = work_in.row_of(work, slot, told, post_event)
    except Hold:
        raise Refusal("held") from None
    if row["status"] != "posted" or told.bucket != work.bucket:
        raise Refusal("held", reason=row["reason"])
    return row


def finish(work: BucketWork, row: dict[str, Any]) -> None:
    """Write the event and what it did; the head row last."""
    logs.keep_raw(work.connection, [row])
    work_in.finish(work)


def request_of(one: Asking, kind: str, account_id: str) -> WebRequest:
    """Note what a request is, before it moves anything."""
    return WebRequest(
        device_id=one.caller.device.device_id,
        event_id=one.event_id,
        kind=kind,
        digest=one.digest,
        club_id=one.caller.key.club_id,
        account_id=account_id,
        at_us=one.now_us,
    )


def line_of(line: Line, left: int | None = None) -> PricedLine:
    """Write a line with its price and its points."""
    return PricedLine(
        n=line.n,
        product_id=line.product_id,
        name=line.name,
        qty=line.qty,
        left=line.qty if left is None else left,
        unit_minor=line.unit_price.minor,
        total_minor=line.net.minor,
        points_h=line.by_points.points.hundredths if line.by_points else 0,
    )


def canonical(asked: object) -> bytes:
    """Write what a request asks in one way, so that the same request has the same digest."""
    return msgspec.json.encode(asked, order="deterministic")


def _classified(known: Known) -> Classification:
    if known.classification is None:
        raise Refusal("points.ratio_zero")
    return known.classification
