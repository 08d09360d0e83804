"""Draws: tickets of spend, units and swipes, carried, refunded, drawn, and given out in their period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.draws import (
    Draw,
    DrawLine,
    Drawn,
    Entered,
    Fact,
    Season,
    SpendType,
    Spent,
    Ticket,
    Tickets,
    auto_entry,
    tickets,
)
from clubtill_rules.members.account import BanKind
from clubtill_rules.values.money import Money
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.door import draw_oracle
from tests.rules.door.front_door import MATEO, PRIYA, ZONE, at, see

NOVEMBER = Season(starts=date(2026, 11, 1), ends=date(2026, 11, 30))
NOON = at("2026-11-24 12:00")
DRAW = Draw(
    id="turkey",
    name="Turkey draw",
    spend_type=SpendType.MONEY,
    step=5000,
    earn=NOVEMBER,
    issue=NOVEMBER,
    zone=ZONE,
    accumulative=True,
)
SINGLE = replace(DRAW, accumulative=False)


def bought(event_id: str, cents: int, at_us: int = NOON, *, product: str = "beer", qty: int = 1, who: str = "anna"):
    """Make a sale of one line."""
    line = DrawLine(product_id=product, amount=cents, qty=qty)
    return Spent(event_id=event_id, person_id=who, at_us=at_us, lines=(line,))


def returned(event_id: str, sale: str, cents: int, at_us: int = NOON + 9, *, product: str = "beer", qty: int = 1):
    """Make a refund of one line."""
    return replace(bought(event_id, cents, at_us, product=product, qty=qty), refunds=sale)


def of(draw: Draw, *facts: Fact, who: str = "anna") -> Tickets:
    """Give the tickets."""
    return tickets(draw, facts, who)


@pytest.mark.parametrize(
    ("draw", "cents", "standing", "carried"),
    [
        pytest.param(DRAW, [3000, 9000], 2, {"": 2000}, id="50.00, accumulative: 30.00 then 90.00"),
        pytest.param(replace(SINGLE, step=1000), [3000], 3, {}, id="10.00: 30.00 are 3 entries"),
        pytest.param(SINGLE, [3000, 9000], 1, {}, id="not accumulative: floor of each sale, no carry"),
    ],
)
@pytest.mark.example("R54.1")
def test_examples(draw: Draw, cents: list[int], standing: int, carried: dict[str, int]) -> None:
    """R54: the rules' examples."""
    found = of(draw, *(bought(f"s{n}", one, NOON + n) for n, one in enumerate(cents)))
    assert (found.standing, found.carried, found.waiting) == (standing, carried, 0)


@pytest.mark.parametrize(
    ("cents", "standing", "carried"),
    [
        pytest.param(4999, 0, {"": 4999}, id="a cent short"),
        pytest.param(5000, 1, {}, id="the step"),
        pytest.param(5001, 1, {"": 1}, id="a cent more"),
        pytest.param(0, 0, {}, id="nothing"),
    ],
)
def test_the_step(cents: int, standing: int, carried: dict[str, int]) -> None:
    """R54: a ticket for each whole step."""
    found = of(DRAW, bought("s", cents))
    assert (found.standing, found.carried) == (standing, carried)


def test_every_field() -> None:
    """R54: tickets name the transaction that gave them, and the sum its working."""
    facts = (bought("s1", 3000), bought("s2", 9000, NOON + 1), Entered(
        event_id="e", person_id="anna", at_us=NOON + 2, entry_day=date(2026, 11, 24)))  # fmt: skip
    assert of(DRAW, *facts) == Tickets(
        issued=(
            Ticket(n=1, event_id="s2", at_us=NOON + 1),
            Ticket(n=2, event_id="s2", at_us=NOON + 1),
            Ticket(n=3, event_id="e", at_us=NOON + 2),
        ),
        carried={"": 2000},
        waiting=0,
        because=(
            because(
                "why.draw.tickets", "R54", working=working(3, Rounding.EXACT, 1, ("+", 2)), draw="Turkey draw", n=3
            ),
            because(
                "why.draw.counted",
                "R54",
                working=working(2, Rounding.FLOOR, Money(12000), ("/", Money(5000))),
                draw="Turkey draw",
                n=2,
            ),
        ),
    )


