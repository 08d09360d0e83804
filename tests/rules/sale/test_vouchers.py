"""Vouchers: issued, checked, used once; of two uses one stands (R51, R90, R99, R102)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from clubtill_rules.goods.discount import Covers, VoucherOff
from clubtill_rules.sale.basket import totals
from clubtill_rules.sale.handed_over import with_vouchers
from clubtill_rules.sale.vouchers import USED_TWICE, Standing, Use, Voucher, VoucherKind, issue, standing, take
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from tests.rules.sale.counter import by_card, counter, final, product, rung_up

TODAY = date(2026, 11, 24)
FIVE = VoucherKind(id="five", name="Five off", amount=Money(500))
BIRTHDAY = VoucherKind(id="birthday", name="Birthday", free_product="cake", member_only=True)
HERE = counter([product("pasta", 1200)])


def voucher(**more: object) -> Voucher:
    """Give a voucher of five dollars, good today."""
    fields: dict[str, object] = {
        "number": "V-1",
        "kind": FIVE,
        "person_id": "",
        "first_day": TODAY,
        "last_day": TODAY,
        **more,
    }
    return Voucher(**fields)  # type: ignore[arg-type] - a table's columns


def test_issued_for_thirty_days_from_the_day_of_issue() -> None:
    """R51: that day counts; a voucher for anybody names nobody, one for members its member."""
    assert issue(FIVE, "V-1", day=TODAY, person_id="jean") == voucher(last_day=date(2026, 12, 23))
    assert issue(BIRTHDAY, "V-2", day=TODAY, person_id="jean") == Voucher(
        number="V-2", kind=BIRTHDAY, person_id="jean", first_day=TODAY, last_day=date(2026, 12, 23)
    )
    assert issue(replace(FIVE, days=1), "V-1", day=TODAY).last_day == TODAY
    with pytest.raises(Refusal) as refused:
        issue(BIRTHDAY, "V-2", day=TODAY)
    assert refused.value.code == "voucher.no_member"


def test_what_it_takes_off() -> None:
    """R102: an amount or percentage off what it names, or a free product, under its own number."""
    kind = VoucherKind(
        id="k",
        name="K",
        amount=Money(5),
        rate_bp=1000,
        free_product="cake",
        covers=Covers(products=("pasta",)),
    )
    assert take(voucher(kind=kind), day=TODAY, person_id="", offline=False) == VoucherOff(
        id="V-1",
        name="K",
        amount=Money(5),
        rate_bp=1000,
        free_product="cake",
        covers=Covers(products=("pasta",)),
    )


def test_a_kind_that_promises_nothing_yet() -> None:
    """R102: nothing set is nothing off, for anybody, not used."""
    kind = VoucherKind(id="k", name="K")
    one = issue(kind, "V-3", day=TODAY, person_id="jean")
    assert (one.used_by, one.person_id, kind.member_only, kind.days) == ("", "", False, 30)
    assert take(one, day=TODAY, person_id="", offline=False) == VoucherOff(
        id="V-3", name="K", amount=Money(0), rate_bp=0, free_product="", covers=Covers()
    )


@pytest.mark.parametrize(
    ("one", "person_id", "offline", "code", "facts"),
    [
        pytest.param(None, "", False, "voucher.unknown", {}, id="not known"),
        pytest.param(None, "", True, "voucher.not_cached", {}, id="not known here, offline"),
        pytest.param(voucher(used_by="sale-0"), "", False, "voucher.used", {}, id="used"),
        pytest.param(
            voucher(first_day=date(2026, 11, 25), last_day=date(2026, 11, 25)),
            "",
            False,
            "voucher.too_early",
            {"day": date(2026, 11, 25)},
            id="from tomorrow",
        ),
        pytest.param(
            voucher(last_day=date(2026, 11, 23)),
            "",
            False,
            "voucher.expired",
            {"day": date(2026, 11, 23)},
            id="until yesterday",
        ),
        pytest.param(voucher(person_id="jean"), "tom", False, "voucher.other_member", {}, id="another member"),
        pytest.param(voucher(person_id="jean"), "", False, "voucher.other_member", {}, id="nobody on the sale"),
    ],
)
def test_what_is_not_taken(
    one: Voucher | None, person_id: str, offline: bool, code: str, facts: dict[str, object]
) -> None:
    """R102, R51, R90: one use, its days, its member, and offline only numbers in the cache."""
    with pytest.raises(Refusal) as refused:
        take(one, day=TODAY, person_id=person_id, offline=offline)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_what_is_taken() -> None:
    """R102, R90: on its first and last day, by its member, offline out of the cache."""
    for one, person_id, offline in (
        (voucher(), "", False),
        (voucher(), "tom", True),
        (voucher(person_id="jean"), "jean", True),
    ):
        assert take(one, day=TODAY, person_id=person_id, offline=offline).id == "V-1"


@pytest.mark.example("R102.1")
def test_five_off_a_line_of_twelve() -> None:
    """R102: voucher 5.00 on a 12.00 line: 7.00, tax 0.64; no change is given of a larger one."""
    basket = with_vouchers(rung_up(HERE, "pasta"), [take(voucher(), day=TODAY, person_id="", offline=False)], HERE)
    sale = final(by_card(basket, HERE), HERE)
    assert (sale.lines[0].net, sale.tax_total, sale.total) == (Money(700), Money(64), Money(700))
    assert sale.lines[0].discount_id == "V-1"
    large = take(voucher(kind=replace(FIVE, amount=Money(5000))), day=TODAY, person_id="", offline=False)
    assert totals(with_vouchers(rung_up(HERE, "pasta"), [large], HERE), HERE).total == Money(0)


def test_of_two_uses_the_earlier_stands_in_any_order() -> None:
    """R102, R91: the lower (effective time, event id); the other is flagged, its sale stays."""
    first = Use(number="V-1", event_id="b", eff_us=10)
    twin = Use(number="V-1", event_id="c", eff_us=10)
    later = Use(number="V-1", event_id="a", eff_us=11)
    for uses in permutations((first, twin, later, first)):
        assert standing(uses) == Standing(stands=first, flagged=(twin, later))
    assert standing([later]) == Standing(stands=later, flagged=())
    assert USED_TWICE == "VOUCHER_USED_TWICE"


@pytest.mark.parametrize(
    "uses",
    [
        pytest.param((), id="no use"),
        pytest.param(
            (Use(number="V-1", event_id="a", eff_us=1), Use(number="V-2", event_id="b", eff_us=1)), id="two vouchers"
        ),
    ],
)
def test_uses_are_of_one_voucher(uses: tuple[Use, ...]) -> None:
    """R102: anything else is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^uses: not of one voucher$"):
        standing(uses)
