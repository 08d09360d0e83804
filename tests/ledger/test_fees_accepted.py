"""Fees at the ledger: Renewal Dates replayed in order, Join Points, refunds of fees, and the card (R20-R24, C17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import people, tables_facts
from tests.ledger.audit import audit, balances, entries, kinds, raw, rows
from tests.ledger.club import Club, Till
from tests.ledger.counting import Desk, fee_told, with_fees
from tests.ledger.master import ACCOUNTS, CLUB_ID, OPENING_H, account, person

PAID_TO, YEAR, TWO_YEARS = date(2027, 6, 30), date(2028, 6, 29), date(2029, 6, 29)
"""The member's own date, and 365 days after it once and twice (R22: early payment extends)."""


def renewal(club: Club, account_id: str = "A1") -> date:
    """Give the Renewal Date on a member's card."""
    card = club.store.read(
        partial(people.member_of, club_id=CLUB_ID, account_id=account_id, person_id=f"P{account_id}")
    )
    assert card is not None
    return card.renewal_date


def settled(club: Club) -> None:
    """Check the books, and that every projection can be made again."""
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def on_feed(till: Till, account_id: str) -> date | None:
    """Give the Renewal Date that the feed brings for an account."""
    page = till.feed()
    cards = {card.account_id: card for card in page.accounts}
    return cards[account_id].persons[0].renewal_date if account_id in cards else None


def test_a_fee_moves_the_renewal_date_and_gives_join_points(club: Club) -> None:
    """R20, R22, R23: with the final sale; the points are a lot of their own, and the feed brings the card."""
    with_fees(club)
    desk = Desk(club.till())
    sold, _ = desk.with_fee("A1", fee_told(), qty=0)
    (told,) = desk.till.push(sold).results
    assert (told.status, told.flags) == ("posted", ())
    assert renewal(club) == YEAR
    assert kinds(club.store, "A1") == [("award", 20_000)]
    award = entries(club.store, "A1")[-1]
    assert (award.award_for, award.leg, award.last_day) == ("joining", 100, date(2027, 3, 13))
    assert on_feed(desk.till, "A1") == YEAR
    (row,) = rows(club.store, tables_facts.fee)
    assert (row.fee_minor, row.before_day, row.after_day) == (5500, PAID_TO, YEAR)
    settled(club)


def test_a_fee_without_points_still_brings_the_card(club: Club) -> None:
    """6.5: a change of the card that no entry tells is numbered in the account's stream."""
    with_fees(club)
    desk = Desk(club.till())
    before = desk.till.feed().cursor
    desk.till.push(desk.with_fee("A1", fee_told(points_h=0))[0])
    assert kinds(club.store, "A1") == []
    page = desk.till.feed(before)
    assert [card.persons[0].renewal_date for card in page.accounts] == [YEAR]
    settled(club)


def test_two_fees_taken_apart_apply_in_order_of_time(club: Club) -> None:
    """C17, R22: two tills that did not know each other; whichever arrives first, the later one extends."""
    with_fees(club)
    desk, other = Desk(club.till()), Desk(club.till("T2"))
    early, _ = desk.with_fee("A1", fee_told(provisional=True))
    club.tick(60_000_000)
    late, _ = other.with_fee("A1", fee_told(provisional=True))
    (first,) = other.till.push(late).results
    assert first.flags == ()
    assert renewal(club) == YEAR
    (second,) = desk.till.push(early).results
    assert second.flags == ()
    assert renewal(club) == TWO_YEARS
    assert len(rows(club.store, tables_facts.fee)) == 2
    settled(club)


def test_a_date_on_the_receipt_that_is_not_the_ledgers_is_a_flag(club: Club) -> None:
    """R90, C24: the ledger works it out from its own Renewal Date; the fee stands."""
    with_fees(club)
    desk = Desk(club.till())
    (told,) = desk.till.push(desk.with_fee("A1", fee_told(after=date(2027, 3, 13)))[0]).results
    assert told.flags == ("FEE_DIFFERS",)
    assert renewal(club) == YEAR
    (told,) = desk.till.push(desk.with_fee("A1", fee_told(after=TWO_YEARS, points_h=5_000))[0]).results
    assert told.flags == ("JOIN_DIFFERS",)
    assert balances(club.store)["A1"][0] == OPENING_H + 25_000
    settled(club)