def test_lines_behind_one_that_does_not_count() -> None:
    """R54: a product that does not count stops none behind it."""
    lines = (DrawLine(product_id="pie", amount=100, qty=9), DrawLine(product_id="beer", amount=100, qty=3))
    assert of(UNITS, Spent(event_id="s", person_id="anna", at_us=NOON, lines=lines)).standing == 1


def test_what_waits_beside_what_was_given_out() -> None:
    """R54: two tickets given out, three more earned behind the issue period: three wait."""
    early = replace(DRAW, issue=Season(starts=date(2026, 11, 1), ends=date(2026, 11, 24)))
    found = of(early, bought("s1", 10_000), bought("s2", 15_000, at("2026-11-25 12:00")))
    assert (found.standing, found.waiting) == (2, 3)


def test_only_this_persons_facts_count() -> None:
    """R54: what others spent gives this person nothing."""
    assert of(DRAW, bought("s1", 9000, who="ben")).standing == 0
    assert of(DRAW, bought("s1", 9000, who="ben"), who="ben").standing == 1


UNITS = replace(DRAW, spend_type=SpendType.PRODUCT, step=3, products=("beer", "wine"))


@pytest.mark.parametrize(
    ("kind", "units", "standing", "carried"),
    [
        pytest.param(SpendType.PRODUCT, {"beer": 4, "wine": 2}, 1, {"beer": 1, "wine": 2}, id="each by itself"),
        pytest.param(SpendType.PRODUCT, {"beer": 3, "wine": 3}, 2, {}, id="one of each"),
        pytest.param(SpendType.MIX, {"beer": 4, "wine": 3}, 2, {"": 1}, id="together"),
        pytest.param(SpendType.MIX, {"beer": 2, "pie": 9}, 0, {"": 2}, id="another product does not count"),
        pytest.param(SpendType.MONEY, {"beer": 2, "pie": 9}, 33, {"": 1}, id="money of the products named"),
    ],
)
def test_units(kind: SpendType, units: dict[str, int], standing: int, carried: dict[str, int]) -> None:
    """R54: spend type product, mix and match or money, of the products named."""
    draw = replace(UNITS, spend_type=kind)
    lines = tuple(DrawLine(product_id=product, amount=100, qty=qty) for product, qty in units.items())
    found = of(draw, Spent(event_id="s", person_id="anna", at_us=NOON, lines=lines))
    assert (found.standing, found.carried) == (standing, carried)


def test_two_lines_of_one_product() -> None:
    """R54: lines add up."""
    line = DrawLine(product_id="beer", amount=2500)
    assert of(DRAW, Spent(event_id="s", person_id="anna", at_us=NOON, lines=(line, line))).standing == 1


def test_not_accumulative_units_of_several_products() -> None:
    """R54: without carrying, each sale counts each product for itself."""
    draw = replace(UNITS, accumulative=False)
    lines = (DrawLine(product_id="beer", amount=1, qty=3), DrawLine(product_id="wine", amount=1, qty=7))
    found = of(draw, Spent(event_id="s", person_id="anna", at_us=NOON, lines=lines))
    assert (found.standing, found.carried) == (3, {})


@pytest.mark.parametrize(
    ("refund", "cancelled", "carried"),
    [
        pytest.param(returned("r", "s2", 2000), [], {}, id="the carry alone"),
        pytest.param(returned("r", "s2", 2001), [2], {"": 4999}, id="a cent more: the newest ticket"),
        pytest.param(returned("r", "s2", 9000), [1, 2], {"": 3000}, id="all of the second sale"),
        pytest.param(returned("r", "s2", 99_000), [1, 2], {"": 3000}, id="never below nil"),
        pytest.param(returned("r", "s1", 3000), [2], {"": 4000}, id="all of the first sale"),
        pytest.param(returned("r", "s9", 9000), [], {"": 2000}, id="of a sale that is not known"),
        pytest.param(returned("r", "s2", 9000, product="pie"), [1, 2], {"": 3000}, id="whatever the line"),
    ],
)
def test_refunds(refund: Spent, cancelled: list[int], carried: dict[str, int]) -> None:
    """R54: a refund lowers the accumulated spend and cancels the newest tickets that are not earned any more."""
    found = of(DRAW, bought("s1", 3000), bought("s2", 9000, NOON + 1), refund)
    assert [one.n for one in found.issued if one.cancelled] == cancelled
    assert found.carried == carried
    assert found.standing == 2 - len(cancelled)


