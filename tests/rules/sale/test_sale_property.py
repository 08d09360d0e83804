"""Properties of every sale: sums, splits, postings, and no matter when the member comes (R29)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.classification import MemberPriceLevel
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, attach, remove, set_qty, tender, totals, use_points
from clubtill_rules.sale.posting import entries, postings
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card, part_cash, take_cash
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.points import whole
from tests.rules.sale.larkspur import GOLD, JEAN, WELCOME, at, catalogue, jeans_account, lease

HAPPY = MemberPriceLevel(location_id="main", level=1, weekdays=(1,), start_min=17 * 60, end_min=18 * 60 + 59)
TIMED = replace(GOLD, member_prices=(*GOLD.member_prices, HAPPY), discount_expense_media="expense")
HERE = catalogue(classifications={3: TIMED})
START = at("2026-11-24 18:58")

rung = st.tuples(st.sampled_from(["pale", "light", "parma", "cap", "locker", "bread"]), st.integers(0, 3))
changes = st.tuples(st.sampled_from(["qty", "remove"]), st.integers(0, 6), st.integers(1, 5))


def _sold(scanned: list[tuple[str, int]], edits: list[tuple[str, int, int]], attach_at: int | None) -> Basket:
    """Ring up products minute by minute and edit lines; Jean comes before the step `attach_at`, or never."""
    basket = Basket(sale_id="sale")
    steps: list[tuple[str, int] | tuple[str, int, int]] = [*scanned, *edits]
    moment = START
    for number, step in enumerate(steps):
        if number == attach_at:
            basket = attach(basket, JEAN, jeans_account(), WELCOME, HERE)
        if len(step) == 2:
            moment += step[1] * 60 * US_PER_S
            basket = add(basket, step[0], catalogue=HERE, at_us=moment)
        elif basket.lines:
            n = basket.lines[step[1] % len(basket.lines)].n
            basket = set_qty(basket, n, step[2], HERE) if step[0] == "qty" else remove(basket, n)
    if attach_at is not None and attach_at >= len(steps):
        basket = attach(basket, JEAN, jeans_account(), WELCOME, HERE)
    return basket


def _tick(basket: Basket, wanted: int) -> Basket:
    """Choose lines for Points Pay by the bits of a number, as far as the rules allow."""
    rows = options(basket.lines, classification=TIMED, catalogue=HERE, available=whole(12_420))
    possible = frozenset(row.n for row in rows.rows if not row.reason and wanted >> row.n & 1)
    need = sum(row.points.hundredths for row in rows.rows if row.n in possible)
    return use_points(basket, rows, possible) if possible and need <= 1_242_000 else basket


def _pay(basket: Basket, parts: list[tuple[str, int]]) -> Basket:
    """Pay a basket in parts, by card or cash, the last one in full."""
    for kind, share in parts:
        due = totals(basket, HERE).due
        part = Money(due.minor * share // 100)
        if part.minor <= 0:
            continue
        taken = card(due, part, "card") if kind == "card" else part_cash(due, part, 5, "cash")
        basket = tender(basket, taken)
    due = totals(basket, HERE).due
    return tender(basket, take_cash(due, Money(due.minor + 500), 5, "cash")) if due.minor > 0 else basket


def _final(basket: Basket) -> Sale:
    return finalise(
        basket,
        catalogue=HERE,
        number=1,
        device_id="till-1",
        staff_id="sam",
        at_us=START + 3600 * US_PER_S,
        leases=(lease(20_000),),
        offline=False,
    )


parts = st.lists(st.tuples(st.sampled_from(["card", "cash"]), st.integers(1, 90)), max_size=3)
scans = st.lists(rung, min_size=1, max_size=8)


@given(scans, st.lists(changes, max_size=3), st.integers(0, 12), st.integers(0, 12))
def test_it_does_not_matter_when_the_member_comes(
    scanned: list[tuple[str, int]], edits: list[tuple[str, int, int]], first: int, second: int
) -> None:
    """R29: start, middle or end gives the same lines, prices and award, across the end of a happy hour too."""
    one, other = _sold(scanned, edits, first), _sold(scanned, edits, second)
    steps = len(scanned) + len(edits)
    assert one.lines == other.lines
    assert totals(one, HERE) == totals(other, HERE)
    assert _sold(scanned, edits, min(first, steps)).member == JEAN


@given(scans, st.lists(changes, max_size=3), st.integers(0, 255), parts, st.booleans())
def test_sums_of_every_sale(
    scanned: list[tuple[str, int]],
    edits: list[tuple[str, int, int]],
    wanted: int,
    paid_by: list[tuple[str, int]],
    member: bool,
) -> None:
    """R69, R71, R79, R97: lines sum to the totals, tenders to the sale, postings to nil, spends to the points used."""
    basket = _sold(scanned, edits, 0 if member else None)
    if not basket.lines:
        return
    sale = _final(_pay(_tick(basket, wanted) if member else basket, paid_by))

    assert total([line.net for line in sale.lines]) - sale.points_pay_discount == sale.total
    assert sum(tax.minor for tax in sale.line_taxes) == sale.tax_total.minor == sum(t.amount.minor for t in sale.tax)
    assert total([t.amount for t in sale.taken]) + sale.points_value == sale.total
    assert all(t.given - t.change == t.amount + t.rounding for t in sale.tenders)
    assert sum(p.amount.minor for p in postings(sale)) == 0
    assert sum(1 for t in sale.tenders if t.rounding) <= 1
    assert sum(s.amount_h for s in sale.lease_spends) == sale.points_used.hundredths
    made = entries(sale)
    assert [e.leg for e in made] == list(range(len(made)))
    assert sum(p.amount.minor for p in postings(sale) if p.account == "media:points") == sale.points_value.minor
    assert all(t.change == Money(0) for t in sale.tenders if t.kind is not MediaKind.CASH)


@given(scans, st.integers(0, 255))
def test_lines_paid_by_points_earn_nothing(scanned: list[tuple[str, int]], wanted: int) -> None:
    """R28: the award is that of the other lines, rung up alone."""
    basket = _tick(_sold(scanned, [], 0), wanted)
    others = replace(basket, lines=tuple(line for line in basket.lines if line.by_points is None))
    assert totals(basket, HERE).earns.points == totals(others, HERE).earns.points
