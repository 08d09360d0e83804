"""Item Point Offers taken on a sale and given up again, up to the refund (R76, R41, R72)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.line import PriceReason
from clubtill_rules.goods.point_offer import ItemPointOffer
from clubtill_rules.goods.product import OpenPrice
from clubtill_rules.members.access import Attach
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, attach, clear_points, detach, set_qty, totals, use_points
from clubtill_rules.sale.item_offers import give_up, take
from clubtill_rules.sale.posting import entries, entries_of_refund, postings, postings_of_refund
from clubtill_rules.sale.refunding import refund
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import by_card, by_points_amount, counter, final, made, product, rung_up
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, jeans_account, lease

CAP_OFFER = ItemPointOffer(id="cap-900", product_id="cap", points=900, price=Money(1500))
PALE_OFFER = ItemPointOffer(id="pale-100", product_id="pale", points=100, price=Money(700))
ODD_OFFER = ItemPointOffer(id="odd-1", product_id="odd", points=1, price=Money(1))
HERE = counter(
    (product("odd", 100, open_price=OpenPrice(least=Money(1), most=Money(900))),),
    item_point_offers=(CAP_OFFER, PALE_OFFER, ODD_OFFER),
)


def taken(basket: Basket, n: int = 1, offer: str = "cap-900", available: int = 9_000) -> Basket:
    """Take an offer with so many points available."""
    return take(basket, n, offer, catalogue=HERE, available=whole(available))


def no(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Give the code and the facts with which an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, dict(refused.value.facts)


@pytest.mark.example("R76.1")
def test_a_cap_for_money_and_points() -> None:
    """R76: cap 25.00, offer 900 points and 15.00: tax and earning on 15.00; the refund is 15.00 and 900 points."""
    basket = rung_up(HERE, "cap", member=True)
    done = taken(basket, available=900)
    line = replace(basket.line(1), unit_price=Money(1500), offer_points=whole(900), price_reason=PriceReason.LEVEL)
    assert done == replace(basket, lines=(line,))
    sums = totals(done, HERE)
    assert (sums.points_used, sums.points_value, sums.due, sums.earns.points) == (
        whole(900),
        NIL,
        Money(1500),
        whole(30),
    )
    sale = final(by_card(done, HERE), HERE, lease(900))
    assert (sale.points_used, sale.lease_spends[0].amount_h, sale.award) == (whole(900), 90_000, whole(30))
    told = because(
        "why.offer.taken", "R76", product="Cap, club logo", qty=1, points=whole(900), price=Money(1500),
        working=working(whole(900), Rounding.EXACT, whole(900), ("x", 1)),
    )  # fmt: skip
    assert [one for one in sale.because if one.code == "why.offer.taken"] == [told]
    back = refund(sale, (), {1: 1}, made=made(), catalogue=HERE)
    assert (back.total, back.points_back, back.award_back) == (Money(1500), whole(900), whole(30))
    assert sum(one.amount.minor for one in (*postings(sale), *postings_of_refund(back))) == 0
    assert [(one.kind, one.amount_h) for one in (*entries(sale), *entries_of_refund(back))] == [
        (EntryKind.LEASE_SPEND, 90_000),
        (EntryKind.AWARD, 3_000),
        (EntryKind.REFUND, 90_000),
        (EntryKind.REVERSAL, 3_000),
    ]


def test_an_offer_is_given_up() -> None:
    """R76, R80: the line costs what it cost the member; a line without an offer stays as it is."""
    basket = rung_up(HERE, "pale", "cap", member=True)
    assert give_up(taken(basket, 1, "pale-100"), 1, HERE) == basket
    assert give_up(basket, 2, HERE) == basket
    alone = replace(taken(basket, 1, "pale-100"), member=None, account=None, benefits=False)
    assert give_up(alone, 1, HERE).line(1).unit_price == Money(850)


CHANGES: list[object] = [
    pytest.param(lambda b: set_qty(b, 1, 2, HERE), (None, 800, 2), id="more units"),
    pytest.param(lambda b: detach(b, HERE), (None, 850, 1), id="the member goes"),
    pytest.param(lambda b: add(b, "pale", catalogue=HERE, at_us=NOW), (100, 700, 1), id="a line of its own"),
    pytest.param(clear_points, (100, 700, 1), id="an offer is a price"),
]


@pytest.mark.parametrize(("change", "found"), CHANGES)
def test_an_offer_follows_its_line(change: Callable[[Basket], Basket], found: tuple[int | None, int, int]) -> None:
    """R76, R68, R80: a new quantity or no member takes it off; nothing else does."""
    line = change(taken(rung_up(HERE, "pale", member=True), 1, "pale-100")).line(1)
    points, price, qty = found
    assert (line.offer_points, line.unit_price, line.qty) == (
        None if points is None else whole(points), Money(price), qty,
    )  # fmt: skip


def test_points_by_amount_are_charged_anew_after_an_offer() -> None:
    """R74, R76: the offer's points come first."""
    basket = by_points_amount(rung_up(HERE, "cap", "parma", member=True), 2000, HERE)
    assert basket.by_amount is not None
    assert taken(basket).by_amount is None


def test_what_an_offer_is_refused_for() -> None:
    """R76, R17, R67: each no has its name; a strange offer or line is a mistake of the caller."""
    basket = rung_up(HERE, "cap", member=True)
    alone = rung_up(HERE, "cap")
    unpaid = Attach(ok=True, code="member.unpaid.till", benefits=False, because=())
    without = attach(alone, JEAN, jeans_account(), unpaid, HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(9_000))
    by_points = use_points(basket, rows, frozenset({1}))
    keyed = attach(
        add(Basket(sale_id="s"), "odd", catalogue=HERE, at_us=NOW, price=Money(300)),
        JEAN, jeans_account(), Attach(ok=True, code="", benefits=True, because=()), HERE,
    )  # fmt: skip
    found = [
        no(lambda: taken(alone)),
        no(lambda: taken(without)),
        no(lambda: taken(basket, available=899)),
        no(lambda: taken(by_points)),
        no(lambda: taken(keyed, 1, "odd-1")),
        no(lambda: taken(by_card(basket, HERE, 100))),
        no(lambda: give_up(by_card(taken(basket), HERE, 100), 1, HERE)),
    ]
    assert found == [
        ("points.no_member", {}),
        ("points.no_benefits", {}),
        ("points.short", {"needed": whole(900), "available": whole(899)}),
        ("points.offer.combined", {"product": "Cap, club logo"}),
        ("points.offer.combined", {"product": "Odd"}),
        ("sale.being_paid", {"paid": Money(100)}),
        ("sale.being_paid", {"paid": Money(100)}),
    ]
    with pytest.raises(KeyError):
        taken(basket, 2)
    with pytest.raises(KeyError):
        taken(basket, 1, "pale-100")
