"""The finished sale: golden figures of interface 5.1-5.4, 7 and 10; re-checks (R11, R34, R72); postings (R69-R81)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.product import MediaKind, ProductKind, TaxCode
from clubtill_rules.members.account import BanKind, ExpiringLot
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import Deny
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.entries import AwardFor, EntryKind
from clubtill_rules.points.leases import Lease
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, attach, tender, totals, use_points
from clubtill_rules.sale.posting import Posting, entries, postings
from clubtill_rules.sale.sale import Sale, finalise, recheck
from clubtill_rules.sale.tender import card, take_cash
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, ZONE, at, catalogue, jeans_account, lease

HERE = catalogue()


def sale_1042(*, by_points: bool = True) -> Basket:
    """Give the sale of interface 5.1: two Schooner Pale, Member parma, Light schooner, Jean on it."""
    basket = Basket(sale_id="sale-1042")
    for product_id in ("pale", "pale", "parma", "light"):
        basket = add(basket, product_id, catalogue=HERE, at_us=NOW)
    basket = attach(basket, JEAN, jeans_account(), WELCOME, HERE)
    if not by_points:
        return basket
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    return use_points(basket, rows, frozenset({1, 3}))


def paid_in_cash(basket: Basket, given_minor: int = 3000) -> Basket:
    """Pay what is due in cash."""
    return tender(basket, take_cash(totals(basket, HERE).due, Money(given_minor), 5, "cash"))


def final(basket: Basket, *leases: Lease, at_us: int = NOW, offline: bool = False, here: object = HERE) -> Sale:
    """Finalise at till-1 as sale 1042."""
    return finalise(
        basket,
        catalogue=here,  # type: ignore[arg-type] - a catalogue
        number=1042,
        device_id="till-1",
        staff_id="sam",
        at_us=at_us,
        leases=leases,
        offline=offline,
    )


def test_golden_till() -> None:
    """Interface 5.1: 47.18, saved 1.00, earns 94, GST 4.28."""
    sums = totals(sale_1042(by_points=False), HERE)
    assert (sums.total, sums.saved, sums.earns.points, sums.tax_total) == (
        Money(4718),
        Money(100),
        whole(94),
        Money(428),
    )


def test_golden_points_pay() -> None:
    """Interface 5.3: of a sale of 117.18 the beers take 2,088 points and 23.20, so 93.98 is still to pay."""
    basket = sale_1042(by_points=False)
    for product_id in ("cap", "locker"):
        basket = add(basket, product_id, catalogue=HERE, at_us=NOW)
    assert totals(basket, HERE).total == Money(11_718)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    assert [row.points for row in rows.rows if not row.reason] == [whole(1440), whole(648), whole(900)]
    sums = totals(use_points(basket, rows, frozenset({1, 3})), HERE)
    assert (sums.points_used, sums.points_value, sums.points_pay_discount, sums.due) == (
        whole(2088),
        Money(2088),
        Money(232),
        Money(9398),
    )


@pytest.mark.example("R97.1")
def test_golden_tender() -> None:
    """Interface 5.4: to pay 23.98 of 44.86, GST 4.08, cash 24.00 with rounding 0.02, earns 47."""
    sums = totals(sale_1042(), HERE)
    assert (sums.total, sums.due, sums.cash_due, sums.cash_rounding) == (
        Money(4486),
        Money(2398),
        Money(2400),
        Money(2),
    )
    assert (sums.tax_total, sums.earns.points) == (Money(408), whole(47))


def test_golden_sale() -> None:
    """Interface 7: the finished sale 1042 has the same figures, change 6.00 and 2,088 points from the lease."""
    sale = final(paid_in_cash(sale_1042()), lease())
    assert (sale.number, sale.total, sale.tax_total, sale.change, sale.cash_rounding) == (
        1042,
        Money(4486),
        Money(408),
        Money(600),
        Money(2),
    )
    assert (sale.points_used, sale.award, sale.lease_spends[0].amount_h) == (whole(2088), whole(47), 208_800)
    assert (sale.trading_day, sale.award_earn_day, sale.award_last_day) == (
        date(2026, 11, 24),
        date(2026, 11, 24),
        None,
    )
    assert (sale.member_number, sale.classification, sale.multiplier_h, sale.ratio) == ("100001", 3, 200, 100)
    assert sale.line_taxes == (Money(131), Money(218), Money(59))
    assert [(t.media_id, t.amount) for t in sale.tenders] == [
        ("points", Money(2088)),
        ("pp-discount", Money(232)),
        ("cash", Money(2398)),
    ]
    assert [t.media_id for t in sale.taken] == ["cash"]


@pytest.mark.example("R69.1")
def test_golden_postings() -> None:
    """Interface 5.4: the books keep the sale gross: 47.18 = 20.88 + 2.32 + 24.00 - 0.02."""
    assert postings(final(paid_in_cash(sale_1042()), lease())) == (
        Posting(account="sales", amount=Money(-4718)),
        Posting(account="media:points", amount=Money(2088)),
        Posting(account="media:pp-discount", amount=Money(232)),
        Posting(account="media:cash", amount=Money(2400)),
        Posting(account="rounding", amount=Money(-2)),
    )


def test_golden_entries() -> None:
    """D21, R4: a spend a lease in the order planned, then the award; the same sale always makes the same legs."""
    sale = final(paid_in_cash(sale_1042()), lease(1000), lease(5000, "lease-2"))
    made = entries(sale)
    assert [(e.leg, e.kind, e.amount_h, e.lease_id) for e in made] == [
        (0, EntryKind.LEASE_SPEND, 100_000, "lease-1"),
        (1, EntryKind.LEASE_SPEND, 108_800, "lease-2"),
        (2, EntryKind.AWARD, 4700, ""),
    ]
    assert {(e.event_id, e.sale_id, e.account_id, e.eff_us, e.day) for e in made} == {
        ("sale-1042", "sale-1042", "jean-account", NOW, date(2026, 11, 24))
    }
    assert (made[2].award_for, made[2].earn_day, made[2].last_day) == (AwardFor.SALE, date(2026, 11, 24), None)
    assert entries(sale) == made


def test_a_sale_without_a_member_moves_no_points() -> None:
    """R28: nobody attached, nothing earned; the money is posted all the same."""
    basket = add(Basket(sale_id="s"), "pale", catalogue=HERE, at_us=NOW)
    sale = final(tender(basket, card(Money(850), Money(850), "card")))
    assert entries(sale) == ()
    assert (sale.award, sale.award_earn_day, sale.classification, sale.ratio) == (NO_POINTS, None, None, None)
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-850)),
        Posting(account="media:card", amount=Money(850)),
    )


def test_entries_need_an_account_and_its_day() -> None:
    """R28, R4: a sale that names an account but no earn day, or the other way round, moves no points."""
    sale = final(paid_in_cash(sale_1042()), lease())
    assert entries(replace(sale, account_id="")) == ()
    assert entries(replace(sale, award_earn_day=None)) == ()


def test_the_award_carries_its_last_usable_day() -> None:
    """R34: months of the classification when the lot is made, stamped on it."""
    here = catalogue(classifications={3: replace(GOLD, points_expiry_months=24)})
    sale = final(paid_in_cash(sale_1042()), lease(), here=here)
    assert entries(sale)[-1].last_day == date(2028, 11, 24)


def test_after_midnight_belongs_to_the_day_before() -> None:
    """R3: finalised at 00:30 with a day that starts at 06:00."""
    sale = final(paid_in_cash(sale_1042()), lease(), at_us=at("2026-11-25 00:30"))
    assert (sale.trading_day, sale.award_earn_day) == (date(2026, 11, 24), date(2026, 11, 24))


def test_earn_day_is_the_clubs_own() -> None:
    """D37: the trading day is the venue's, the earn day that of the club's own start of day."""
    here = catalogue(club=Club(id="larkspur", name="L", zone=ZONE, start_of_day_min=0))
    sale = final(paid_in_cash(sale_1042()), lease(), at_us=at("2026-11-25 00:30"), here=here)
    assert (sale.trading_day, sale.award_earn_day) == (date(2026, 11, 24), date(2026, 11, 25))


def test_a_sale_must_have_lines_and_be_paid() -> None:
    """R72: final means in full."""
    with pytest.raises(Refusal) as refused:
        final(Basket(sale_id="s"))
    assert refused.value.code == "sale.empty"
    with pytest.raises(Refusal) as refused:
        final(sale_1042(), lease())
    assert (refused.value.code, refused.value.facts) == ("sale.not_paid", {"due": Money(2398)})
    twice = paid_in_cash(sale_1042())
    with pytest.raises(Refusal) as refused:
        final(replace(twice, tenders=twice.tenders * 2), lease())
    assert (refused.value.code, refused.value.facts) == ("sale.overpaid", {"over": Money(2398)})


def test_points_need_leases_of_this_account() -> None:
    """R72: only leases this device holds for the account pay; another's do not."""
    for held in ((), (lease(2087),), (lease(5000, account_id="toms-account"),)):
        with pytest.raises(Refusal) as refused:
            final(paid_in_cash(sale_1042()), *held)
        assert refused.value.code == "points.short"


