"""Final sales compared whole: every field of the golden sale 1042 and why it is so, and a sale to nobody (R28, R72)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.product import LevelPrice, MediaKind, PointsPrice, Product
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.budgets import Budget, BudgetSpend, Cached
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.leases import LeaseSpend, OfflineBudget
from clubtill_rules.points.redeeming import options
from clubtill_rules.points.refunding import Earned
from clubtill_rules.sale.basket import Basket, add, attach, set_qty, tender, totals, use_points
from clubtill_rules.sale.line_changes import set_price
from clubtill_rules.sale.posting import entries
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tax import TaxSum
from clubtill_rules.sale.tender import Tender, card, take_cash
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import by_card, by_points_amount, counter, final, product, rung_up
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, catalogue, jeans_account, lease, rung, with_jean

HERE = catalogue()
DAY = date(2026, 11, 24)


def _paid(basket: Basket) -> Basket:
    return tender(basket, take_cash(totals(basket, HERE).due, Money(3000), 5, "cash"))


def _final(basket: Basket, *, offline: bool) -> Sale:
    return finalise(
        basket, catalogue=HERE, number=1042, device_id="till-1", staff_id="sam", at_us=NOW + 1,
        leases=(lease(1000), lease(5000, "lease-2")), offline=offline,
    )  # fmt: skip


def _medium(media_id: str, kind: MediaKind, cents: int, **more: object) -> Tender:
    fields: dict[str, object] = {"given": Money(cents), **more}
    return Tender(media_id=media_id, kind=kind, amount=Money(cents), **fields)  # type: ignore[arg-type]


WHY = (
    because(
        "why.price.member_level", "R80", line=1, product="Schooner Pale", unit=Money(800), public=Money(850),
        saved=Money(100), working=working(Money(1600), Rounding.EXACT, Money(800), ("x", 2)),
    ),
    because(
        "why.price.campaign", "R98", line=2, product="Member parma", unit=Money(2398), public=Money(2398), saved=NIL,
        working=working(Money(2398), Rounding.EXACT, Money(2398), ("x", 1)),
    ),
    because("why.earns.paid_by_points", "R28", line=1, product="Schooner Pale"),
    because(
        "why.earned.value", "R26", line=2, product="Member parma", value=Money(2398), rate_h=100,
        special="member-parma",
        working=working(
            Decimal("47.96"), Rounding.EXACT, Money(2398), ("x", Decimal(1)), ("x", Decimal(2))
        ),
    ),
    because("why.earns.paid_by_points", "R28", line=3, product="Light schooner"),
    because(
        "why.earned", "R26", points=whole(47), factor_h=100, multiplier_h=200, exact=Points(4796),
        working=working(whole(47), Rounding.FLOOR, Decimal("47.96")),
    ),
    because(
        "why.points.paid", "R69", line=1, product="Schooner Pale", points=whole(1440), value=Money(1440),
        discount=Money(160), ratio=100, working=working(whole(1440), Rounding.CEILING, Money(1440), ("x", 100)),
    ),
    because(
        "why.points.paid", "R69", line=3, product="Light schooner", points=whole(648), value=Money(648),
        discount=Money(72), ratio=100, working=working(whole(648), Rounding.CEILING, Money(648), ("x", 100)),
    ),
    because(
        "why.tax.payment", "R97", tax="GST", rate_bp=1000, amount=Money(408),
        working=working(Money(408), Rounding.EXACT, Money(131), ("+", Money(218)), ("+", Money(59))),
    ),
)  # fmt: skip


@pytest.mark.parametrize("offline", [False, True])
def test_sale_1042_whole(*, offline: bool) -> None:
    """R26, R28, R68, R69, R72, R79, R97: of 47.18 points pay two lines, cash 24.00; two leases; every reason."""
    basket = with_jean(rung("pale", "pale", "parma", "light", here=HERE), HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    basket = _paid(use_points(basket, rows, frozenset({1, 3})))
    assert _final(basket, offline=offline) == Sale(
        sale_id="sale-1042", number=1042, club_id="larkspur", venue_id="point", location_id="main", device_id="till-1",
        staff_id="sam", at_us=NOW + 1, trading_day=DAY, lines=basket.lines,
        line_taxes=(Money(131), Money(218), Money(59)), member_number="100001", person_id="jean",
        account_id="jean-account", classification=3, benefits=True, multiplier_h=200, ratio=100,
        tenders=(
            _medium("points", MediaKind.POINTS, 2088),
            _medium("pp-discount", MediaKind.DISCOUNT, 232),
            _medium("cash", MediaKind.CASH, 2398, given=Money(3000), change=Money(600), rounding=Money(2)),
        ),
        points_used=whole(2088),
        lease_spends=(
            LeaseSpend(lease_id="lease-1", amount_h=100_000), LeaseSpend(lease_id="lease-2", amount_h=108_800),
        ),
        award=whole(47), award_earn_day=DAY, award_last_day=None, gross=Money(4718), discount=NIL,
        points_pay_discount=Money(232), total=Money(4486), points_value=Money(2088),
        tax=(TaxSum(tax_code_id="gst", label="GST", rate_bp=1000, amount=Money(408)),), tax_total=Money(408),
        saved=Money(100), because=WHY, offline=offline, catalogue_version="1", tracked=(), points_by_amount=whole(0),
        value_by_amount=NIL, lines_by_amount=frozenset(), earned=(Earned(n=2, qty=1, exact_h=Fraction(4796)),),
        grain_h=100,
    )  # fmt: skip


def test_a_cut_off_till_spends_its_budget_after_its_leases() -> None:
    """D39, R90, R4: a lease of 1,000 first, the other 1,088 by budget; the books redeem that part, then award."""
    basket = with_jean(rung("pale", "pale", "parma", "light", here=HERE), HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    basket = _paid(use_points(basket, rows, frozenset({1, 3})))

    def sold(total: int, *, known: bool = True) -> Sale:
        budget = Budget(budget_id="b1", device_id="till-1", each_h=total, total_h=total, deadline_us=NOW + 1)
        return finalise(
            basket, catalogue=HERE, number=1, device_id="till-1", staff_id="sam", at_us=NOW, leases=(lease(1000),),
            offline=True, budget=OfflineBudget(
                budget=budget if known else None, account_id="jean-account", now_us=NOW,
                cached=Cached(avail_h=1_142_000, spends_h=0, age_us=0),
            ),
        )  # fmt: skip

    sale = sold(108_800)
    assert sale.lease_spends == (LeaseSpend(lease_id="lease-1", amount_h=100_000),)
    assert sale.budget_spends == (BudgetSpend(budget_id="b1", amount_h=108_800),)
    assert [(one.leg, one.kind, one.amount_h, one.sale_id, one.lease_id) for one in entries(sale)] == [
        (0, EntryKind.LEASE_SPEND, 100_000, "sale-1042", "lease-1"),
        (1, EntryKind.REDEEM, 108_800, "sale-1042", ""),
        (2, EntryKind.AWARD, 4_700, "sale-1042", ""),
    ]
    for no in (lambda: sold(108_799), lambda: sold(108_800, known=False)):
        with pytest.raises(Refusal, match=r"points\.short"):
            no()


def test_a_price_by_hand_is_said() -> None:
    """R80: two at 5.00 by hand that cost 7.20 each."""
    basket = set_price(set_qty(rung("light", here=HERE), 1, 2, HERE), 1, Money(500), HERE)
    told = because(
        "why.price.override", "R80", line=1, product="Light schooner", unit=Money(500), public=Money(720),
        saved=Money(440), working=working(Money(1000), Rounding.EXACT, Money(500), ("x", 2)),
    )  # fmt: skip
    assert _final(tender(basket, card(Money(1000), Money(1000), "card")), offline=False).because[0] == told


def test_a_sale_to_nobody_whole() -> None:
    """R28, R72: no member, no points, no reason but the tax."""
    basket = rung("light", here=HERE)
    sale = _final(tender(basket, card(Money(720), Money(720), "card")), offline=False)
    told = because(
        "why.earns.no_member", "R29"
    ), because(
        "why.tax.payment", "R97", tax="GST", rate_bp=1000, amount=Money(65),
        working=working(Money(65), Rounding.EXACT, Money(65)),
    )  # fmt: skip
    assert sale == Sale(
        sale_id="sale-1042", number=1042, club_id="larkspur", venue_id="point", location_id="main", device_id="till-1",
        staff_id="sam", at_us=NOW + 1, trading_day=DAY, lines=basket.lines, line_taxes=(Money(65),),
        tenders=(_medium("card", MediaKind.CARD, 720),), gross=Money(720), discount=NIL, points_pay_discount=NIL,
        total=Money(720), points_value=NIL, tax_total=Money(65), saved=NIL,
        tax=(TaxSum(tax_code_id="gst", label="GST", rate_bp=1000, amount=Money(65)),),
        because=told, catalogue_version="1",
    )  # fmt: skip


def test_what_points_pay_by_amount_stands_on_the_sale() -> None:
    """R28, R74: 5.00 of 20.00 by 500 points: of which line, what is earned of the rest, and why."""
    here = counter([product("plate", 2000)])
    basket = by_points_amount(rung_up(here, "plate", member=True), 500, here)
    sale = final(by_card(basket, here), here)
    assert (sale.points_by_amount, sale.value_by_amount, sale.lines_by_amount, sale.points_used) == (
        whole(500), Money(500), frozenset({1}), whole(500),
    )  # fmt: skip
    assert (sale.award, sale.earned) == (whole(30), (Earned(n=1, qty=1, exact_h=Fraction(3000)),))
    told = because(
        "why.points.by_amount", "R74", amount=Money(500), points=whole(500), ratio=100,
        working=working(whole(500), Rounding.CEILING, Money(500), ("x", 100)),
    )  # fmt: skip
    assert [why for why in sale.because if why.code == "why.points.by_amount"] == [told]


def test_under_discount_the_reason_of_the_tax_is_that_of_the_rest() -> None:
    """R74, R97: of 20.00 points pay 5.00 by amount; 10 % inside the 15.00 left is 1.36."""
    here = counter([product("plate", 2000)])
    here = replace(here, venue=replace(here.venue, points_tax=PointsTax.DISCOUNT))
    basket = by_points_amount(rung_up(here, "plate", member=True), 500, here)
    sale = final(by_card(basket, here), here)
    told = because(
        "why.tax.discount", "R97", tax="GST", rate_bp=1000, amount=Money(136),
        working=working(Money(136), Rounding.EXACT, Money(136)),
    )  # fmt: skip
    assert (sale.tax_total, sale.because[-1]) == (Money(136), told)


def test_a_products_own_points_price_is_said_as_such() -> None:
    """R70: the cap's 900 points are worth 9.00, the other 16.00 are a discount; no ratio made them."""
    basket = with_jean(rung("cap", here=HERE), HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    sale = _final(use_points(basket, rows, frozenset({1})), offline=False)
    told = because(
        "why.points.paid_own_price", "R70", line=1, product="Cap, club logo", points=whole(900), value=Money(900),
        discount=Money(1600), ratio=100, working=working(whole(900), Rounding.EXACT, whole(900)),
    )  # fmt: skip
    assert [why for why in sale.because if why.code.startswith("why.points")] == [told]


def test_what_stops_a_sale_says_no_more_than_it_knows() -> None:
    """R20, R72: nothing rung up has no facts."""
    with pytest.raises(Refusal) as refused:
        _final(Basket(sale_id="s"), offline=False)
    assert (refused.value.code, refused.value.facts) == ("sale.empty", {})


def test_a_new_line_whole() -> None:
    """R26, R31, R70, R80, R97: everything that its product and the settings say of it."""
    own = Product(
        id="hat", name="Hat", family_id="goods", category_id="goods", tax_code_id="gst", fixed_points=25,
        prices=(LevelPrice(level=1, price=Money(2500)), LevelPrice(level=2, price=Money(2000))),
        points_prices=(PointsPrice(level=2, points=700),),
    )  # fmt: skip
    here = replace(HERE, products={"hat": own})
    basket = attach(Basket(sale_id="s"), JEAN, jeans_account(), WELCOME, here)
    assert add(basket, "hat", catalogue=here, at_us=NOW).lines == (
        Line(
            n=1, product_id="hat", name="Hat", family_id="goods", category_id="goods", added_at_us=NOW, level=2,
            unit_price=Money(2000), public_price=Money(2500), price_reason=PriceReason.MEMBER_LEVEL, rate_h=100,
            fixed_points=25, points_price=whole(700), tax_code_id="gst", tax_bp=1000, tax_inclusive=True,
        ),
    )  # fmt: skip
