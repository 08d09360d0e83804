"""Refunds and voids at the ledger: points back, the award taken back, held where they must wait (R40-R42, C22, C23)."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from clubtill_ledger.office import rebuilding
from clubtill_ledger.store import tables, tables_facts
from clubtill_sync.wire.refund_events import RefundV1
from tests.ledger.audit import audit, balances, entries, kinds, raw, rows
from tests.ledger.club import Club
from tests.ledger.counting import Desk
from tests.ledger.master import OPENING_H


def settled(club: Club) -> None:
    """Check the books, and that every projection can be made again."""
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def statuses(club: Club, *happened: object) -> list[tuple[str, str]]:
    """Give status and reason of events."""
    return [(row.status, row.reason) for row in (raw(club.store, one.event_id) for one in happened)]  # type: ignore[attr-defined]


def test_a_full_refund_takes_back_what_was_earned(club: Club) -> None:
    """R40, D30: the reversal names the award; account and books end where they began, and nothing differs."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1", qty=3)
    desk.till.push(sold)
    club.tick()
    (told,) = desk.till.push(back := desk.refund(sale)).results
    assert (told.status, told.flags) == ("posted", ())
    assert kinds(club.store, "A1") == [("award", 1500), ("reversal", 1500)]
    reversal = entries(club.store, "A1")[-1]
    assert (reversal.refers_to, reversal.refers_leg, reversal.sale_id) == (sale.sale_id, 0, sale.sale_id)
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    books: dict[str, int] = {}
    for row in rows(club.store, tables.posting):
        books[row.account] = books.get(row.account, 0) + row.amount_minor
    assert set(books.values()) == {0}
    assert [row.amount_minor for row in rows(club.store, tables.tender) if row.event_id == back.event_id] == [-1500]
    settled(club)


def test_points_that_paid_come_back_with_the_sale_and_the_amount_alone(club: Club) -> None:
    """R41, D46: the refund of a line paid by points stores the sale's id and the amount; no money goes back."""
    desk = Desk(club.till())
    sold, sale = desk.by_points("A1")
    desk.till.push(sold)
    assert balances(club.store)["A1"][0] == OPENING_H - 100_000
    club.tick()
    desk.till.push(back := desk.refund(sale, {1: 1}))
    (refunded,) = [row for row in entries(club.store, "A1") if row.event_id == back.event_id]
    assert (refunded.kind, refunded.amount_h, refunded.sale_id, refunded.lease_id) == (
        "refund", 50_000, sale.sale_id, "",
    )  # fmt: skip
    assert balances(club.store)["A1"][0] == OPENING_H - 50_000
    (row,) = rows(club.store, tables_facts.refund)
    assert (row.points_value_minor, row.total_minor) == (500, 500)
    settled(club)


def test_an_ask_that_comes_after_the_refund_of_its_sale_changes_nothing_of_it(club: Club) -> None:
    """I15, 3.1: a late grant names the sale; when the refund took effect does not follow from it."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1")
    club.tick()
    desk.till.push(sold, back := desk.refund(sale))
    club.tick()
    desk.till.lease("A1", 50_000, sale_id=sale.sale_id)
    assert kinds(club.store, "A1")[-1] == ("lease_grant", 50_000)
    assert raw(club.store, back.event_id).eff_us < entries(club.store, "A1")[-1].eff_us
    settled(club)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_part_refunds_sum_to_the_sale_in_any_order_of_arrival(club: Club, order: tuple[int, ...]) -> None:
    """R40, R91, C22: three parts of one sale, from three tills, in any order, leave the account as it was."""
    desk, others = Desk(club.till()), [club.till("T2"), club.till("D1")]
    sold, sale = desk.sale("A1", qty=3)
    tills = [desk.till, *others]
    parts = [desk.refund(sale, {1: 1}, by=till) for till in tills]
    desk.till.push(sold)
    for n in order:
        tills[n].push(parts[n])
    assert statuses(club, *parts) == [("posted", "")] * 3
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    settled(club)


def test_a_refund_waits_for_its_sale_and_comes_after_it(club: Club) -> None:
    """C22: a refund from another till that comes first is held; the sale's arrival posts it, after the sale."""
    seller, other = Desk(club.till()), club.till("T2")
    sold, sale = seller.sale("A1")
    club.tick()
    back = seller.refund(sale, by=other)
    (waits,) = other.push(back).results
    assert (waits.status, raw(club.store, back.event_id).reason) == ("held", "sale_not_seen")
    assert kinds(club.store, "A1") == []
    club.tick(10_000_000)
    seller.till.push(sold)
    assert statuses(club, sold, back) == [("posted", ""), ("posted", "")]
    assert kinds(club.store, "A1") == [("award", 1000), ("reversal", 1000)]
    assert raw(club.store, back.event_id).eff_us > raw(club.store, sold.event_id).eff_us
    assert rows(club.store, tables_facts.awaited) == []
    again = other.post(other.batch(first=1))
    assert msgspec.json.decode(again.body)["results"][0]["status"] == "posted"
    settled(club)


