"""Parked sales: one till at a time, never paid, a second sale of one is flagged (6.5, R73, F48)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from clubtill_ledger.store import documents
from clubtill_ledger.store.engines import Connection
from clubtill_ledger.store.tables_transfers import parked
from clubtill_rules.goods.line import Line, PaidByPoints, PriceReason
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.wire.parked import KIND, ParkAsk, ParkedAnswer, ParkedSale, TakeAsk
from clubtill_sync.wire.versions_sale import Beside
from tests.ledger.audit import audit, raw, rows
from tests.ledger.club import Club, Happened, Till, decoded, refused
from tests.ledger.counting import Desk
from tests.ledger.test_transfers_online import hire

BASKET = Basket(sale_id="s1")


def asks(parked_id: str = "p1", version: int = 1, basket: Basket = BASKET, name: str = "Table 4") -> bytes:
    """Write an ask to park."""
    return msgspec.json.encode(
        ParkAsk(
            parked_id=parked_id,
            version=version,
            name=name,
            staff_id="C1",
            at_us=5,
            basket=msgspec.Raw(msgspec.json.encode(basket)),
        )
    )


def park(till: Till, **told: Any) -> ParkedAnswer:
    """Park a sale."""
    return decoded(till.call("POST", "/v1/parked", asks(**told)), ParkedAnswer)


def takes(till: Till, parked_id: str = "p1", how: str = "take", staff_id: str = "C1") -> Any:
    """Take a parked sale, or let go of it."""
    body = msgspec.json.encode(TakeAsk(take_id="t", staff_id=staff_id))
    return till.call("POST", f"/v1/parked/{parked_id}/{how}", body)


def line(**told: Any) -> Line:
    """A line of one beer."""
    values = {
        "n": 1, "product_id": "pale", "name": "Pale", "family_id": "beer", "category_id": "tap", "qty": 1,
        "kind": ProductKind.GOODS, "added_at_us": 1, "level": 1, "unit_price": Money(500), "public_price": Money(500),
        "price_reason": PriceReason.LEVEL, "tax_code_id": "gst", "tax_bp": 1000, "tax_inclusive": True, "rate_h": 100,
    }  # fmt: skip
    return Line(**values | told)


def sold(till: Till, parked_id: str) -> Happened:
    """A sale that names the parked one it was made of."""
    return Desk(till=till).sale("A1", beside=Beside(parked_id=parked_id))[0]


def documents_of(till: Till) -> list[tuple[int, bool, str]]:
    """Give version, deletion and holder of every document of a parked sale that the feed brings."""
    found = [one for one in till.feed().documents if one.kind == KIND]
    return [
        (one.version, one.deleted, "" if one.deleted else msgspec.json.decode(one.body, type=ParkedSale).holder)
        for one in found
    ]


def test_one_till_parks_and_another_takes_it(club: Club) -> None:
    """6.5: it reaches every till by the feed; taken it names its holder, and no other till gets it; again, the same."""
    one, two = club.till("T1"), club.till("T2")
    assert park(one).version == 1
    told = decoded(takes(two), ParkedAnswer)
    assert (told.version, told.sale.holder) == (2, two.device_id)
    assert (told.sale.name, told.sale.location_id) == ("Table 4", "BAR")
    assert msgspec.json.decode(told.sale.basket, type=Basket) == BASKET
    assert decoded(takes(two), ParkedAnswer).version == 2
    assert refused(takes(one)) == (409, "parked.held", {"holder": two.device_id})
    assert documents_of(one) == [(1, False, ""), (2, False, two.device_id)]
    assert park(two, version=3, basket=replace(BASKET, lines=(line(),))).version == 3
    assert decoded(takes(one), ParkedAnswer).sale.holder == one.device_id
    audit(club.store)


def test_the_same_ask_again_parks_nothing_new(club: Club) -> None:
    """I10, F2: an answer that was lost is asked for again; an older version never wins over a newer one."""
    till = club.till()
    first = park(till)
    assert park(till) == first
    assert park(till, version=2, name="Table 5").version == 2
    assert refused(till.call("POST", "/v1/parked", asks(version=2, name="Table 6"))) == (
        409,
        "parked.newer",
        {"version": 2},
    )
    assert len(rows(club.store, parked)) == 1


def test_a_parked_sale_is_never_paid_nor_holds_points(club: Club) -> None:
    """R73: neither a payment nor a Points Pay choice is put aside with it."""
    till = club.till()
    paid = Tender(media_id="cash", kind=MediaKind.CASH, amount=Money(500), given=Money(500))
    points = PaidByPoints(points=Points(500), value=Money(500), discount=Money(0), own_price=False)
    for basket, code in (
        (replace(BASKET, lines=(line(),), tenders=(paid,)), "park.paid"),
        (replace(BASKET, lines=(line(by_points=points),)), "park.points"),
    ):
        assert refused(till.call("POST", "/v1/parked", asks(basket=basket)))[:2] == (409, code)
    assert refused(till.call("POST", "/v1/parked", b"{}"))[:2] == (400, "unreadable")
    assert rows(club.store, parked) == []


def test_only_its_holder_or_a_manager_lets_go_of_it(club: Club) -> None:
    """6.5: a till that is gone keeps nobody waiting; a cashier elsewhere cannot free it."""
    hire(club)
    one, two = club.till("T1"), club.till("T2")
    park(one)
    takes(two)
    assert refused(takes(one, how="release"))[:2] == (403, "permission.missing")
    assert decoded(takes(one, how="release", staff_id="M1"), ParkedAnswer).sale.holder == ""
    assert decoded(takes(one), ParkedAnswer).sale.holder == one.device_id
    assert decoded(takes(one, how="release"), ParkedAnswer).sale.holder == ""
    assert refused(takes(one, "p9"))[:2] == (404, "parked.unknown")


def test_a_second_sale_of_the_same_one_stands_and_is_flagged(club: Club) -> None:
    """6.5, F48: both are facts; the second is flagged however often it comes; a sold one is never parked again."""
    one, two = club.till("T1"), club.till("T2")
    park(one)
    takes(one)
    first, second = sold(one, "p1"), sold(two, "p1")
    assert one.push(first).results[0].status == "posted", raw(club.store, first.event_id).reason
    told = two.push(second)
    assert told.results[0].flags == ("PARKED_TWICE",)
    assert raw(club.store, first.event_id).flags == ()
    assert decoded(two.post(two.batch(1)), type(told)).results == told.results
    assert documents_of(one)[-1] == (3, True, "")
    for response in (takes(two), two.call("POST", "/v1/parked", asks(version=4))):
        assert refused(response)[:2] == (409, "parked.sold")
    one.push(sold(one, "offline-1"))
    assert raw(club.store, event_of(one)).flags == (), "parked while cut off, and sold before the ledger heard of it"
    late = one.call("POST", "/v1/parked", asks("offline-1"))
    assert refused(late)[:2] == (409, "parked.sold")
    audit(club.store)


def test_a_snapshot_brings_what_waits_and_nothing_that_was_sold(club: Club) -> None:
    """6.7, I28: a till that begins with a snapshot lists the same parked sales, and its check agrees."""
    one, two = club.till("T1"), club.till("T2")
    park(one)
    park(one, parked_id="p2")
    assert one.push(sold(one, "p1")).results[0].status == "posted"
    takes(two, "p2")

    def read(connection: Connection) -> list[tuple[str, int]]:
        through = documents.newest_position(connection)
        needed = documents.still_needed(connection, through, date(2026, 3, 2))
        return [(row.id, row.version) for row in needed if row.kind == KIND]

    assert club.store.read(read) == [("p2", 2)]
    standing = [row[1:] for row in club.store.read(documents.standing_of) if row[0] == KIND]
    assert standing == [("p2", 2)]
    assert ("parked", "p1", 2) in club.store.read(documents.newest_of)


def event_of(till: Till) -> str:
    """Give the id of the last event of a till."""
    return str(msgspec.json.decode(till.log[-1])["event_id"])


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_nobody_has_is_unreadable(club: Club, version: int) -> None:
    """6.4: what cannot be is refused by name."""
    assert refused(club.till().call("POST", "/v1/parked", asks(version=version)))[:2] == (400, "unreadable")
