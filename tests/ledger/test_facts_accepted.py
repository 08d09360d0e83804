"""Guests, shifts, charge accounts, gift cards, vouchers, limits: each with its rows (R52, R53, R94, R100, R102)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from clubtill_ledger.office import rebuilding
from clubtill_ledger.store import states, tables, tables_facts
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.goods.product import Media, MediaKind, ProductKind
from clubtill_rules.sale import gift_cards, shifts
from clubtill_rules.sale.basket import Basket, totals
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.extra_lines import extra_line, with_line
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money
from clubtill_sync.wire.door_events import GuestEntryV1, HeadCountV1, SwipeV2
from clubtill_sync.wire.events import SwipeV1
from clubtill_sync.wire.shift_events import ShiftOpenedV1
from clubtill_sync.wire.versions_sale import Beside
from clubtill_sync.wire.versions_shift import DrawerAt, closed_to_v1, moved_to_v1, opened_to_v1
from tests.ledger.audit import audit, raw, rows
from tests.ledger.club import Club, Till, event_id
from tests.ledger.counting import Desk, catalogue, publish
from tests.ledger.master import CLUB_ID, DAY

TODAY = date(2026, 3, 13)
AT = DrawerAt(club_id=CLUB_ID, venue_id="V1", location_id="BAR", trading_day=TODAY)


def settled(club: Club) -> None:
    """Check the books, and that every projection can be made again."""
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def guest(till: Till, **told: object) -> GuestEntryV1:
    """Sign a guest in."""
    values = {
        "club_id": CLUB_ID, "account_id": "", "venue_id": "V1", "location_id": "DOOR", "device_id": till.device_id,
        "staff_id": "S1", "at_us": till.club.now_us, "entry_day": TODAY, "key": "guest:V1:2026-03-13:ann",
        "kind": "nsw_guest", "name": "Ann", "address": "1 High St", "signature": "00", "own_club": "",
        "fee_paid_on": None, "host_id": "PA1", "ground": "members_guest", "purge_day": date(2033, 3, 13),
        "offline": False,
    }  # fmt: skip
    return GuestEntryV1(**values | told)  # type: ignore[arg-type] # fields of a test


def head_count(till: Till, kind: str, count: int) -> HeadCountV1:
    """Tell a movement of the head count."""
    return HeadCountV1(
        club_id=CLUB_ID, account_id="", venue_id="V1", location_id="DOOR", device_id=till.device_id, staff_id="S1",
        at_us=till.club.now_us, entry_day=TODAY, kind=kind, count=count, reason="",
    )  # fmt: skip


def test_a_guest_and_the_head_count_are_kept(club: Club) -> None:
    """R52, R53: the register's line with its purge day, and people who came or went without a card."""
    door = club.till("D1")
    signed, out = door.happened(guest(door)), door.happened(head_count(door, "out", 3))
    told = door.push(signed, out)
    assert [(result.status, result.flags) for result in told.results] == [("posted", ())] * 2
    (line,) = rows(club.store, tables_facts.guest_entry)
    assert (line.guest_key, line.host_id, line.entry_day, line.purge_day) == (
        "guest:V1:2026-03-13:ann", "PA1", TODAY, date(2033, 3, 13),
    )  # fmt: skip
    (moved,) = rows(club.store, tables_facts.head_count)
    assert (moved.kind, moved.count, moved.entry_day) == ("out", 3, TODAY)
    settled(club)


def test_the_day_of_a_guest_follows_the_effective_time(club: Club) -> None:
    """3.1, R2: a door whose clock runs ahead signs in today; entry and purge day are the ledger's."""
    door = club.till("D1")
    late = door.happened(guest(door, entry_day=date(2026, 4, 12)), at_us=club.now_us + 30 * DAY)
    (told,) = door.push(late).results
    assert told.flags == ("CLOCK_SUSPECT", "DAY_DIFFERS")
    (line,) = rows(club.store, tables_facts.guest_entry)
    assert (line.entry_day, line.purge_day) == (TODAY, date(2033, 3, 13))


