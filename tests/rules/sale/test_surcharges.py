"""Surcharges by day and by medium (R103)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.sale.basket import Basket, add, tender, totals, void_tenders
from clubtill_rules.sale.extra_lines import fee_line, tip_line, with_line
from clubtill_rules.sale.posting import Posting, postings
from clubtill_rules.sale.surcharging import (
    Charge,
    by_medium,
    check,
    day_lines,
    of_day,
    of_medium,
    taken,
    with_days,
)
from clubtill_rules.sale.tender import card, take_cash
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import MONDAY, SUNDAY, by_card, counter, final, product, rung_up
from tests.rules.sale.larkspur import at

WEEKEND = Surcharge(id="sunday", name="Sunday", rate_bp=1000, tax_code_id="gst", weekdays=(6,))
HOLIDAY = Surcharge(
    id="holiday", name="Public holiday", rate_bp=1500, tax_code_id="gst", holidays=(date(2026, 12, 25),)
)
CARD = Surcharge(id="card-fee", name="Card fee", rate_bp=150, tax_code_id="gst", media=("card",))
PARMA = product("meal", 4000)
HERE = counter([PARMA], surcharges=(WEEKEND, CARD))


def sunday_by_card() -> Basket:
    """Give the sale of R103's example: 40.00 on a 10 % Sunday, by card at 1.5 %."""
    basket = with_days(rung_up(HERE, "meal", at_us=SUNDAY), HERE)
    charge = by_medium(basket, HERE, "card", totals(basket, HERE).due, at_us=SUNDAY)
    return taken(basket, charge, card(charge.to_take, charge.to_take, "card"))


@pytest.mark.example("R103.1")
def test_a_sunday_meal_paid_by_card() -> None:
    """R103: 40.00, then 4.00, then 0.66 on 44.00 is 44.66; tax 3.64 + 0.36 + 0.06 = 4.06; it earns on 40.00 only."""
    sale = final(sunday_by_card(), HERE, at_us=SUNDAY)
    assert [(line.product_id, line.kind, line.net) for line in sale.lines] == [
        ("meal", ProductKind.GOODS, Money(4000)),
        ("sunday", ProductKind.SURCHARGE, Money(400)),
        ("card-fee", ProductKind.SURCHARGE, Money(66)),
    ]
    assert [(line.n, line.name) for line in sale.lines] == [(1, "Meal"), (2, "Sunday"), (3, "Card fee")]
    assert sale.line_taxes == (Money(364), Money(36), Money(6))
    assert (sale.total, sale.tax_total) == (Money(4466), Money(406))
    assert [(t.media_id, t.amount, t.surcharge_line) for t in sale.tenders] == [("card", Money(4466), 3)]
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-4000)),
        Posting(account="surcharges", amount=Money(-466)),
        Posting(account="media:card", amount=Money(4466)),
    )


def test_a_surcharge_says_what_it_is_of() -> None:
    """R103: the reasons carry base, rate and amount of each, days first."""
    assert check(sunday_by_card(), HERE) == (
        because(
            "why.surcharge",
            "R103",
            working=working(Money(400), Rounding.HALF_AWAY, Money(4000), ("x", Decimal("0.1000"))),
            surcharge="Sunday",
            base=Money(4000),
            rate_bp=1000,
            amount=Money(400),
        ),
        because(
            "why.surcharge",
            "R103",
            working=working(Money(66), Rounding.HALF_AWAY, Money(4400), ("x", Decimal("0.0150"))),
            surcharge="Card fee",
            base=Money(4400),
            rate_bp=150,
            amount=Money(66),
        ),
    )
    assert [one.code for one in final(sunday_by_card(), HERE, at_us=SUNDAY).because].count("why.surcharge") == 2


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param(date(2026, 11, 22), "sunday", id="its weekday"),
        pytest.param(date(2026, 11, 23), None, id="another weekday"),
        pytest.param(date(2026, 12, 25), "holiday", id="a public holiday on a Friday"),
        pytest.param(date(2026, 12, 27), "sunday", id="the Sunday after it"),
    ],
)
def test_the_surcharge_of_a_day(day: date, found: str | None) -> None:
    """R103: by calendar weekday or public holiday; a surcharge of media has no day."""
    surcharge = of_day((WEEKEND, HOLIDAY, CARD), day)
    assert (surcharge.id if surcharge else None) == found


@pytest.mark.parametrize(
    ("others", "found"),
    [
        pytest.param((replace(WEEKEND, id="aa", rate_bp=1500),), "aa", id="the higher rate"),
        pytest.param((replace(WEEKEND, id="zz", rate_bp=999),), "sunday", id="not the lower rate"),
        pytest.param((replace(WEEKEND, id="aa"),), "aa", id="of equal rates the lower id"),
        pytest.param((replace(WEEKEND, id="zz"),), "sunday", id="not the higher id"),
    ],
)
def test_surcharges_of_a_day_do_not_add_up(others: tuple[Surcharge, ...], found: str) -> None:
    """R103: nothing stacks (R98): of several the highest counts, then the lower id."""
    surcharge = of_day((WEEKEND, *others), date(2026, 11, 22))
    assert surcharge is not None
    assert surcharge.id == found


