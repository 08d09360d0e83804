"""Charge / Redemption, as tables: what may be charged, to which accounts, and what it costs (R74, R44, R66)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.goods.line import PaidByPoints, PriceReason
from clubtill_rules.goods.product import Family, ProductKind
from clubtill_rules.members.classification import LocationRatio
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.charging import (
    Charge,
    ChargeAccount,
    ChargeKind,
    ChargeOption,
    KeyOption,
    LeftLine,
    auto_charge,
    charge_screen,
    clear,
    paid_by_amount,
    payable_by_amount,
    use,
)
from clubtill_rules.points.earning import PaidByAmount, award
from clubtill_rules.points.redeeming import ASK_PIN, ASK_WHO
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points.goods import CATALOGUE, GOLD, JEAN, PALE, line, settings
from tests.rules.points.workings import check

example = pytest.mark.example
PLAIN = replace(GOLD, points_multiplier_h=100)
FOOD_ONLY = replace(PLAIN, account_charge_families=("food", "beer"))
FOOD = line(1, 3000, "Roast", "food")
GIFT = line(2, 2000, "Mug", "gift_shop")
FEE = line(3, 4500, "Rent", "fees", kind=ProductKind.FEE)


def points(amount, name="Points", account_id="p"):
    """Make the points account with leased points."""
    return ChargeAccount(account_id=account_id, name=name, kind=ChargeKind.POINTS, leased=whole(amount))


def money(amount, name="Family", account_id="c"):
    """Make a charge account with minor units available."""
    return ChargeAccount(account_id=account_id, name=name, kind=ChargeKind.MONEY, available=Money(amount))


def opened(lines, *accounts, classification=PLAIN, catalogue=CATALOGUE, due=None, **more):
    """Open the screen of a sale that nothing has been paid of."""
    left = total([one.net for one in lines if one.by_points is None]) if due is None else Money(due)
    return charge_screen(lines, accounts, classification=classification, catalogue=catalogue, due=left, **more)


def amounts(screen):
    """Give what each account takes, in minor units."""
    return {charge.account_id: charge.amount.minor for charge in screen.charges}


@pytest.mark.example("R74.1")
def test_only_listed_families_are_charged():
    """R74: food 30.00 is chargeable, the gift shop's 20.00 needs other media, and the clerk is told why."""
    screen = opened((FOOD, GIFT), money(10_000), classification=FOOD_ONLY)
    assert (screen.chargeable, screen.due, screen.lines) == (Money(3000), Money(5000), frozenset({1}))
    assert screen.left == (
        LeftLine(
            n=2, net=Money(2000), points_only=False,
            because=(
                because("why.charge.left.family", "R74", product="Mug", family="gift_shop", classification="Gold"),
            ),
        ),
    )  # fmt: skip
    assert screen.because == (
        because(
            "why.charge.chargeable", "R74", chargeable=Money(3000), due=Money(5000), other=Money(2000),
            working=working(Money(2000), Rounding.EXACT, Money(5000), ("-", Money(3000))),
        ),
    )  # fmt: skip
    assert auto_charge(screen).rest == Money(2000)


def test_no_list_charges_every_line():
    """R74: an empty list is all lines; Points Pay's own exclusions do not count."""
    rule = replace(PLAIN, points_pay_exclusions=("food",), points_pay_discount_exclusions=("food",))
    cut = replace(GIFT, discount=Money(100), price_reason=PriceReason.CAMPAIGN)
    screen = opened((FOOD, cut), points(10_000), classification=rule)
    assert (screen.chargeable, screen.by_points, screen.left) == (Money(4900), Money(4900), ())


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind.value) for kind in ProductKind if kind is not ProductKind.GOODS]
)
def test_what_points_never_pay_an_account_in_money_may(kind):
    """R44: fees, payments, cards, surcharges, tips and gaming are left for other media than points, with the reason."""
    one = line(3, 4500, "Rent", "fees", kind=kind)
    catalogue = replace(CATALOGUE, families={"fees": Family(id="fees", name="Fees")})
    screen = opened((FOOD, one), points(10_000), money(10_000), catalogue=catalogue)
    assert (screen.chargeable, screen.by_points, screen.lines) == (Money(7500), Money(3000), frozenset({1}))
    told = because("why.charge.left.kind", "R44", product="Rent", family="Fees", classification="Gold")
    assert screen.left == (LeftLine(n=3, net=Money(4500), points_only=True, because=(told,)),)
    assert amounts(auto_charge(screen)) == {"p": 3000, "c": 4500}