def test_a_shift_is_opened_moved_and_closed_with_its_variance(club: Club) -> None:
    """2.12, 0137: its postings sum to nil and leave the drawer empty; the variance stands."""
    till = club.till()
    shift_id = event_id()
    opened = shifts.open_shift(
        shift_id, device_id=till.device_id, staff_id="S1", at_us=club.now_us, cash_media="cash",
        float_amount=Money(20_000),
    )  # fmt: skip
    paid = shifts.pay_out(opened.shift, Money(1_500), reason="ice", at_us=club.now_us)
    dropped = shifts.safe_drop(paid.shift, Money(5_000), at_us=club.now_us)
    closed = shifts.close(dropped.shift, {5_000: 2, 500: 6}, closed_by="S1", at_us=club.now_us)
    moves = dropped.shift.movements
    told = till.push(
        till.happened(opened_to_v1(opened.shift, AT), name=shift_id),
        *(till.happened(moved_to_v1(opened.shift, one, AT)) for one in moves),
        till.happened(closed_to_v1(closed, AT)),
    )
    assert [result.status for result in told.results] == ["posted"] * 4
    found = {row.kind: row for row in rows(club.store, tables_facts.shift)}
    assert {row.shift_id for row in found.values()} == {shift_id}
    assert found["closed"].variance_minor == closed.variance.minor == -500
    sums: dict[str, int] = {}
    for row in rows(club.store, tables.posting):
        sums[row.account] = sums.get(row.account, 0) + row.amount_minor
    assert (sum(sums.values()), sums["media:cash"], sums["cash_variance"], sums["paid_out"]) == (0, 0, 500, 1_500)
    counted = {row.piece_minor: row.pieces for row in rows(club.store, tables_facts.shift_count)}
    assert counted == {5_000: 2, 500: 6}
    settled(club)


def test_a_float_below_nil_is_held(club: Club) -> None:
    """C25: figures of no shift wait for a manager."""
    till = club.till()
    odd = ShiftOpenedV1(
        club_id=CLUB_ID, account_id="", venue_id="V1", location_id="BAR", device_id=till.device_id, staff_id="S1",
        at_us=club.now_us, trading_day=TODAY, cash_media="cash", float_minor=-1,
    )  # fmt: skip
    (told,) = till.push(till.happened(odd)).results
    assert told.status == "held"
    assert rows(club.store, tables_facts.shift) == []


def charged(desk: Desk, basket: Basket, reference: str) -> Tender:
    """Charge what is due to an account."""
    due = totals(basket, catalogue(desk.till)).due
    return Tender(media_id="house", kind=MediaKind.ACCOUNT, amount=due, given=due, reference=reference)


def test_charges_payments_and_credits_of_an_account(club: Club) -> None:
    """R100: a charge, its credit by a refund that names it, and a payment, each once."""
    publish(club, "media", "house", Media(id="house", name="House account", kind=MediaKind.ACCOUNT), 1)
    desk = Desk(club.till())
    basket = desk.basket("A1")
    bought, sale = desk.told(desk.final(basket, paid=[charged(desk, basket, "acc-1")]))
    here = catalogue(desk.till)
    line = extra_line(
        ProductKind.ACCOUNT_PAYMENT, "payment", "Payment", Money(700), catalogue=here, at_us=club.now_us,
        reference="acc-1",
    )  # fmt: skip
    paid, _ = desk.told(desk.final(with_line(desk.basket("A1", qty=0), line)))
    desk.till.push(bought, paid, desk.refund(sale, {1: 1}))
    found = [
        (row.kind, row.amount_minor, row.names, row.charge_account_id)
        for row in rows(club.store, tables_facts.account_charge)
    ]
    assert sorted(found) == [
        ("charge", 1000, "", "acc-1"), ("credit", 500, sale.sale_id, "acc-1"), ("payment", 700, "", "acc-1"),
    ]  # fmt: skip
    settled(club)


def test_gift_cards_are_sold_and_pay(club: Club) -> None:
    """R102: what was sold is owed; what it paid, and what a refund gave back to it, are facts of its number."""
    publish(club, "media", "gift", Media(id="gift", name="Gift card", kind=MediaKind.GIFT_CARD), 1)
    desk = Desk(club.till())
    here = catalogue(desk.till)
    line = gift_cards.selling_line("G7", "Gift card", Money(5_000), catalogue=here, at_us=club.now_us, offline=False)
    sold, _ = desk.told(desk.final(with_line(desk.basket(qty=0), line)))
    basket = desk.basket("A1")
    due = totals(basket, here).due
    tender = Tender(media_id="gift", kind=MediaKind.GIFT_CARD, amount=due, given=due, reference="G7")
    used, sale = desk.told(desk.final(basket, paid=[tender]))
    desk.till.push(sold, used, desk.refund(sale))
    found = [(row.kind, row.amount_minor, row.card_number) for row in rows(club.store, tables_facts.gift_card)]
    assert sorted(found) == [("credited", 1000, "G7"), ("paid", 1000, "G7"), ("sold", 5_000, "G7")]
    settled(club)


