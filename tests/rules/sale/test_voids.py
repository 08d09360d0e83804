"""Voids before and after a sale is final (R20, R24, R42, R54, 2.12 row 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.permissions import Act
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, use_points
from clubtill_rules.sale.extra_lines import fee_line, with_line
from clubtill_rules.sale.posting import Posting, entries, postings
from clubtill_rules.sale.refunding import refund
from clubtill_rules.sale.sale import FeeTaken, Sale
from clubtill_rules.sale.voiding import Dropped, Void, drop, void
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.sale.counter import by_card, counter, final, in_cash, made, rung_up
from tests.rules.sale.larkspur import GOLD, NOW, at, lease

HERE = counter()


def with_points() -> Basket:
    """Give two beers for points and a parma for money, Jean's."""
    basket = rung_up(HERE, "pale", "pale", "parma", member=True)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    return use_points(basket, rows, frozenset({1}))


def sold() -> Sale:
    """Give that sale, paid in cash, on two leases."""
    return final(in_cash(with_points(), HERE), HERE, lease(1000), lease(5000, "lease-2"))


def test_before_it_is_final_nothing_was_redeemed() -> None:
    """R42, R72: the payments go back and the lease is returned."""
    basket = by_card(with_points(), HERE, 500)
    assert drop(basket) == Dropped(
        gives_back=basket.tenders,
        returns_lease="sale-1",
        asks=(Ask(act=Act.SELL),),
        because=(because("why.void.not_final", "R42", n=1),),
    )


@pytest.mark.parametrize(
    ("basket", "lease_of"),
    [
        pytest.param(rung_up(HERE, "pale", member=True), "", id="no points"),
        pytest.param(
            replace(rung_up(HERE, "pale", member=True), by_amount=PaidByAmount(amount=Money(5))),
            "sale-1",
            id="by amount",
        ),
        pytest.param(
            Basket(sale_id="sale-1", lines=(replace(rung_up(HERE, "pale").lines[0], offer_points=whole(1)),)),
            "sale-1",
            id="an offer",
        ),
    ],
)
def test_whose_lease_is_returned(basket: Basket, lease_of: str) -> None:
    """R42, R72: only where points were to pay something."""
    assert (drop(basket).returns_lease, drop(basket).gives_back) == (lease_of, ())


@pytest.mark.example("E9")
def test_a_void_reverses_entry_by_entry() -> None:
    """R42: one reversing entry for each of the sale's: a refund a lease, a reversal of the award; the books undone."""
    sale = sold()
    undone = void(sale, made=made("void-1"), catalogue=HERE, tickets=("B-12", "B-13"))
    day = date(2026, 11, 24)
    common = {"event_id": "void-1", "account_id": "jean-account", "eff_us": made().at_us, "day": day}
    grace = date(2026, 12, 24)
    assert undone == Void(
        void_id="void-1",
        sale_id="sale-1",
        at_us=made().at_us,
        trading_day=day,
        device_id="till-2",
        staff_id="lee",
        entries=(
            Entry(leg=0, kind=EntryKind.REFUND, amount_h=100_000, sale_id="sale-1", last_day=grace, **common),  # type: ignore[arg-type] - fields in common
            Entry(leg=1, kind=EntryKind.REFUND, amount_h=44_000, sale_id="sale-1", last_day=grace, **common),  # type: ignore[arg-type] - as above
            Entry(
                leg=2, kind=EntryKind.REVERSAL, amount_h=4700, sale_id="sale-1", refers_to="sale-1", refers_leg=2,
                **common,  # type: ignore[arg-type] - as above
            ),
        ),
        postings=(
            Posting(account="sales", amount=Money(3998)),
            Posting(account="media:points", amount=Money(-1440)),
            Posting(account="media:pp-discount", amount=Money(-160)),
            Posting(account="media:cash", amount=Money(-2400)),
            Posting(account="rounding", amount=Money(2)),
        ),
        gives_back=sale.taken,
        fees=(),
        tickets=("B-12", "B-13"),
        asks=(Ask(act=Act.VOID_SALE, amount=3838),),
        because=(because("why.void.final", "R42", amount=Money(3838), n=3),),
    )  # fmt: skip
    assert [p.amount for p in postings(sale)] == [-p.amount for p in undone.postings]


def test_join_points_and_fees_go_with_it() -> None:
    """R24, R42: entries that the sale's event made besides its own are reversed too, and the fee is named."""
    basket = with_line(rung_up(HERE, "parma", member=True), fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=NOW))
    sale = final(by_card(basket, HERE), HERE)
    (earned,) = entries(sale)
    joined = replace(earned, leg=1, amount_h=20_000, award_for=AwardFor.JOINING)
    undone = void(sale, made=made("void-1"), catalogue=HERE, posted=(earned, joined))
    assert [(e.kind, e.amount_h, e.refers_leg) for e in undone.entries] == [
        (EntryKind.REVERSAL, 4700, 0),
        (EntryKind.REVERSAL, 20_000, 1),
    ]
    assert undone.fees == (FeeTaken(n=2, classification=3, person_id="jean", amount=Money(5500)),)
    assert undone.because[0].facts["n"] == 2


def test_a_sale_without_points_is_voided_too() -> None:
    """R42: nobody attached: money only."""
    undone = void(final(by_card(rung_up(HERE, "pale"), HERE), HERE), made=made("void-1"), catalogue=HERE)
    assert (undone.entries, undone.tickets) == ((), ())
    assert undone.asks == (Ask(act=Act.VOID_SALE, amount=850),)


def test_only_on_its_trading_day() -> None:
    """R42, R2: until 05:59 of the next morning; at 06:00 it is refunded instead."""
    sale = sold()
    assert void(sale, made=made("v", at("2026-11-25 05:59")), catalogue=HERE).trading_day == date(2026, 11, 24)
    with pytest.raises(Refusal) as refused:
        void(sale, made=made("v", at("2026-11-25 06:00")), catalogue=HERE)
    assert (refused.value.code, refused.value.facts) == ("void.other_day", {"day": date(2026, 11, 24)})


def test_the_clubs_day_dates_its_entries() -> None:
    """R42, D37: entries carry the club's day, the void the venue's."""
    here = replace(HERE, club=replace(HERE.club, start_of_day_min=0, refund_grace_days=0))
    undone = void(sold(), made=made("v", at("2026-11-25 00:30")), catalogue=here)
    assert (undone.trading_day, undone.entries[0].day) == (date(2026, 11, 24), date(2026, 11, 25))
    assert undone.entries[0].last_day == date(2026, 11, 24)


def test_what_was_refunded_in_part_is_not_voided() -> None:
    """R42: else a part of it would go back twice."""
    sale = sold()
    one = refund(sale, (), {1: 1}, made=made(), catalogue=HERE)
    with pytest.raises(Refusal) as refused:
        void(sale, made=made("void-1"), catalogue=HERE, refunds=[one])
    assert refused.value.code == "void.refunded"