def test_a_refund_dated_before_its_sale_comes_a_tick_after_it(club: Club) -> None:
    """3.1, last clamp: an event that refers to another is never before it, whatever the clocks said."""
    seller, other = Desk(club.till()), club.till("T2")
    sold, sale = seller.sale("A1")
    seller.till.push(sold)
    back = seller.refund(sale, by=other)
    event = msgspec.json.decode(back.data)
    event["occurred_at_us"] = sale.at_us - 60_000_000
    early = type(back)(back.event_id, msgspec.json.encode(event), back.body)
    other.push(early)
    assert raw(club.store, back.event_id).eff_us == raw(club.store, sold.event_id).eff_us + 1
    settled(club)


def test_a_second_refund_beyond_the_sale_is_held(club: Club) -> None:
    """C23: two tills, both cut off, give the same goods back; the second is held and moves nothing."""
    desk, other = Desk(club.till()), club.till("T2")
    sold, sale = desk.sale("A1")
    first, second = desk.refund(sale), desk.refund(sale, by=other, alone=True)
    desk.till.push(sold, first)
    other.push(second)
    assert statuses(club, first, second) == [("posted", ""), ("held", "refund_exceeds")]
    assert bytes(raw(club.store, second.event_id).bytes) == second.data
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    assert len(rows(club.store, tables_facts.refund)) == 1
    settled(club)


def test_parts_of_two_tills_that_do_not_know_each_other_fit_side_by_side(club: Club) -> None:
    """C23, D42: two refunds of one unit each, of three sold, both stand; points never go beyond the award."""
    desk, other = Desk(club.till()), club.till("T2")
    sold, sale = desk.sale("A1", qty=3)
    first, second = desk.refund(sale, {1: 1}), desk.refund(sale, {1: 1}, by=other, alone=True)
    desk.till.push(sold, first)
    other.push(second)
    assert statuses(club, first, second) == [("posted", "")] * 2
    assert balances(club.store)["A1"][0] == OPENING_H + 500
    settled(club)


def test_a_refund_sent_again_is_the_same_one(club: Club) -> None:
    """I10, F2, F3: hours later and however often, it moves points once."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1")
    desk.till.push(sold, desk.refund(sale, {1: 1}))
    before = kinds(club.store, "A1")
    for _ in range(3):
        club.tick(3_600_000_000)
        desk.till.post(desk.till.batch(first=1))
    assert kinds(club.store, "A1") == before
    assert len(rows(club.store, tables_facts.refund)) == 1
    settled(club)


def test_a_sale_without_a_member_is_refunded_where_it_was_sold(club: Club) -> None:
    """C22: sale and refund lie in the selling till's bucket, whichever till gives the money back."""
    desk, other = Desk(club.till()), club.till("T2")
    sold, sale = desk.sale()
    back = desk.refund(sale, by=other)
    other.push(back)
    assert statuses(club, back) == [("held", "sale_not_seen")]
    desk.till.push(sold)
    assert statuses(club, back) == [("posted", "")]
    assert raw(club.store, back.event_id).bucket == raw(club.store, sold.event_id).bucket
    settled(club)


def test_a_void_reverses_each_entry_of_its_sale(club: Club) -> None:
    """R42: a sale paid by points and voided on its day leaves account and books as they were."""
    desk = Desk(club.till())
    sold, sale = desk.by_points("A1")
    desk.till.push(sold)
    club.tick()
    (told,) = desk.till.push(desk.void(sale)).results
    assert (told.status, told.flags) == ("posted", ())
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    (row,) = rows(club.store, tables_facts.refund)
    assert row.void
    desk.till.push(late := desk.refund(sale, {1: 1}, alone=True))
    assert statuses(club, late) == [("held", "refund_exceeds")]
    settled(club)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"award_back_h": -1}, "broken"),
        ({"lines": ()}, "broken"),
        ({"total_minor": 10_000}, "refund_exceeds"),
        ({"points_back_h": 10_000_000}, "refund_exceeds"),
        ({"sale_device_id": "another"}, "broken"),
        ({"location_id": "nowhere"}, "unknown_settings"),
        ({"tenders": ()}, "unbalanced"),
    ],
    ids=str,
)
def test_a_refund_that_cannot_be_is_held_with_its_bytes(club: Club, told: dict[str, object], reason: str) -> None:
    """C25: figures of no refund of this sale wait for a manager; nothing of them is posted."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1")
    good = desk.refund(sale)
    assert isinstance(good.body, RefundV1)
    odd = desk.till.happened(msgspec.structs.replace(good.body, **told), name=good.event_id)
    desk.till.push(sold, odd)
    assert statuses(club, odd) == [("held", reason)]
    assert kinds(club.store, "A1") == [("award", 1000)]
    settled(club)


def test_a_rounding_that_differs_is_a_flag(club: Club) -> None:
    """C24: what was handed out stands; a figure that differs by a coin's part is flagged."""
    desk = Desk(club.till())
    sold, sale = desk.sale("A1")
    good = desk.refund(sale)
    assert isinstance(good.body, RefundV1)
    odd = desk.till.happened(msgspec.structs.replace(good.body, award_back_h=900), name=good.event_id)
    told = desk.till.push(sold, odd)
    assert (told.results[1].status, told.results[1].flags) == ("posted", ("REFUND_DIFFERS",))
    assert balances(club.store)["A1"][0] == OPENING_H + 100
    settled(club)
