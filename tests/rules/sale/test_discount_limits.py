"""Limits of discounts: periods, what is left, and what a sale gets of it (R94)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.discount import (
    Combo,
    ComboPart,
    Covers,
    Discount,
    DiscountLimit,
    LimitBy,
    LimitType,
    MixAndMatch,
    OwnLimit,
    Per,
)
from clubtill_rules.goods.line import DiscountKind
from clubtill_rules.sale.basket import set_qty
from clubtill_rules.sale.discounts.limits import (
    Left,
    Tracked,
    holder_of,
    left_of,
    period_of,
)
from clubtill_rules.sale.discounts.triggers import Buyer
from clubtill_rules.sale.handed_over import with_used
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.larkspur import GOLD, JEAN, at, priced, rung, selling, with_jean
from tests.rules.sale.limited import BURGER, COFFEE, FREE, NOVEMBER, OCTOBER, QUARTER, TENTH, TWICE, taken, used

# ------------------------------------------------------------ periods


@pytest.mark.parametrize(
    ("limit", "day", "period"),
    [
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 1, 30), None, id="before it starts"),
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 1, 31), date(2026, 1, 31), id="its first day"),
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 2, 27), date(2026, 1, 31), id="its last day"),
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 2, 28), date(2026, 2, 28), id="31 Jan, 28 Feb"),
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 3, 30), date(2026, 2, 28), id="until 30 Mar"),
        pytest.param({"starts": date(2026, 1, 31)}, date(2026, 3, 31), date(2026, 3, 31), id="31 Mar, not 28"),
        pytest.param({"months": 3}, date(2026, 3, 31), date(2026, 1, 1), id="the end of a quarter"),
        pytest.param({"months": 3}, date(2026, 4, 1), date(2026, 4, 1), id="the next quarter"),
        pytest.param({"months": 3}, date(2027, 2, 14), date(2027, 1, 1), id="over the year"),
        pytest.param({"months": 3, "recurring": False}, date(2026, 3, 31), date(2026, 1, 1), id="once: inside"),
        pytest.param({"months": 3, "recurring": False}, date(2026, 4, 1), None, id="once: over"),
        pytest.param({"starts": date(2026, 1, 15), "recurring": False}, date(2026, 2, 14), date(2026, 1, 15), id="day"),
    ],
)
def test_periods(limit: dict[str, object], day: date, period: date | None) -> None:
    """R94: period k begins k times P months after the start, clamped, always counted from the start."""
    assert period_of(replace(QUARTER, **{"months": 1, **limit}), day) == period  # type: ignore[arg-type]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 30), st.integers(0, 4000))
def test_every_day_lies_in_one_period(starts: date, months: int, later: int) -> None:
    """R94: in [start + kP, start + (k+1)P) of just one k."""
    day = date.fromordinal(starts.toordinal() + later)
    found = period_of(replace(QUARTER, starts=starts, months=months), day)
    begins = [add_months(starts, k * months) for k in range(later // 28 + 2)]
    assert found == max(begin for begin in begins if begin <= day)


def test_a_period_has_a_month_at_least() -> None:
    """R94: a limit without a period is a mistake of whoever sets it."""
    with pytest.raises(ValueError, match=r"^months: 0 is below 1$"):
        replace(QUARTER, months=0)
    assert replace(QUARTER, months=1).months == 1


@pytest.mark.parametrize(
    ("by", "holder", "nobody"),
    [
        pytest.param(LimitBy.CLUB, "larkspur", "larkspur", id="the club"),
        pytest.param(LimitBy.SCHEME, "3", "", id="the classification"),
        pytest.param(LimitBy.ACCOUNT, "jean-account", "", id="the account"),
        pytest.param(LimitBy.CONTACT, "jean", "", id="the person"),
    ],
)
def test_whose_limit_counts(by: LimitBy, holder: str, nobody: str) -> None:
    """R94: limited by club, scheme, account or contact."""
    limit = replace(QUARTER, by=by)
    assert holder_of(limit, Buyer(member=JEAN, classification=GOLD), "larkspur") == holder
    assert holder_of(limit, Buyer(), "larkspur") == nobody


OWN = replace(QUARTER, own=(OwnLimit(holder_id="tom", value=1), OwnLimit(holder_id="jean", value=700)))


@pytest.mark.parametrize(
    ("limit", "more", "left", "none"),
    [
        pytest.param(None, {}, Left(), False, id="no limit"),
        pytest.param(QUARTER, {}, Left(amount=10_000 - 300 - 50 + 20), False, id="what was had, less what came back"),
        pytest.param(replace(QUARTER, type=LimitType.TIMES, value=3), {}, Left(units=0), True, id="items: none left"),
        pytest.param(replace(QUARTER, type=LimitType.TIMES, value=4), {}, Left(units=1), False, id="items: one left"),
        pytest.param(replace(QUARTER, type=LimitType.NONE), {}, Left(), False, id="it only keeps track"),
        pytest.param(OWN, {}, Left(amount=700 - 330), False, id="a limit of one's own"),
        pytest.param(replace(OWN, type=LimitType.TIMES), {}, Left(units=700 - 3), False, id="items of one's own"),
        pytest.param(replace(QUARTER, value=330), {}, Left(amount=0), True, id="amount: nothing left"),
        pytest.param(replace(QUARTER, value=331), {}, Left(amount=1), False, id="amount: a cent left"),
        pytest.param(replace(QUARTER, value=300), {}, Left(amount=-30), True, id="overshot already"),
        pytest.param(QUARTER, {"holder_id": ""}, Left(units=0), True, id="nobody's limit"),
        pytest.param(QUARTER, {"period": None}, Left(units=0), True, id="outside every period"),
        pytest.param(replace(QUARTER, type=LimitType.NONE), {"period": None}, Left(units=0), True, id="not tracked"),
        pytest.param(QUARTER, {"period": OCTOBER}, Left(amount=10_000 - 9_000), False, id="another period"),
        pytest.param(QUARTER, {"holder_id": "tom"}, Left(amount=10_000 - 8_000), False, id="another person"),
        pytest.param(QUARTER, {"discount_id": "other"}, Left(amount=10_000 - 7_000), False, id="another discount"),
    ],
)
def test_what_is_left(limit: DiscountLimit | None, more: dict[str, object], left: Left, none: bool) -> None:
    """R94: the limit less what was had of this discount by this holder in this period."""
    had = (
        used("d", 300, 2, holder_id="jean"),
        used("d", 50, 2, holder_id="jean"),
        used("d", -20, -1, holder_id="jean"),
        used("d", 9_000, 9, holder_id="jean", period=OCTOBER),
        used("d", 8_000, 9, holder_id="tom"),
        used("other", 7_000, 9, holder_id="jean"),
    )
    asked: dict[str, object] = {"discount_id": "d", "holder_id": "jean", "period": NOVEMBER, **more}
    found = left_of(limit, used=had, **asked)  # type: ignore[arg-type] - a table's columns
    assert (found, found.none) == (left, none)


# ------------------------------------------------------------ in a sale


@pytest.mark.example("R94.1")
def test_the_rest_of_a_limit_is_given_and_said() -> None:
    """R94: 100.00 a quarter, 95.00 had, a discount of 12.00: 5.00 given, limit reached."""
    here = selling(priced("dinner", 12_000), discounts=(TENTH,))
    had = used("tenth", 9_500, 8, holder_id="jean", period=OCTOBER)
    basket = with_used(with_jean(rung("dinner", here=here), here), (had,), here)
    assert taken(basket) == [("dinner", "tenth", 500, 1)]
    assert basket.because == (
        because(
            "why.discount.scheme", "R98",
            working=working(Money(500), Rounding.LEAST, Money(1200), (",", Money(500))), line=1, product="Dinner",
            offer="Ten per cent", discount=Money(500),
        ),
        because("why.discount.limit_reached", "R94", offer="Ten per cent"),
    )  # fmt: skip
    assert basket.tracked == (
        Tracked(
            discount_id="tenth", holder_id="jean", period=OCTOBER, amount=Money(500), times=1, sale_id="sale-1042"
        ),
    )  # fmt: skip
    all_given = with_used(basket, (replace(had, amount=Money(8_800)),), here)
    assert [why.code for why in all_given.because] == ["why.discount.scheme"]
    assert all_given.because[0].working is not None
    assert all_given.because[0].working.rounding is Rounding.HALF_AWAY


@pytest.mark.example("R94.1")
@pytest.mark.parametrize(
    ("had", "wanted", "expected", "reached"),
    [
        pytest.param(0, 1, [("coffee", "free", 400, 1)], False, id="the first is free"),
        pytest.param(0, 2, [("coffee", "free", 800, 2)], False, id="the second is free"),
        pytest.param(0, 3, [("coffee", "free", 800, 2)], True, id="the third is full price"),
        pytest.param(1, 2, [("coffee", "free", 400, 1)], True, id="one was had this month"),
        pytest.param(2, 1, [], True, id="both were had"),
    ],
)
def test_two_free_items_a_month(had: int, wanted: int, expected: list[object], reached: bool) -> None:
    """R94, D41: times counts the items that got the discount."""
    here = selling(COFFEE, discounts=(FREE,))
    basket = with_used(with_jean(rung("coffee", here=here), here), (used("free", 400 * had, had),), here)
    basket = set_qty(basket, 1, wanted, here)
    assert taken(basket) == expected
    limit = because("why.discount.limit_reached", "R94", offer="Two coffees a month")
    assert (limit in basket.because) is reached
    assert [entry.times for entry in basket.tracked] == [row[3] for row in expected]  # type: ignore[index]


def test_a_limit_is_counted_down_over_the_lines_of_a_sale() -> None:
    """R94, D41: two of three coffees on three lines, from the top; the other one takes the next kind."""
    goods = tuple(priced(name, 400) for name in ("a", "b", "c"))
    sale = Discount(id="sale", name="Sale", kind=DiscountKind.SALE, rate_bp=1000)
    here = selling(*goods, discounts=(replace(FREE, covers=Covers()), sale))
    basket = with_jean(rung("a", "b", "c", here=here), here)
    assert taken(basket) == [("a", "free", 400, 1), ("b", "free", 400, 1), ("c", "sale", 40, 1)]
    assert basket.tracked == (used("free", 800, 2, sale_id="sale-1042"),)
    assert basket.because[-1] == because("why.discount.limit_reached", "R94", offer="Two coffees a month")


def test_an_amount_is_counted_down_over_the_lines_of_a_sale() -> None:
    """R94: 20.00 left of the quarter's 100.00: 12.00 on the first dinner, 8.00 on the second, none on the third."""
    dinners = tuple(priced(name, 12_000) for name in ("a", "b", "c"))
    here = selling(*dinners, discounts=(TENTH,))
    had = used("tenth", 8_000, 1, holder_id="jean", period=OCTOBER)
    basket = with_used(with_jean(rung("a", "b", "c", here=here), here), (had,), here)
    assert taken(basket) == [("a", "tenth", 1200, 1), ("b", "tenth", 800, 1)]
    assert basket.tracked == (replace(had, amount=Money(2000), times=2, sale_id="sale-1042"),)
    assert basket.because[-1] == because("why.discount.limit_reached", "R94", offer="Ten per cent")