def test_the_surcharge_of_a_medium() -> None:
    """R103: only the media it names; the highest of several."""
    dear = replace(CARD, id="dear", rate_bp=151)
    assert of_medium((WEEKEND, CARD), "card") == CARD
    assert of_medium((WEEKEND, CARD), "cash") is None
    assert of_medium((CARD, dear), "card") == dear


def test_only_goods_bear_the_surcharge_of_a_day() -> None:
    """R103: after discounts; not of fees, tips, top-ups, gift cards."""
    basket = rung_up(HERE, "meal", "bread", "locker", at_us=SUNDAY)
    lines = (replace(basket.lines[0], discount=Money(500)), *basket.lines[1:])
    basket = with_line(replace(basket, lines=lines), tip_line("Tip", Money(300), catalogue=HERE, at_us=SUNDAY))
    assert [(line.product_id, line.unit_price, line.rate_h) for line in day_lines(basket.lines, HERE)] == [
        ("sunday", Money(390), 0)
    ]


def test_a_line_keeps_the_surcharge_of_its_moment() -> None:
    """R103, R80, R105: rung up on Saturday night without, after midnight with; the line bears the later moment."""
    saturday, after, later = at("2026-11-21 23:59"), at("2026-11-22 00:00"), at("2026-11-22 00:10")
    basket = rung_up(HERE, "meal", at_us=saturday)
    for moment in (later, after):
        basket = add(basket, "bread" if moment == later else "cap", catalogue=HERE, at_us=moment)
    made = day_lines(basket.lines, HERE)
    assert [(line.unit_price, line.added_at_us) for line in made] == [(Money(290), later)]
    assert day_lines(rung_up(HERE, "meal", at_us=MONDAY).lines, HERE) == ()


def test_surcharges_by_day_are_brought_up_to_date() -> None:
    """R103: a surcharge keeps its number, goes with its goods, and is no line when it is nil."""
    basket = with_days(rung_up(HERE, "meal", at_us=SUNDAY), HERE)
    more = with_days(add(basket, "bread", catalogue=HERE, at_us=SUNDAY), HERE)
    assert [(line.n, line.product_id, line.net) for line in more.lines] == [
        (1, "meal", Money(4000)),
        (3, "bread", Money(400)),
        (2, "sunday", Money(440)),
    ]
    assert more.next_n == 4
    assert with_days(more, HERE) == more
    goods = [line for line in more.lines if line.kind is not ProductKind.GOODS]
    assert with_days(replace(more, lines=tuple(goods)), HERE).lines == ()
    cheap = counter([product("mint", 4)], surcharges=(WEEKEND,))
    assert with_days(rung_up(cheap, "mint", at_us=SUNDAY), cheap).next_n == 2


def test_once_a_payment_was_taken_days_stand() -> None:
    """R103, U42: goods and their surcharges stay until the payment is voided."""
    paid = by_card(with_days(rung_up(HERE, "meal", at_us=SUNDAY), HERE), HERE, 1000)
    with pytest.raises(Refusal) as refused:
        with_days(paid, HERE)
    assert (refused.value.code, refused.value.facts) == ("sale.being_paid", {"paid": Money(1000)})


def test_each_medium_pays_for_its_part() -> None:
    """R103, R71, R79: 20.00 by card bears 0.30, the other 20.00 in cash nothing; cash rounding comes last."""
    basket = rung_up(HERE, "meal", at_us=MONDAY)
    part = by_medium(basket, HERE, "card", Money(2000), at_us=MONDAY)
    assert (part.pays, part.to_take) == (Money(2000), Money(2030))
    basket = taken(basket, part, card(part.to_take, part.to_take, "card"))
    rest = by_medium(basket, HERE, "cash", Money(2000), at_us=MONDAY)
    assert rest == Charge(pays=Money(2000), to_take=Money(2000))
    basket = taken(basket, rest, take_cash(rest.to_take, Money(2000), 5, "cash"))
    sale = final(basket, HERE, at_us=MONDAY)
    assert (sale.total, [t.surcharge_line for t in sale.tenders]) == (Money(4030), [2, 0])


def test_cash_may_bear_one_and_is_rounded_after_it() -> None:
    """R103, R79: 40.00 at 0.7 % is 40.28, in cash 40.30."""
    here = counter([PARMA], surcharges=(replace(CARD, rate_bp=70, media=("cash",)),))
    basket = rung_up(here, "meal")
    charge = by_medium(basket, here, "cash", Money(4000), at_us=MONDAY)
    basket = taken(basket, charge, take_cash(charge.to_take, Money(5000), 5, "cash"))
    sale = final(basket, here)
    assert (sale.total, sale.cash_rounding, sale.change) == (Money(4028), Money(2), Money(970))


