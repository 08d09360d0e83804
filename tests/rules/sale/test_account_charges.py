"""Charge / Redemption on a sale: from the screen to the books, the account and back again (R74, R28, R41, R71, R97)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ModifierGroup
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.members.access import Attach
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.charging import ChargeAccount, ChargeKind, KeyOption, auto_charge, use
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.account_charges import charge_accounts, clear_charges, open_screen
from clubtill_rules.sale.basket import (
    Basket,
    add,
    attach,
    clear_points,
    detach,
    payable,
    remove,
    set_qty,
    tender,
    totals,
    use_points,
)
from clubtill_rules.sale.posting import Posting, entries, postings
from clubtill_rules.sale.tender import Tender, card
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import (
    by_card,
    by_points_amount,
    counter,
    final,
    in_cash,
    points_account,
    product,
    rung_up,
)
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, jeans_account, lease

GOODS = (
    product("roast", 3000, family_id="food"),
    product("mug", 2000, family_id="gifts"),
    product("twelve", 1200, family_id="food"),
    product("taxed", 2000, family_id="food", tax_code_id="vat"),
)
HERE = counter(GOODS)
FOOD = replace(HERE, classifications={3: replace(GOLD, account_charge_families=("food",))})
DISCOUNT = replace(HERE, venue=replace(HERE.venue, points_tax=PointsTax.DISCOUNT))
FEE = Surcharge(id="account-fee", name="Account fee", rate_bp=200, tax_code_id="gst", media=("account",))
FAMILY = ChargeAccount(account_id="family", name="Family", kind=ChargeKind.MONEY, available=Money(4000))


def charged(
    basket: Basket, here: Catalogue = HERE, *, points: int = 0, minor: int | None = None, family: int | None = None
) -> Basket:
    """Charge points leased here, all that they may or an amount, then the family's account."""
    screen = open_screen(basket, [points_account(points), FAMILY], catalogue=here)
    screen = use(screen, "jean-account", None if minor is None else Money(minor)) if points else screen
    screen = use(screen, "family", None if family == 0 else Money(family)) if family is not None else screen
    return charge_accounts(basket, screen, catalogue=here, at_us=NOW)


def no(act: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """Give the code and the facts with which an act is refused."""
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, dict(refused.value.facts)


def to_family(minor: int) -> Tender:
    """Give what the family's account pays."""
    return Tender(
        media_id="account", kind=MediaKind.ACCOUNT, amount=Money(minor), given=Money(minor), reference="family"
    )


def test_points_pay_a_part_of_a_sale() -> None:
    """R74, R28: 1,000 points, 12.00: 10.00 used, 2.00 left in cash, which earn 4; the books say the same."""
    basket = charged(rung_up(HERE, "twelve", member=True), points=1000)
    assert basket.by_amount == PaidByAmount(
        amount=Money(1000), of=Money(1200), lines=frozenset({1}), points=whole(1000)
    )
    sums = totals(basket, HERE)
    assert (sums.points_used, sums.points_value, sums.due) == (whole(1000), Money(1000), Money(200))
    sale = final(in_cash(basket, HERE), HERE, lease(1000))
    assert (sale.points_used, sale.points_by_amount, sale.value_by_amount) == (whole(1000), whole(1000), Money(1000))
    assert (sale.lines_by_amount, sale.award) == (frozenset({1}), whole(4))
    assert [(one.media_id, one.amount) for one in sale.tenders] == [("points", Money(1000)), ("cash", Money(200))]
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-1200)),
        Posting(account="media:points", amount=Money(1000)),
        Posting(account="media:cash", amount=Money(200)),
    )
    assert [one.amount_h for one in entries(sale)] == [100_000, 400]
    told = because(
        "why.points.by_amount", "R74", amount=Money(1000), points=whole(1000), ratio=100,
        working=working(whole(1000), Rounding.CEILING, Money(1000), ("x", 100)),
    )  # fmt: skip
    assert [one for one in sale.because if one.code == "why.points.by_amount"] == [told]