def test_without_a_member_there_is_no_members_limit() -> None:
    """R94: a discount limited by person is not given to nobody; limited by the club it is."""
    here = selling(BURGER, discounts=(TENTH,))
    assert taken(rung("burger", here=here)) == []
    assert [why.code for why in rung("burger", here=here).because] == ["why.discount.limit_reached"]
    club = selling(BURGER, discounts=(replace(TENTH, limit=replace(QUARTER, by=LimitBy.CLUB)),))
    assert taken(rung("burger", here=club)) == [("burger", "tenth", 200, 1)]


def test_the_period_is_that_of_the_clubs_day() -> None:
    """R94, D37: at 05:59 on 1 October the club still lives in September, the quarter that began in July."""
    here = selling(BURGER, discounts=(TENTH,))
    periods = [
        with_jean(rung("burger", here=here, at_us=at(moment)), here).tracked[0].period
        for moment in ("2026-10-01 05:59", "2026-10-01 06:00")
    ]
    assert periods == [date(2026, 7, 1), OCTOBER]


def test_a_limit_that_only_keeps_track_gives_and_counts() -> None:
    """R94: type None: tracked, never reached."""
    here = selling(BURGER, discounts=(replace(TENTH, limit=replace(QUARTER, type=LimitType.NONE, value=0)),))
    basket = with_jean(rung("burger", here=here), here)
    assert [(entry.amount, entry.times) for entry in basket.tracked] == [(Money(200), 1)]
    assert [why.code for why in basket.because] == ["why.discount.scheme"]
    assert with_jean(rung("burger", here=selling(BURGER)), here).tracked != ()


