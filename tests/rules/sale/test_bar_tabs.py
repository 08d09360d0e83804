"""Bar tabs (R105, R90 row bar tab, 2.12 row 16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.permissions import Act
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, add, totals, use_points
from clubtill_rules.sale.tabs import (
    Approved,
    Change,
    HandedOver,
    MovedLines,
    Tab,
    changed,
    closing,
    hand_over,
    move,
    open_tab,
    usable,
)
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.sale.counter import by_card, counter, final, in_cash, product, rung_up
from tests.rules.sale.larkspur import GOLD, NOW, at

HERE = counter([product("round", 18_500), product("jug", 2200), product("water", 1500)])
FRIDAY = at("2026-11-27 23:00")


def opened(basket: Basket, *, limit: int = 20_000, name: str = "Table 9", here: Catalogue = HERE) -> Change:
    """Open a tab at till-1 by Sam."""
    return open_tab(
        "tab-1", basket, here, limit=Money(limit), name=name, device_id="till-1", staff_id="sam", at_us=FRIDAY
    )


def tab_of(*products: str, tab_id: str = "tab-1", limit: int = 20_000) -> Tab:
    """Give a tab with products on it."""
    return replace(opened(rung_up(HERE, *products), limit=limit).tab, tab_id=tab_id)


def test_a_tab_is_opened_by_name() -> None:
    """R105, row 16: its limit is what has to be allowed."""
    basket = rung_up(HERE, "jug")
    assert opened(basket, name=" Table 9 ") == Change(
        tab=Tab(
            tab_id="tab-1",
            name="Table 9",
            person_id="",
            limit=Money(20_000),
            device_id="till-1",
            staff_id="sam",
            opened_at_us=FRIDAY,
            basket=basket,
        ),
        comes_to=Money(2200),
        asks=(Ask(act=Act.OPEN_TAB, amount=20_000),),
        because=(because("why.tab.limit", "R105", limit=Money(20_000)),),
    )


def test_or_by_the_club_card() -> None:
    """R105: the member on the sale holds it; nothing of a bank card is kept."""
    tab = open_tab(
        "tab-1",
        rung_up(HERE, member=True),
        HERE,
        limit=Money(1),
        device_id="till-1",
        staff_id="sam",
        at_us=FRIDAY,
    ).tab
    assert (tab.person_id, tab.name) == ("jean", "")
    for name in ("", "  "):
        with pytest.raises(Refusal) as refused:
            opened(rung_up(HERE), name=name)
        assert (refused.value.code, refused.value.facts) == ("tab.no_name", {})


def test_what_is_on_it_already_is_asked_for_as_well() -> None:
    """R105, row 16: opened at 100.00 with 185.00 on it."""
    assert opened(rung_up(HERE, "round"), limit=10_000).asks == (Ask(act=Act.OPEN_TAB, amount=18_500),)


@pytest.mark.example("R105.1")
def test_an_item_beyond_the_limit_needs_approval() -> None:
    """R105: limit 200.00, at 185.00; a jug at 22.00 -> 207.00, approval; one at 15.00 -> 200.00 does not."""
    tab = tab_of("round")
    more = add(tab.basket, "jug", catalogue=HERE, at_us=NOW)
    asked = changed(tab, more, HERE)
    told = because(
        "why.tab.beyond",
        "R105",
        working=working(Money(20_700), Rounding.EXACT, Money(18_500), ("+", Money(2200))),
        limit=Money(20_000),
        total=Money(20_700),
    )
    assert asked == Change(
        tab=replace(tab, basket=more),
        comes_to=Money(20_700),
        asks=(Ask(act=Act.OPEN_TAB, amount=20_700),),
        because=(told,),
    )
    allowed = changed(tab, more, HERE, approver_id="ruth", at_us=NOW)
    approval = Approved(total=Money(20_700), approver_id="ruth", at_us=NOW)
    assert allowed == Change(
        tab=replace(tab, basket=more, approvals=(approval,)), comes_to=Money(20_700), because=(told,)
    )
    assert changed(tab, more, HERE, approver_id="ruth").tab.approvals == (replace(approval, at_us=0),)
    less = add(tab.basket, "water", catalogue=HERE, at_us=NOW)
    assert changed(tab, less, HERE) == Change(tab=replace(tab, basket=less), comes_to=Money(20_000))


def test_taking_items_off_is_never_asked() -> None:
    """R105: above its limit by an approval, a tab may shrink without another."""
    tab = tab_of("round", "jug", "jug")
    fewer = replace(tab.basket, lines=tab.basket.lines[:1])
    again = replace(fewer, lines=(*fewer.lines, *rung_up(HERE, "jug").lines))
    assert changed(tab, again, HERE).asks == ()
    assert changed(tab, tab.basket, HERE).asks == ()
    assert changed(tab, fewer, HERE, approver_id="ruth").tab.approvals == ()


@pytest.mark.example("R105.1")
def test_closing_is_finalising() -> None:
    """R105, R3: opened Friday 23:00, closed Saturday 00:40: the earn day is Friday; prices are those of the moment."""
    tab = opened(rung_up(HERE, "jug", member=True, at_us=FRIDAY)).tab
    sale = final(in_cash(closing(tab), HERE), HERE, at_us=FRIDAY + 100 * 60 * US_PER_S)
    assert (sale.trading_day, sale.award_earn_day, sale.award) == (
        date(2026, 11, 27),
        date(2026, 11, 27),
        whole(44),
    )
    dearer = counter([product("jug", 9900)])
    assert totals(closing(tab), dearer).total == Money(2200)


def test_points_pay_only_while_it_is_being_closed() -> None:
    """R105: no points are leased or promised on an open tab, of lines, amounts or offers; nor a payment taken."""
    basket = rung_up(HERE, "jug", member=True)
    rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
    by_points = use_points(basket, rows, frozenset({1}))
    tab = opened(basket).tab
    offered = replace(basket, lines=(replace(basket.lines[0], offer_points=whole(5)),))
    for wrong in (by_points, replace(basket, by_amount=PaidByAmount(amount=Money(1))), offered):
        for act in (opened, lambda one: changed(tab, one, HERE)):
            with pytest.raises(Refusal) as refused:
                act(wrong)
            assert (refused.value.code, refused.value.facts) == ("tab.points", {})
    with pytest.raises(Refusal) as refused:
        opened(by_card(basket, HERE, 100))
    assert (refused.value.code, refused.value.facts) == ("sale.being_paid", {"paid": Money(100)})
    assert final(use_points(closing(tab), rows, frozenset({1})), HERE).points_used == whole(1980)


def test_moved_lines_are_recorded_on_both() -> None:
    """R105: they keep their price and get the next numbers of the tab that receives them."""
    source, target = tab_of("jug", "round", "water"), tab_of("water", tab_id="tab-2")
    source = replace(
        source, basket=replace(source.basket, lines=tuple(replace(x, added_at_us=x.n) for x in source.basket.lines))
    )
    moved = move(source, target, [3, 1], HERE, staff_id="sam", at_us=NOW)
    record = MovedLines(from_tab="tab-1", to_tab="tab-2", lines=(3, 1), amount=Money(3700), staff_id="sam", at_us=NOW)
    assert (moved.source.moves, moved.target.moves, moved.asks, moved.because) == ((record,), (record,), (), ())
    assert [(line.n, line.product_id) for line in moved.source.basket.lines] == [(2, "round")]
    assert [(line.n, line.product_id, line.unit_price) for line in moved.target.basket.lines] == [
        (1, "water", Money(1500)),
        (2, "water", Money(1500)),
        (3, "jug", Money(2200)),
    ]
    assert moved.target.basket.next_n == 4
    back = move(moved.target, moved.source, [3], HERE, staff_id="lee", at_us=NOW + 1)
    assert [len(tab.moves) for tab in (back.source, back.target)] == [2, 2]


def test_a_move_beyond_the_other_limit_is_asked() -> None:
    """R105: the receiving tab's limit counts."""
    source, target = tab_of("jug"), tab_of("round", tab_id="tab-2")
    assert move(source, target, [1], HERE, staff_id="sam", at_us=NOW).asks == (Ask(act=Act.OPEN_TAB, amount=20_700),)
    allowed = move(source, target, [1], HERE, staff_id="sam", at_us=NOW, approver_id="ruth")
    assert allowed.asks == ()
    assert allowed.target.approvals == (Approved(total=Money(20_700), approver_id="ruth", at_us=NOW),)
    assert [reason.code for reason in allowed.because] == ["why.tab.beyond"]


