"""Refunds by line and part of a line, with and without receipt (R40-R43, R76, R79, R97, R100-R103, D42, D46)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.line import PaidByPoints
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.permissions import Act
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import use_points
from clubtill_rules.sale.posting import Posting, entries_of_refund, postings, postings_of_refund
from clubtill_rules.sale.refund_parts import RefundLine
from clubtill_rules.sale.refunding import left_of, refund
from clubtill_rules.sale.tax import TaxSum
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import (
    by_card,
    by_points_amount,
    counter,
    final,
    in_cash,
    made,
    product,
    rung_up,
    with_discount,
)
from tests.rules.sale.larkspur import GOLD, at
from tests.rules.sale.returns import HERE, back, sale_1042


def test_a_refund_reverses_what_is_stored() -> None:
    """R41, R69, R97: one of two beers by points: 720 points, 0.80 of the discount medium, its tax, no money."""
    sale = sale_1042()
    one = back(sale)
    assert one.lines == (
        RefundLine(
            line=sale.lines[0],
            qty=1,
            gross=Money(800),
            discount=NIL,
            tax=Money(66),
            points_pay_discount=Money(80),
            points=whole(720),
        ),
    )
    assert (one.points_back, one.award_back, one.total, one.points_value, one.lines[0].points_value) == (
        whole(720),
        NO_POINTS,
        Money(720),
        Money(720),
        Money(720),
    )
    assert one.tenders == (
        Tender(media_id="points", kind=MediaKind.POINTS, amount=Money(720), given=Money(720)),
        Tender(media_id="pp-discount", kind=MediaKind.DISCOUNT, amount=Money(80), given=Money(80)),
    )
    assert (one.given, one.tax, one.tax_total) == (
        (),
        (TaxSum(tax_code_id="gst", label="GST", rate_bp=1000, amount=Money(66)),),
        Money(66),
    )
    assert (one.refund_id, one.sale_id, one.account_id, one.device_id, one.staff_id) == (
        "refund-1",
        "sale-1042",
        "jean-account",
        "till-2",
        "lee",
    )
    assert (one.trading_day, one.club_day, one.fees, one.expensed) == (
        date(2026, 11, 24),
        date(2026, 11, 24),
        (),
        False,
    )
    assert (one.asks, one.grace_days, one.award_leg) == ((Ask(act=Act.REFUND, amount=720),), 30, 1)
    other = back(sale, one, event_id="refund-2")
    assert (other.points_back, other.tax_total, left_of(sale, [one, other])) == (
        whole(720),
        Money(65),
        {1: 0, 2: 1, 3: 1},
    )


def test_a_refund_says_why() -> None:
    """R1, D42: the part of the line's stored figures, then what moves of points."""
    one = back(sale_1042())
    assert one.because[0] == because(
        "why.refund.line",
        "R1",
        working=working(Money(720), Rounding.HALF_AWAY, Money(1440), ("x", 1), ("/", 2)),
        line=1,
        product="Schooner Pale",
        units=1,
        qty=2,
        amount=Money(720),
    )
    assert [reason.code for reason in one.because] == ["why.refund.line", "why.refund.spent", "why.refund.earned"]
    two = refund(sale_1042(), (), {1: 1, 2: 1}, made=made(), catalogue=HERE)
    assert [(reason.code, reason.facts.get("line")) for reason in two.because] == [
        ("why.refund.line", 1),
        ("why.refund.spent", None),
        ("why.refund.line", 2),
        ("why.refund.earned", None),
    ]
    plain = back(final(by_card(rung_up(HERE, "meal"), HERE), HERE))
    assert [reason.code for reason in plain.because] == ["why.refund.line"]


def test_entries_of_a_refund() -> None:
    """R40, R41, D46: they name the sale and the amount; the grace day of what expired meanwhile is stamped."""
    sale = sale_1042()
    whole_sale = refund(sale, (), {1: 2, 2: 1, 3: 1}, made=made(), catalogue=HERE)
    day = date(2026, 11, 24)
    at_us = made().at_us
    assert entries_of_refund(whole_sale) == (
        Entry(
            event_id="refund-1",
            leg=0,
            kind=EntryKind.REFUND,
            account_id="jean-account",
            amount_h=208_800,
            eff_us=at_us,
            day=day,
            last_day=date(2026, 12, 24),
            sale_id="sale-1042",
        ),
        Entry(
            event_id="refund-1",
            leg=1,
            kind=EntryKind.REVERSAL,
            account_id="jean-account",
            amount_h=4700,
            eff_us=at_us,
            day=day,
            sale_id="sale-1042",
            refers_to="sale-1042",
            refers_leg=1,
        ),
    )


