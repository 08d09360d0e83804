"""What a final sale carries at its edges: media, multipliers, last days, the deny list (R11, R27, R31, R34, R40)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.classification import LocationRatio
from clubtill_rules.members.deny import Deny
from clubtill_rules.points.entries import EntryKind
from clubtill_rules.points.redeeming import options
from clubtill_rules.points.refunding import Earned
from clubtill_rules.sale.basket import Basket, use_points
from clubtill_rules.sale.posting import entries
from clubtill_rules.sale.sale import finalise
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.counter import by_card, counter, final, product, rung_up
from tests.rules.sale.larkspur import GOLD, NOW, jeans_account, lease

PLATE, CRUMB = product("plate", 2000), product("crumb", 20)


def _here(**gold: object) -> Catalogue:
    return counter((PLATE, CRUMB), classifications={3: replace(GOLD, **gold)})  # type: ignore[arg-type]


def test_without_a_medium_of_its_own_the_clubs_bears_the_points_pay_discount() -> None:
    """R69: the classification names none, so it is the first discount medium of the catalogue."""
    here = _here(points_pay_discount_media="")
    basket = rung_up(here, "plate", member=True)
    rows = options(basket.lines, classification=here.classifications[3], catalogue=here, available=whole(12_420))
    sale = final(use_points(basket, rows, frozenset({1})), here)
    assert (sale.points_pay_media, sale.points_pay_discount) == ("expense", Money(200))


def test_the_ratio_that_is_kept_is_that_of_the_location() -> None:
    """R43, R65: 150 points a dollar at the Main Bar, whatever holds elsewhere."""
    own = (LocationRatio(location_id="garden", ratio=75), LocationRatio(location_id="main", ratio=150))
    here = _here(location_ratios=own)
    assert final(by_card(rung_up(here, "plate", member=True), here), here).ratio == 150


def test_an_award_of_nothing_has_no_last_day_and_keeps_nothing_for_refunds() -> None:
    """R26, R34, R40: 0.20 at two points is 0.4 of a point: none; 20.00 are 40, for 24 months."""
    here = _here(points_expiry_months=24)
    crumb, plate = (final(by_card(rung_up(here, name, member=True), here), here) for name in ("crumb", "plate"))
    assert (crumb.award, crumb.award_last_day, crumb.earned) == (whole(0), None, ())
    assert (plate.award, plate.award_last_day) == (whole(40), date(2028, 11, 24))
    assert plate.earned == (Earned(n=1, qty=1, exact_h=Fraction(4000)),)


def test_what_a_line_earned_is_kept_at_the_accounts_own_rate() -> None:
    """R31, R40: three points a dollar, twice."""
    here = _here()
    basket = rung_up(here, "plate", member=True)
    basket = replace(basket, account=replace(jeans_account(), fixed_rate_h=300))
    sale = final(by_card(basket, here), here)
    assert (sale.award, sale.earned) == (whole(120), (Earned(n=1, qty=1, exact_h=Fraction(12_000)),))


@pytest.mark.parametrize(
    ("multiplier_h", "counts", "kept"),
    [(0, True, 0), (0, False, 0), (1, True, 1), (1, False, 100), (200, True, 200), (200, False, 100)],
)
def test_the_multiplier_that_is_kept(multiplier_h: int, *, counts: bool, kept: int) -> None:
    """R27, R40: with the club's switch off every one but nil counts as 1.00."""
    here = _here(points_multiplier_h=multiplier_h)
    here = replace(here, club=replace(here.club, multiplier_for_loyalty=counts))
    assert final(by_card(rung_up(here, "plate", member=True), here), here).multiplier_h == kept


def _denied(basket: Basket, here: Catalogue) -> dict[str, object]:
    with pytest.raises(Refusal) as refused:
        finalise(
            basket, catalogue=here, number=1, device_id="till-1", staff_id="sam", at_us=NOW, leases=(lease(),),
            offline=False, deny=Deny(banned=frozenset({"jean"})),
        )  # fmt: skip
    return {refused.value.code: dict(refused.value.facts)}


def test_a_member_on_the_deny_list_is_taken_off_when_the_sale_becomes_final() -> None:
    """R11: the beers were 8.00 for Gold and are 8.50 for nobody, so what was paid no longer fits."""
    here = _here()
    assert _denied(by_card(rung_up(here, "pale", member=True), here), here) == {"member.removed": {"due": Money(50)}}


def test_a_sale_that_points_pay_whole_only_spends() -> None:
    """R28, D21: lines paid by points earn nothing, so the lease is spent and nothing is awarded."""
    here = _here(points_pay_discount_bp=0)
    basket = rung_up(here, "plate", member=True)
    rows = options(basket.lines, classification=here.classifications[3], catalogue=here, available=whole(12_420))
    sale = final(use_points(basket, rows, frozenset({1})), here)
    assert [(entry.kind, entry.amount_h) for entry in entries(sale)] == [(EntryKind.LEASE_SPEND, 2000_00)]


def test_no_discount_is_booked_where_none_was_given() -> None:
    """R81: the Discount Expense Media stands, but there is nothing to bear."""
    here = _here(discount_expense_media="expense")
    sale = final(by_card(rung_up(here, "plate", member=True), here), here)
    assert [(tender.media_id, tender.amount) for tender in sale.tenders] == [("card", Money(2000))]