def test_vouchers_campaigns_and_limits_are_counted(club: Club) -> None:
    """R94, R95, R102: what a sale used and counts, and what its refund gives back in the same period."""
    desk = Desk(club.till())
    sale = desk.final(desk.basket("A1"))
    line = replace(
        sale.lines[0], discount=Money(0), discount_kind=DiscountKind.SCHEME, discount_id="staff", discount_qty=2
    )
    had = Tracked(discount_id="staff", holder_id="A1", period=date(2026, 1, 1), amount=Money(0), times=2)
    bought, sale = desk.told(
        replace(sale, lines=(line,), tracked=(had,)), Beside(vouchers=("V9",), campaigns=("spring",))
    )
    desk.till.push(bought, desk.refund(sale, {1: 1}))
    counted = [
        (row.discount_id, row.holder_id, row.period, row.times) for row in rows(club.store, tables_facts.tracking)
    ]
    assert sorted(counted, key=lambda row: -row[3]) == [
        ("staff", "A1", date(2026, 1, 1), 2), ("staff", "A1", date(2026, 1, 1), -1),
    ]  # fmt: skip
    assert [row.voucher_number for row in rows(club.store, tables_facts.voucher_use)] == ["V9"]
    (entry,) = rows(club.store, tables_facts.campaign_entry)
    assert entry.natural_key == f"campaign:{CLUB_ID}:spring:PA1:{sale.sale_id}"
    settled(club)


def test_the_award_is_computed_again_with_the_accounts_own_rate(club: Club) -> None:
    """C24, 4.5, R31: a rate that the ledger knows agrees; one that it does not know is flagged, the receipt stands."""
    desk = Desk(club.till())
    sale = desk.final(desk.basket("A1"))
    double = replace(sale, award=sale.award + sale.award)
    unknown, _ = desk.told(double, Beside(account_rate_h=200))
    (told,) = desk.till.push(unknown).results
    assert told.flags == ("RATE_DIFFERS",)
    club.store.write(lambda c: states.keep_fixed_rate(c, CLUB_ID, "A1", 200))
    again = replace(double, sale_id=event_id())
    (told,) = desk.till.push(desk.told(again, Beside(account_rate_h=200))[0]).results
    assert told.flags == ()
    (told,) = desk.till.push(desk.told(replace(double, sale_id=event_id()))[0]).results
    assert told.flags == ("AWARD_DIFFERS",)
    settled(club)


def test_lines_that_are_no_goods_need_no_product(club: Club) -> None:
    """R28, R103: tips and surcharges are made at the till; the catalogue has no product of them."""
    desk = Desk(club.till())
    line = extra_line(ProductKind.TIP, "tip", "Tip", Money(300), catalogue=catalogue(desk.till), at_us=club.now_us)
    tipped, _ = desk.told(desk.final(with_line(desk.basket("A1"), line)))
    (told,) = desk.till.push(tipped).results
    assert (told.status, told.flags) == ("posted", ())
    assert raw(club.store, tipped.event_id).version == 2
    assert {row.kind for row in rows(club.store, tables.sale_line)} == {"goods", "tip"}
    settled(club)


def test_a_birthday_voucher_is_kept_with_its_swipe(club: Club) -> None:
    """R51, D30: the second version of a swipe tells the voucher that was printed; the first had none."""
    door = club.till("D1")
    old = door.swipe("A1")
    assert isinstance(old.body, SwipeV1)
    told = SwipeV2(
        **msgspec.structs.asdict(old.body) | {"account_id": "A2", "person_id": "PA2"},
        voucher_id="birthday",
        voucher_key="voucher:bday:harbour:PA2:2026",
        voucher_number="V-1",
    )
    door.push(old, door.happened(told))
    found = {
        row.account_id: (row.voucher_id, row.voucher_key, row.voucher_number) for row in rows(club.store, tables.swipe)
    }
    assert found == {"A1": ("", "", ""), "A2": ("birthday", "voucher:bday:harbour:PA2:2026", "V-1")}
    settled(club)