def test_refund_of_units_that_the_sale_did_not_count() -> None:
    """R54: what the draw never counted is not taken off."""
    found = of(UNITS, bought("s", 1, qty=3), returned("r", "s", 1, product="wine", qty=3))
    assert (found.standing, found.carried) == (1, {})


def test_a_cancelled_ticket_is_never_used_again() -> None:
    """R54: spending again gives a new number."""
    found = of(DRAW, bought("s1", 5000), returned("r", "s1", 1), bought("s2", 1, NOON + 10))
    assert [(one.n, one.cancelled, one.event_id) for one in found.issued] == [(1, True, "s1"), (2, False, "s2")]


def test_refund_of_one_sale_without_carry() -> None:
    """R54: without carrying, a refund is of its own sale: the other keeps its tickets."""
    found = of(SINGLE, bought("s1", 5000), bought("s2", 5000, NOON + 1), returned("r", "s1", 1))
    assert [(one.n, one.cancelled) for one in found.issued] == [(1, False), (2, True)]
    assert found.standing == 1


def test_tickets_drawn_stand() -> None:
    """R54: what was drawn stays; spending afterwards makes up for it first."""
    drawn = Drawn(event_id="d", at_us=NOON + 5)
    facts = [bought("s1", 10_000), drawn, returned("r", "s1", 10_000, NOON + 6)]
    found = of(DRAW, *facts)
    assert [(one.n, one.drawn, one.cancelled) for one in found.issued] == [(1, True, False), (2, True, False)]
    assert of(DRAW, *facts, bought("s2", 14_999, NOON + 7)).standing == 2
    assert of(DRAW, *facts, bought("s3", 15_000, NOON + 7)).standing == 3


def test_only_the_undrawn_are_cancelled() -> None:
    """R54: of drawn and undrawn tickets the newest undrawn one; a cancelled one is not drawn."""
    facts = [
        bought("s1", 5000),
        Drawn(event_id="d", at_us=NOON + 1),
        bought("s2", 5000, NOON + 2),
        returned("r", "s1", 5000, NOON + 3),
        Drawn(event_id="d2", at_us=NOON + 4),
    ]
    assert [(one.drawn, one.cancelled) for one in of(DRAW, *facts).issued] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        pytest.param("2026-10-31 23:59", False, id="the day before"),
        pytest.param("2026-11-01 00:00", True, id="the first day"),
        pytest.param("2026-11-30 23:59", True, id="the last day"),
        pytest.param("2026-12-01 00:00", False, id="the day after"),
    ],
)
def test_earn_period_by_days(moment: str, counts: bool) -> None:
    """R54: spending counts from the first to the last day."""
    found = of(
        replace(DRAW, issue=Season(starts=date(2026, 1, 1), ends=date(2027, 1, 1))), bought("s", 5000, at(moment))
    )
    assert (found.standing, found.waiting) == (int(counts), 0)


def test_earned_waits_for_the_issue_period() -> None:
    """R54: tickets earned before the issue period are given out at the first transaction inside it."""
    late = replace(DRAW, issue=Season(starts=date(2026, 11, 28), ends=date(2026, 11, 30)))
    first = bought("s1", 12_000)
    early = of(late, first)
    assert (early.standing, early.waiting, early.carried) == (0, 2, {"": 2000})
    later = of(late, first, bought("s2", 1, at("2026-11-28 12:00")))
    assert [(one.event_id, one.at_us) for one in later.issued] == [("s2", at("2026-11-28 12:00"))] * 2
    assert (later.waiting, later.carried) == (0, {"": 2001})


def test_refunds_count_after_the_earn_period() -> None:
    """R54: a sale in November brought back in December is brought back."""
    back = returned("r", "s1", 5000, at("2026-12-03 12:00"))
    assert of(DRAW, bought("s1", 5000), back).standing == 0


@pytest.mark.parametrize(
    ("virtual", "standing"), [pytest.param(True, 0, id="virtual"), pytest.param(False, 1, id="printed tickets")]
)
def test_without_a_member(virtual: bool, standing: int) -> None:
    """R54: a virtual draw is for members only; a sale without one may earn printed tickets."""
    found = of(replace(SINGLE, virtual=virtual), bought("s", 9000, who=""), who="")
    assert (found.standing, found.waiting, len(found.issued)) == (standing, 0, standing)
    assert found.because[0].facts == {"draw": "Turkey draw", "n": standing}