def test_lines_left_stand_in_the_order_of_the_sale():
    """R74: one list, whatever the reason of each line."""
    screen = opened((FEE, FOOD, GIFT), points(1), classification=replace(PLAIN, account_charge_families=("fees",)))
    assert [(left.n, left.points_only) for left in screen.left] == [(1, False), (2, False), (3, True)]


def test_paid_and_refunded_lines_are_not_charged():
    """R74: a line of Points Pay is paid already; a refund line has nothing to pay."""
    paid = replace(PALE, n=4, by_points=PaidByPoints(points=whole(1_440), value=Money(1440), discount=Money(160)))
    screen = opened((paid, FOOD, line(5, 500, qty=-1), line(6, 0)), points(10_000))
    assert (screen.due, screen.chargeable, screen.lines, screen.left) == (
        Money(2500), Money(2500), frozenset({1}), (),
    )  # fmt: skip


# points leased, ratio, minor units due, settings: usable minor units
WORTH = [
    pytest.param(1_000, 100, 1200, {}, 1000, id="1000-points-at-100", marks=example("R74.1")),
    pytest.param(1_000, 100, 900, {}, 900, id="capped-by-what-is-chargeable"),
    pytest.param(1_000, 75, 9999, {}, 1333, id="rounded-down", marks=example("R66.1")),
    pytest.param(100, 1, 26_500, {}, 10_000, id="one-a-unit", marks=example("O7")),
    pytest.param(0, 100, 1200, {}, 0, id="nothing-leased"),
    pytest.param(1_000, 100, 1200, {"max_points_per_sale_h": 50_000}, 500, id="capped-by-the-club"),
    pytest.param(1_000, 100, 1200, {"max_points_per_sale_h": 100_000}, 1000, id="at-the-clubs-limit"),
    pytest.param(500, 1, 500, {"money_decimals": 0}, 500, id="yen", marks=example("R1.2")),
    pytest.param(125, 100, 1_250, {"money_decimals": 3}, 1_250, id="dinar", marks=example("R1.2")),
]


@pytest.mark.parametrize(("leased", "ratio", "due", "more", "usable"), WORTH)
def test_what_the_points_account_may_take(leased, ratio, due, more, usable):
    """R66, R74: floor(leased x 10^e / ratio), capped by what is chargeable and by the club's limit; no PP discount."""
    rule = replace(PLAIN, redemption_ratio=ratio)
    screen = opened((line(1, due),), points(leased), classification=rule, catalogue=settings(**more))
    (option,) = screen.options
    assert (option.usable.minor, option.reason) == (usable, "")
    check(option.because, money_decimals=settings(**more).venue.money_decimals)
    if usable:
        (charge,) = use(screen, "p").charges
        assert charge.amount == Money(usable)
        assert charge.points <= whole(leased)


def test_the_options_show_their_arithmetic():
    """R74: 1,000 points are worth 10.00 of 12.00; the charge account has 5.00 of them."""
    screen = opened((line(1, 1200),), points(1_000), money(500))
    assert screen.options == (
        ChargeOption(
            account=points(1_000), usable=Money(1000),
            because=(
                because(
                    "why.charge.worth", "R74", account="Points", points=whole(1_000), ratio=100, usable=Money(1000),
                    working=working(Money(1000), Rounding.LEAST, Money(1000), (",", Money(1200))),
                ),
            ),
        ),
        ChargeOption(
            account=money(500), usable=Money(500),
            because=(
                because(
                    "why.charge.available", "R74", account="Family", usable=Money(500),
                    working=working(Money(500), Rounding.LEAST, Money(500), (",", Money(1200))),
                ),
            ),
        ),
    )  # fmt: skip


