"""Sales and refunds on the wire: what is read back is the whole fact, whatever was sold and however paid (D30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clubtill_sync.wire
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import DiscountKind, ManualDiscount
from clubtill_rules.goods.product import MediaKind, Modifier
from clubtill_rules.points.budgets import BudgetSpend
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.posting import entries, entries_of_refund, postings, postings_of_refund
from clubtill_rules.sale.refunding import left_of, refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.voiding import void
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.wire import versions
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import EarnedV2, FeeV1, SaleV2
from clubtill_sync.wire.versions import BrokenEvent, sale_to_v1
from clubtill_sync.wire.versions_refund import At, refund_from_wire, refund_to_v1, void_to_v1
from clubtill_sync.wire.versions_sale import Beside, sale_from_wire, sale_to_v2
from tests.rules.sale import test_whole_sales_property as drawn
from tests.rules.sale.counter import SUNDAY, final, made
from tests.rules.sale.larkspur import lease

GOLDEN = Path(clubtill_sync.wire.__file__).parent / "golden"
AT = At(club_id="larkspur", venue_id="v", location_id="l")
FEE = FeeV1(
    place=0, line=1, classification=3, fee_minor=5500, before=date(1970, 1, 1), after=date(2027, 6, 30),
    points_h=20_000, provisional=True, approver_id="lee",
)  # fmt: skip


def over_the_wire(body: SaleV2 | RefundV1) -> versions.Body:
    """Write an event and read it again."""
    data = versions.encode_event(
        event_id="0" * 32, body=body, occurred_at_us=1, mono_us=1, boot_id="b", rules_version="1", settings_version="m1"
    )
    return versions.decode_body(versions.decode_event(data))


def read_back(sale: Sale) -> Sale:
    """Send a sale and read it back as the rules' own."""
    body = over_the_wire(sale_to_v2(sale))
    assert isinstance(body, SaleV2)
    return sale_from_wire(sale.sale_id, body)


@settings(deadline=None)
@given(
    drawn.settings, drawn.products, drawn.discounts, st.tuples(drawn.bits, drawn.bits), drawn.charges,
    st.sampled_from([0, 250]), drawn.parts, drawn.picks,
)  # fmt: skip
def test_a_sale_comes_back_whole_and_its_refunds_with_it(  # noqa: PLR0917 - what Hypothesis draws
    here: Catalogue, sold: list[str], off: tuple[str, int], wanted: tuple[int, int], shares: tuple[int, int], tip: int,
    split: list[tuple[str, int]], back: list[tuple[int, int]],
) -> None:  # fmt: skip
    """D30, R40-R43: sale, entries, postings and every part refund are those of the sale that was never sent."""
    sale = final(drawn.whole_basket(here, sold, off, wanted, shares, tip, split), here, lease(drawn.HELD), at_us=SUNDAY)
    again = read_back(sale)
    assert again == replace(sale, because=(), catalogue_version="", tracked=again.tracked)
    assert (entries(again), postings(again)) == (entries(sale), postings(sale))
    mine, theirs = drawn.refunds_of(sale, here, back), drawn.refunds_of(again, here, back)
    assert mine == theirs
    for one in mine:
        body = over_the_wire(refund_to_v1(one, sale, AT))
        assert isinstance(body, RefundV1)
        sent = refund_from_wire(one.refund_id, body)
        assert sent == replace(one, because=(), asks=(), award_leg=0)
        assert postings_of_refund(sent) == postings_of_refund(one)
        assert entries_of_refund(replace(sent, award_leg=one.award_leg)) == entries_of_refund(one)


def rich() -> Sale:
    """Give a sale whose every field is set."""
    wire = msgspec.json.decode(
        msgspec.json.decode(GOLDEN.joinpath("sale-2.member.json").read_bytes(), type=dict[str, msgspec.Raw])["body"],
        type=SaleV2,
    )
    return sale_from_wire("0199f0a0c0de70008000000000000011", wire)


def test_every_field_that_only_the_second_version_tells_is_read() -> None:
    """D30: modifiers, notes, manual discounts, tracking, budgets, surcharge lines, what was earned, tax by code."""
    sale = rich()
    first = sale.lines[0]
    assert first.modifiers == (Modifier(id="cheese", name="Extra cheese", price=Money(150)),)
    assert (first.note, first.manual, first.discount_kind, first.discount_qty) == (
        "no onion", ManualDiscount(amount=Money(100), reason="burnt"), DiscountKind.MANUAL, 2,
    )  # fmt: skip
    assert sale.tracked == (
        Tracked(
            discount_id="staff", holder_id="a-jean", period=date(2026, 10, 1), amount=Money(100), times=2,
            sale_id=sale.sale_id,
        ),
    )  # fmt: skip
    assert sale.budget_spends == (BudgetSpend(budget_id="b-1", amount_h=1000),)
    assert [(t.reference, t.surcharge_line) for t in sale.tenders] == [("", 0), ("", 4), ("acc-jean", 0)]
    assert [(e.n, e.qty, e.exact_h * 8) for e in sale.earned] == [(1, 2, 13375)]
    assert [(t.tax_code_id, t.label, t.rate_bp, t.amount) for t in sale.tax] == [("gst", "GST", 1000, Money(697))]
    assert [(fee.classification, fee.amount) for fee in sale.fees] == [(10, Money(5500))]