@pytest.mark.example("R74.1")
def test_only_chargeable_families_lose_earning_and_tax() -> None:
    """R28, R74, R97: food 30.00 by points, mug 20.00 by card: 40 points and, under DISCOUNT, 1.82 of tax are left."""
    for points_tax, taxes in ((PointsTax.PAYMENT, (273, 182)), (PointsTax.DISCOUNT, (0, 182))):
        here = replace(FOOD, venue=replace(FOOD.venue, points_tax=points_tax))
        sale = final(by_card(charged(rung_up(here, "roast", "mug", member=True), here, points=9_000), here), here)
        assert (sale.award, sale.value_by_amount, sale.lines_by_amount) == (whole(40), Money(3000), frozenset({1}))
        assert sale.line_taxes == tuple(Money(tax) for tax in taxes)
        assert sale.tax_total == Money(sum(taxes))


def test_accounts_in_money_pay_as_tenders() -> None:
    """R74, R71: 30.00: 12.00 by points, the rest to the family's account; the sale is paid."""
    basket = rung_up(HERE, "roast", member=True)
    screen = auto_charge(open_screen(basket, [points_account(1200), FAMILY], catalogue=HERE))
    done = charge_accounts(basket, screen, catalogue=HERE, at_us=NOW)
    paid = PaidByAmount(amount=Money(1200), of=Money(3000), lines=frozenset({1}), points=whole(1200))
    assert done == replace(basket, by_amount=paid, tenders=(to_family(1800),))
    sale = final(done, HERE)
    assert (sale.award, sale.total, sale.taken) == (whole(36), Money(3000), (to_family(1800),))
    assert clear_charges(done) == basket


def test_an_account_bears_the_surcharge_of_its_medium() -> None:
    """R74, R103: 30.00 at 2 % is 30.60; an account with one cent less is refused and nothing is charged."""
    here = replace(HERE, surcharges=(FEE,))
    basket = rung_up(here, "roast", member=True)
    for available in (3060, 3059):
        account = replace(FAMILY, available=Money(available))
        screen = use(open_screen(basket, [account], catalogue=here), "family")
        if available == 3059:
            facts = {"account": "Family", "amount": Money(3060), "usable": Money(3059)}
            assert no(lambda s=screen: charge_accounts(basket, s, catalogue=here, at_us=NOW)) == ("charge.above", facts)
            continue
        done = charge_accounts(basket, screen, catalogue=here, at_us=NOW)
        assert done.tenders == (replace(to_family(3060), surcharge_line=2),)
        assert (done.line(2).net, done.line(2).added_at_us, totals(done, here).due) == (Money(60), NOW, NIL)
        assert final(done, here).total == Money(3060)
        assert clear_charges(done) == replace(basket, next_n=3)


def test_nobody_is_charged_without_a_member_or_benefits() -> None:
    """R17, R67, R104: no member, no benefits, or a choice not made: each no has its name."""
    alone = rung_up(HERE, "roast")
    unpaid = Attach(ok=True, code="member.unpaid.till", benefits=False, because=())
    without = attach(alone, JEAN, jeans_account(), unpaid, HERE)
    group = ModifierGroup(id="side", name="Side", modifiers=(), least=1, most=1)
    asks = counter((product("steak", 3000, modifier_groups=(group,)),))
    open_choice = rung_up(asks, "steak", member=True)
    assert no(lambda: open_screen(alone, [FAMILY], catalogue=HERE)) == ("points.no_member", {})
    assert no(lambda: open_screen(without, [FAMILY], catalogue=HERE)) == ("points.no_benefits", {})
    missing = ("line.choices_missing", {"product": "Steak", "group": "Side"})
    assert no(lambda: open_screen(open_choice, [FAMILY], catalogue=asks)) == missing
    screen = open_screen(rung_up(HERE, "roast", member=True), [FAMILY], catalogue=HERE)
    assert no(lambda: charge_accounts(open_choice, screen, catalogue=asks, at_us=NOW)) == missing


def test_a_screen_is_of_one_sale_as_it_is() -> None:
    """R74, R67: a screen of a sale that has changed since, or points of somebody else, are a mistake of the caller."""
    basket = rung_up(HERE, "roast", member=True)
    screen = open_screen(basket, [points_account(5000)], catalogue=HERE)
    dearer = add(basket, "mug", catalogue=HERE, at_us=NOW)
    paid = tender(basket, card(Money(3000), Money(1), "card"))
    other_lines = replace(basket, lines=(replace(basket.line(1), n=2),))
    less = replace(basket, lines=(replace(basket.line(1), unit_price=Money(2000), family_id="gifts"),))
    for changed in (dearer, paid, other_lines, less):
        with pytest.raises(ValueError, match=r"^screen: the sale has changed since it was opened$"):
            charge_accounts(changed, screen, catalogue=HERE, at_us=NOW)
    fee = rung_up(HERE, "locker", member=True)
    for_fee = use(open_screen(fee, [FAMILY], catalogue=HERE), "family")
    assert no(lambda: charge_accounts(detach(fee, HERE), for_fee, catalogue=HERE, at_us=NOW)) == (
        "points.no_member",
        {},
    )
    strange = replace(points_account(5000), account_id="tom")
    stolen = use(open_screen(basket, [strange], catalogue=HERE), "tom")
    with pytest.raises(ValueError, match=r"^screen: points of an account that is not on the sale$"):
        charge_accounts(basket, stolen, catalogue=HERE, at_us=NOW)


