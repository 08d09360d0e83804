"""Fees at a till: the list, the lines, the sale that carries them, and what counts here at once (R17, R20-R24, R90)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.sale_events import SaleV2
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.actions.receipt_fee import add_fees, fee_list
from clubtill_terminal.actions.refund import refund
from clubtill_wording.receipts import ReceiptLine
from tests.terminal.actions.giving_back import JEAN, MANAGER, MATEO, balance_h, bodies, paid, rung

PAID_TO, A_YEAR = date(2026, 11, 12), date(2027, 11, 12)
"""Mateo's Renewal Date, 12 days late within 30 days of grace, and what one fee makes of it (R22)."""


def renewal(club_till, club_place, number: str = MATEO) -> date:
    """Give the Renewal Date that this till knows."""
    (found,) = by_number(club_till, club_place, number)
    return found.member.renewal_date


def fee_sold(club_till, club_place, speech, *, offline: bool = False, periods: int = 1):
    """Receipt Mateo's fee in cash."""
    basket = add_fees(club_till, rung(club_till, club_place, MATEO), {1: periods}, catalogue=club_place.catalogue)
    return paid(club_till, club_place, basket, speech, offline=offline)


def test_the_list_says_what_is_due(club_till, club_place) -> None:
    """R20: the primary first, its fee, and what paying now would reach."""
    (found,) = by_number(club_till, club_place, MATEO)
    (row,) = fee_list(club_till, found.member, club_place.catalogue)
    assert (row.number, row.primary, row.fee, row.paid_to, row.renewal.after) == (
        1, True, Money(4500), PAID_TO, A_YEAR,
    )  # fmt: skip


def test_a_fee_counts_here_as_soon_as_its_sale_is_final(club_till, club_place, speech) -> None:
    """R17, R20: before it nothing changes; after it the member is paid up, on this till, before any feed."""
    basket = add_fees(club_till, rung(club_till, club_place, MATEO), {1: 1}, catalogue=club_place.catalogue)
    assert renewal(club_till, club_place) == PAID_TO
    paid(club_till, club_place, basket, speech)
    assert renewal(club_till, club_place) == A_YEAR
    (found,) = by_number(club_till, club_place, MATEO)
    assert found.attach.benefits


def test_the_event_tells_dates_and_join_points(club_till, club_place, speech) -> None:
    """R22, R23, D30: fee, dates and points are part of the sale's event; the points wait for the ledger."""
    sold = fee_sold(club_till, club_place, speech)
    (body,) = bodies(club_till)
    assert isinstance(body, SaleV2)
    (fee,) = body.fees
    assert (fee.place, fee.line, fee.classification, fee.fee_minor, fee.before, fee.after, fee.points_h) == (
        0, 1, 1, 4500, PAID_TO, A_YEAR, 50_000,
    )  # fmt: skip
    assert not fee.provisional
    assert balance_h(club_till, "a100002") == 50_000
    assert sold.balance is not None


def test_offline_the_receipt_says_provisional(club_till, club_place, speech) -> None:
    """R90: the ledger works it out again."""
    sold = fee_sold(club_till, club_place, speech, offline=True)
    (body,) = bodies(club_till)
    assert isinstance(body, SaleV2)
    assert body.fees[0].provisional
    assert any("PROVISIONAL" in str(line).upper() for line in sold.receipt)
    assert all(isinstance(line, ReceiptLine) for line in sold.receipt)


def test_several_periods_are_several_fees_of_one_sale(club_till, club_place, speech) -> None:
    """R22: each extends the one before; each has a line of its own, so that the last can be given back alone."""
    sold = fee_sold(club_till, club_place, speech, periods=2)
    (body,) = bodies(club_till)
    assert isinstance(body, SaleV2)
    assert [(fee.place, fee.line, fee.after) for fee in body.fees] == [
        (0, 1, A_YEAR), (1, 2, A_YEAR + timedelta(days=365)),
    ]  # fmt: skip
    with pytest.raises(Refusal) as caught:
        refund(club_till, sold.sale.sale_id, {1: 1}, catalogue=club_place.catalogue, by=MANAGER)
    assert caught.value.code == "fee.not_latest"
    refund(club_till, sold.sale.sale_id, {2: 1}, catalogue=club_place.catalogue, by=MANAGER)
    assert renewal(club_till, club_place) == A_YEAR


def test_a_refunded_fee_restores_the_date_and_takes_the_points(club_till, club_place, speech) -> None:
    """R24: on this till at once; the event names the fee's line."""
    sold = fee_sold(club_till, club_place, speech)
    refund(club_till, sold.sale.sale_id, {1: 1}, catalogue=club_place.catalogue, by=MANAGER)
    assert renewal(club_till, club_place) == PAID_TO
    assert balance_h(club_till, "a100002") == 0
    told = bodies(club_till)[-1]
    assert isinstance(told, RefundV1)
    assert [line.line.kind for line in told.lines] == ["fee"]


def test_a_second_fee_counts_from_the_first(club_till, club_place, speech) -> None:
    """R22, R90: this till's own fee is known to it, so the next one extends it."""
    fee_sold(club_till, club_place, speech)
    fee_sold(club_till, club_place, speech)
    last = bodies(club_till)[-1]
    assert isinstance(last, SaleV2)
    assert (last.fees[0].before, last.fees[0].after) == (A_YEAR, A_YEAR + timedelta(days=365))


def test_a_fee_already_paid_needs_somebody_else(club_till, club_place, speech) -> None:
    """R21, row 4: Gold is paid to a fixed day; without an approval it is not put on the sale."""
    catalogue = club_place.catalogue
    basket = rung(club_till, club_place, JEAN)
    with pytest.raises(Refusal) as caught:
        add_fees(club_till, basket, {3: 1}, catalogue=catalogue)
    assert caught.value.code == "fee.already_paid"
    basket = add_fees(club_till, basket, {3: 1}, catalogue=catalogue, approvers={3: "lee"})
    with pytest.raises(Refusal) as unapproved:
        paid(club_till, club_place, basket, speech)
    assert unapproved.value.code == "fee.already_paid"
    assert bodies(club_till) == []


def test_nobody_pays_a_fee_without_a_member(club_till, club_place) -> None:
    """R20: a fee belongs to the member on the sale."""
    empty = rung(club_till, club_place, MATEO)
    nobody = type(empty)(sale_id="x")
    with pytest.raises(Refusal) as caught:
        add_fees(club_till, nobody, {1: 1}, catalogue=club_place.catalogue)
    assert caught.value.code == "fee.no_member"