LIMITED = replace(TWICE, by=LimitBy.CLUB)


@pytest.mark.parametrize(
    ("limit", "expected", "reached"),
    [
        pytest.param({"type": LimitType.AMOUNT, "value": 999}, [("burger", 999)], True, id="an amount cuts the sets"),
        pytest.param({"type": LimitType.AMOUNT, "value": 1000}, [("burger", 1000)], False, id="just enough"),
        pytest.param({"value": 1}, [], True, id="items for no whole set"),
        pytest.param({"value": 3}, [("burger", 500)], True, id="items for one set"),
        pytest.param({"value": 4}, [("burger", 1000)], False, id="items for both sets"),
        pytest.param({"value": 0}, [], True, id="nothing left"),
    ],
)
@pytest.mark.parametrize("kind", ["mix", "combo"])
def test_limits_of_sets(
    kind: str, limit: dict[str, object], expected: list[tuple[str, int]], reached: bool
) -> None:  # fmt: skip
    """R94, D41: a set counts all its items, and a limit by items gives whole sets only."""
    own = replace(LIMITED, **limit)  # type: ignore[arg-type] - a table's columns
    burgers, price = Covers(products=("burger",)), Money(3500)
    if kind == "mix":
        here = selling(
            BURGER, mix_and_match=(MixAndMatch(id="s", name="S", n=2, covers=burgers, price=price, limit=own),)
        )
    else:
        parts = (ComboPart(covers=burgers, qty=2),)
        here = selling(BURGER, combos=(Combo(id="s", name="S", parts=parts, price=price, limit=own),))
    basket = set_qty(rung("burger", here=here), 1, 4, here)
    assert [(name, cents) for name, _, cents, _ in taken(basket)] == expected
    assert ("why.discount.limit_reached" in [why.code for why in basket.because]) is reached
    assert sum(entry.times for entry in basket.tracked) == sum(row[3] for row in taken(basket))


