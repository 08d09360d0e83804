"""Points Pay as a whole: reasons, sums, approvals, what a member is asked for, offers beside it (R44, R67-R71)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import DiscountKind, PaidByPoints
from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.points.earning import award
from clubtill_rules.points.redeeming import ASK_PIN, ASK_WHO, Option, Options, choose, fitting, options
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points import redeeming_oracle as oracle
from tests.rules.points.goods import CATALOGUE, GOLD, LIGHT, PALE, line, settings
from tests.rules.points.workings import check

JEANS = whole(12_420)
PLAIN = replace(GOLD, points_pay_discount_bp=0)
COFFEE = line(1, 450, "Coffee", qty=2, points_price=whole(50))
TOBACCO = line(1, 4000, "Cigarettes", "tobacco")


def offered(lines, classification=GOLD, catalogue=CATALOGUE, available=JEANS, **more):
    """Give the options with the defaults of the worked table."""
    return options(lines, classification=classification, catalogue=catalogue, available=available, **more)


def test_a_line_by_ratio_shows_its_arithmetic():
    """R1, R66, R69: 10 % of 7.25 is 72.5 cents, so 73; 6.52 at 75 is 489 points exactly."""
    (row,) = offered((line(1, 725),), replace(GOLD, redemption_ratio=75)).rows
    assert row == Option(
        n=1, net=Money(725), points=whole(489), value=Money(652), discount=Money(73),
        because=(
            because(
                "why.points.discount", "R69", product="Pale", rate_bp=1000, discount=Money(73),
                working=working(Money(73), Rounding.HALF_AWAY, Money(725), ("x", Decimal("0.1"))),
            ),
            because(
                "why.points.cost", "R66", product="Pale", value=Money(652), ratio=75, points=whole(489),
                working=working(whole(489), Rounding.CEILING, Money(652), ("x", 75)),
            ),
        ),
    )  # fmt: skip


def test_a_line_by_its_own_price_shows_its_arithmetic():
    """R70: two coffees at 50 points: 100 points pay 1.00 of 9.00, the rest is the PP Discount Media's."""
    (row,) = offered((COFFEE,)).rows
    assert row == Option(
        n=1, net=Money(900), points=whole(100), value=Money(100), discount=Money(800), own_price=True,
        because=(
            because(
                "why.points.own_price", "R70", product="Coffee", points=whole(100), value=Money(100),
                discount=Money(800), qty=2, working=working(whole(100), Rounding.EXACT, whole(50), ("x", 2)),
            ),
            because(
                "why.points.own_value", "R70", product="Coffee", value=Money(100), net=Money(900), points=whole(100),
                buys=Money(100), working=working(Money(100), Rounding.LEAST, Money(900), (",", Money(100))),
            ),
        ),
    )  # fmt: skip


WHY_NOT = [
    pytest.param(line(1, 800, discount=Money(1)), "why.excluded.discount", id="a-discount-without-a-kind"),
    pytest.param(line(1, 800, discount_kind=DiscountKind.SPECIAL), "why.excluded.discount", id="special"),
    pytest.param(line(1, 800, discount_kind=DiscountKind.MIX_AND_MATCH), "why.excluded.mix_and_match", id="mix-match"),
    pytest.param(line(1, 800, discount_kind=DiscountKind.COMBO), "why.excluded.combo", id="combo"),
]


@pytest.mark.parametrize(("one", "code"), WHY_NOT)
@pytest.mark.example("S3")
def test_a_discounted_line_says_of_which_kind(one, code):
    """R68: the reason names product, family and classification; a family that is not known stands by its id."""
    (row,) = offered((one,)).rows
    told = because(code, "R68", product="Pale", family="beer", classification="Gold")
    assert row == Option(n=1, net=one.net, reason="points.excluded.discount", because=(told,))


def test_a_line_that_is_not_there_has_no_row():
    """R68: asking for it is a mistake of the caller."""
    with pytest.raises(KeyError, match="7"):
        offered((PALE,)).row(7)