def test_a_lot_that_passed_its_last_day_no_longer_pays() -> None:
    """R34: availability is checked again at finalise, by the advice of the lease and the club's day."""
    ending = replace(lease(), advice=(ExpiringLot(last_day=date(2026, 11, 24), left=whole(2088)),))
    assert final(paid_in_cash(sale_1042()), ending).points_used == whole(2088)
    with pytest.raises(Refusal) as refused:
        final(paid_in_cash(sale_1042()), ending, at_us=at("2026-11-25 06:00"))
    assert refused.value.code == "points.short"


@pytest.mark.parametrize("change", [{"classification": 99}, {"ban": BanKind.HOUSE}])
def test_a_member_banned_meanwhile_is_taken_off(change: dict[str, object]) -> None:
    """R11: banned since attach: detached, repriced, awarded nothing; what was taken no longer pays the sale."""
    banned = replace(JEAN, **change)  # type: ignore[arg-type] - a table's columns
    basket = replace(paid_in_cash(sale_1042(by_points=False), 5000), member=banned)
    with pytest.raises(Refusal) as refused:
        final(basket)
    assert (refused.value.code, refused.value.facts) == ("member.removed", {"due": Money(100)})
    bare = recheck(basket, HERE)
    assert (bare.member, bare.line(1).unit_price, bare.tenders) == (None, Money(850), basket.tenders)
    sale = final(tender(bare, card(Money(100), Money(100), "card")))
    assert (sale.award, sale.account_id, entries(sale)) == (NO_POINTS, "", ())