def test_the_days_of_a_refund_are_its_own() -> None:
    """R2, D37: a refund at 00:30 is of the day before, at 06:00 of the new one."""
    sale = sale_1042()
    late = refund(sale, (), {2: 1}, made=made(at_us=at("2026-11-26 00:30")), catalogue=HERE)
    assert (late.trading_day, late.club_day) == (date(2026, 11, 25), date(2026, 11, 25))
    own = replace(HERE, club=replace(HERE.club, start_of_day_min=0))
    late = refund(sale, (), {2: 1}, made=made(at_us=at("2026-11-26 00:30")), catalogue=own)
    assert (late.trading_day, late.club_day) == (date(2026, 11, 25), date(2026, 11, 26))


@pytest.mark.example("R1.2")
def test_a_refund_carries_the_stored_discount() -> None:
    """R1: 10 % of 4.55 is 45.5 cents, stored as 46; the refund carries 46."""
    here = counter([product("cake", 455)])
    sale = final(by_card(with_discount(rung_up(here, "cake"), 1, 46), here), here)
    one = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    assert (one.lines[0].discount, one.total) == (Money(46), Money(409))


def test_part_refunds_split_by_cumulative_rounding() -> None:
    """D42: three jugs at 3.33 less 0.50: 3.16, 3.17, 3.16 with tax 0.29, 0.28, 0.29; they sum to 9.49 and 0.86."""
    basket = with_discount(rung_up(HERE, "jug", "jug", "jug"), 1, 50)
    sale = final(by_card(basket, HERE), HERE)
    first = back(sale)
    second = back(sale, first)
    third = back(sale, first, second)
    assert [one.total for one in (first, second, third)] == [Money(316), Money(317), Money(316)]
    assert [one.tax_total for one in (first, second, third)] == [Money(29), Money(28), Money(29)]
    assert [one.lines[0].discount for one in (first, second, third)] == [Money(17), Money(16), Money(17)]
    assert (sale.total, sale.tax_total) == (Money(949), Money(86))


@pytest.mark.example("R40.1")
def test_refunds_take_back_exactly_the_award() -> None:
    """R40: 11.775 -> 11 awarded; the first line takes back 7, the second 4."""
    goods = [product("one", 455), product("two", 330)]
    gold = replace(GOLD, points_multiplier_h=150, member_prices=())
    here = counter(goods, classifications={3: gold})
    sale = final(by_card(rung_up(here, "one", "two", member=True), here), here)
    assert sale.award == whole(11)
    first = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    second = refund(sale, [first], {2: 1}, made=made("refund-2"), catalogue=here)
    assert (first.award_back, second.award_back) == (whole(7), whole(4))
    assert entries_of_refund(first)[0].amount_h == 700


def test_refunds_use_what_was_in_force_at_the_sale() -> None:
    """R40, R43: neither a later multiplier nor price nor rate plays a part: only days, coin and grace are of today."""
    sale = sale_1042()
    today = counter([product("parma", 100)], classifications={3: replace(GOLD, points_multiplier_h=0)}, specials=())
    one = refund(sale, (), {1: 1, 2: 1}, made=made(), catalogue=today)
    assert (one.total, one.award_back, one.points_back) == (Money(2398 + 720), whole(47), whole(720))


def test_postings_of_a_refund() -> None:
    """R41, R69, R79: the sale's parts with the other sign, cash with its rounding; they sum to nil."""
    one = refund(sale_1042(), (), {1: 2, 2: 1}, made=made(), catalogue=HERE)
    assert postings_of_refund(one) == (
        Posting(account="sales", amount=Money(3998)),
        Posting(account="media:points", amount=Money(-1440)),
        Posting(account="media:pp-discount", amount=Money(-160)),
        Posting(account="media:cash", amount=Money(-2400)),
        Posting(account="rounding", amount=Money(2)),
    )