def test_auto_entry() -> None:
    """R54, R45: a swipe is a ticket, once an entry day; staff need do nothing."""
    draw = replace(DRAW, auto_entry=True)
    swipes = ["2026-11-24 18:00", "2026-11-24 21:00", "2026-11-25 05:59", "2026-11-25 06:00"]
    found = [
        auto_entry(draw, see(PRIYA, moment), event_id=f"e{n}", person_id="priya", at_us=at(moment))
        for n, moment in enumerate(swipes)
    ]
    assert found[0] == Entered(event_id="e0", person_id="priya", at_us=at(swipes[0]), entry_day=date(2026, 11, 24))
    entered = of(draw, *(one for one in found if one), who="priya")
    assert [one.event_id for one in entered.issued] == ["e0", "e3"]


@pytest.mark.parametrize(
    ("draw", "member", "moment"),
    [
        pytest.param(DRAW, PRIYA, "2026-11-24 18:00", id="not set"),
        pytest.param(replace(DRAW, auto_entry=True), PRIYA, "2026-12-01 18:00", id="outside the earn period"),
        pytest.param(
            replace(DRAW, auto_entry=True), replace(PRIYA, ban=BanKind.HOUSE), "2026-11-24 18:00", id="banned"
        ),
    ],
)
def test_no_auto_entry(draw: Draw, member: Any, moment: str) -> None:
    """R54, R11: no barrel tickets for a blocked member."""
    check = see(member, moment)
    assert auto_entry(draw, check, event_id="e", person_id="priya", at_us=at(moment)) is None


def test_unpaid_members_enter() -> None:
    """R45: step 8 runs behind a failed check: somebody un-financial enters the draw."""
    check = see(MATEO, "2026-11-27 18:07")
    entered = auto_entry(
        replace(DRAW, auto_entry=True), check, event_id="e", person_id="mateo", at_us=at("2026-11-27 18:07")
    )
    assert entered is not None


def test_a_step_of_nothing() -> None:
    """R54: is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^step: below 1$"):
        replace(DRAW, step=0)
    assert replace(DRAW, step=1).step == 1


SALES = st.lists(st.integers(0, 60), max_size=5)
REFUNDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 45)), max_size=4)
"""In small figures: tickets are built one by one, and steps, rests and refunds meet as often as in large ones."""


@given(
    cents=SALES,
    refunds=REFUNDS,
    step=st.integers(1, 30),
    carries=st.booleans(),
    order=st.integers(0, 999_999),
    twice=st.booleans(),
)
def test_the_sum_is_exact(
    cents: list[int], refunds: list[tuple[int, int]], *, step: int, carries: bool, order: int, twice: bool
) -> None:
    """R54: tickets and carry are those of plain integers, in any order of arrival, with facts sent twice."""
    facts: list[Fact] = [bought(f"s{n}", one, NOON + n) for n, one in enumerate(cents)]
    facts += [returned(f"t{n}", f"s{sale}", one, NOON + 100 + n) for n, (sale, one) in enumerate(refunds)]
    draw = replace(DRAW, step=step, accumulative=carries)
    expected = draw_oracle.tickets(
        step,
        {f"s{n}": one for n, one in enumerate(cents)},
        [(f"s{sale}", one) for sale, one in refunds],
        carries=carries,
    )
    arrived = facts * 2 if twice else list(facts)
    Random(order).shuffle(arrived)  # noqa: S311 - any order will do
    found = of(draw, *arrived)
    assert (found.standing, found.carried.get("", 0)) == expected
    assert found == of(draw, *facts)
    assert [one.n for one in found.issued] == list(range(1, len(found.issued) + 1))


@given(parts=st.lists(st.integers(0, 90), min_size=1, max_size=8), step=st.integers(1, 60))
def test_splitting_a_sale_earns_the_same(parts: list[int], step: int) -> None:
    """R54: accumulated, it does not matter over how many sales something was spent."""
    draw = replace(DRAW, step=step)
    split = of(draw, *(bought(f"s{n}", one, NOON + n) for n, one in enumerate(parts)))
    once = of(draw, bought("s", sum(parts)))
    assert (split.standing, split.carried) == (once.standing, once.carried)
    assert split.standing * step + split.carried.get("", 0) == sum(parts)
