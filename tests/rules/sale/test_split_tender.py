"""Split tender, media that give no change, cash rounding by currency (R44, R71, R79), and peers' figures for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.product import MediaKind, TaxCode
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import set_qty, tender, totals, use_points
from clubtill_rules.sale.posting import Posting, postings
from clubtill_rules.sale.rounding import cash_total, smallest_coin
from clubtill_rules.sale.tender import Tender, card, charge, exact, part_cash, take_cash
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.counter import counter, final, in_cash, paid_with, product, rung_up
from tests.rules.sale.larkspur import BRONZE, GOLD


def test_an_account_takes_an_exact_part() -> None:
    """R71, R100: 15.00 of 40.00 on the account, which is named; no change, no rounding."""
    assert charge(Money(4000), Money(1500), "account", "jean-account") == Tender(
        media_id="account", kind=MediaKind.ACCOUNT, amount=Money(1500), given=Money(1500), reference="jean-account"
    )
    assert card(Money(4000), Money(4000), "card") == Tender(
        media_id="card", kind=MediaKind.CARD, amount=Money(4000), given=Money(4000)
    )


@pytest.mark.parametrize("kind", [MediaKind.CARD, MediaKind.ACCOUNT, MediaKind.GIFT_CARD])
@pytest.mark.parametrize(
    ("due", "amount", "code", "facts"),
    [
        pytest.param(0, 1, "tender.nothing_due", {}, id="nothing due"),
        pytest.param(100, 0, "tender.no_amount", {}, id="nothing"),
        pytest.param(100, -1, "tender.no_amount", {}, id="less than nothing"),
        pytest.param(100, 101, "tender.too_much", {"amount": Money(101), "due": Money(100)}, id="a cent too much"),
    ],
)
def test_media_without_change(kind: MediaKind, due: int, amount: int, code: str, facts: dict[str, object]) -> None:
    """R71, R102: no medium but cash gives change."""
    with pytest.raises(Refusal) as refused:
        exact(Money(due), Money(amount), "m", kind)
    assert (refused.value.code, refused.value.facts) == (code, facts)
    assert exact(Money(100), Money(100), "m", kind).amount == Money(100)
    assert exact(Money(1), Money(1), "m", kind).amount == Money(1)


def test_cash_that_covers_the_rest_is_the_final_part() -> None:
    """R79: of 23.96 a part of 23.90; 23.95 is all of it in coins; of 23.98 the 23.98 falls two cents short of 24.00."""
    assert part_cash(Money(2396), Money(2390), 5, "till") == Tender(
        media_id="till", kind=MediaKind.CASH, amount=Money(2390), given=Money(2390)
    )
    assert part_cash(Money(2396), Money(2395), 5, "till") == Tender(
        media_id="till", kind=MediaKind.CASH, amount=Money(2396), given=Money(2395), rounding=Money(-1)
    )
    with pytest.raises(Refusal) as refused:
        part_cash(Money(2398), Money(2398), 5, "till")
    assert (refused.value.code, refused.value.facts) == (
        "tender.too_little",
        {"given": Money(2398), "missing": Money(2)},
    )


def test_several_media_in_order_sum_to_the_sale() -> None:
    """R71, R79: 10.00 account, 20.00 card, 5.00 cash, 4.98 cash as 5.00: the order is kept and only the last rounds."""
    here = counter([product("plate", 3998)])
    basket = paid_with(
        rung_up(here, "plate"),
        charge(Money(3998), Money(1000), "account", "a"),
        card(Money(2998), Money(2000), "card"),
        part_cash(Money(998), Money(500), 5, "cash"),
    )
    sale = final(in_cash(basket, here), here)
    assert [(t.media_id, t.amount, t.rounding) for t in sale.tenders] == [
        ("account", Money(1000), NIL),
        ("card", Money(2000), NIL),
        ("cash", Money(500), NIL),
        ("cash", Money(498), Money(2)),
    ]
    assert postings(sale) == (
        Posting(account="sales", amount=Money(-3998)),
        Posting(account="media:account", amount=Money(1000)),
        Posting(account="media:card", amount=Money(2000)),
        Posting(account="media:cash", amount=Money(1000)),
        Posting(account="rounding", amount=Money(-2)),
    )


def test_points_after_other_payments_fit_into_what_is_due() -> None:
    """R71: 20.00 by card of 52.00 leaves 32.00: the crate of 12.00 may be ticked, the meal of 40.00 not."""
    here = counter([product("meal", 4000), product("crate", 1200)], classifications={3: GOLD, 1: BRONZE})
    basket = rung_up(here, "meal", "crate", member=True)
    basket = tender(basket, card(Money(5200), Money(2000), "card"))
    rows = options(basket.lines, classification=BRONZE, catalogue=here, available=whole(12_420))
    assert totals(use_points(basket, rows, frozenset({2})), here).due == Money(2000)
    with pytest.raises(Refusal) as refused:
        use_points(basket, rows, frozenset({1}))
    assert (refused.value.code, refused.value.facts) == ("points.other_tenders", {"paid": Money(2000)})


def test_rounding_comes_after_points() -> None:
    """R79: 7.38 less 500 points at 100 is 2.38; in cash 2.40."""
    here = counter([product("ale", 500), product("nuts", 238)], classifications={3: BRONZE})
    basket = rung_up(here, "ale", "nuts", member=True)
    rows = options(basket.lines, classification=BRONZE, catalogue=here, available=whole(12_420))
    sums = totals(use_points(basket, rows, frozenset({1})), here)
    assert (sums.total, sums.due, sums.cash_due, sums.cash_rounding) == (
        Money(738),
        Money(238),
        Money(240),
        Money(2),
    )


@pytest.mark.example("E11")
def test_a_bill_paid_whole_by_points_leaves_no_rounding() -> None:
    """R79: 100.60 at 10 points per dollar is 1,006 points; nothing is left that cash could round."""
    bronze = replace(BRONZE, redemption_ratio=10)
    here = counter([product("bill", 10_060)], classifications={3: bronze})
    basket = rung_up(here, "bill", member=True)
    rows = options(basket.lines, classification=bronze, catalogue=here, available=whole(10_000))
    sums = totals(use_points(basket, rows, frozenset({1})), here)
    assert (sums.points_used, sums.due, sums.cash_due, sums.cash_rounding) == (whole(1006), NIL, NIL, NIL)


@pytest.mark.parametrize(
    ("currency", "coin"),
    [("AUD", 5), ("NZD", 10), ("KWD", 5), ("JPY", 0), ("USD", 0), ("CAD", 5), ("CHF", 5), ("SEK", 100), ("NOK", 100)],
)
def test_the_smallest_coin(currency: str, coin: int) -> None:
    """R79: what set-up offers by currency."""
    assert smallest_coin(currency) == coin


@pytest.mark.parametrize(
    ("currency", "exact_minor", "cash"),
    [
        pytest.param("NZD", 1234, 1230, id="New Zealand down"),
        pytest.param("NZD", 1235, 1240, id="New Zealand tie up"),
        pytest.param("JPY", 501, 501, id="yen as they are"),
        pytest.param("KWD", 1252, 1250, id="fils down"),
        pytest.param("KWD", 1253, 1255, id="fils up"),
        pytest.param("AUD", 1, 0, id="a cent is nothing"),
        pytest.param("AUD", 3, 5, id="three cents are a coin"),
    ],
)
def test_cash_by_currency(currency: str, exact_minor: int, cash: int) -> None:
    """R79, R1: to the nearest coin of currencies with 0, 2 and 3 decimals."""
    assert cash_total(Money(exact_minor), smallest_coin(currency)) == Money(cash)


@pytest.mark.example("T2")
def test_change_of_a_large_sale() -> None:
    """R79, R97: 500 at 12.00 and one at 36.00, 21 % inside; 6,100.00 given, change 64.00. Tax by line is 1,047.57."""
    here = counter(
        [product("stool", 1200, tax_code_id="btw"), product("table", 3600, tax_code_id="btw")],
        tax_codes={"btw": TaxCode(id="btw", name="BTW 21 %", rate_bp=2100)},
    )
    basket = set_qty(rung_up(here, "stool", "table"), 1, 500, here)
    sale = final(tender(basket, take_cash(totals(basket, here).due, Money(610_000), 5, "cash")), here)
    assert (sale.total, sale.change, sale.tax_total) == (Money(603_600), Money(6400), Money(104_757))


@given(
    st.integers(1, 10**6),
    st.lists(st.tuples(st.sampled_from(["card", "cash", "account"]), st.integers(1, 10**6)), max_size=5),
    st.sampled_from([0, 5, 10, 100]),
)
def test_split_tenders_sum_to_what_was_due(due_minor: int, parts: list[tuple[str, int]], coin: int) -> None:
    """R71, R79: whatever the parts and the coin, amounts sum to the sale, at most one part rounds, no medium over."""
    due, found = Money(due_minor), []
    for medium, minor in parts:
        amount = min(Money(minor), due)
        if amount <= NIL:
            break
        if medium == "cash":
            step = part_cash(due, Money(cash_total(amount, coin).minor or max(coin, 1)), coin, "cash")
        else:
            step = exact(due, amount, medium, MediaKind.CARD)
        found.append(step)
        due -= step.amount
    if due > NIL:
        found.append(take_cash(due, due + Money(coin), coin, "cash"))
    assert total([t.amount for t in found]) == Money(due_minor)
    assert all(t.given - t.change == t.amount + t.rounding for t in found)
    assert all(t.rounding == NIL == t.change for t in found[:-1])
    assert 2 * abs(sum(t.rounding.minor for t in found)) <= max(coin, 1)