def test_the_deny_list_counts_before_the_card_has_come() -> None:
    """R11: the banned list is complete on every till, so it overrules an older card."""
    basket = sale_1042(by_points=False)
    assert recheck(basket, HERE, Deny(banned=frozenset({"jean"}))).member is None
    assert recheck(basket, HERE, Deny(banned=frozenset({"tom"}))) == basket


def test_a_venue_that_does_not_exclude_serves_them() -> None:
    """R11: Exclude Banned off: no block."""
    here = catalogue(venue=replace(HERE.venue, exclude_banned=False))
    basket = replace(sale_1042(), member=replace(JEAN, classification=99))
    assert recheck(basket, here) == basket


@pytest.mark.example("R81.1")
def test_discounts_reduce_the_sale_or_are_expensed() -> None:
    """R81: 20.00 less 10 %: with the medium set sales 20.00, discount 2.00, cash 18.00; unset sales 18.00."""
    basket = add(Basket(sale_id="s"), "cap", catalogue=HERE, at_us=NOW)
    line = replace(basket.line(1), unit_price=Money(2000), public_price=Money(2000), discount=Money(200))
    basket = replace(basket, lines=(line,), member=JEAN, account=jeans_account(), benefits=True)
    paid = tender(basket, card(Money(1800), Money(1800), "card"))
    assert postings(final(paid)) == (
        Posting(account="sales", amount=Money(-1800)),
        Posting(account="media:card", amount=Money(1800)),
    )
    here = catalogue(classifications={3: replace(GOLD, discount_expense_media="expense")})
    assert postings(final(paid, here=here)) == (
        Posting(account="sales", amount=Money(-2000)),
        Posting(account="media:expense", amount=Money(200)),
        Posting(account="media:card", amount=Money(1800)),
    )