@pytest.mark.example("R97.1")
def test_the_example_of_tax_goes_back_line_by_line() -> None:
    """R97: 1.31 + 0.59 + 2.18 = 4.08 go back as stored; with `discount` only 2.18 does."""
    one = refund(sale_1042(), (), {1: 2, 2: 1, 3: 1}, made=made(), catalogue=HERE)
    assert ([line.tax for line in one.lines], one.tax_total) == ([Money(131), Money(218), Money(59)], Money(408))
    here = replace(HERE, venue=replace(HERE.venue, points_tax=PointsTax.DISCOUNT))
    basket = rung_up(here, "pale", "pale", "parma", "light", member=True)
    rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
    sale = final(in_cash(use_points(basket, rows, frozenset({1, 3})), here), here)
    assert refund(sale, (), {1: 2, 2: 1, 3: 1}, made=made(), catalogue=HERE).tax_total == Money(218)


@pytest.mark.example("R76.1")
def test_an_item_point_offer_goes_back_as_price_and_points() -> None:
    """R76: cap 25.00 for 15.00 and 900 points: tax and earning on 15.00; the refund is 15.00 and 900 points."""
    basket = rung_up(HERE, "cap", member=True)
    line = replace(basket.lines[0], unit_price=Money(1500), offer_points=whole(900))
    sale = final(by_card(replace(basket, lines=(line,)), HERE), HERE)
    assert (sale.total, sale.points_used, sale.award, sale.tax_total) == (
        Money(1500),
        whole(900),
        whole(30),
        Money(136),
    )
    one = back(sale)
    assert (one.total, one.points_value, one.points_back, one.award_back) == (Money(1500), NIL, whole(900), whole(30))
    assert [(t.media_id, t.amount) for t in one.tenders] == [("card", Money(1500))]
    assert [entry.kind for entry in entries_of_refund(one)] == [EntryKind.REFUND, EntryKind.REVERSAL]


def test_points_paid_by_amount_go_back_in_proportion() -> None:
    """R41, R74: 12.00 of 55.00 by points: refunding 15.00 gives back 327 points and 3.27, the rest 873."""
    basket = by_points_amount(rung_up(HERE, "meal", "wine", member=True), 1200, HERE)
    sale = final(by_card(basket, HERE), HERE)
    assert (sale.points_by_amount, sale.value_by_amount, sale.points_used) == (whole(1200), Money(1200), whole(1200))
    first = back(sale, n=2)
    assert (first.points_back, first.points_value, first.given[0].amount) == (whole(327), Money(327), Money(1173))
    rest = back(sale, first, n=1)
    assert (rest.points_back, rest.points_value, rest.given[0].amount) == (whole(873), Money(873), Money(3127))
    assert first.award_back + rest.award_back == sale.award
    assert [reason.code for reason in first.because][:2] == ["why.refund.line", "why.refund.spent"]


def test_goods_by_amount_beside_lines_paid_by_points() -> None:
    """R41, R74: what points paid by amount follows the other goods, not the lines that points paid whole."""
    basket = rung_up(HERE, "meal", "wine", "locker", member=True)
    by_points = PaidByPoints(points=whole(1500), value=Money(1500), discount=NIL)
    lines = tuple(replace(one, by_points=by_points) if one.n == 2 else one for one in basket.lines)
    sale = final(by_card(by_points_amount(replace(basket, lines=lines), 1000, HERE), HERE), HERE)
    assert sale.points_used == whole(2500)
    assert back(sale, n=2).points_back == whole(1500)
    assert back(sale, n=3).points_back == NO_POINTS
    assert back(sale, n=1).points_back == whole(1000)


@pytest.mark.parametrize(
    ("already", "wanted", "code", "facts"),
    [
        pytest.param(0, {}, "refund.no_lines", {}, id="no line chosen"),
        pytest.param(0, {1: 4}, "refund.beyond", {"product": "Jug", "n": 3}, id="one more than sold"),
        pytest.param(2, {1: 2}, "refund.beyond", {"product": "Jug", "n": 1}, id="one more than is left"),
        pytest.param(3, {1: 1}, "refund.nothing_left", {}, id="all is back"),
    ],
)
def test_never_more_than_was_sold(already: int, wanted: dict[int, int], code: str, facts: dict[str, object]) -> None:
    """R40: nothing chosen, beyond what is left, nothing left."""
    sale = final(by_card(rung_up(HERE, "jug", "jug", "jug"), HERE), HERE)
    before = [back(sale, units=already)] if already else []
    with pytest.raises(Refusal) as refused:
        refund(sale, before, wanted, made=made(), catalogue=HERE)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_line_of_which_nothing_is_left() -> None:
    """R40: another line is left, this one is not."""
    sale = final(by_card(rung_up(HERE, "jug", "wine"), HERE), HERE)
    with pytest.raises(Refusal) as refused:
        back(sale, back(sale))
    assert (refused.value.code, refused.value.facts) == ("refund.beyond", {"product": "Jug", "n": 0})


