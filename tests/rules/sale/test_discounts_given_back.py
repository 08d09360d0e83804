"""Limits of discounts: what refunds give back, and what offline tills overshoot (R94)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import (
    LimitType,
    OwnLimit,
)
from clubtill_rules.sale.basket import set_qty, tender, totals
from clubtill_rules.sale.discounts.limits import (
    OVERSHOT,
    Left,
    Overshot,
    Tracked,
    given_back,
    left_of,
    overshot,
)
from clubtill_rules.sale.refunding import Refund, refund
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card
from clubtill_rules.sale.tracking import tracked_back
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import made
from tests.rules.sale.larkspur import NOW, rung, selling, with_jean
from tests.rules.sale.limited import BURGER, COFFEE, FREE, NOVEMBER, OCTOBER, QUARTER, TWICE, used

ENTRY = used("tenth", 500, 3, sale_id="sale-1")


@pytest.mark.parametrize(
    ("amount", "times"),
    [pytest.param(200, 1, id="a part"), pytest.param(500, 3, id="all of it"), pytest.param(0, 0, id="nothing of it")],
)
def test_a_refund_gives_back_in_the_period_of_the_sale(amount: int, times: int) -> None:
    """R94: whenever it is refunded, the original sale's period has it again."""
    back = given_back(ENTRY, Money(amount), times, sale_id="refund-1")
    assert back == replace(ENTRY, amount=Money(-amount), times=-times, sale_id="refund-1")
    kept = left_of(TWICE, "tenth", holder_id="jean-account", period=NOVEMBER, used=(ENTRY, back))
    assert kept == Left(units=2 - 3 + times)


@pytest.mark.parametrize(
    ("amount", "times", "said"),
    [
        pytest.param(501, 1, "amount: 501 of 500", id="more than was given"),
        pytest.param(-1, 1, "amount: -1 of 500", id="less than nothing"),
        pytest.param(1, 4, "times: 4 of 3", id="more items than had it"),
        pytest.param(1, -1, "times: -1 of 3", id="fewer than none"),
    ],
)
def test_no_more_goes_back_than_was_given(amount: int, times: int, said: str) -> None:
    """R94: a caller's mistake."""
    with pytest.raises(ValueError, match=f"^{said}$"):
        given_back(ENTRY, Money(amount), times, sale_id="refund-1")


def test_two_tills_offline_may_pass_a_limit_and_it_is_flagged() -> None:
    """R94: both tills knew of 9.00 left of 10.00; together they gave 11.00 and the ledger says so."""
    limits = {
        "tenth": replace(QUARTER, value=1_000),
        "free": TWICE,
        "track": replace(QUARTER, type=LimitType.NONE),
    }
    entries = [
        used("tenth", 600, 1),
        used("tenth", 500, 1),
        used("free", 800, 2),
        used("free", 400, 1, period=OCTOBER),
        used("track", 99_999, 99),
        used("stranger", 99_999, 99),
    ]
    reason = because(
        "why.discount.overshot", "R94", holder="jean-account", had=Money(1_100), limit=Money(1_000), over=Money(100),
        working=working(Money(100), Rounding.EXACT, Money(1_100), ("-", Money(1_000))),
    )  # fmt: skip
    money = Overshot(
        discount_id="tenth", holder_id="jean-account", period=NOVEMBER, by=100, code=OVERSHOT, because=(reason,)
    )
    assert overshot(limits, entries) == (money,)
    assert overshot(limits, [*entries, used("tenth", -100)]) == ()
    third = overshot(limits, [*entries, used("free", 400, 1)])
    assert [(one.discount_id, one.by) for one in third] == [("free", 1), ("tenth", 100)]
    assert third[0].because[0].facts == {"holder": "jean-account", "had": 3, "limit": 2, "over": 1}
    assert OVERSHOT == "discount.limit_overshot"


def test_a_limit_of_ones_own_is_the_one_that_is_passed() -> None:
    """R94: Jean's account may have 7.00, not 10.00: 7.00 had is within it, 7.01 is a cent over, and it says 7.00."""
    own = replace(QUARTER, value=1_000, own=(OwnLimit(holder_id="jean-account", value=700),))
    assert overshot({"tenth": own}, [used("tenth", 700, 1)]) == ()
    reason = because(
        "why.discount.overshot", "R94", holder="jean-account", had=Money(701), limit=Money(700), over=Money(1),
        working=working(Money(1), Rounding.EXACT, Money(701), ("-", Money(700))),
    )  # fmt: skip
    over = Overshot(discount_id="tenth", holder_id="jean-account", period=NOVEMBER, by=1, because=(reason,))
    assert overshot({"tenth": own}, [used("tenth", 701, 1)]) == (over,)


def _sold_coffees(here: Catalogue) -> Sale:
    """Sell Jean five coffees, of which two are free, and a burger."""
    basket = set_qty(with_jean(rung("coffee", "burger", here=here), here), 1, 5, here)
    due = totals(basket, here).due
    return finalise(
        tender(basket, card(due, due, "card")),
        catalogue=here,
        number=1,
        device_id="till-1",
        staff_id="sam",
        at_us=NOW + 1,
        leases=(),
        offline=False,
    )


def test_parts_of_a_refund_give_back_all_that_was_counted() -> None:
    """R94, D41, D42: five coffees, two free: one, two and two units give back 1.60, 3.20, 3.20; one by one alike."""
    here = selling(COFFEE, BURGER, discounts=(FREE,))
    sale = _sold_coffees(here)
    assert sale.tracked == (used("free", 800, 2, sale_id="sale-1042"),)
    done: list[Refund] = []
    backs: list[tuple[Tracked, ...]] = []
    for number, units in enumerate(({1: 1}, {2: 1}, {1: 2}, {1: 2})):
        one = refund(sale, done, units, made=made(f"refund-{number}"), catalogue=here)
        backs.append(tracked_back(sale, one, done))
        done.append(one)
    assert backs == [
        (used("free", -160, 0, sale_id="refund-0"),),
        (),
        (used("free", -320, -1, sale_id="refund-2"),),
        (used("free", -320, -1, sale_id="refund-3"),),
    ]
    singly: list[Refund] = []
    times = []
    for number in range(5):
        one = refund(sale, singly, {1: 1}, made=made(f"refund-{number}"), catalogue=here)
        times += [entry.times for entry in tracked_back(sale, one, singly)]
        singly.append(one)
    assert times == [0, -1, 0, -1, 0]
    whole = refund(sale, (), {1: 5, 2: 1}, made=made("refund-9"), catalogue=here)
    assert tracked_back(sale, whole) == (used("free", -800, -2, sale_id="refund-9"),)