def test_moves_that_are_none() -> None:
    """R105: no lines is refused; to the same tab, or a line that is not there, is a caller's mistake."""
    tab = tab_of("jug")
    with pytest.raises(Refusal) as refused:
        move(tab, tab_of(tab_id="tab-2"), [], HERE, staff_id="sam", at_us=NOW)
    assert (refused.value.code, refused.value.facts) == ("tab.no_lines", {})
    with pytest.raises(ValueError, match=r"^target: the tab that the lines are on$"):
        move(tab, tab, [1], HERE, staff_id="sam", at_us=NOW)
    with pytest.raises(KeyError):
        move(tab, tab_of(tab_id="tab-2"), [9], HERE, staff_id="sam", at_us=NOW)


def test_a_tab_is_handed_over_by_name() -> None:
    """R105: so that a shift can be closed; every hand is kept."""
    once = hand_over(tab_of("jug"), "lee", NOW)
    twice = hand_over(once, "kim", NOW + 1)
    assert (twice.staff_id, twice.handed) == (
        "kim",
        (
            HandedOver(from_staff="sam", to_staff="lee", at_us=NOW),
            HandedOver(from_staff="lee", to_staff="kim", at_us=NOW + 1),
        ),
    )


@pytest.mark.parametrize(
    ("device_id", "offline", "refused"),
    [
        pytest.param("till-1", False, False, id="here, online"),
        pytest.param("till-1", True, False, id="here, offline"),
        pytest.param("till-2", False, False, id="elsewhere, online"),
        pytest.param("till-2", True, True, id="elsewhere, offline"),
    ],
)
def test_offline_only_tabs_of_this_till(device_id: str, *, offline: bool, refused: bool) -> None:
    """R90: offline a tab is used where it was opened."""
    found = {}
    try:
        usable(tab_of("jug"), device_id=device_id, offline=offline)
    except Refusal as no:
        found = {no.code: no.facts}
    assert found == ({"tab.elsewhere": {"name": "Table 9"}} if refused else {})