def test_points_that_lower_the_tax_leave_less_to_charge() -> None:
    """R97, R74: 20.00 and 4.00 on top: 5.00 by points take 1.00 of tax away, so 18.00 go to the account, not 19.00."""
    basket = rung_up(DISCOUNT, "taxed", member=True)
    part = charged(basket, DISCOUNT, points=500, family=0)
    assert (part.tenders, totals(part, DISCOUNT).due) == ((to_family(1800),), NIL)
    whole_sale = charged(basket, DISCOUNT, points=2000, family=0)
    assert (whole_sale.tenders, totals(whole_sale, DISCOUNT).total) == ((), Money(2000))
    sale = final(part, DISCOUNT)
    assert (sale.total, sale.tax_total, sale.award) == (Money(2300), Money(300), whole(30))
    screen = open_screen(basket, [points_account(9000)], catalogue=HERE)
    assert (screen.lines_total, screen.due, screen.options[0].usable) == (Money(2400), Money(2400), Money(2400))
    screen = open_screen(basket, [points_account(9000)], catalogue=DISCOUNT)
    assert (screen.lines_total, screen.due, screen.options[0].usable) == (Money(2000), Money(2400), Money(2000))


def test_other_payments_may_leave_too_little_for_points() -> None:
    """R71, R97: 24.00, 10.00 by card: 11.66 by points leave one cent of tax, one more would be overpaid."""
    basket = by_card(rung_up(DISCOUNT, "taxed", member=True), DISCOUNT, 1000)
    fits = charged(basket, DISCOUNT, points=9000, minor=1167)
    assert totals(fits, DISCOUNT).due == NIL
    refused = ("points.other_tenders", {"paid": Money(1000)})
    assert no(lambda: charged(basket, DISCOUNT, points=9000, minor=1168)) == refused


def test_what_was_charged_stands_charged_when_the_screen_opens_again() -> None:
    """R74: points keep their amount, or what they may still take; an account has what this sale leaves on it."""
    basket = charged(rung_up(HERE, "roast", member=True), points=1000, minor=700, family=500)
    accounts = [points_account(1000), FAMILY, replace(FAMILY, account_id="other")]
    again = open_screen(basket, accounts, catalogue=HERE, key=KeyOption.FIRST_CASH_ACCOUNT)
    assert [(one.account_id, one.amount) for one in again.charges] == [("jean-account", Money(700))]
    assert [one.account.available for one in again.options] == [NIL, Money(3500), Money(4000)]
    assert (again.due, again.rest) == (Money(2500), Money(1800))
    assert charge_accounts(basket, again, catalogue=HERE, at_us=NOW) == basket
    fewer = open_screen(basket, [FAMILY, points_account(650)], catalogue=HERE)
    assert [(one.account_id, one.amount) for one in fewer.charges] == [("jean-account", Money(650))]
    for none in ([FAMILY, points_account(0)], [FAMILY]):
        assert open_screen(basket, none, catalogue=HERE).charges == ()
    fresh = rung_up(HERE, "roast", member=True)
    preset = open_screen(fresh, accounts, catalogue=HERE, key=KeyOption.FIRST_CASH_ACCOUNT, uid_only=True)
    assert [(one.account_id, one.amount) for one in preset.charges] == [("family", Money(3000))]
    assert (preset.setting.uid_only, again.setting.uid_only) == (True, False)
    by_gift = tender(fresh, replace(to_family(500), kind=MediaKind.GIFT_CARD))
    assert open_screen(by_gift, [FAMILY], catalogue=HERE).options[0].account.available == Money(4000)