def test_an_excluded_family_is_named():
    """R68: the family's name stands in the reason."""
    (row,) = offered((TOBACCO,), replace(GOLD, points_pay_exclusions=("wine", "tobacco"))).rows
    assert row.because == (
        because("why.excluded.family", "R68", product="Cigarettes", family="Tobacco", classification="Gold"),
    )


def test_no_medium_for_the_discount_excludes_the_line():
    """R69: the PP Discount Media is mandatory where there is a discount; without one nothing is missing."""
    without = replace(GOLD, points_pay_discount_media=None)
    (row,) = offered((PALE,), without).rows
    told = because("why.excluded.media", "R69", classification="Gold")
    assert row == Option(n=1, net=Money(1600), reason="points.excluded.media", because=(told,))
    assert offered((PALE,), replace(without, points_pay_discount_bp=0)).row(1).reason == ""
    assert offered((PALE,), replace(without, points_pay_discount_exclusions=("beer",))).row(1).reason == ""


def test_the_screen_sums_what_is_ticked():
    """R68: 1,440 + 648 are 2,088 points, the figure that the matrix compares; nothing ticked is nothing."""
    screen = offered((PALE, LIGHT), ticked=frozenset({1, 3}))
    one, two = whole(1_440), whole(648)
    assert screen == Options(
        ratio=100, rows=screen.rows, available=whole(12_420), classification="Gold", points=whole(2_088),
        because=(
            because(
                "why.points.total", "R68", points=whole(2_088), available=whole(12_420),
                working=working(whole(2_088), Rounding.EXACT, one, ("+", two)),
            ),
        ),
    )  # fmt: skip
    assert may({Role.CASHIER}, Act.POINTS_PAY, screen.points.hundredths) is Answer.YES
    nothing = offered((PALE, LIGHT))
    assert (nothing.points, nothing.because[0].working) == (whole(0), working(whole(0), Rounding.EXACT, whole(0)))


def test_short_rows_show_by_how_much():
    """R44, R68: the reason's arithmetic is what is needed less what there is, capped by the club or not."""
    for catalogue, code, rule in (
        (CATALOGUE, "why.points.short", "R68"),
        (settings(max_points_per_sale_h=200_000), "why.points.cap", "R44"),
    ):
        available = whole(2_000) if catalogue is CATALOGUE else whole(2_001)
        row = offered((PALE, LIGHT), catalogue=catalogue, available=available, ticked=frozenset({1})).row(3)
        assert (row.reason, row.short_by) == ("points.short", whole(88))
        assert row.because[-1] == because(
            code, rule, needed=whole(2_088), available=whole(2_000),
            working=working(whole(88), Rounding.EXACT, whole(2_088), ("-", whole(2_000))),
        )  # fmt: skip


CAPS = [
    pytest.param(199_999, 1_999_99, True, id="below"),
    pytest.param(200_000, 2_000_00, False, id="just-what-there-is"),
    pytest.param(200_001, 2_000_00, False, id="above"),
    pytest.param(0, 0, True, id="nothing-at-all"),
    pytest.param(None, 2_000_00, False, id="none"),
]


@pytest.mark.parametrize(("cap_h", "available_h", "capped"), CAPS)
def test_the_limit_of_one_sale(cap_h, available_h, capped):
    """R44: `max_points_per_sale` lowers what is available, and is named only where it does."""
    screen = offered((PALE,), catalogue=settings(max_points_per_sale_h=cap_h), available=whole(2_000))
    assert (screen.available, screen.capped) == (Points(available_h), capped)


APPROVALS = [
    pytest.param(10_000, (PALE,), {1}, True, id="100-per-cent"),
    pytest.param(9_997, (PALE,), {1}, True, id="all-of-it-when-rounded"),
    pytest.param(9_996, (PALE,), {1}, False, id="a-cent-is-left-to-pay"),
    pytest.param(10_000, (PALE,), set(), False, id="not-ticked"),
    pytest.param(10_000, (COFFEE,), {1}, False, id="its-own-price"),
    pytest.param(10_000, (replace(PALE, discount=Money(1)),), {1}, False, id="excluded"),
]


