"""Selling: one transaction a sale, within the leases held, with the figures of the worked example."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill.demo import cast
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.account import BanKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import take_cash
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.feed import DenyRow
from clubtill_sync.wire.requests import LeaseRow
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.find_member import by_card
from clubtill_terminal.actions.print_receipts import add_copy, cut_off, document, keep_end, take_waiting
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.devices.printing import PrintPulse, as_text
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import documents, leases, members, outbox, sales
from clubtill_terminal.store.device import read_device
from tests.terminal.kit.club import account_cards

JEAN = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(cast.swipe_text("100001", 2),))


def held(terminal, amount_points: int, *, lease_id: str = "l1") -> None:
    """Give the till a lease on Jean's points."""
    row = LeaseRow(
        lease_id=lease_id,
        club_id=cast.CLUB,
        account_id="a100001",
        granted_h=amount_points * 100,
        spent_h=0,
        sale_id="",
        ask_no=0,
        advice=((None, amount_points * 100),),
    )
    with terminal.store.facts.begin() as facts:
        leases.adopt(facts, [row])


def jeans_sale(terminal, place, *, by_points: bool) -> Basket:
    """Ring up the sale of the worked example, with the beers by points if wanted, and pay it with 30.00 in cash."""
    catalogue = place.catalogue
    basket = Basket(sale_id=terminal.new_id())
    for product in ("schooner-pale", "schooner-pale", "member-parma", "light-schooner"):
        basket = baskets.add(basket, product, catalogue=catalogue, at_us=terminal.now_us())
    found = by_card(terminal, place, JEAN)
    basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
    if by_points:
        offered = options(
            basket.lines,
            classification=catalogue.classifications[3],
            catalogue=catalogue,
            available=found.held.balance,
        )
        basket = baskets.use_points(basket, offered, frozenset({1, 3}))
    due = baskets.totals(basket, catalogue).due
    given = Money(max(3000, due.minor + 100))
    return baskets.tender(basket, take_cash(due, given, 5, catalogue.media_of(MediaKind.CASH).id))


def do_sell(terminal, place, basket, speech, *, offline: bool = False):
    """Sell as Sam at Main Bar 1."""
    return sell(
        terminal,
        basket,
        catalogue=place.catalogue,
        staff_id="sam",
        offline=offline,
        speech=speech,
        till="Main Bar 1",
        staff="Sam",
    )


def test_the_worked_sale(club_till, club_place, speech) -> None:
    """5.4, R72: 2,088 points pay the beers, 24.00 the rest; 47 points are earned and 10,379 are left."""
    held(club_till, 5000)
    sold = do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=True), speech)
    assert sold.sale.points_used == whole(2088)
    assert sold.sale.award == whole(47)
    assert sold.sale.change == Money(600)
    assert sold.balance == whole(10_379)
    with club_till.store.facts.begin() as facts:
        assert [lease.spent_h for lease in leases.open_leases(facts, "a100001")] == [208_800]
    account = next(card for card in account_cards() if card.account_id == "a100001")
    assert read_balance(club_till, account).balance == whole(10_379)


def test_the_event_says_what_the_sale_was(club_till, club_place, speech) -> None:
    """I3, I4: the sale's bytes lie in the log, under the sale's own id, with its lease spend and its award."""
    held(club_till, 5000)
    sold = do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=True), speech)
    with club_till.store.facts.begin() as facts:
        sent = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=9, bytes_max=99_999)
    assert [one.event_id for one in sent] == [sold.sale.sale_id]
    body = decode_body(decode_event(sent[0].bytes_))
    assert isinstance(body, SaleV1)
    assert [(spend.lease_id, spend.amount_h) for spend in body.lease_spends] == [("l1", 208_800)]
    assert (body.award_h, body.total_minor, body.tax_minor) == (4700, 4486, 408)