def test_tax_that_is_added_is_paid_by_the_medium_too() -> None:
    """R97, R103: a surcharge of 0.60 under 20 % added tax takes 0.72 more."""
    here = counter([PARMA], surcharges=(replace(CARD, tax_code_id="vat"),))
    basket = rung_up(here, "meal")
    charge = by_medium(basket, here, "card", Money(4000), at_us=MONDAY)
    assert charge.to_take == Money(4072)
    sale = final(taken(basket, charge, card(charge.to_take, charge.to_take, "card")), here)
    assert (sale.total, sale.tax_total) == (Money(4072), Money(364 + 12))


def test_a_medium_pays_no_more_than_is_due() -> None:
    """R71, R103: beyond what is due there is nothing to bear a surcharge."""
    with pytest.raises(Refusal) as refused:
        by_medium(rung_up(HERE, "meal"), HERE, "card", Money(4001), at_us=MONDAY)
    assert (refused.value.code, refused.value.facts) == (
        "tender.too_much",
        {"amount": Money(4001), "due": Money(4000)},
    )


def test_a_surcharge_of_nil_is_no_line() -> None:
    """R103: 1.5 % of 0.33 is less than half a cent."""
    here = counter([product("mint", 33)], surcharges=(CARD,))
    basket = rung_up(here, "mint")
    assert by_medium(basket, here, "card", Money(33), at_us=MONDAY) == Charge(pays=Money(33), to_take=Money(33))
    assert final(by_card(basket, here), here).total == Money(33)


def test_the_payment_takes_what_the_charge_says() -> None:
    """R103: another amount is a caller's mistake."""
    basket = rung_up(HERE, "meal", at_us=MONDAY)
    charge = by_medium(basket, HERE, "card", Money(4000), at_us=MONDAY)
    for minor in (4059, 4061):
        with pytest.raises(ValueError, match=f"takes {minor}, not 4060"):
            taken(basket, charge, card(Money(9999), Money(minor), "card"))


@pytest.mark.parametrize(
    ("basket", "missing"),
    [
        pytest.param(by_card(rung_up(HERE, "meal", at_us=SUNDAY), HERE), 400 + 60, id="neither is there"),
        pytest.param(
            by_card(with_days(rung_up(HERE, "meal", at_us=SUNDAY), HERE), HERE), 66, id="that of the medium is missing"
        ),
    ],
)
def test_a_sale_without_its_surcharges_is_not_final(basket: Basket, missing: int) -> None:
    """R103: finalise refuses and says what is missing."""
    with pytest.raises(Refusal) as refused:
        final(basket, HERE, at_us=SUNDAY)
    assert (refused.value.code, refused.value.facts) == ("sale.surcharge", {"missing": Money(missing)})


def test_a_surcharge_of_yesterday_is_too_much() -> None:
    """R103: a surcharge that no longer holds is refused as well, with what is too much below nil."""
    basket = sunday_by_card()
    weekday = replace(HERE, surcharges=(CARD,))
    with pytest.raises(Refusal) as refused:
        check(basket, weekday)
    assert refused.value.facts == {"missing": Money(-400)}
    with pytest.raises(Refusal) as refused:
        check(basket, replace(HERE, surcharges=()))
    assert refused.value.facts == {"missing": Money(-466)}


def test_voided_payments_take_their_surcharges_along() -> None:
    """R42, R103: what the card bore goes with its payment; the day's stays."""
    bare = void_tenders(sunday_by_card())
    assert ([line.product_id for line in bare.lines], bare.tenders) == (["meal", "sunday"], ())
    plain = tender(rung_up(HERE, "meal", at_us=MONDAY), card(Money(4000), Money(1000), "card"))
    assert void_tenders(plain) == rung_up(HERE, "meal", at_us=MONDAY)


def test_a_surcharge_is_no_goods() -> None:
    """R28, R103: it earns nothing and takes no discount; fees beside it bear none."""
    basket = with_days(rung_up(HERE, "meal", member=True, at_us=SUNDAY), HERE)
    basket = with_days(with_line(basket, fee_line(3, "Gold", Money(5500), catalogue=HERE, at_us=SUNDAY)), HERE)
    plain = rung_up(HERE, "meal", member=True, at_us=SUNDAY)
    assert totals(basket, HERE).earns.points == totals(plain, HERE).earns.points != NO_POINTS
    assert totals(basket, HERE).total == Money(4000 + 5500 + 400)
    assert {t.kind for t in sunday_by_card().tenders} == {MediaKind.CARD}
    assert totals(basket, HERE).discount == NIL
