"""Shifts: float, drops, paid-outs, X-figures, count and variance (2.12 rows 1, 12-14; R73, R105)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, tender
from clubtill_rules.sale.parking import park
from clubtill_rules.sale.posting import Posting, postings, postings_of_refund
from clubtill_rules.sale.refunding import refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.shifts import (
    Closed,
    Figures,
    Moved,
    Movement,
    MovementKind,
    Shift,
    close,
    open_drawer,
    open_shift,
    pay_out,
    refunded,
    safe_drop,
    sold,
    voided,
    x_figures,
)
from clubtill_rules.sale.tabs import hand_over, open_tab
from clubtill_rules.sale.tender import part_cash
from clubtill_rules.sale.voiding import void
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working
from tests.rules.sale.counter import by_card, counter, final, in_cash, made, product, rung_up
from tests.rules.sale.larkspur import NOW

HERE = counter([product("lunch", 2000), product("snack", 398)])


def lunch(sale_id: str = "sale-1") -> Sale:
    """Give a sale of 20.00 in cash."""
    return final(in_cash(rung_up(HERE, "lunch", sale_id=sale_id), HERE), HERE)


def snack(sale_id: str = "sale-2") -> Sale:
    """Give a sale of 3.98, of which cash pays 1.00 and a card the rest."""
    basket = rung_up(HERE, "snack", sale_id=sale_id)
    return final(by_card(tender(basket, part_cash(Money(398), Money(100), 5, "cash")), HERE), HERE)


def started(float_minor: int = 10_000) -> Moved:
    """Open Sam's shift at till-1."""
    return open_shift(
        "shift-1", device_id="till-1", staff_id="sam", at_us=NOW, cash_media="cash", float_amount=Money(float_minor)
    )


def expecting(float_minor: int, trade: int, drops: int, paid_out: int) -> Because:
    """Say why so much ought to be in the drawer."""
    amount = Money(float_minor + trade - drops - paid_out)
    terms = (("+", Money(trade)), ("-", Money(drops)), ("-", Money(paid_out)))
    return because(
        "why.shift.expected", "2.12", working=working(amount, Rounding.EXACT, Money(float_minor), *terms), amount=amount
    )


def test_a_shift_opens_with_a_float() -> None:
    """2.12 row 1: out of the safe, into the drawer."""
    assert started() == Moved(
        shift=Shift(
            shift_id="shift-1",
            device_id="till-1",
            staff_id="sam",
            opened_at_us=NOW,
            cash_media="cash",
            float_amount=Money(10_000),
        ),
        asks=(Ask(act=Act.SELL),),
        postings=(
            Posting(account="media:cash", amount=Money(10_000)),
            Posting(account="safe", amount=Money(-10_000)),
        ),
    )
    assert started(0).postings == ()
    with pytest.raises(ValueError, match=r"^float_amount: below nil$"):
        started(-1)


@pytest.mark.example("T3")
def test_float_100_and_a_sale_of_20_are_counted_120() -> None:
    """2.12 row 13: not closed before a count; counted 120.00 it closes without a variance."""
    shift = sold(started().shift, lunch())
    with pytest.raises(Refusal) as refused:
        close(shift, None, closed_by="sam", at_us=NOW)
    assert (refused.value.code, refused.value.facts) == ("shift.not_counted", {})
    closed = close(shift, {2000: 1, 5000: 2}, closed_by="sam", at_us=NOW + 1)
    figures = Figures(
        media=(("cash", Money(2000)),),
        float_amount=Money(10_000),
        drops=NIL,
        paid_out=NIL,
        expected=Money(12_000),
        sales=1,
        refunds=0,
        voids=0,
        drawer_opened=0,
        because=(expecting(10_000, 2000, 0, 0),),
    )
    told = because(
        "why.shift.variance",
        "2.12",
        working=working(NIL, Rounding.EXACT, Money(12_000), ("-", Money(12_000))),
        amount=NIL,
    )
    assert closed == Closed(
        shift=shift,
        figures=figures,
        counted=((5000, 2), (2000, 1)),
        counted_total=Money(12_000),
        variance=NIL,
        closed_by="sam",
        closed_at_us=NOW + 1,
        asks=(Ask(act=Act.CLOSE_OWN_SHIFT),),
        postings=(
            Posting(account="media:cash", amount=Money(-12_000)),
            Posting(account="safe", amount=Money(12_000)),
        ),
        because=(expecting(10_000, 2000, 0, 0), told),
    )


