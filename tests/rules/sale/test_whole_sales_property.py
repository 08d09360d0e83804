"""Whole sales from the first line to the last refund: books and account end where they began (R40, R41, R68-R79, R97).

Points Pay, Item Point Offers, Charge / Redemption, discounts, surcharges by day and by medium, tips and split tenders
are drawn together; every sale goes through the acts that a terminal has, its entries through the fold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import ManualDiscount
from clubtill_rules.goods.point_offer import ItemPointOffer
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.goods.surcharge import Surcharge
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.charging import ChargeAccount, ChargeKind, clear, use
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, fold
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.account_charges import charge_accounts, open_screen
from clubtill_rules.sale.basket import Basket, totals, use_points, void_tenders
from clubtill_rules.sale.extra_lines import tip_line, with_line
from clubtill_rules.sale.item_offers import take
from clubtill_rules.sale.line_changes import discount_line, discount_sale
from clubtill_rules.sale.posting import Posting, entries, entries_of_refund, postings, postings_of_refund
from clubtill_rules.sale.refunding import Refund, left_of, refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.surcharging import by_medium, taken, with_days
from clubtill_rules.sale.tender import exact, part_cash, take_cash
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.counter import SUNDAY, counter, final, made, points_account, product, rung_up
from tests.rules.sale.larkspur import GOLD, lease

GOODS: Final = (
    product("jug", 333, family_id="beer"),
    product("ale", 850, family_id="beer"),
    product("mint", 101, tax_code_id="vat"),
    product("vase", 1999, tax_code_id="vat", family_id="goods"),
    product("free", 0),
)
ONE: Final = replace(GOLD, member_prices=(), points_multiplier_h=150, redemption_ratio=75)
SURCHARGES: Final = (
    Surcharge(id="sunday", name="Sunday", rate_bp=1030, tax_code_id="vat", weekdays=(6,)),
    Surcharge(id="card-fee", name="Card fee", rate_bp=170, tax_code_id="gst", media=("card",)),
    Surcharge(id="account-fee", name="Account fee", rate_bp=90, tax_code_id="vat", media=("account",)),
)
OFFERS: Final = (
    ItemPointOffer(id="ale", product_id="ale", points=101, price=Money(555)),
    ItemPointOffer(id="vase", product_id="vase", points=700, price=Money(1111)),
)
KINDS: Final = {"card": MediaKind.CARD, "gift": MediaKind.GIFT_CARD}
HELD: Final = 9_000
FAMILY: Final = ChargeAccount(account_id="family", name="Family", kind=ChargeKind.MONEY, available=Money(100_000))
DAY: Final = date(2026, 11, 22)


def _here(
    *, expensed: bool, surcharged: bool, decimals: int, points_tax: PointsTax, families: tuple[str, ...]
) -> Catalogue:
    base = counter(GOODS)
    media = "expense" if expensed else None
    return replace(
        base,
        classifications={3: replace(ONE, discount_expense_media=media, account_charge_families=families)},
        surcharges=SURCHARGES if surcharged else (),
        club=replace(base.club, points_decimals=decimals),
        venue=replace(base.venue, points_tax=points_tax),
        item_point_offers=OFFERS,
    )


settings = st.builds(
    _here,
    expensed=st.booleans(),
    surcharged=st.booleans(),
    decimals=st.sampled_from([0, 2]),
    points_tax=st.sampled_from(PointsTax),
    families=st.sampled_from([(), ("beer",), ("beer", "bistro", "goods")]),
)
products = st.lists(st.sampled_from(["jug", "ale", "mint", "vase", "free", "parma"]), min_size=1, max_size=8)
discounts = st.tuples(st.sampled_from(["none", "line", "sale"]), st.integers(1, 300))
bits = st.integers(0, 63)
charges = st.tuples(st.sampled_from([0, 0, 40, 100]), st.sampled_from([0, 0, 30, 100]))
parts = st.lists(st.tuples(st.sampled_from(["card", "gift", "cash"]), st.integers(1, 90)), max_size=3)
picks = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), max_size=6)


def _discounted(basket: Basket, here: Catalogue, kind: str, minor: int) -> Basket:
    off = ManualDiscount(amount=Money(minor), reason="spilt")
    try:
        if kind == "line":
            return discount_line(basket, 1, off, here)
        return discount_sale(basket, off, here) if kind == "sale" else basket
    except Refusal:
        return basket


def _with_offers(basket: Basket, here: Catalogue, wanted: int) -> Basket:
    for line in basket.lines:
        if wanted >> line.n & 1 and line.product_id in {"ale", "vase"} and not line.discount:
            basket = take(basket, line.n, line.product_id, catalogue=here, available=whole(HELD))
    return basket


def _with_points_pay(basket: Basket, here: Catalogue, wanted: int) -> Basket:
    rows = options(basket.lines, classification=here.classifications[3], catalogue=here, available=whole(HELD))
    ticked = frozenset(row.n for row in rows.rows if not row.reason and wanted >> row.n & 1)
    return use_points(basket, rows, ticked) if ticked else basket


def _charged(basket: Basket, here: Catalogue, shares: tuple[int, int]) -> Basket:
    """Charge a share of what points may take, then of what the family's account may, and see that it can be undone."""
    screen = open_screen(basket, [points_account(HELD), FAMILY], catalogue=here)
    for account, share in zip(("jean-account", "family"), shares, strict=True):
        usable = next(one.usable for one in clear(screen, account).options if one.account.account_id == account)
        if part := Money(usable.minor * share // 100):
            screen = use(screen, account, part)
    done = charge_accounts(basket, screen, catalogue=here, at_us=SUNDAY)
    assert totals(done, here).points_used == screen.setting.used + screen.points
    undone = void_tenders(replace(done, by_amount=None))
    assert replace(undone, next_n=basket.next_n) == basket
    return done


def _paid(basket: Basket, here: Catalogue, split: list[tuple[str, int]]) -> Basket:
    """Pay in parts, each with its surcharge; cash in whole coins; the rest in cash."""
    for medium, share in split:
        due = totals(basket, here).due
        part = Money(due.minor * share // 500 * 5)
        if part > NIL:
            if medium == "cash":
                coins = part_cash(due, part, 5, "cash")
                basket = taken(basket, by_medium(basket, here, medium, coins.amount, at_us=SUNDAY), coins)
            else:
                charge = by_medium(basket, here, medium, part, at_us=SUNDAY)
                reference = "gift-1" if medium == "gift" else ""
                basket = taken(basket, charge, exact(charge.to_take, charge.to_take, medium, KINDS[medium], reference))
    due = totals(basket, here).due
    if due > NIL:
        basket = taken(basket, by_medium(basket, here, "cash", due, at_us=SUNDAY), take_cash(due, due + due, 5, "cash"))
    return basket


def refunds_of(sale: Sale, here: Catalogue, wanted: list[tuple[int, int]]) -> list[Refund]:
    """Refund as drawn, then all that is left in one."""
    done: list[Refund] = []
    for line, units in wanted:
        left = {n: k for n, k in left_of(sale, done).items() if k}
        if left:
            n = sorted(left)[line % len(left)]
            at = made(f"refund-{len(done)}", SUNDAY + 1 + len(done))
            done.append(refund(sale, done, {n: min(units, left[n])}, made=at, catalogue=here))
    left = {n: k for n, k in left_of(sale, done).items() if k}
    if left:
        done.append(refund(sale, done, left, made=made("refund-last", SUNDAY + 100), catalogue=here))
    return done


def _books(found: list[Posting]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for posting in found:
        sums[posting.account] += posting.amount.minor
    return {account: minor for account, minor in sums.items() if minor}


def _account(*found: Entry) -> Fold:
    """Fold Jean's account: 12,420 points, a lease of what this till holds, and what came of the sale."""
    opening = Entry(
        event_id="opening", leg=0, kind=EntryKind.AWARD, account_id="jean-account", amount_h=1_242_000,
        eff_us=SUNDAY - 2, day=DAY, earn_day=DAY,
    )  # fmt: skip
    granted = Entry(
        event_id="grant", leg=0, kind=EntryKind.LEASE_GRANT, account_id="jean-account", amount_h=HELD * 100,
        eff_us=SUNDAY - 1, day=DAY, lease_id="lease-1",
    )  # fmt: skip
    return fold([opening, granted, *found], as_of=DAY, refund_grace_days=30)


def whole_basket(  # noqa: PLR0917 - what Hypothesis draws
    here: Catalogue, sold: list[str], off: tuple[str, int], wanted: tuple[int, int], shares: tuple[int, int], tip: int,
    split: list[tuple[str, int]],
) -> Basket:  # fmt: skip
    """Ring up what was drawn with every act that a terminal has, and pay it in full."""
    basket = _discounted(rung_up(here, *sold, member=True, at_us=SUNDAY), here, *off)
    basket = with_days(_with_points_pay(_with_offers(basket, here, wanted[0]), here, wanted[1]), here)
    if tip:
        basket = with_line(basket, tip_line("Tip", Money(tip), catalogue=here, at_us=SUNDAY))
    return _paid(_charged(basket, here, shares), here, split)


@given(settings, products, discounts, bits, bits, charges, st.sampled_from([0, 250]), parts, picks)
def test_a_whole_sale_and_its_refunds_leave_nothing(  # noqa: PLR0917 - what Hypothesis draws
    here: Catalogue, sold: list[str], off: tuple[str, int], offers: int, ticks: int, shares: tuple[int, int], tip: int,
    split: list[tuple[str, int]], back: list[tuple[int, int]],
) -> None:  # fmt: skip
    """R1, R40, R41, R69, R71, R72, R74, R76, R79, R97, R103: every sum closes, to the cent and to the hundredth."""
    basket = whole_basket(here, sold, off, (offers, ticks), shares, tip, split)
    sums = totals(basket, here)
    sale = final(basket, here, lease(HELD), at_us=SUNDAY)

    assert (sale.points_used, sale.award, sale.tax, sale.total) == (
        sums.points_used, sums.earns.points, sums.tax, sums.total,
    )  # fmt: skip
    assert total([one.amount for one in sale.taken]) + sale.points_value == sale.total
    assert sum(one.amount.minor for one in postings(sale)) == 0
    assert sum(one.amount_h for one in sale.lease_spends) == sale.points_used.hundredths
    used = sale.points_used.hundredths
    after = _account(*entries(sale))
    assert (after.balance_h, after.deficit_h) == (1_242_000 - used + sale.award.hundredths, 0)

    done = refunds_of(sale, here, back)
    assert total([one.total for one in done]) == sale.total
    assert total([one.tax_total for one in done]) == sale.tax_total
    assert total([one.points_value for one in done]) == sale.points_value
    assert sum((one.points_back for one in done), Points(0)) == sale.points_used
    assert sum((one.award_back for one in done), Points(0)) == sale.award
    assert all(one.amount >= NIL for each in done for one in each.tenders)
    assert all(sum(p.amount.minor for p in postings_of_refund(one)) == 0 for one in done)
    assert _books([*postings(sale), *(p for one in done for p in postings_of_refund(one))]) == {}
    whole_story = _account(*entries(sale), *(entry for one in done for entry in entries_of_refund(one)))
    assert (whole_story.balance_h, whole_story.deficit_h, whole_story.flags) == (1_242_000, 0, {})