def test_charges_are_cleared_unless_something_else_has_paid() -> None:
    """R74, U42: cash or card is voided first; points and accounts go together."""
    basket = rung_up(HERE, "roast", member=True)
    done = charged(basket, points=1000, family=500)
    assert clear_charges(done) == basket
    paid = by_card(done, HERE, 200)
    assert no(lambda: clear_charges(paid)) == ("sale.being_paid", {"paid": Money(200)})


CHANGES: list[object] = [
    pytest.param(lambda b: add(b, "mug", catalogue=HERE, at_us=NOW), 5000, {1, 2, 3}, id="another line shares in it"),
    pytest.param(lambda b: set_qty(b, 2, 0, HERE), 3000, {1}, id="it is borne to the cent"),
    pytest.param(lambda b: set_qty(b, 1, 0, HERE), None, set(), id="too little is left"),
    pytest.param(lambda b: remove(b, 2), None, set(), id="nobody knows what is left"),
    pytest.param(clear_points, None, set(), id="points are cleared"),
    pytest.param(lambda b: detach(b, HERE), None, set(), id="the member goes"),
    pytest.param(lambda b: attach(b, JEAN, jeans_account(), WELCOME, HERE), None, set(), id="a member comes"),
    pytest.param(lambda b: use_points(b, rows(b), frozenset({2})), None, set(), id="Points Pay comes first"),
]


def rows(basket: Basket):
    """Give the Points Pay screen of a basket."""
    return options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(20_000))


@pytest.mark.parametrize(("change", "of", "lines"), CHANGES)
def test_what_points_pay_by_amount_follows_the_lines(
    change: Callable[[Basket], Basket], of: int | None, lines: set[int]
) -> None:
    """R74, R42, R29: 30.00 by points of 42.00: kept while the lines bear it, then gone as a whole."""
    basket = charged(rung_up(HERE, "roast", "twelve", member=True), points=3000)
    assert basket.by_amount == PaidByAmount(
        amount=Money(3000), of=Money(4200), lines=frozenset({1, 2}), points=whole(3000)
    )
    now = change(basket).by_amount
    if of is None:
        assert now is None
    else:
        of = 6200 if lines == {1, 2, 3} else of
        assert now == PaidByAmount(amount=Money(3000), of=Money(of), lines=frozenset(lines), points=whole(3000))


def test_every_use_of_points_is_one_sum_and_one_plan() -> None:
    """R68, R74, R76, R72: 1,080 by Points Pay, 300 by an offer, 500 by amount: 1,880, of leases that just hold them."""
    basket = rung_up(HERE, "twelve", "roast", "mug", member=True)
    basket = use_points(basket, rows(basket), frozenset({1}))
    offered: list[Line] = [replace(one, offer_points=whole(300)) if one.n == 2 else one for one in basket.lines]
    basket = by_points_amount(replace(basket, lines=tuple(offered)), 500, HERE, points=1880)
    sums = totals(basket, HERE)
    assert (sums.points_used, sums.points_value) == (whole(1880), Money(1580))
    paid = by_card(basket, HERE)
    assert no(lambda: final(paid, HERE, lease(1879))) == (
        "points.short",
        {"needed": whole(1880), "available": whole(1879)},
    )
    sale = final(paid, HERE, lease(1380, "a"), lease(600, "b"))
    assert [(one.lease_id, one.amount_h) for one in sale.lease_spends] == [("a", 138_000), ("b", 50_000)]
    assert (sale.points_used, sale.points_by_amount, sums.points_used) == (whole(1880), whole(500), sale.points_used)
    screen = open_screen(replace(basket, by_amount=None), [points_account(1879)], catalogue=HERE)
    assert screen.options[0].usable == Money(499)
    nothing = open_screen(replace(basket, by_amount=None), [points_account(1379)], catalogue=HERE)
    assert nothing.options[0].usable == NIL
    plain = final(by_card(rung_up(HERE, "mug", member=True), HERE), HERE)
    assert (plain.points_by_amount, plain.value_by_amount, plain.lines_by_amount) == (NO_POINTS, NIL, frozenset())


def test_points_by_amount_may_pay_nothing_without_benefits() -> None:
    """R44, R74: nobody on the sale, or a member whose benefits are off: no line and no money."""
    mine = rung_up(HERE, "roast", "mug", member=True)
    assert payable(mine, HERE) == (frozenset({1, 2}), Money(5000))
    assert payable(replace(mine, benefits=False), HERE) == (frozenset(), NIL)
    assert payable(rung_up(HERE, "roast"), HERE) == (frozenset(), NIL)