@pytest.mark.parametrize(
    ("counted", "variance"),
    [
        pytest.param({5: 1, 10_000: 1, 1000: 2}, 5, id="over"),
        pytest.param({10_000: 1, 1000: 1, 500: 1, 495: 1}, -5, id="short"),
        pytest.param({}, -12_000, id="an empty drawer"),
        pytest.param({5: 0}, -12_000, id="no pieces"),
    ],
)
def test_a_variance_is_recorded_and_stops_nothing(counted: dict[int, int], variance: int) -> None:
    """2.12 row 14: what the count finds is booked, whatever it is; the postings sum to nil."""
    closed = close(sold(started().shift, lunch()), counted, closed_by="sam", at_us=NOW)
    assert closed.variance == Money(variance)
    books = {p.account: p.amount.minor for p in closed.postings}
    assert (books.get("cash_variance"), books["media:cash"]) == (-variance, -12_000)
    assert sum(books.values()) == 0
    assert closed.because[-1].working == working(
        Money(variance), Rounding.EXACT, Money(12_000 + variance), ("-", Money(12_000))
    )


def test_anothers_shift_is_row_14() -> None:
    """2.12 rows 13, 14: one's own, or another's."""
    assert close(started().shift, {}, closed_by="lee", at_us=NOW).asks == (Ask(act=Act.CLOSE_OTHERS_SHIFT),)


