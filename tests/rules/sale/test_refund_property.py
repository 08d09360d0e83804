"""Properties of refunds, voids and their books: never beyond the sale, and exactly it in the end (R1, R40-R42, D42)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.account_charges import open_screen
from clubtill_rules.sale.basket import Basket, totals, use_points
from clubtill_rules.sale.extra_lines import tip_line, with_line
from clubtill_rules.sale.posting import Posting, entries_of_refund, postings, postings_of_refund
from clubtill_rules.sale.refunding import Refund, left_of, refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.surcharging import by_medium, taken, with_days
from clubtill_rules.sale.tender import Tender, exact, part_cash, take_cash
from clubtill_rules.sale.voiding import void
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import whole
from tests.rules.sale.counter import (
    SUNDAY,
    by_points_amount,
    counter,
    final,
    made,
    points_account,
    product,
    rung_up,
    with_discount,
)  # fmt: skip
from tests.rules.sale.larkspur import GOLD
from tests.rules.sale.refund_oracle import SoldLine, Till

GOODS = (product("jug", 333), product("ale", 850), product("mint", 101, tax_code_id="vat"), product("free", 0))
KINDS = {"card": MediaKind.CARD, "gift": MediaKind.GIFT_CARD, "account": MediaKind.ACCOUNT}
ONE = replace(GOLD, member_prices=(), points_multiplier_h=150, redemption_ratio=75)
SURCHARGES = (
    Surcharge(id="sunday", name="Sunday", rate_bp=1030, tax_code_id="vat", weekdays=(6,)),
    Surcharge(id="card-fee", name="Card fee", rate_bp=170, tax_code_id="gst", media=("card",)),
)


def _here(*, expensed: bool, surcharged: bool, decimals: int) -> Catalogue:
    base = counter(GOODS)
    return replace(
        base,
        classifications={3: replace(ONE, discount_expense_media="expense" if expensed else None)},
        surcharges=SURCHARGES if surcharged else (),
        club=replace(base.club, points_decimals=decimals),
    )


def _pay(basket: Basket, here: Catalogue, parts: list[tuple[str, int]]) -> Basket:
    """Pay in parts, each with its surcharge; cash in whole coins; the rest in cash."""
    for medium, share in parts:
        due = totals(basket, here).due
        part = Money(due.minor * share // 500 * 5)
        if part <= NIL:
            continue
        if medium == "cash":
            offered = part_cash(due, part, 5, "cash")  # takes all that is due where its coins cover it, rounded (R79)
            basket = taken(basket, by_medium(basket, here, medium, offered.amount, at_us=SUNDAY), offered)
        else:
            charge = by_medium(basket, here, medium, part, at_us=SUNDAY)
            reference = "" if medium == "card" else f"{medium}-1"
            basket = taken(basket, charge, exact(charge.to_take, charge.to_take, medium, KINDS[medium], reference))
    due = totals(basket, here).due
    if due > NIL:
        basket = taken(basket, by_medium(basket, here, "cash", due, at_us=SUNDAY), take_cash(due, due + due, 5, "cash"))
    return basket


def _sell(
    here: Catalogue,
    products: list[str],
    *,
    off: int,
    ticks: int,
    by_amount: int,
    tip: int,
    parts: list[tuple[str, int]],
) -> Sale:
    basket = rung_up(here, *products, member=True, at_us=SUNDAY)
    basket = with_discount(basket, 1, min(off, basket.lines[0].gross.minor))
    rows = options(basket.lines, classification=ONE, catalogue=here, available=whole(12_420))
    ticked = frozenset(row.n for row in rows.rows if not row.reason and ticks >> row.n & 1)
    basket = use_points(basket, rows, ticked) if ticked else basket
    most = open_screen(basket, [points_account()], catalogue=here).options[0].usable
    basket = by_points_amount(basket, most.minor * by_amount // 100, here)
    if tip:
        basket = with_line(basket, tip_line("Tip", Money(tip), catalogue=here, at_us=SUNDAY))
    return final(_pay(with_days(basket, here), here, parts), here, at_us=SUNDAY)


def _refunds(sale: Sale, here: Catalogue, picks: list[tuple[int, int]]) -> list[Refund]:
    """Refund unit by unit as drawn, then all that is left in one."""
    done: list[Refund] = []
    for line, units in picks:
        left = {n: k for n, k in left_of(sale, done).items() if k}
        if not left:
            break
        n = sorted(left)[line % len(left)]
        at = made(f"refund-{len(done)}", SUNDAY + 1)
        done.append(refund(sale, done, {n: min(units, left[n])}, made=at, catalogue=here))
    left = {n: k for n, k in left_of(sale, done).items() if k}
    if left:
        done.append(refund(sale, done, left, made=made("refund-last", SUNDAY + 1), catalogue=here))
    return done


def _books(found: list[Posting]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for posting in found:
        sums[posting.account] += posting.amount.minor
    return {account: minor for account, minor in sums.items() if minor}


def _handed(tenders: tuple[Tender, ...]) -> dict[str, int]:
    return {tender.media_id: (tender.amount + tender.rounding).minor for tender in tenders}


products = st.lists(st.sampled_from(["jug", "ale", "mint", "free", "parma", "cap"]), min_size=1, max_size=8)
parts = st.lists(st.tuples(st.sampled_from(["card", "gift", "account", "cash"]), st.integers(1, 90)), max_size=4)
picks = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=6)


@given(
    products, st.integers(0, 900), st.integers(0, 63), st.sampled_from([0, 0, 33, 100]), st.sampled_from([0, 250]),
    parts, picks, st.booleans(), st.booleans(), st.sampled_from([0, 2]),
)  # fmt: skip
def test_refunds_sum_to_the_sale(  # noqa: PLR0917 - what Hypothesis draws
    sold: list[str], off: int, ticks: int, by_amount: int, tip: int, paid: list[tuple[str, int]],
    back: list[tuple[int, int]], expensed: bool, surcharged: bool, decimals: int,
) -> None:  # fmt: skip
    """R40, R41, R79, R97, R103, D42: in money, tax, points and award, and the books of both together are nil."""
    here = _here(expensed=expensed, surcharged=surcharged, decimals=decimals)
    sale = _sell(here, sold, off=off, ticks=ticks, by_amount=by_amount, tip=tip, parts=paid)
    done = _refunds(sale, here, back)
    assert total([one.total for one in done]) == sale.total
    assert total([one.tax_total for one in done]) == sale.tax_total
    assert total([one.points_value for one in done]) == sale.points_value
    assert sum(one.points_back.hundredths for one in done) == sale.points_used.hundredths
    assert sum(one.award_back.hundredths for one in done) == sale.award.hundredths
    entries = [entry for one in done for entry in entries_of_refund(one)]
    assert sum(entry.amount_h for entry in entries) == sale.points_used.hundredths + sale.award.hundredths
    books = [posting for one in done for posting in postings_of_refund(one)]
    assert _books([*postings(sale), *books]) == {}
    assert all(sum(p.amount.minor for p in postings_of_refund(one)) == 0 for one in done)
    assert all(t.amount >= NIL for one in done for t in one.tenders)
    assert all(p.amount_h >= 0 for p in entries)


@given(products, st.integers(0, 900), st.integers(0, 63), parts, picks, st.booleans(), st.sampled_from([0, 2]))
def test_each_refund_is_what_the_oracle_says(  # noqa: PLR0917 - what Hypothesis draws
    sold: list[str], off: int, ticks: int, paid: list[tuple[str, int]], back: list[tuple[int, int]], expensed: bool,
    decimals: int,
) -> None:  # fmt: skip
    """R40, R41, R79, D42: every part of every sequence, beside plain integers written down a second time."""
    here = _here(expensed=expensed, surcharged=False, decimals=decimals)
    sale = _sell(here, sold, off=off, ticks=ticks, by_amount=0, tip=0, parts=paid)
    earned = {one.n: one.exact_h for one in sale.earned}
    lines = [
        SoldLine(
            n=line.n,
            qty=line.qty,
            gross=line.gross.minor,
            discount=line.discount.minor,
            tax=tax.minor,
            tax_added=not line.tax_inclusive,
            points_discount=line.by_points.discount.minor if line.by_points else 0,
            by_points=line.by_points is not None,
            points_h=line.points_used.hundredths,
            exact_h=earned.get(line.n, Fraction(0)),
        )
        for line, tax in zip(sale.lines, sale.line_taxes, strict=True)
    ]
    grain = 100 if decimals == 0 else 1
    oracle = Till(lines, [(t.media_id, t.amount.minor) for t in sale.taken], grain, here.venue.cash_step_minor)
    for one in _refunds(sale, here, back):
        told = oracle.refund({line.line.n: line.qty for line in one.lines})
        assert (one.total.minor, one.tax_total.minor, one.points_value.minor) == (
            told.total,
            told.tax,
            told.points_value,
        )
        assert (one.points_back.hundredths, one.award_back.hundredths) == (told.points_h, told.award_h)
        assert _handed(one.given) == told.media


@given(products, st.integers(0, 900), st.integers(0, 63), st.sampled_from([0, 250]), parts, st.booleans())
def test_a_sale_balances_and_its_void_undoes_it(  # noqa: PLR0917 - what Hypothesis draws
    sold: list[str], off: int, ticks: int, tip: int, paid: list[tuple[str, int]], expensed: bool
) -> None:
    """R42, R69, R71, R79, R81, R103: tenders sum to the sale, postings to nil, with the void's to nothing."""
    here = _here(expensed=expensed, surcharged=True, decimals=0)
    sale = _sell(here, sold, off=off, ticks=ticks, by_amount=0, tip=tip, parts=paid)
    books = sale.gross if sale.expensed else sale.gross - sale.discount
    added = total([tax for line, tax in zip(sale.lines, sale.line_taxes, strict=True) if not line.tax_inclusive])
    assert total([t.amount for t in sale.tenders]) == books + added
    assert total([t.amount for t in sale.taken]) + sale.points_value == sale.total
    assert sum(p.amount.minor for p in postings(sale)) == 0
    assert all(t.rounding == NIL for t in sale.tenders if t.kind is not MediaKind.CASH)
    tips = [line.net.minor for line in sale.lines if line.kind is ProductKind.TIP]
    owed = [-p.amount.minor for p in postings(sale) if p.account == "owed:tips"]
    assert owed == tips
    undone = void(sale, made=made("void-1", SUNDAY + 1), catalogue=here)
    assert _books([*postings(sale), *undone.postings]) == {}
    assert sum(e.amount_h for e in undone.entries) == sale.points_used.hundredths + sale.award.hundredths
