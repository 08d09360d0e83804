"""Errands: what people do at a till besides buying: goods come back, sales wait, points move, fees are paid.

Each through the product's own actions, as `Cashier` does. `built_here` says which part of a snapshot runs here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from clubtill_desk.lanes import Done
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Role
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.money import NIL, Money
from clubtill_sync.client import Answer, Unknown
from clubtill_sync.wire.transfers import TransferAsk
from clubtill_terminal.actions import bootstrap, own_sales, park, receipt_fee
from clubtill_terminal.actions import refund as refunds
from clubtill_terminal.actions.find_member import by_person
from clubtill_terminal.store import building, swapping
from clubtill_terminal.store.files import CHUNKS
from tests.simulation.club import CLUB, MANAGER, PRODUCTS, STAFF
from tests.simulation.world import US

if TYPE_CHECKING:
    from clubtill_sync.wire.snapshot import Manifest
    from tests.simulation.cashier import Cashier

Flow = Generator[Any, Any, None]
ROLES = frozenset({Role.RECEPTION, Role.DUTY_MANAGER})


def flow_of(name: str, cashier: Cashier, person_id: str) -> Flow:
    """Give what somebody comes for."""
    match name:
        case "refund" | "void":
            return _back(cashier, whole=name == "void")
        case "park":
            return _park(cashier, person_id) if cashier.chance.random() < 0.5 else _take(cashier)
        case "transfer":
            return _transfer(cashier, person_id)
        case _:
            return _fee(cashier, person_id)


def _back(cashier: Cashier, *, whole: bool) -> Flow:
    """Bring goods back, or void the whole sale of this day (R40-R43)."""
    station, chance = cashier.station, cashier.chance
    rows = station.town.watch.till(station.name).rows.values()
    sold = [row["event_id"] for row in rows if row["kind"] == "sale" and row["label"]]
    if not sold or station.place is None:
        return
    yield chance.randrange(US, 5 * US)
    sale_id = chance.choice(sold[-12:])
    with station.store.reading_facts.begin() as facts:
        found = own_sales.sold_here(facts, sale_id)
    club_id = found.sale.club_id
    catalogue = station.place.catalogue_of(club_id) if club_id else station.place.catalogue
    by = refunds.By(
        staff_id=STAFF,
        roles=ROLES,
        approver_id=MANAGER,
        approver_roles=frozenset({Role.VENUE_MANAGER}),
        reason="cold",
        offline=not station.traffic.connection.online,
    )
    left = {n: units for n, units in found.left.items() if units}
    if whole:
        refunds.void(station.terminal, sale_id, catalogue=catalogue, by=by)
    elif left:
        n = chance.choice(sorted(left))
        wanted = {n: chance.randrange(1, left[n] + 1)}
        refunds.refund(station.terminal, sale_id, wanted, catalogue=catalogue, by=by)
    else:
        return
    cashier.did("void" if whole else "refund")
    station.wrote_fact()


def _rung(cashier: Cashier, person_id: str) -> tuple[Basket, Any] | None:
    """Ring up something for a member or for anybody."""
    station, chance = cashier.station, cashier.chance
    cashier.newer_place()
    place = station.place
    if place is None:
        return None
    basket, catalogue = Basket(sale_id=station.new_id()), place.catalogue
    if person_id:
        found = by_person(station.terminal, place, person_id)
        catalogue = place.catalogue_of(found.account.club_id)
        basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
    name = chance.choice(list(PRODUCTS))
    return baskets.add(basket, name, catalogue=catalogue, at_us=station.clock.now()), catalogue


def _park(cashier: Cashier, person_id: str) -> Flow:
    """Put a sale aside; it goes to the ledger with the others that wait here."""
    station = cashier.station
    rung = _rung(cashier, person_id if cashier.chance.random() < 0.5 else "")
    if rung is None:
        return
    yield cashier.chance.randrange(US, 5 * US)
    basket, catalogue = rung
    park.put_aside(station.terminal, basket, name="Table 4", staff_id=STAFF, catalogue=catalogue)
    cashier.did("park")
    yield from _send_parked(cashier)


def _send_parked(cashier: Cashier) -> Flow:
    station = cashier.station
    while station.traffic.connection.online:
        row = yield "writer", partial(park.waiting, station.terminal)
        if not isinstance(row, Done) or row.value is None:
            return
        sent = yield "network", partial(park.send, station.traffic.calls, row.value)
        if not isinstance(sent, Done):
            return
        station.traffic.heard(sent.value)
        settled = yield "writer", partial(park.settle, station.terminal, row.value, sent.value)
        if not isinstance(settled, Done) or not settled.value:
            return


def _take(cashier: Cashier) -> Flow:
    """Take up a parked sale, and sell it, or put it back, or leave it open."""
    station, chance = cashier.station, cashier.chance
    cashier.newer_place()
    place = station.place
    if place is None:
        return
    listed = park.listed(station.terminal, place.catalogue.location.id)
    if not listed:
        return
    chosen = chance.choice(listed)
    taken = park.take_back(station.terminal, chosen.parked_id) if chosen.here else None
    if taken is None:
        told = yield (
            "network",
            partial(park.take, station.terminal, station.traffic.calls, chosen.parked_id, staff_id=STAFF),
        )
        if not isinstance(told, Done):
            return
        taken = told.value
    cashier.did("take")
    yield chance.randrange(US, 5 * US)
    basket = taken.basket
    catalogue = place.catalogue_of(basket.account.club_id) if basket.account else place.catalogue
    if chance.random() < 0.25:
        park.put_aside(station.terminal, basket, name="Table 5", staff_id=STAFF, catalogue=catalogue, taken=taken)
        yield from _send_parked(cashier)
    elif chance.random() < 0.9:
        pay(cashier, basket, catalogue, parked_id=taken.parked_id)


def _transfer(cashier: Cashier, person_id: str) -> Flow:
    """Give points to another account, online only (R38); an answer that never came is asked for again, or not."""
    station, chance = cashier.station, cashier.chance
    if not station.traffic.connection.online:
        return
    accounts = station.town.accounts
    source = accounts[person_id]
    target = chance.choice(sorted(set(accounts.values())))
    question = TransferAsk(
        transfer_id=station.new_id(),
        club_id=CLUB,
        source_id=source,
        target_id=target,
        amount_h=100 * chance.randrange(1, 3000),
        staff_id=MANAGER,
    )
    for _ in range(2):
        told = yield "network", partial(station.traffic.calls.transfer, question)
        if not isinstance(told, Done):
            return
        station.traffic.heard(told.value)
        cashier.world.note("transfer", station.name, source, target, type(told.value).__name__)
        if isinstance(told.value, Answer) and told.value.value.state == "posted":
            cashier.did("transfer")
        if not isinstance(told.value, Unknown) or chance.random() < 0.4:
            return


def _fee(cashier: Cashier, person_id: str) -> Flow:
    """Pay a membership fee at the till, beside something to drink (R20-R23)."""
    station = cashier.station
    rung = _rung(cashier, person_id)
    if rung is None or rung[0].member is None:
        return
    basket, catalogue = rung
    yield cashier.chance.randrange(US, 5 * US)
    rows = receipt_fee.fee_list(station.terminal, rung[0].member, catalogue)
    ticks = {row.number: 1 for row in rows if row.renewal is not None and row.fee > NIL and not row.needs_approval}
    if not ticks:
        return
    number = min(ticks)
    basket = receipt_fee.add_fees(station.terminal, basket, {number: 1}, catalogue=catalogue)
    pay(cashier, basket, catalogue)
    cashier.did("fee")


def pay(cashier: Cashier, basket: Basket, catalogue: Any, *, parked_id: str = "") -> None:
    """Pay by cash and make the sale final."""
    station = cashier.station
    due = baskets.totals(basket, catalogue).due
    if due > NIL:
        media = catalogue.media_of(MediaKind.CASH).id
        basket = baskets.tender(
            basket, tenders.take_cash(due, Money(due.minor + 500), catalogue.venue.cash_step_minor, media)
        )
    offline = not station.traffic.connection.online
    cashier.sell(basket, catalogue, offline=offline, parked_id=parked_id)
    cashier.done += 1
    station.wrote_fact()


def _built_here(work: bootstrap.Work, manifest: Manifest) -> bool:
    """Build the new cache in this thread: the child process has no say in what it makes."""
    order = building.Order(
        path=str(swapping.new_path(work.store)),
        folder=str(work.store.folder / CHUNKS),
        key_hex=work.store.key.hex(),
        manifest=manifest,
        old=str(work.store.folder / "cache.db"),
    )
    building.build(order)
    return True


@contextmanager
def built_here() -> Iterator[None]:
    """Build caches in this thread for as long as a seed is played; what runs later has its child process again."""
    before = bootstrap._build
    bootstrap._build = _built_here
    try:
        yield
    finally:
        bootstrap._build = before