def test_what_stands_beside_a_sale_is_written_with_it() -> None:
    """R20, R31, R95, R102: fees, the account's rate, vouchers, campaigns and the parked sale are told with it."""
    beside = Beside(
        account_rate_h=200, fees=(FEE,), vouchers=("V1",), campaigns=("spring",), parked_id="p", shift_id="s"
    )
    body = sale_to_v2(rich(), beside)
    assert (body.account_rate_h, body.fees, body.vouchers, body.campaigns, body.parked_id, body.shift_id) == (
        200, (FEE,), ("V1",), ("spring",), "p", "s",
    )  # fmt: skip


def test_a_sale_of_the_first_version_can_be_refunded_whole() -> None:
    """R40, D30: it did not tell what its lines earned; all of it takes back the whole award, a part never more."""
    event = versions.decode_event(GOLDEN.joinpath("sale-1.member.json").read_bytes().strip())
    body = versions.decode_body(event)
    assert isinstance(body, SaleV1)
    off = msgspec.structs.replace(body.tenders[0], media_id="pp", kind="discount", amount_minor=90)
    sale = sale_from_wire(event.event_id, msgspec.structs.replace(body, tenders=(off, *body.tenders)))
    assert sum(one.exact_h for one in sale.earned) == sale.award.hundredths
    here = drawn.counter(drawn.GOODS)
    whole = refund(sale, (), left_of(sale), made=made("r", SUNDAY), catalogue=here)
    assert (whole.award_back, whole.points_back, whole.total) == (sale.award, sale.points_used, sale.total)


def test_a_sale_of_the_first_version_is_written_from_the_second_without_a_difference() -> None:
    """D30: the fields that both have mean the same."""
    wire = msgspec.structs.asdict(sale_to_v1(rich()))
    second = msgspec.structs.asdict(sale_to_v2(rich()))
    same = set(wire) - {"lines", "tenders"}
    assert {name: second[name] for name in same} == {name: wire[name] for name in same}


@pytest.mark.parametrize(
    "told",
    [{"numerator": "1e9999999"}, {"denominator": "0"}, {"numerator": "-1"}, {"numerator": "9" * 61}, {"numerator": ""}],
)
def test_a_fraction_that_is_none_is_broken_and_never_computed(told: dict[str, str]) -> None:
    """F38, F39: what a line earned comes as digits, so that no short text becomes a number without end."""
    body = sale_to_v2(rich())
    values = {"n": 1, "qty": 2, "numerator": "1", "denominator": "1"} | told
    odd = msgspec.structs.replace(body, earned=(EarnedV2(**values),))
    with pytest.raises(BrokenEvent):
        sale_from_wire("0" * 32, odd)


@pytest.mark.parametrize("change", [{"discount_kind": "moonlight"}, {"kind": "moonlight"}, {"price_reason": "x"}])
def test_a_word_that_the_rules_do_not_have_is_broken(change: dict[str, str]) -> None:
    """C25: such a sale is for the held list."""
    body = sale_to_v2(rich())
    odd = msgspec.structs.replace(body.lines[0], **change)
    with pytest.raises(BrokenEvent):
        sale_from_wire("0" * 32, msgspec.structs.replace(body, lines=(odd, *body.lines[1:])))


def test_a_void_gives_back_every_figure_of_its_sale() -> None:
    """R42: its postings are the sale's with the other sign, its points the sale's own."""
    here = drawn.counter(drawn.GOODS)
    basket = drawn.whole_basket(here, ["jug", "ale", "mint"], ("none", 1), (0, 0), (0, 0), 250, [("card", 40)])
    sale = final(basket, here, lease(drawn.HELD), at_us=SUNDAY)
    done = void(sale, made=made("void-1", SUNDAY + 1), catalogue=here)
    body = over_the_wire(void_to_v1(done, sale, AT, grace_days=30))
    assert isinstance(body, RefundV1)
    sent = refund_from_wire("void-1", body)
    assert (body.void, sent.total, sent.points_back, sent.award_back) == (
        True, sale.total, sale.points_used, sale.award,
    )  # fmt: skip
    assert {p.account: p.amount for p in postings_of_refund(sent)} == {p.account: p.amount for p in done.postings}
    assert all(t.kind is not MediaKind.POINTS for t in sent.given)
    assert sent.points_back == Points(0)
