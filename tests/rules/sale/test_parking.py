"""Parked sales (R73)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.goods.line import PriceReason
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, use_points
from clubtill_rules.sale.parking import Parked, park, resume, uses_points
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.sale.counter import by_card, counter, rung_up
from tests.rules.sale.larkspur import GOLD, NOW, at

HERE = counter()


def held(basket: Basket) -> Parked:
    """Park a sale as table 4."""
    return park(basket, name="Table 4", device_id="till-1", staff_id="sam", at_us=NOW, catalogue=HERE)


def with_points() -> Basket:
    """Give two beers and a parma of which points are to pay the beers."""
    basket = rung_up(HERE, "pale", "pale", "parma", member=True)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    return use_points(basket, rows, frozenset({1}))


def test_points_are_cleared_and_their_lease_goes_back() -> None:
    """R73, R72: after a confirmation; lines, prices and member stay."""
    basket = with_points()
    assert uses_points(basket)
    plain = rung_up(HERE, "pale", "pale", "parma", member=True)
    assert held(basket) == Parked(
        basket=plain,
        name="Table 4",
        device_id="till-1",
        staff_id="sam",
        at_us=NOW,
        returns_lease="sale-1",
        because=(because("why.park.points_cleared", "R73"),),
    )


def test_without_points_nothing_is_asked_or_returned() -> None:
    """R73: a plain sale is parked as it is."""
    basket = rung_up(HERE, "pale", member=True)
    assert not uses_points(basket)
    assert held(basket) == Parked(basket=basket, name="Table 4", device_id="till-1", staff_id="sam", at_us=NOW)


def test_points_by_amount_are_cleared_too() -> None:
    """R73, R74: points of Charge / Redemption are leased as others are."""
    basket = replace(rung_up(HERE, "parma", member=True), by_amount=PaidByAmount(amount=Money(500)))
    assert uses_points(basket)
    assert (held(basket).basket.by_amount, held(basket).returns_lease) == (None, "sale-1")


def test_an_item_point_offer_gets_its_own_price_back() -> None:
    """R73, R76: the offer's points are leased, so it goes, and the line has its member price of then again."""
    basket = rung_up(HERE, "pale", "parma", member=True)
    offered = replace(basket.lines[0], unit_price=Money(100), price_reason=PriceReason.LEVEL, offer_points=whole(300))
    taken = replace(basket, lines=(offered, basket.lines[1]))
    assert uses_points(taken)
    assert held(taken).basket == basket
    alone = rung_up(HERE, "pale")
    stray = replace(alone, lines=(replace(alone.lines[0], unit_price=Money(1), offer_points=whole(1)),))
    assert held(stray).basket == alone


def test_taken_up_again_nothing_is_priced_again() -> None:
    """R73, R80: a sale resumed after the happy hour has the prices it was parked with."""
    basket = rung_up(HERE, "pale", at_us=at("2026-11-24 18:59"))
    cheap = replace(basket, lines=(replace(basket.lines[0], unit_price=Money(111)),))
    assert resume(held(cheap)) == cheap


@pytest.mark.parametrize(
    ("basket", "code", "facts"),
    [
        pytest.param(Basket(sale_id="s"), "sale.empty", {}, id="nothing rung up"),
        pytest.param(by_card(rung_up(HERE, "pale"), HERE, 300), "park.paid", {"paid": Money(300)}, id="a payment"),
    ],
)
def test_what_cannot_be_parked(basket: Basket, code: str, facts: dict[str, object]) -> None:
    """R73: nothing to hold, or a payment that would be held with it."""
    with pytest.raises(Refusal) as refused:
        held(basket)
    assert (refused.value.code, refused.value.facts) == (code, facts)