def test_a_combos_limit_is_only_reached_where_a_combo_could_be_made() -> None:
    """R94: nothing is said of a limit on a sale without the combo's goods, nor of one that only waits."""
    none_left = replace(LIMITED, value=0)
    parts = (ComboPart(covers=Covers(products=("burger",))),)
    here = selling(BURGER, COFFEE, combos=(Combo(id="c", name="C", parts=parts, price=Money(1), limit=none_left),))
    assert rung("coffee", here=here).because == ()
    assert rung("burger", here=here).because == (because("why.discount.limit_reached", "R94", offer="C"),)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param({"type": LimitType.AMOUNT, "value": 60}, [("burger", 50), ("coffee", 10)], id="the amount left"),
        pytest.param({"value": 1}, [("burger", 120)], id="the lines that fit"),
        pytest.param({"value": 2}, [("burger", 100), ("coffee", 20)], id="both fit"),
        pytest.param({"value": 0}, [], id="nothing left"),
    ],
)
def test_limits_of_a_shared_amount(limit: dict[str, object], expected: list[tuple[str, int]]) -> None:
    """R94, R98: what the limit leaves is shared, over whole lines that fit."""
    own = replace(LIMITED, **limit)  # type: ignore[arg-type] - a table's columns
    once = Discount(
        id="once", name="Once", kind=DiscountKind.SALE, amount=Money(120), per=Per.SALE, limit=own
    )  # fmt: skip
    here = selling(BURGER, COFFEE, discounts=(once,))
    basket = rung("burger", "coffee", here=here)
    assert [(name, cents) for name, _, cents, _ in taken(basket)] == expected
    cut = "type" in limit or limit["value"] != 2
    assert ("why.discount.limit_reached" in [why.code for why in basket.because]) is cut


def test_a_line_too_large_for_a_limit_makes_way_for_the_next() -> None:
    """R94, R98: two burgers on a line don't fit one item, the coffee below them does."""
    once = Discount(
        id="once", name="Once", kind=DiscountKind.SALE, amount=Money(120), per=Per.SALE,
        limit=replace(LIMITED, value=1),
    )  # fmt: skip
    here = selling(BURGER, COFFEE, discounts=(once,))
    basket = set_qty(rung("burger", "coffee", here=here), 1, 2, here)
    assert taken(basket) == [("coffee", "once", 120, 1)]