def test_what_is_charged_says_what_it_costs():
    """R66, R74: 10.00 at 75 costs 750 points, rounded up; a charge account costs none."""
    rule = replace(PLAIN, redemption_ratio=75)
    screen = use(use(opened((line(1, 1203),), points(1_000), money(500), classification=rule), "p", Money(1001)), "c")
    assert screen.charges == (
        Charge(
            account_id="p", kind=ChargeKind.POINTS, amount=Money(1001), points=whole(751),
            because=(
                because(
                    "why.charge.points", "R74", account="Points", amount=Money(1001), points=whole(751), ratio=75,
                    working=working(whole(751), Rounding.CEILING, Money(1001), ("x", 75)),
                ),
            ),
        ),
        Charge(
            account_id="c", kind=ChargeKind.MONEY, amount=Money(202), points=whole(0),
            because=(because("why.charge.money", "R74", account="Family", amount=Money(202)),),
        ),
    )  # fmt: skip
    assert (screen.rest, screen.points) == (Money(0), whole(751))


def test_part_amounts_and_clear():
    """R74: a part amount replaces the last one, the others may take the rest, and clearing one or all gives it back."""
    screen = opened((FOOD,), points(2_000), money(2_500))
    part = use(use(screen, "c", Money(2500)), "c", Money(1200))
    assert (amounts(part), part.rest) == ({"c": 1200}, Money(1800))
    assert [option.usable.minor for option in part.options] == [1800, 2500]
    both = use(part, "p")
    assert (amounts(both), both.rest) == ({"p": 1800, "c": 1200}, Money(0))
    assert [option.usable.minor for option in both.options] == [1800, 1200]
    assert amounts(clear(both, "p")) == {"c": 1200}
    assert (clear(both), clear(both, "nobody")) == (screen, both)


def test_points_leave_the_lines_that_they_cannot_pay_to_others():
    """R44, R74: 45.00 of rent and 30.00 of food: points take at most the food, whatever the charge account took."""
    screen = use(opened((FOOD, FEE), points(99_999), money(6_000)), "c")
    assert [option.usable.minor for option in screen.options] == [1500, 6000]


AUTO = [
    pytest.param((points(1_000), money(500)), {"p": 1000, "c": 200}, 0, id="from-the-first"),
    pytest.param((money(500), points(1_000)), {"c": 500, "p": 700}, 0, id="in-the-order-of-the-screen"),
    pytest.param((points(0), money(500)), {"c": 500}, 700, id="past-what-has-nothing"),
    pytest.param((money(0), money(-5, account_id="d")), {}, 1200, id="nothing-anywhere"),
    pytest.param((money(5_000), points(1_000)), {"c": 1200}, 0, id="no-further-than-needed"),
    pytest.param((), {}, 1200, id="no-accounts"),
]


@pytest.mark.parametrize(("accounts", "taken", "rest"), AUTO)
def test_auto_charge(accounts, taken, rest):
    """R74: works through the accounts from the first, each up to what it may take, whatever was charged before."""
    screen = opened((line(1, 1200),), *accounts)
    if accounts and screen.options[-1].usable:
        screen = use(screen, accounts[-1].account_id, Money(1))
    charged = auto_charge(screen)
    assert (amounts(charged), charged.rest) == (taken, Money(rest))


KEYS = [
    pytest.param(KeyOption.SELECT_AT_TOUCH, {}, id="select-at-touch"),
    pytest.param(KeyOption.FIRST_CASH_ACCOUNT, {"c": 500}, id="first-cash"),
    pytest.param(KeyOption.FIRST_POINTS_ACCOUNT, {"p": 1000}, id="first-points"),
]


@pytest.mark.parametrize(("key", "taken"), KEYS)
def test_the_key_presets_an_account(key, taken):
    """R74: none, the first account in money, or the points account; a kind that the member has not presets nothing."""
    assert amounts(opened((line(1, 1200),), points(1_000), money(500), money(900, account_id="d"), key=key)) == taken
    assert amounts(opened((line(1, 1200),), key=key)) == {}


@pytest.mark.example("O9")
def test_wallets_pay_in_parts():
    """R74: a wallet of 50 pays 12 and 38, one of 10 leaves 26 of 36 to another medium."""

    def pay(due, held):
        screen = auto_charge(opened((line(1, due),), money(held)))
        return screen.rest.minor, held - sum(amounts(screen).values())

    assert [pay(1200, 5000), pay(3600, 1000), pay(3800, 3800)] == [(0, 3800), (2600, 0), (0, 0)]


