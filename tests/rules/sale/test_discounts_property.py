"""Properties of discounts: as in plain integers, sums exact, nothing below nil, the order of acts irrelevant."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import (
    Combo,
    ComboPart,
    Covers,
    Discount,
    DiscountLimit,
    LimitBy,
    LimitType,
    MixAndMatch,
    Per,
    Trigger,
    VoucherOff,
)
from clubtill_rules.goods.line import DiscountKind, ManualDiscount
from clubtill_rules.sale.basket import Basket, add, attach, detach, remove, set_qty, totals
from clubtill_rules.sale.discounts.giving import discounted
from clubtill_rules.sale.discounts.triggers import Buyer
from clubtill_rules.sale.handed_over import with_vouchers
from clubtill_rules.sale.line_changes import discount_sale, split
from clubtill_rules.values.money import NIL, Money, total
from tests.rules.sale import discounts_oracle as oracle
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, jeans_account, priced, rung, selling

NAMES = ("ale", "burger", "chips", "dip", "eclair")
GOODS = st.frozensets(st.sampled_from(NAMES), min_size=1)
CENTS = st.integers(0, 3000)
PERIOD = DiscountLimit(type=LimitType.AMOUNT, by=LimitBy.CLUB, starts=date(2026, 1, 1), value=700)

singles = st.one_of(
    st.fixed_dictionaries({"bp": st.integers(1, 12_000)}),
    st.fixed_dictionaries({"unit": st.integers(1, 900)}),
    st.fixed_dictionaries({"line": st.integers(1, 900)}),
    st.fixed_dictionaries({"once": st.integers(1, 2500)}),
)
mixes = st.one_of(
    st.fixed_dictionaries({"price": CENTS}),
    st.fixed_dictionaries({"less": st.integers(1, 900)}),
    st.fixed_dictionaries({"bp": st.integers(1, 10_000), "cheapest": st.integers(0, 3)}),
)


def _with(kind: str, goods: frozenset[str], more: dict[str, object]) -> dict[str, object]:
    return {"kind": kind, "goods": goods, **more}


@st.composite
def offers(draw: st.DrawFn) -> list[dict[str, object]]:
    """Draw a handful of offers, each with an id of its own."""
    found: list[dict[str, object]] = []
    for number in draw(st.permutations(range(draw(st.integers(0, 6))))):
        kind = draw(st.sampled_from(("special", "scheme", "sale", "mix", "combo")))
        if kind == "mix":
            one = {**_with(kind, draw(GOODS), draw(mixes)), "n": draw(st.integers(1, 4))}
        elif kind == "combo":
            parts = draw(st.lists(st.tuples(GOODS, st.integers(1, 2)), min_size=1, max_size=3))
            one = {"kind": kind, "parts": parts, "price": draw(CENTS)}
        else:
            one = _with(kind, draw(GOODS), draw(singles))
        found.append({**one, "id": f"o{number}"})
    return found


def _covers(goods: object) -> Covers:
    return Covers(products=tuple(sorted(goods)))  # type: ignore[call-overload] - a set of names


def _discount(one: dict[str, object]) -> Discount:
    per = next((key for key in ("unit", "line", "once") if key in one), "")
    return Discount(
        id=str(one["id"]),
        name=str(one["id"]),
        kind=DiscountKind(one["kind"]),
        rate_bp=one.get("bp", 0),  # type: ignore[arg-type] - a table's columns
        amount=Money(one.get(per, 0)),  # type: ignore[arg-type] - a table's columns
        per={"unit": Per.UNIT, "line": Per.LINE, "once": Per.SALE, "": Per.UNIT}[per],
        covers=_covers(one["goods"]),
    )


def _mix(one: dict[str, object]) -> MixAndMatch:
    return MixAndMatch(
        id=str(one["id"]),
        name=str(one["id"]),
        n=one["n"],  # type: ignore[arg-type] - a table's columns
        covers=_covers(one["goods"]),
        price=Money(one["price"]) if "price" in one else None,  # type: ignore[arg-type] - a table's columns
        amount=Money(one.get("less", 0)),  # type: ignore[arg-type] - a table's columns
        rate_bp=one.get("bp", 0),  # type: ignore[arg-type] - a table's columns
        cheapest=one.get("cheapest", 0),  # type: ignore[arg-type] - a table's columns
    )


def _combo(one: dict[str, object]) -> Combo:
    return Combo(
        id=str(one["id"]),
        name=str(one["id"]),
        parts=tuple(ComboPart(covers=_covers(goods), qty=qty) for goods, qty in one["parts"]),  # type: ignore[attr-defined]
        price=Money(one["price"]),  # type: ignore[arg-type] - a table's columns
    )


def _place(prices: tuple[int, ...], offered: list[dict[str, object]], **more: object) -> Catalogue:
    kinds = ("special", "scheme", "sale")
    return selling(
        *(priced(name, cents) for name, cents in zip(NAMES, prices, strict=True)),
        discounts=tuple(_discount(one) for one in offered if one["kind"] in kinds),
        mix_and_match=tuple(_mix(one) for one in offered if one["kind"] == "mix"),
        combos=tuple(_combo(one) for one in offered if one["kind"] == "combo"),
        **more,
    )


prices = st.tuples(*[st.integers(1, 2500)] * 5)
bought = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 7)), min_size=1, max_size=5, unique_by=lambda b: b[0]
)


def _bought(wanted: list[tuple[str, int]], here: Catalogue) -> Basket:
    basket = rung(*(name for name, _ in wanted), here=here)
    for line, (_, qty) in zip(basket.lines, wanted, strict=True):
        basket = set_qty(basket, line.n, qty, here)
    return basket


@given(prices, bought, offers())
def test_discounts_are_those_of_plain_integers(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], offered: list[dict[str, object]]
) -> None:
    """R98: kind, offer and cents of every line are the oracle's, which counts one unit at a time."""
    basket = _bought(wanted, _place(costs, offered))
    plain = [(line.n, line.product_id, line.unit_price.minor, line.qty) for line in basket.lines]
    kinds = {DiscountKind.MIX_AND_MATCH: "mix", DiscountKind.COMBO: "combo"}
    assert {
        line.n: (kinds.get(line.discount_kind, line.discount_kind.value), line.discount_id, line.discount.minor)
        for line in basket.lines
        if line.discount_kind is not None
    } == oracle.discounts(plain, offered)