@pytest.mark.parametrize("counted", [{0: 1}, {-5: 1}, {5: -1}])
def test_counts_that_are_none(counted: dict[int, int]) -> None:
    """2.12 row 13: a denomination below one, or fewer than no pieces, is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^counted: a denomination below 1, or fewer than no pieces$"):
        close(started().shift, counted, closed_by="sam", at_us=NOW)
    assert close(started().shift, {1: 1}, closed_by="sam", at_us=NOW).counted_total == Money(1)


def test_every_medium_of_every_event_is_in_the_figures() -> None:
    """2.12 row 1: sales in parts, refunds and voids by medium; each event counts once, one without money too."""
    shift = sold(sold(sold(started().shift, lunch()), snack()), lunch("sale-3"))
    back = refund(snack(), (), {1: 1}, made=made(), catalogue=HERE)
    shift = refunded(shift, back)
    shift = voided(shift, void(lunch("sale-3"), made=made("void-1"), catalogue=HERE))
    free = counter([product("tap", 0)])
    shift = sold(shift, final(rung_up(free, "tap", sale_id="sale-4"), free))
    shift = open_drawer(shift, reason=" Change ", at_us=NOW).shift
    shift = open_drawer(shift, reason="Change", at_us=NOW).shift
    figures = x_figures(shift)
    assert figures.media == (("card", NIL), ("cash", Money(2000)))
    assert (figures.sales, figures.refunds, figures.voids, figures.drawer_opened) == (4, 1, 1, 2)
    assert figures.expected == Money(12_000)
    assert x_figures(shift) == figures


def test_movements_say_what_moved() -> None:
    """2.12 row 1, R79: of a sale in cash what stayed in the drawer, rounding included; out of it below nil."""
    sale = final(in_cash(rung_up(HERE, "snack"), HERE), HERE)
    assert sold(started().shift, sale).movements == (
        Movement(
            kind=MovementKind.SALE,
            media_id="cash",
            media_kind=MediaKind.CASH,
            amount=Money(400),
            at_us=NOW,
            of="sale-1",
        ),
    )
    back = refund(sale, (), {1: 1}, made=made(), catalogue=HERE)
    (given_back,) = refunded(started().shift, back).movements
    assert (given_back.kind, given_back.amount, given_back.of, given_back.at_us) == (
        MovementKind.REFUND,
        Money(-400),
        "refund-1",
        made().at_us,
    )
    free = counter([product("tap", 0)])
    assert sold(started().shift, final(rung_up(free, "tap"), free)).movements == (
        Movement(
            kind=MovementKind.SALE, media_id="", media_kind=MediaKind.POINTS, amount=NIL, at_us=NOW, of="sale-1"
        ),
    )  # fmt: skip
    (undone,) = voided(started().shift, void(sale, made=made("void-1"), catalogue=HERE)).movements
    assert (undone.kind, undone.amount, undone.of, undone.at_us) == (
        MovementKind.VOID,
        Money(-400),
        "void-1",
        made().at_us,
    )


def test_a_safe_drop() -> None:
    """2.12 row 13: up to what ought to be in the drawer."""
    shift = started().shift
    moved = safe_drop(shift, Money(4000), at_us=NOW)
    movement = Movement(
        kind=MovementKind.SAFE_DROP,
        media_id="cash",
        media_kind=MediaKind.CASH,
        amount=Money(-4000),
        at_us=NOW,
        of="",
        reason="",
    )
    assert moved.shift.movements == (movement,)
    assert (moved.asks, moved.postings) == (
        (Ask(act=Act.CLOSE_OWN_SHIFT),),
        (Posting(account="media:cash", amount=Money(-4000)), Posting(account="safe", amount=Money(4000))),
    )
    figures = x_figures(moved.shift)
    assert (figures.drops, figures.paid_out, figures.expected, figures.media) == (Money(4000), NIL, Money(6000), ())
    assert figures.because == (expecting(10_000, 0, 4000, 0),)


def test_a_paid_out() -> None:
    """2.12 row 12: with a reason and its amount to be allowed."""
    moved = pay_out(started().shift, Money(1250), reason=" Ice ", at_us=NOW)
    (movement,) = moved.shift.movements
    assert (movement.kind, movement.reason, movement.at_us) == (MovementKind.PAID_OUT, "Ice", NOW)
    assert (moved.asks, moved.postings) == (
        (Ask(act=Act.OPEN_DRAWER, amount=1250),),
        (Posting(account="media:cash", amount=Money(-1250)), Posting(account="paid_out", amount=Money(1250))),
    )
    figures = x_figures(moved.shift)
    assert (figures.drops, figures.paid_out, figures.expected) == (NIL, Money(1250), Money(8750))


def test_a_drawer_opened_without_a_sale() -> None:
    """2.12 row 12: moves nothing, and says why."""
    opened = open_drawer(started().shift, reason="Change", at_us=NOW)
    assert (opened.asks, opened.postings) == ((Ask(act=Act.OPEN_DRAWER),), ())
    assert opened.shift.movements == (
        Movement(
            kind=MovementKind.DRAWER_OPENED,
            media_id="cash",
            media_kind=MediaKind.CASH,
            amount=NIL,
            at_us=NOW,
            reason="Change",
        ),
    )


@pytest.mark.parametrize(
    ("act", "code", "facts"),
    [
        pytest.param(lambda s: safe_drop(s, NIL, at_us=NOW), "tender.no_amount", {}, id="drop nothing"),
        pytest.param(
            lambda s: safe_drop(s, Money(10_001), at_us=NOW),
            "shift.not_in_drawer",
            {"amount": Money(10_001)},
            id="drop a cent more than there is",
        ),
        pytest.param(lambda s: pay_out(s, Money(-1), reason="x", at_us=NOW), "tender.no_amount", {}, id="pay in"),
        pytest.param(lambda s: pay_out(s, Money(1), reason=" ", at_us=NOW), "shift.no_reason", {}, id="no reason"),
        pytest.param(lambda s: open_drawer(s, reason="", at_us=NOW), "shift.no_reason", {}, id="open without one"),
    ],
)
def test_what_cannot_leave_the_drawer(act: object, code: str, facts: dict[str, object]) -> None:
    """2.12 rows 12, 13: nothing, more than there is, or without a reason."""
    with pytest.raises(Refusal) as refused:
        act(started().shift)  # type: ignore[operator] - a table of acts
    assert (refused.value.code, refused.value.facts) == (code, facts)
    assert x_figures(safe_drop(started().shift, Money(10_000), at_us=NOW).shift).expected == NIL
    assert safe_drop(started(1).shift, Money(1), at_us=NOW).postings[1].amount == Money(1)


def test_open_tabs_and_parked_sales_stop_a_close() -> None:
    """R105, R73: until they are closed or handed over by name; those of others stop nobody."""
    shift = started(0).shift
    basket: Basket = rung_up(HERE, "lunch")
    tab = open_tab(
        "tab-1", basket, HERE, limit=Money(5000), name="T", device_id="till-1", staff_id="sam", at_us=NOW
    ).tab
    aside = park(basket, name="P", device_id="till-1", staff_id="sam", at_us=NOW, catalogue=HERE)
    theirs = park(basket, name="P", device_id="till-1", staff_id="lee", at_us=NOW, catalogue=HERE)
    handed = hand_over(tab, "lee", NOW)
    with pytest.raises(Refusal) as refused:
        close(shift, {}, closed_by="sam", at_us=NOW, tabs=[tab, handed, tab], parked=[aside])
    assert (refused.value.code, refused.value.facts) == ("shift.open_tabs", {"n": 2})
    with pytest.raises(Refusal) as refused:
        close(shift, {}, closed_by="sam", at_us=NOW, tabs=[handed], parked=[theirs, aside])
    assert (refused.value.code, refused.value.facts) == ("shift.parked", {"n": 1})
    assert close(shift, {}, closed_by="sam", at_us=NOW, tabs=[handed], parked=[theirs]).variance == NIL


acts = st.lists(
    st.tuples(st.sampled_from(["lunch", "snack", "refund", "void", "drop", "out"]), st.integers(1, 3000)), max_size=12
)


@given(acts, st.integers(0, 20_000), st.integers(-500, 500))
def test_over_a_whole_shift_the_drawer_comes_to_nil(drawn: list[tuple[str, int]], float_minor: int, found: int) -> None:
    """2.12 rows 1, 12-14: all postings sum to nil, the drawer's to nothing; the variance is what the count found."""
    opened = started(float_minor)
    shift, books = opened.shift, [*opened.postings]
    for number, (act, minor) in enumerate(drawn):
        if act in {"drop", "out"}:
            amount = min(Money(minor), x_figures(shift).expected)
            if amount > NIL:
                moved = (
                    safe_drop(shift, amount, at_us=NOW)
                    if act == "drop"
                    else pay_out(shift, amount, reason="x", at_us=NOW)
                )
                shift, books = moved.shift, [*books, *moved.postings]
            continue
        sale = snack(f"sale-{number}") if act == "snack" else lunch(f"sale-{number}")
        shift, books = sold(shift, sale), [*books, *postings(sale)]
        if act == "refund":
            back = refund(sale, (), {1: 1}, made=made(f"refund-{number}"), catalogue=HERE)
            shift, books = refunded(shift, back), [*books, *postings_of_refund(back)]
        if act == "void":
            undone = void(sale, made=made(f"void-{number}"), catalogue=HERE)
            shift, books = voided(shift, undone), [*books, *undone.postings]
    counted = max(0, x_figures(shift).expected.minor + found)
    closed = close(shift, {1: counted}, closed_by="sam", at_us=NOW)
    sums: Counter[str] = Counter()
    for posting in [*books, *closed.postings]:
        sums[posting.account] += posting.amount.minor
    assert sum(sums.values()) == 0
    assert sums["media:cash"] == 0
    assert -sums["cash_variance"] == closed.variance.minor == counted - closed.figures.expected.minor