REFUSED = [
    pytest.param("p", None, replace(PLAIN, redemption_ratio=0), "points.ratio_zero",
                 {"classification": "Gold", "location": "Main Bar"}, id="ratio-0"),
    pytest.param(
        "p", 100, replace(PLAIN, location_ratios=(LocationRatio(location_id="bar", ratio=0),)), "points.ratio_zero",
        {"classification": "Gold", "location": "Main Bar"}, id="ratio-0-at-the-location",
    ),
    pytest.param("p", 1001, PLAIN, "charge.above",
                 {"account": "Points", "amount": Money(1001), "usable": Money(1000)}, id="a-cent-too-much"),
    pytest.param("e", None, PLAIN, "charge.nothing", {"account": "Empty"}, id="an-empty-account"),
]  # fmt: skip


@pytest.mark.parametrize(("account_id", "amount", "rule", "code", "facts"), REFUSED)
def test_what_cannot_be_charged(account_id, amount, rule, code, facts):
    """R66, R74: ratio 0 redeems nothing, and no account takes more than it has."""
    screen = opened((line(1, 1200),), points(1_000), money(0, "Empty", "e"), classification=rule)
    with pytest.raises(Refusal) as no:
        use(screen, account_id, None if amount is None else Money(amount))
    assert (no.value.code, no.value.facts) == (code, facts)
    assert use(opened((line(1, 1200),), points(1_000)), "p", Money(1000)).rest == Money(200)


def test_ratio_0_shows_on_the_screen():
    """R66: the points account says so; the others are charged as ever."""
    rule = replace(PLAIN, redemption_ratio=0)
    screen = opened((line(1, 1200),), points(1_000), money(500), classification=rule)
    told = because("why.charge.ratio_zero", "R66", classification="Gold")
    assert screen.options[0] == ChargeOption(
        account=points(1_000), usable=Money(0), reason="points.ratio_zero", because=(told,)
    )
    assert amounts(auto_charge(screen)) == {"c": 500}


MISTAKES = [
    pytest.param(
        lambda: opened((FOOD,), points(1), points(1)),
        ValueError,
        "^accounts has more than one in points$",
        id="two-in-points",
    ),
    pytest.param(lambda: opened((FOOD,), points(1), due=-1), ValueError, "due is -1", id="nothing-due"),
    pytest.param(lambda: use(opened((FOOD,), points(1)), "x"), KeyError, "x", id="another-account"),
    pytest.param(lambda: use(opened((FOOD,), points(1)), "p", Money(0)), ValueError, "amount is 0", id="no-amount"),
]


@pytest.mark.parametrize(("ask", "error", "told"), MISTAKES)
def test_mistakes_of_the_caller(ask, error, told):
    """R74: what the screen never offers is no refusal but a mistake."""
    with pytest.raises(error, match=told):
        ask()


def test_other_payments_and_tax_on_top():
    """R74, R97: only what is due is charged; tax on top of a line counts with it."""
    assert opened((FOOD,), money(9_999), due=1000).chargeable == Money(1000)
    screen = opened((FOOD, GIFT), points(9_999), due=5300, tax_on_top={1: Money(300)}, classification=FOOD_ONLY)
    assert (screen.chargeable, screen.by_points, screen.lines_total) == (Money(3300), Money(3300), Money(3300))


@pytest.mark.example("R28.1")
def test_what_points_pay_by_amount_earns_nothing():
    """R28, R74: 12.00 of 30.00 by points earn 18; by a charge account all 30; cash before it changes nothing."""

    def earned(screen):
        return award(
            (FOOD,), member=JEAN, classification=PLAIN, catalogue=CATALOGUE, earns=True,
            by_amount=paid_by_amount(screen),
        ).points  # fmt: skip

    by_points = use(opened((FOOD,), points(9_999), money(9_999), due=2000), "p", Money(1200))
    assert paid_by_amount(by_points) == PaidByAmount(
        amount=Money(1200), of=Money(3000), lines=frozenset({1}), points=whole(1_200)
    )
    assert (earned(by_points), earned(use(by_points, "c"))) == (whole(18), whole(18))
    assert paid_by_amount(use(clear(by_points), "c")) is None
    assert earned(use(clear(by_points), "c")) == whole(30)