@given(prices, bought, offers())
def test_no_discount_costs_a_cent_or_gives_one_too_many(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], offered: list[dict[str, object]]
) -> None:
    """R98: lines sum to the total, none is below nil, and no offer makes a sale dearer than without it."""
    here = _place(costs, offered)
    basket = _bought(wanted, here)
    sums = totals(basket, here)
    assert total([line.net for line in basket.lines]) == sums.total == sums.gross - sums.discount
    assert all(NIL <= line.net <= line.gross for line in basket.lines)
    assert all(bool(line.discount) is (line.discount_kind is not None) for line in basket.lines)
    assert all(0 < line.discount_qty <= line.qty for line in basket.lines if line.discount_kind is not None)
    reasons = {why.facts["line"]: why for why in basket.because}
    assert set(reasons) == {line.n for line in basket.lines if line.discount_kind is not None}
    assert all(reasons[line.n].facts["discount"] == line.discount for line in basket.lines if line.n in reasons)
    assert all(why.working is not None and why.working.result == why.facts["discount"] for why in basket.because)


@given(prices, bought, offers(), st.randoms(use_true_random=False))
def test_the_order_of_scans_and_of_the_member_does_not_matter(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], offered: list[dict[str, object]], chance: random.Random
) -> None:
    """R29, R98: scanned in any order, the member first or last, on and off again, with a detour: the same total."""
    members = [{**one, "members": True} for one in offered]
    here = _place(costs, members)
    here = replace(here, discounts=tuple(replace(d, trigger=Trigger(classifications=())) for d in here.discounts))
    units = [name for name, qty in wanted for _ in range(qty)]
    first = attach(rung(*units, here=here), JEAN, jeans_account(), WELCOME, here)

    chance.shuffle(units)
    other = attach(Basket(sale_id="sale-1042"), JEAN, jeans_account(), WELCOME, here)
    for name in units:
        other = add(other, name, catalogue=here, at_us=NOW)
    detour = add(detach(first, here), units[0], catalogue=here, at_us=NOW)
    back = attach(detour, JEAN, jeans_account(), WELCOME, here)
    line = next(line for line in back.lines if line.product_id == units[0])
    back = set_qty(back, line.n, line.qty - 1, here) if line.qty > 1 else remove(back, line.n, here)

    assert totals(other, here).total == totals(first, here).total
    assert (back.lines, back.because) == (first.lines, first.because)