def test_points_beyond_the_leases_are_refused_and_nothing_is_written(club_till, club_place, speech) -> None:
    """I5, I24: with 2,000 points held here 2,088 cannot be spent; number, log and lease stay as they were."""
    held(club_till, 2000)
    basket = jeans_sale(club_till, club_place, by_points=True)
    with pytest.raises(Refusal) as caught:
        do_sell(club_till, club_place, basket, speech)
    assert caught.value.code == "points.short"
    with club_till.store.facts.begin() as facts:
        assert read_device(facts).next_sale_number == 1042
        assert outbox.waiting(facts, 9)[0] == 0
        assert [lease.spent_h for lease in leases.open_leases(facts, "a100001")] == [0]
        assert sales.unprinted(facts) == ()


def test_numbers_follow_one_another(club_till, club_place, speech) -> None:
    """Every sale takes the next number of this terminal, once."""
    numbers = [
        do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=False), speech).sale.number
        for _ in range(3)
    ]
    assert numbers == [1042, 1043, 1044]


def test_a_member_banned_meanwhile_is_taken_off(club_till, club_place, speech) -> None:
    """R11: banned while on an open sale: the sale is not finished at member prices, nothing is written."""
    basket = jeans_sale(club_till, club_place, by_points=False)
    cards = [
        replace(card, persons=(replace(card.persons[0], ban=BanKind.HOUSE),)) if card.account_id == "a100001" else card
        for card in account_cards()
    ]
    with club_till.store.cache.begin() as cache:
        members.apply_cards(cache, cards)
    with pytest.raises(Refusal) as caught:
        do_sell(club_till, club_place, basket, speech)
    assert caught.value.code == "member.removed"


def test_the_deny_list_counts_at_the_last_moment(club_till, club_place, speech) -> None:
    """R11: a ban that reached this till by the deny list alone counts as well."""
    basket = jeans_sale(club_till, club_place, by_points=False)
    with club_till.store.cache.begin() as cache:
        documents.apply_deny(cache, [DenyRow(kind="person", id="p100001", code="member.excluded")])
    with pytest.raises(Refusal) as caught:
        do_sell(club_till, club_place, basket, speech)
    assert caught.value.code == "member.removed"


def test_offline_is_said_on_the_receipt(club_till, club_place, speech) -> None:
    """R78: offline, the receipt says that the points are not booked and how old the balance is."""
    do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=False), speech, offline=True)
    [(job, lines)] = take_waiting(club_till)
    text = as_text(document(lines, drawer=job.drawer))
    assert "OFFLINE" in text
    assert "balance as at 18:42" in text


def test_receipt_prints_once_with_the_drawer_first(club_till, club_place, speech) -> None:
    """U61, U116: the job is there with the sale; taken once, it is on its way and is not given out again."""
    do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=False), speech)
    [(job, lines)] = take_waiting(club_till)
    assert isinstance(document(lines, drawer=job.drawer)[0], PrintPulse)
    assert take_waiting(club_till) == ()
    keep_end(club_till, job.job_id, "confirmed")
    assert cut_off(club_till) == ()


def test_a_job_cut_off_is_not_printed_again_unasked(club_till, club_place, speech) -> None:
    """U116: a job that was on its way when the terminal stopped is of unknown end; a copy is marked COPY."""
    sold = do_sell(club_till, club_place, jeans_sale(club_till, club_place, by_points=False), speech)
    take_waiting(club_till)
    assert [one.sale_id for one in cut_off(club_till)] == [sold.sale.sale_id]
    assert take_waiting(club_till) == ()
    add_copy(club_till, sold.sale.sale_id)
    [(job, lines)] = take_waiting(club_till)
    assert (job.copy, job.drawer) == (True, False)
    assert as_text(document(lines, drawer=False, copy_text="COPY")).strip().startswith("COPY")


def test_a_copy_of_an_unknown_sale_is_refused(club_till) -> None:
    """A receipt that is not kept here cannot be printed, and no job is left behind."""
    with pytest.raises(Refusal) as caught:
        add_copy(club_till, "nothing")
    assert caught.value.code == "receipt.unknown"
    assert take_waiting(club_till) == ()