def test_points_that_lines_use_count_for_limits_and_asks():
    """R44, R67, R87: 900 by an offer leave 600 of a limit of 1,500, and 600 more ask for the PIN and who it is."""
    paid = PaidByPoints(points=whole(100), value=Money(100), discount=Money(0))
    lines = (line(1, 1200), line(2, 1500, offer_points=whole(450), qty=2), replace(PALE, n=3, by_points=paid))
    club = {"max_points_per_sale_h": 150_000, "pin_above_h": 149_999, "uid_points_max_h": 149_999}
    screen = opened(lines, points(9_999), catalogue=settings(**club), uid_only=True)
    assert (screen.options[0].usable, screen.asks) == (Money(500), ())
    assert (use(screen, "p", Money(499)).asks, use(screen, "p").asks) == ((), (ASK_PIN, ASK_WHO))
    asked = use(screen, "p").because
    assert [reason.code for reason in asked] == ["why.charge.chargeable", "why.points.pin", "why.points.uid"]
    assert asked[1].facts == {"points": whole(1_500), "most": Points(149_999)}
    known = opened(lines, points(9_999), catalogue=settings(**club))
    assert use(known, "p").asks == (ASK_PIN,)
    over = opened(lines, points(9_999), catalogue=settings(max_points_per_sale_h=99_900))
    assert over.options[0].usable == Money(0)
    fine = settings(decimals=2, max_points_per_sale_h=100_000)
    one = opened(lines, points(9_999), classification=replace(PLAIN, redemption_ratio=1), catalogue=fine)
    assert one.options[0].usable == Money(0)


def test_a_broken_grain_is_not_used():
    """R1, R66: 1.50 points left from finer days are 1 point at ratio 75: 1 cent, which costs 1 point, not 2."""
    held = replace(points(0), leased=Points(150))
    screen = opened((FOOD,), held, classification=replace(PLAIN, redemption_ratio=75))
    assert (screen.options[0].usable, use(screen, "p").points) == (Money(1), whole(1))
    fine = opened((FOOD,), held, classification=replace(PLAIN, redemption_ratio=75), catalogue=settings(decimals=2))
    assert (fine.options[0].usable, use(fine, "p").points) == (Money(2), Points(150))


@pytest.mark.parametrize(
    ("leased", "usable"),
    [pytest.param(901, 1, id="one-left"), pytest.param(900, 0, id="all-used"), pytest.param(899, 0, id="too-few")],
)
def test_points_of_the_lines_come_out_of_the_same_leases(leased, usable):
    """R72, R74: what an offer takes of the leased points cannot pay an amount as well."""
    lines = (line(1, 1200), line(2, 1500, offer_points=whole(450), qty=2))
    assert opened(lines, points(leased)).options[0].usable == Money(usable)


@pytest.mark.parametrize(
    ("points_tax", "of"),
    [pytest.param(PointsTax.PAYMENT, 3300, id="payment"), pytest.param(PointsTax.DISCOUNT, 3000, id="discount")],
)
def test_what_points_may_pay_at_most(points_tax, of):
    """R97, R74: tax on top counts, unless points take it away; without any on top the lines count as they are."""
    here = replace(CATALOGUE, venue=replace(CATALOGUE.venue, points_tax=points_tax))
    lines = (
        FOOD,
        GIFT,
        FEE,
        replace(PALE, n=4, by_points=PaidByPoints(points=whole(1), value=Money(1600), discount=NIL)),
    )
    told = {"classification": FOOD_ONLY, "catalogue": here}
    assert payable_by_amount(lines, tax_on_top={1: Money(300), 2: Money(200)}, **told) == (frozenset({1}), Money(of))
    assert payable_by_amount(lines, **told) == (frozenset({1}), Money(3000))
    assert payable_by_amount((line(1, 0), line(2, 1)), classification=PLAIN, catalogue=here) == (
        frozenset({2}), Money(1),
    )  # fmt: skip