def test_the_refund_of_a_fee_restores_the_date_and_takes_the_points(club: Club) -> None:
    """R24: as if it had never been paid; the reversal names the Join Points."""
    with_fees(club)
    desk = Desk(club.till())
    sold, sale = desk.with_fee("A1", fee_told())
    desk.till.push(sold)
    club.tick()
    (told,) = desk.till.push(desk.refund(sale)).results
    assert (told.status, told.flags) == ("posted", ())
    assert renewal(club) == PAID_TO
    assert kinds(club.store, "A1") == [("award", 20_000), ("reversal", 20_000)]
    assert entries(club.store, "A1")[-1].refers_leg == 100
    settled(club)


def test_the_refund_of_a_fee_that_is_not_the_latest_is_a_flag(club: Club) -> None:
    """R24: a till that did not know the later fee gave it back: it stands, the later fee counts from the old date."""
    with_fees(club)
    desk, other = Desk(club.till()), Desk(club.till("T2"))
    sold, sale = desk.with_fee("A1", fee_told())
    desk.till.push(sold)
    club.tick()
    other.till.push(other.with_fee("A1", fee_told(before=YEAR, after=TWO_YEARS))[0])
    assert renewal(club) == TWO_YEARS
    (told,) = desk.till.push(desk.refund(sale)).results
    assert told.flags == ("FEE_NOT_LATEST",)
    assert renewal(club) == YEAR
    settled(club)


def test_a_voided_sale_with_a_fee_undoes_it(club: Club) -> None:
    """R24, R42: goods, award, fee and Join Points all go back in one event."""
    with_fees(club)
    desk = Desk(club.till())
    sold, sale = desk.with_fee("A1", fee_told(line=2), qty=2)
    desk.till.push(sold)
    assert balances(club.store)["A1"][0] == OPENING_H + 1000 + 20_000
    desk.till.push(desk.void(sale))
    assert renewal(club) == PAID_TO
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    settled(club)


def test_a_date_set_by_hand_is_a_new_start(club: Club) -> None:
    """R22: fees known by then do not move it any more, a later fee counts from it."""
    with_fees(club)
    desk = Desk(club.till())
    desk.till.push(desk.with_fee("A1", fee_told())[0])
    by_hand = replace(person("A1"), renewal_date=date(2027, 1, 1))
    club.store.write(lambda c: people.keep_member(c, by_hand))
    assert renewal(club) == date(2027, 1, 1)
    club.tick()
    desk.till.push(desk.with_fee("A1", fee_told(before=date(2027, 1, 1), after=date(2028, 1, 1)))[0])
    assert renewal(club) == date(2028, 1, 1)
    settled(club)


def test_a_file_loaded_again_takes_no_fee_back(club: Club) -> None:
    """D26: the same seed changes nothing, though a fee has moved the date since."""
    with_fees(club)
    desk = Desk(club.till())
    desk.till.push(desk.with_fee("A1", fee_told())[0])
    seed = seeds.Seed(accounts=tuple(account(name) for name in ACCOUNTS))
    loaded = seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    assert (loaded.accounts, renewal(club)) == (0, YEAR)
    settled(club)


def test_a_fee_of_somebody_unknown_stands_with_a_flag(club: Club) -> None:
    """C21: a person that the ledger has not got on this account; money and points are facts."""
    with_fees(club)
    desk = Desk(club.till())
    sold, sale = desk.with_fee("A1", fee_told())
    odd = desk.told(replace(sale, person_id="PX"))[0]
    stranger = type(sold)(
        odd.event_id,
        odd.data.replace(b'"fees":[]', sold.data[sold.data.index(b'"fees":[') : sold.data.index(b',"vouchers"')]),
        None,
    )
    (told,) = desk.till.push(stranger).results
    assert told.flags == ("PERSON_UNKNOWN",)
    assert raw(club.store, odd.event_id).status == "posted"
    settled(club)
