"""Coupons and what vouchers take off (R98, R102)."""

from __future__ import annotations

from datetime import date

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import (
    Combo,
    ComboPart,
    Covers,
    Discount,
    MixAndMatch,
    Trigger,
    VoucherOff,
)
from clubtill_rules.goods.line import DiscountKind, ManualDiscount
from clubtill_rules.goods.product import Special, SpecialKind
from clubtill_rules.sale.basket import add, set_qty, tender, totals
from clubtill_rules.sale.handed_over import enter_coupon, take_back_coupon, with_used, with_vouchers
from clubtill_rules.sale.line_changes import discount_line
from clubtill_rules.sale.tender import card
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.larkspur import NOW, priced, rung, selling
from tests.rules.sale.limited import BURGER, COFFEE, DIP, taken


def voucher(**more: object) -> VoucherOff:
    """Give what a voucher takes off."""
    return VoucherOff(id="v-1", name="Birthday voucher", **more)  # type: ignore[arg-type] - a table's columns


@pytest.mark.example("R102.1")
def test_a_voucher_on_the_line_it_names() -> None:
    """R102: 5.00 on a 12.00 line: 7.00, tax 0.64."""
    here = selling(priced("cake", 1200), COFFEE)
    basket = with_vouchers(
        rung("coffee", "cake", here=here), (voucher(amount=Money(500), covers=Covers(products=("cake",))),), here
    )
    line = basket.line(2)
    assert (line.net, line.discount_kind, line.discount_id) == (Money(700), DiscountKind.SPECIAL, "v-1")
    assert basket.idle == ()
    only = with_vouchers(rung("cake", here=here), basket.vouchers, here)
    assert totals(only, here).tax_total == Money(64)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param({"amount": Money(300)}, [("burger", 250), ("coffee", 50)], id="an amount off the sale is shared"),
        pytest.param({"amount": Money(9_999)}, [("burger", 2000), ("coffee", 400)], id="no change is given"),
        pytest.param({"rate_bp": 1000}, [("burger", 200), ("coffee", 40)], id="a percentage"),
        pytest.param({"free_product": "coffee"}, [("coffee", 400)], id="a free product"),
        pytest.param({"free_product": "coffee", "rate_bp": 1, "amount": Money(1)}, [("coffee", 400)], id="is first"),
        pytest.param({"rate_bp": 1000, "amount": Money(1)}, [("burger", 200), ("coffee", 40)], id="then percentage"),
        pytest.param({"free_product": "dip"}, [], id="a free product that was not taken"),
        pytest.param({"amount": Money(5), "covers": Covers(products=("dip",))}, [], id="goods that are not there"),
    ],
)
def test_what_vouchers_take_off(one: dict[str, object], expected: list[tuple[str, int]]) -> None:
    """R102: an amount, a percentage or a free product, as a special."""
    here = selling(BURGER, COFFEE, DIP)
    basket = with_vouchers(rung("burger", "coffee", here=here), (voucher(**one),), here)
    assert [(name, cents) for name, _, cents, _ in taken(basket)] == expected
    assert basket.idle == (() if expected else ("v-1",))
    assert taken(with_vouchers(basket, (), here)) == []


def test_a_free_product_is_one_unit() -> None:
    """R102: of three coffees on two lines one is free."""
    here = selling(COFFEE)
    basket = with_vouchers(rung("coffee", here=here), (voucher(free_product="coffee"),), here)
    basket = discount_line(set_qty(basket, 1, 3, here), 1, None, here)
    assert taken(basket) == [("coffee", "v-1", 400, 1)]
    assert "why.discount.limit_reached" not in [why.code for why in basket.because]
    two = add(set_qty(basket, 1, 1, here), "coffee", catalogue=here, at_us=NOW)
    assert totals(two, here).total == Money(400)


def test_a_voucher_that_another_special_beats_is_idle() -> None:
    """R98, R102: one special a line, the lower price; the voucher is kept for another day."""
    half = Discount(id="half", name="Half", kind=DiscountKind.SPECIAL, rate_bp=5000)
    here = selling(BURGER, discounts=(half,))
    basket = with_vouchers(rung("burger", here=here), (voucher(amount=Money(999)),), here)
    assert (taken(basket), basket.idle) == ([("burger", "half", 1000, 1)], ("v-1",))
    by_hand = discount_line(basket, 1, ManualDiscount(rate_bp=100), here)
    assert by_hand.idle == ("v-1",)


def test_a_shared_voucher_passes_over_campaign_prices() -> None:
    """R98, R102: a campaign price is a special; 3.00 off the sale is off the other line."""
    week = Special(
        id="c", name="C", kind=SpecialKind.PRICE, starts=date(2026, 1, 1), ends=date(2026, 12, 31),
        products=("burger",), price=Money(1900),
    )  # fmt: skip
    here = selling(BURGER, COFFEE, specials=(week,))
    basket = with_vouchers(rung("burger", "coffee", here=here), (voucher(amount=Money(300)),), here)
    assert taken(basket) == [("coffee", "v-1", 300, 1)]


def _with_codes() -> Catalogue:
    autumn = Trigger(coupon="Autumn")
    return selling(
        BURGER,
        COFFEE,
        DIP,
        discounts=(Discount(id="d", name="D", kind=DiscountKind.SALE, rate_bp=1000, trigger=Trigger(coupon="SPRING")),),
        mix_and_match=(
            MixAndMatch(id="m", name="M", n=2, covers=Covers(products=("dip",)), price=Money(1), trigger=autumn),
        ),
        combos=(
            Combo(
                id="c", name="C", parts=(ComboPart(covers=Covers(products=("coffee",))),), price=Money(1),
                trigger=Trigger(coupon="WINTER"),
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("keyed", "code"),
    [
        pytest.param("SPRING", "SPRING", id="of a discount"),
        pytest.param(" autumn ", "Autumn", id="of a mix and match, as it is written"),
        pytest.param("Winter", "WINTER", id="of a combo"),
    ],
)
def test_coupons_are_entered_once_in_any_case(keyed: str, code: str) -> None:
    """R98: a code triggers its offers until it is taken back; one that gives nothing is idle."""
    here = _with_codes()
    basket = rung("burger", "coffee", here=here)
    entered = enter_coupon(basket, keyed, here)
    assert entered.coupons == (code,)
    assert enter_coupon(entered, keyed, here) == entered
    assert entered.idle == (("Autumn",) if code == "Autumn" else ())
    assert take_back_coupon(entered, code, here) == basket
    assert take_back_coupon(entered, "other", here) == entered


@pytest.mark.parametrize("keyed", ["SUMMER", "", "  "])
def test_a_code_that_no_offer_asks_for(keyed: str) -> None:
    """R98: it is refused and the sale stays."""
    with pytest.raises(Refusal) as refused:
        enter_coupon(rung("burger", here=_with_codes()), keyed, _with_codes())
    assert (refused.value.code, refused.value.facts) == ("coupon.unknown", {})


def test_after_the_first_payment_nothing_is_handed_over() -> None:
    """U42: the payment is voided first."""
    here = _with_codes()
    paid = tender(rung("burger", here=here), card(Money(2000), Money(500), "card"))
    acts = (
        lambda: enter_coupon(paid, "SPRING", here),
        lambda: take_back_coupon(paid, "SPRING", here),
        lambda: with_vouchers(paid, (), here),
        lambda: with_used(paid, (), here),
    )
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("sale.being_paid", {"paid": Money(500)})