@pytest.mark.parametrize("wanted", [{1: 0}, {1: -1}, {9: 1}])
def test_what_no_screen_asks(wanted: dict[int, int]) -> None:
    """R40: less than one unit, or a line that was not sold, is a caller's mistake."""
    sale = final(by_card(rung_up(HERE, "jug"), HERE), HERE)
    with pytest.raises(ValueError, match=r"^wanted: -?\d of line \d$"):
        refund(sale, (), wanted, made=made(), catalogue=HERE)


def test_refunds_of_another_sale_do_not_count() -> None:
    """R40: a refund of another sale among those already made is a caller's mistake."""
    sale = final(by_card(rung_up(HERE, "jug"), HERE), HERE)
    with pytest.raises(ValueError, match=r"^already: a refund of another sale$"):
        back(sale, replace(back(sale), sale_id="other"))


def test_points_go_back_to_the_account_that_paid() -> None:
    """R41: to another account is refused; where no points go back it does not matter whose card is shown."""
    sale = sale_1042()
    with pytest.raises(Refusal) as refused:
        refund(sale, (), {1: 1}, made=made(), catalogue=HERE, to_account="toms-account")
    assert refused.value.code == "refund.points.other_account"
    assert refund(sale, (), {1: 1}, made=made(), catalogue=HERE, to_account="jean-account").points_back == whole(720)
    assert refund(sale, (), {2: 1}, made=made(), catalogue=HERE, to_account="toms-account").total == Money(2398)


def test_the_grain_is_that_of_the_sale() -> None:
    """R1, R40, R41: a club that counted hundredths gives back hundredths, whatever it does now."""
    gold = replace(GOLD, redemption_ratio=75, points_multiplier_h=150, points_pay_discount_bp=0, member_prices=())
    fine = counter(classifications={3: gold}, club=replace(HERE.club, points_decimals=2))
    basket = rung_up(fine, "light", "pale", "pale", member=True)
    rows = options(basket.lines, classification=gold, catalogue=fine, available=whole(12_420))
    sale = final(by_card(use_points(basket, rows, frozenset({2})), fine), fine)
    assert (sale.grain_h, sale.award, sale.points_used) == (1, Points(1080), Points(127_500))
    one = refund(sale, (), {1: 1, 2: 1}, made=made(), catalogue=HERE)
    assert (one.award_back, one.points_back) == (Points(1080), Points(63_750))


def test_a_sale_without_the_tax_of_a_line_is_broken() -> None:
    """R97: every line has its stored tax, or nothing is booked and nothing goes back."""
    broken = replace(final(by_card(rung_up(HERE, "jug", "wine"), HERE), HERE), line_taxes=(Money(30),))
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is shorter than argument 1$"):
        postings(broken)
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is shorter than argument 1$"):
        back(broken)


def test_points_by_amount_follow_goods_with_their_added_tax() -> None:
    """R41, R74, R97: 20.00 by amount of 12.00 and 10.00: 10.91 and 9.09 go back as 1,090 and 910 points."""
    here = counter([product("taxed", 1000, tax_code_id="vat"), product("plain", 1000, tax_code_id="free")])
    basket = by_points_amount(rung_up(here, "taxed", "plain", member=True), 2000, here)
    sale = final(by_card(basket, here), here)
    first = refund(sale, (), {1: 1}, made=made(), catalogue=here)
    rest = refund(sale, [first], {2: 1}, made=made("refund-2"), catalogue=here)
    assert [(one.points_value, one.points_back, one.given[0].amount) for one in (first, rest)] == [
        (Money(1091), whole(1090), Money(109)),
        (Money(909), whole(910), Money(91)),
    ]