@given(prices, bought, st.lists(st.tuples(GOODS, st.integers(1, 2)), min_size=1, max_size=3), CENTS)
def test_a_combo_is_never_dearer_than_its_parts(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], parts: list[tuple[frozenset[str], int]], cents: int
) -> None:
    """R98: with a combo the sale comes to its goods or less; all of it in sets, it comes to that many combos."""
    one: dict[str, object] = {"kind": "combo", "id": "c", "parts": parts, "price": cents}
    basket = _bought(wanted, _place(costs, [one]))
    size = sum(qty for _, qty in parts)
    units = sum(line.discount_qty for line in basket.lines)
    in_sets = sum(line.unit_price.minor * line.discount_qty for line in basket.lines)
    off = sum(line.discount.minor for line in basket.lines)
    assert 0 <= off <= in_sets
    if all(line.discount_qty == line.qty for line in basket.lines):  # every unit is in a set, and each share shows
        assert units % size == 0
        assert in_sets - off == cents * (units // size)


@given(
    prices,
    bought,
    offers(),
    st.tuples(st.sampled_from(LimitType), st.sampled_from(LimitBy), st.integers(0, 2000)),
    st.booleans(),
    st.one_of(st.none(), st.builds(ManualDiscount, rate_bp=st.integers(1, 10_000))),
    st.one_of(
        st.builds(VoucherOff, id=st.just("v"), name=st.just("v"), amount=st.builds(Money, st.integers(1, 5000))),
        st.builds(VoucherOff, id=st.just("v"), name=st.just("v"), free_product=st.sampled_from(NAMES)),
        st.builds(VoucherOff, id=st.just("v"), name=st.just("v"), rate_bp=st.integers(1, 10_000)),
    ),
)
def test_no_combination_of_settings_gives_more_than_its_limit_or_breaks(  # noqa: PLR0917 - one of each setting
    costs: tuple[int, ...],
    wanted: list[tuple[str, int]],
    offered: list[dict[str, object]],
    limited: tuple[LimitType, LimitBy, int],
    member: bool,
    manual: ManualDiscount | None,
    voucher: VoucherOff,
) -> None:
    """R94, R98, R102: with limits, a voucher and a discount by hand, lines stay within nil and limits hold."""
    kind, by, value = limited
    limit = replace(PERIOD, type=kind, by=by, value=value if kind is LimitType.AMOUNT else value % 9)
    here = _place(costs, offered)
    here = replace(
        here,
        discounts=tuple(replace(d, limit=limit) for d in here.discounts),
        mix_and_match=tuple(replace(m, limit=limit) for m in here.mix_and_match),
        combos=tuple(replace(c, limit=limit) for c in here.combos),
    )
    basket = with_vouchers(_bought(wanted, here), (voucher,), here)
    if member:
        basket = attach(basket, JEAN, jeans_account(), WELCOME, here)
    basket = discount_sale(basket, manual, here)
    assert all(NIL <= line.net <= line.gross for line in basket.lines)
    assert totals(basket, here).total == total([line.net for line in basket.lines])
    for entry in basket.tracked:
        assert entry.amount > NIL
        assert kind is not LimitType.AMOUNT or entry.amount.minor <= limit.value
        assert kind is not LimitType.TIMES or entry.times <= limit.value
    voucher_off = sum(line.discount.minor for line in basket.lines if line.discount_id == "v")
    assert not voucher.amount or voucher_off <= voucher.amount.minor
    assert (voucher_off > 0) is ("v" not in basket.idle)


@given(prices, bought, offers(), st.integers(0, 4), st.integers(1, 6))
def test_splitting_keeps_the_goods(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], offered: list[dict[str, object]], at: int, units: int
) -> None:
    """R68: splitting a line loses no unit and no cent of its gross, and leaves no line below nil."""
    here = _place(costs, offered)
    basket = _bought(wanted, here)
    line = basket.lines[at % len(basket.lines)]
    if units < line.qty:
        done = split(basket, line.n, units, here)
        assert totals(done, here).gross == totals(basket, here).gross
        assert sum(one.qty for one in done.lines) == sum(one.qty for one in basket.lines)
        assert all(one.net >= NIL for one in done.lines)


@given(prices, bought, offers())
def test_handing_out_again_changes_nothing(
    costs: tuple[int, ...], wanted: list[tuple[str, int]], offered: list[dict[str, object]]
) -> None:
    """R98: what lines had before counts for nothing, so the second time is the first."""
    here = _place(costs, offered)
    basket = _bought(wanted, here)
    again = discounted(basket.lines, catalogue=here, buyer=Buyer(), sale_id="sale-1042")
    assert (again.lines, again.because) == (basket.lines, basket.because)
    assert GOLD.number == JEAN.classification
