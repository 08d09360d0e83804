"""The forms of a sale: what each says where only what it has to say was filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from clubtill_rules.goods.discount import ALL_GOODS, Per
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.discounts.by_line import Offer
from clubtill_rules.sale.discounts.giving import Discounted
from clubtill_rules.sale.discounts.in_sets import SetOffer, Sets
from clubtill_rules.sale.discounts.limits import Left, Overshot, Tracked
from clubtill_rules.sale.discounts.pool import Given, Shared, Terms
from clubtill_rules.sale.discounts.triggers import Buyer
from clubtill_rules.sale.parking import Parked
from clubtill_rules.sale.receipt_points import PointsOnReceipt
from clubtill_rules.sale.refund_parts import ByAmount, RefundLine
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.shifts import Movement, MovementKind, Shift
from clubtill_rules.sale.surcharging import Charge
from clubtill_rules.sale.tabs import Change, Tab
from clubtill_rules.sale.tender import Tender
from clubtill_rules.sale.vouchers import Voucher, VoucherKind
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Rounding, Working
from tests.rules.sale.larkspur import NOW, catalogue, rung

NIL, NO_POINTS = Money(0), Points(0)
NO_SETS: Final = Sets(off=0, used={})
DAY: Final = date(2026, 11, 24)


def unlike(form: object, **expected: object) -> list[str]:
    """Name the fields of a form that are not what they have to be, kind and all: nil is not the same as nothing."""
    found = {name: getattr(form, name) for name in expected}
    return [name for name, value in expected.items() if (type(found[name]), found[name]) != (type(value), value)]


def test_a_new_sale_has_nothing_on_it() -> None:
    """R28, R29, R98: no goods, no member, no payment, nothing handed over; its first line is number 1."""
    assert unlike(
        Basket(sale_id="s"),
        lines=(), member=None, account=None, benefits=False, tenders=(), next_n=1, ticked=frozenset(), manual=None,
        coupons=(), vouchers=(), used=(), by_amount=None, tracked=(), idle=(), because=(),
    ) == []  # fmt: skip


def test_a_sale_without_member_or_points_says_so() -> None:
    """R28, R40, R43, R94: nobody, no classification, no ratio; no points used or earned, nothing counted."""
    form = Sale(
        sale_id="s", number=1, club_id="c", venue_id="v", location_id="l", device_id="d", staff_id="sam", at_us=NOW,
        trading_day=DAY, lines=(), line_taxes=(), gross=NIL, discount=NIL, points_pay_discount=NIL, total=NIL,
        points_value=NIL, tax=(), tax_total=NIL, saved=NIL,
    )  # fmt: skip
    assert unlike(
        form,
        member_number="", person_id="", account_id="", classification=None, benefits=False, multiplier_h=0, ratio=None,
        tenders=(), points_used=NO_POINTS, lease_spends=(), award=NO_POINTS, award_earn_day=None, award_last_day=None,
        because=(), offline=False, catalogue_version="", tracked=(), points_by_amount=NO_POINTS, value_by_amount=NIL,
        lines_by_amount=frozenset(), earned=(), grain_h=100,
    ) == []  # fmt: skip


def test_discounts_say_nothing_more_than_they_were_told() -> None:
    """R94, R98: an offer without figures takes nothing off and has no limit; without an amount left all is left."""
    terms: dict[str, Any] = {"id": "o", "name": "O", "covers": ALL_GOODS}
    everybody: dict[str, object] = {"trigger": None, "limit": None}
    assert unlike(Terms(**terms), **everybody) == []
    offer = Offer(**terms, kind=DiscountKind.SPECIAL, rate_bp=0, amount=0, per=Per.UNIT)
    assert unlike(offer, **everybody, most_units=None) == []
    assert unlike(SetOffer(**terms, kind=DiscountKind.COMBO, sets=lambda _lines, _left: NO_SETS), **everybody) == []
    assert unlike(Left(), amount=None, units=None) == []
    assert unlike(Buyer(), member=None, account=None, classification=None) == []
    assert unlike(Discounted(lines=()), tracked=(), idle=(), because=()) == []
    working = Working(result=1, rounding=Rounding.EXACT, terms=())
    given = Given(kind=DiscountKind.MANUAL, id="m", name="M", off=1, units=1, working=working)
    assert unlike(given, cut=False) == []
    assert unlike(Shared(kind=DiscountKind.MANUAL, id="m", name="M", amount=0), cut=False) == []
    assert unlike(Tracked(discount_id="d", holder_id="h", period=DAY, amount=NIL, times=0), sale_id="") == []
    over = Overshot(discount_id="d", holder_id="h", period=DAY, by=1, because=())
    assert unlike(over, code="discount.limit_overshot") == []


def test_payments_and_what_has_to_be_allowed() -> None:
    """R71, R79, R103: a payment without change, rounding or surcharge; an act that has no size and no reason."""
    assert unlike(Ask(act=Act.SELL), amount=0, because=()) == []
    paid = Tender(media_id="cash", kind=MediaKind.CASH, amount=NIL, given=NIL)
    assert unlike(paid, change=NIL, rounding=NIL, reference="", surcharge_line=0) == []
    assert unlike(Charge(pays=NIL, to_take=NIL), line=None) == []


def test_drawers_tabs_and_parked_sales() -> None:
    """R83, R99, R101: a shift without movements, a tab that nobody approved, a parked sale without a lease."""
    moved = Movement(kind=MovementKind.SALE, media_id="cash", media_kind=MediaKind.CASH, amount=NIL, at_us=NOW)
    assert unlike(moved, of="", reason="") == []
    shift = Shift(shift_id="s", device_id="d", staff_id="sam", opened_at_us=NOW, cash_media="cash", float_amount=NIL)
    assert unlike(shift, movements=()) == []
    basket = Basket(sale_id="s")
    tab = Tab(
        tab_id="t", name="T", person_id="", limit=NIL, device_id="d", staff_id="sam", opened_at_us=NOW, basket=basket
    )
    assert unlike(tab, approvals=(), moves=(), handed=()) == []
    assert unlike(Change(tab=tab, comes_to=NIL), asks=(), because=()) == []
    parked = Parked(basket=basket, name="P", device_id="d", staff_id="sam", at_us=NOW)
    assert unlike(parked, returns_lease="", because=()) == []


def test_vouchers_refunds_and_receipts() -> None:
    """R41, R51, R82, R102: a voucher for thirty days, for all goods, for anybody; a refund that no points paid."""
    kind = VoucherKind(id="k", name="K")
    assert unlike(kind, amount=NIL, rate_bp=0, free_product="", covers=ALL_GOODS, days=30, member_only=False) == []
    assert unlike(Voucher(number="1", kind=kind, person_id="", first_day=DAY, last_day=DAY), used_by="") == []
    line = replace(rung("pale", here=catalogue()).line(1), qty=2)
    part = RefundLine(line=line, qty=1, gross=line.gross, discount=NIL, tax=NIL)
    assert unlike(part, points_pay_discount=NIL, points=NO_POINTS) == []
    assert unlike(ByAmount(), value=NIL, points=NO_POINTS, because=()) == []
    assert (
        unlike(PointsOnReceipt(), issued=None, used=None, balance=None, expiring=None, expire_by=None, as_at_us=None)
        == []
    )