def test_a_products_own_points_price_is_balanced_by_the_discount_medium() -> None:
    """R70: the cap's 900 points are worth 9.00; the other 16.00 go to the PP Discount Media, tax is on 9.00."""
    basket = attach(add(Basket(sale_id="s"), "cap", catalogue=HERE, at_us=NOW), JEAN, jeans_account(), WELCOME, HERE)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    sale = final(use_points(basket, rows, frozenset({1})), lease())
    assert (sale.total, sale.points_value, sale.points_pay_discount, sale.tax_total) == (
        Money(900),
        Money(900),
        Money(1600),
        Money(82),
    )
    assert sum(p.amount.minor for p in postings(sale)) == 0
    assert sale.taken == ()


@pytest.mark.example("R97.1")
def test_under_discount_points_lower_the_tax() -> None:
    """R97, D9: with `discount` only the parma is taxed: 2.18."""
    here = catalogue(venue=replace(HERE.venue, points_tax=PointsTax.DISCOUNT))
    sale = final(paid_in_cash(sale_1042()), lease(), here=here)
    assert sale.tax_total == Money(218)


def test_exclusive_tax_is_paid_and_posted_on_its_own() -> None:
    """R97: 7.20 plus 10 % is 7.92; the tax is owed, not turnover."""
    here = catalogue(tax_codes={"gst": TaxCode(id="gst", name="GST", rate_bp=1000, inclusive=False)})
    basket = add(Basket(sale_id="s"), "light", catalogue=here, at_us=NOW)
    assert totals(basket, here).total == Money(792)
    sale = final(tender(basket, card(Money(792), Money(792), "card")), here=here)
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-720)),
        Posting(account="tax:gst", amount=Money(-72)),
        Posting(account="media:card", amount=Money(792)),
    )


def test_a_gift_card_is_owed_not_sold() -> None:
    """R102: gift card 45.00 and a beer: sales 7.20, owed 45.00."""
    voucher = replace(HERE.products["locker"], kind=ProductKind.GIFT_CARD, tax_code_id="free")
    here = catalogue(products={**HERE.products, "locker": voucher})
    basket = Basket(sale_id="s")
    for product_id in ("locker", "light"):
        basket = add(basket, product_id, catalogue=here, at_us=NOW)
    assert postings(final(tender(basket, card(Money(5220), Money(5220), "card")), here=here)) == (
        Posting(account="owed:gift_cards", amount=Money(-4500)),
        Posting(account="sales", amount=Money(-720)),
        Posting(account="media:card", amount=Money(5220)),
    )


def test_a_sale_says_why() -> None:
    """Architecture 3: prices, points and tax come with the facts that made them."""
    codes = [reason.code for reason in final(paid_in_cash(sale_1042()), lease()).because]
    assert "why.price.member_level" in codes
    assert "why.price.campaign" in codes
    assert codes.count("why.points.paid") == 2
    assert "why.tax.payment" in codes


def test_the_loyalty_switch_is_kept_with_the_sale() -> None:
    """R27, R40: with the global switch off every multiplier but 0 counts as 1.00, and the sale remembers it."""
    here = catalogue(club=replace(HERE.club, multiplier_for_loyalty=False))
    sale = final(paid_in_cash(sale_1042()), lease(), here=here)
    assert (sale.multiplier_h, sale.award) == (100, whole(23))


def test_media_of_a_sale_sum_to_the_books() -> None:
    """R69: points, Points Pay discount and cash together are the sale before them: 47.18."""
    sale = final(paid_in_cash(sale_1042()), lease())
    assert total([t.amount for t in sale.tenders]) == Money(4718)
    assert [t.kind for t in sale.tenders] == [MediaKind.POINTS, MediaKind.DISCOUNT, MediaKind.CASH]
    assert Points(sum(s.amount_h for s in sale.lease_spends)) == sale.points_used
    assert sale.discount == NIL