@pytest.mark.parametrize(("off_bp", "lines", "ticked", "needed"), APPROVALS)
@pytest.mark.example("R69.4")
def test_a_discount_of_the_whole_line_needs_approval(off_bp, lines, ticked, needed):
    """R69, 2.12 row 6: 100 % costs no points; a cashier asks, a supervisor may."""
    screen = offered(lines, replace(GOLD, points_pay_discount_bp=off_bp), ticked=frozenset(ticked))
    assert screen.needs_approval == ((Act.POINTS_PAY_FULL_DISCOUNT,) if needed else ())
    for act in screen.needs_approval:
        assert (may({Role.CASHIER}, act), may({Role.SUPERVISOR}, act)) == (Answer.APPROVAL, Answer.YES)
        assert screen.row(1).because[1] == because("why.points.needs_supervisor", "R69", product="Schooner Pale")
        assert screen.points == whole(0)


ASKS = [
    pytest.param({}, False, (), (), id="no-limit-of-the-club"),
    pytest.param({"pin_above_h": 144_000}, False, (), (), id="pin-at-the-limit"),
    pytest.param({"pin_above_h": 143_999}, False, (ASK_PIN,), ("why.points.pin",), id="pin-above-it"),
    pytest.param({"pin_above_h": 0}, False, (ASK_PIN,), ("why.points.pin",), id="pin-always"),
    pytest.param({"uid_points_max_h": 144_000}, True, (), (), id="uid-at-the-limit"),
    pytest.param({"uid_points_max_h": 143_999}, True, (ASK_WHO,), ("why.points.uid",), id="uid-above-it"),
    pytest.param({"uid_points_max_h": 143_999}, False, (), (), id="a-card-is-more-than-a-uid"),
    pytest.param({"uid_points_max_h": None}, True, (), (), id="no-limit-on-a-uid"),
    pytest.param(
        {"pin_above_h": 1, "uid_points_max_h": 2}, True, (ASK_PIN, ASK_WHO), ("why.points.pin", "why.points.uid"),
        id="both",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("club", "uid_only", "asks", "codes"), ASKS)
def test_what_the_member_is_asked_for(club, uid_only, asks, codes):
    """R67, R87: a PIN above the club's limit, more than a UID above another; each reason names points and limit."""
    screen = offered((PALE,), catalogue=settings(**club), ticked=frozenset({1}), uid_only=uid_only)
    assert (screen.asks, tuple(reason.code for reason in screen.because[1:])) == (asks, codes)
    for reason in screen.because[1:]:
        most = club["pin_above_h" if reason.rule == "R67" else "uid_points_max_h"]
        assert reason.facts == {"points": whole(1_440), "most": Points(most)}
        assert reason.rule == ("R67" if reason.code == "why.points.pin" else "R87")


def test_a_uid_alone_redeems_5000_points_by_default():
    """R87: 50.00 at 100 is the most without more than a UID; one cent more asks who it is."""
    for net, asks in ((5_000, ()), (5_001, (ASK_WHO,))):
        assert offered((line(1, net),), PLAIN, ticked=frozenset({1}), uid_only=True).asks == asks


def test_item_offers_of_the_sale_use_points_first():
    """R76, R44: 900 points of a cap leave 1,100 of 2,000; the line itself is excluded, the sum counts both."""
    cap = line(4, 1500, "Cap", "goods", offer_points=whole(450), qty=2)
    screen = offered((PALE, cap), available=whole(2_000), ticked=frozenset({1}))
    assert (screen.available, screen.points) == (whole(1_100), whole(2_340))
    assert screen.because[0].working == working(whole(2_340), Rounding.EXACT, whole(900), ("+", whole(1_440)))
    assert [row.reason for row in screen.rows] == ["", "points.excluded.offer"]
    with pytest.raises(Refusal) as no:
        choose((PALE, cap), screen, frozenset({1}))
    assert (no.value.code, no.value.facts) == ("points.short", {"needed": whole(1_440), "available": whole(1_100)})
    capped = offered((PALE, cap), catalogue=settings(max_points_per_sale_h=200_000))
    assert (capped.available, capped.capped) == (whole(1_100), True)
    assert offered((PALE, cap), available=whole(899)).available == whole(0)


@pytest.mark.example("S1")
def test_own_points_and_money_on_one_sale():
    """R70: the coffee costs its own 50 points; the other line is paid in money."""
    lines = (line(1, 450, "Coffee", points_price=whole(50)), line(2, 800))
    paid = choose(lines, offered(lines), frozenset({1}))
    own = PaidByPoints(points=whole(50), value=Money(50), discount=Money(400), own_price=True)
    assert paid == (replace(lines[0], by_points=own), lines[1])
    assert [(one.points_used, one.receipt_net) for one in paid] == [(whole(50), Money(50)), (whole(0), Money(800))]


@pytest.mark.example("O1")
def test_a_sale_cannot_spend_what_it_earns():
    """R72, R29: with 2 points held, a pen at 4 points is short by 2, though the sale would earn 2 more."""
    pens = (line(1, 320, qty=2, fixed_points=1), line(2, 320, "Pen", points_price=whole(4)))
    row = offered(pens, available=whole(2)).row(2)
    assert (row.points, row.reason, row.short_by) == (whole(4), "points.short", whole(2))


@pytest.mark.example("O41")
def test_no_part_of_a_block_of_points_is_used():
    """R68, R70: three items earn 3 points; at 2 points for 3.00 one line is taken, 3.00 off, and 1 point is left."""
    items = (line(1, 500, qty=3, fixed_points=1),)
    single = replace(PLAIN, points_multiplier_h=100)
    held = award(items, member=None, classification=single, catalogue=CATALOGUE, earns=True).points
    rewards = (line(1, 300, "Snack", points_price=whole(2)), line(2, 300, "Snack", points_price=whole(2)))
    screen = offered(rewards, single, available=held)
    paid = choose(rewards, screen, fitting(screen))
    left = screen.available - sum((one.points_used for one in paid), whole(0))
    assert (held, fitting(screen), left) == (whole(3), {1}, whole(1))
    assert [one.by_points is None for one in paid] == [False, True]
    assert paid[0].by_points.value + paid[0].by_points.discount == Money(300)


NETS = st.lists(st.integers(-500, 20_000), min_size=1, max_size=6)


@given(
    nets=NETS, bp=st.integers(0, 10_000), ratio=st.integers(1, 500), available=st.integers(0, 2_000_000),
    cap=st.none() | st.integers(0, 2_000_000), decimals=st.sampled_from((0, 2, 3)), fine=st.booleans(),
)  # fmt: skip
def test_points_pay_never_takes_more_than_is_held(nets, *, bp, ratio, available, cap, decimals, fine):
    """R44, R66, R68, R69: each line costs what plain integers say, and what fits is within balance and limit."""
    lines = tuple(line(n, net) for n, net in enumerate(nets, start=1))
    rule = replace(GOLD, redemption_ratio=ratio, points_pay_discount_bp=bp)
    catalogue = settings(decimals=2 if fine else 0, money_decimals=decimals, max_points_per_sale_h=cap)
    screen = offered(lines, rule, catalogue, available=Points(available))
    ticked = fitting(screen)
    paid = choose(lines, screen, ticked)
    grain_h = 1 if fine else 100
    costs = [oracle.row(net, bp, ratio, decimals, grain_h) for net in nets]
    most = min(available, available if cap is None else cap)
    assert {one.n for one in paid if one.by_points} == ticked == oracle.fitting(costs, most)
    assert [
        None if one.by_points is None
        else (one.by_points.discount.minor, one.by_points.value.minor, one.points_used.hundredths) for one in paid
    ] == [cost if n in ticked else None for n, cost in enumerate(costs, start=1)]  # fmt: skip
    assert sum(one.points_used.hundredths for one in paid) <= most
    for row in screen.rows:
        check(row.because, money_decimals=decimals, grain_h=grain_h)
