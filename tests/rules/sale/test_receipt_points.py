"""What a receipt says of points (R36, R78)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.members.account import AccountCard, ExpiringLot
from clubtill_rules.members.club import ReceiptPoints
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import use_points
from clubtill_rules.sale.receipt_points import PointsOnReceipt, points_on_receipt
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.points import whole
from tests.rules.sale.counter import by_card, counter, final, in_cash, rung_up
from tests.rules.sale.larkspur import GOLD, NOW, jeans_account

HERE = counter()
NOTHING = PointsOnReceipt(issued=None, used=None, balance=None, expiring=None, expire_by=None, as_at_us=None)


def sold(*, member: bool = True) -> Sale:
    """Give a beer for 720 points and a parma that earns 47."""
    basket = rung_up(HERE, "pale", "parma", member=member)
    if member:
        rows = options(basket.lines, classification=GOLD, catalogue=HERE, available=whole(12_420))
        basket = use_points(basket, rows, frozenset({1}))
    return final(in_cash(basket, HERE), HERE)


def account(*lots: tuple[date, int]) -> AccountCard:
    """Give the account after the sale: 11,000 available, 747 reserved, lots that expire."""
    expiring = tuple(ExpiringLot(last_day=day, left=whole(points)) for day, points in lots)
    return replace(jeans_account(11_000, 747), expiring=expiring)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        pytest.param(ReceiptPoints.NONE, NOTHING, id="nothing"),
        pytest.param(ReceiptPoints.ISSUED, replace(NOTHING, issued=whole(47)), id="issued only"),
        pytest.param(
            ReceiptPoints.SUMMARY,
            replace(NOTHING, issued=whole(47), used=whole(720), balance=whole(11_747)),
            id="a summary",
        ),
    ],
)
def test_the_clubs_option(says: ReceiptPoints, told: PointsOnReceipt) -> None:
    """R78: none, issued points only, or issued, used and balance with what is reserved (R5)."""
    assert points_on_receipt(sold(), replace(HERE.club, receipt_points=says), account()) == told


def test_without_a_member_nothing_is_said() -> None:
    """R78: nobody's points; each is None, which is not to be said."""
    told = points_on_receipt(sold(member=False), HERE.club, account())
    said = (told.issued, told.used, told.balance, told.expiring, told.expire_by, told.as_at_us)
    assert said == (None, None, None, None, None, None)


def test_what_is_nil_is_not_said() -> None:
    """R78: a fee earns nothing and used nothing; a deficit lowers the balance."""
    locker = final(by_card(rung_up(HERE, "locker", member=True), HERE), HERE)
    owing = replace(account(), balance=whole(0), reserved=whole(0), deficit=whole(30))
    assert points_on_receipt(locker, HERE.club, owing) == replace(NOTHING, balance=whole(-30))
    issued = replace(HERE.club, receipt_points=ReceiptPoints.ISSUED)
    assert points_on_receipt(locker, issued, owing) == NOTHING


def test_an_account_that_is_not_known() -> None:
    """R78: the sale's own points are said all the same."""
    assert points_on_receipt(sold(), HERE.club, None, as_at_us=5) == replace(NOTHING, issued=whole(47), used=whole(720))


def test_what_expires_within_the_window() -> None:
    """R36, R78: within 30 days of the sale, the last day in; of two lots their sum by the later day."""
    lots = account(
        (date(2026, 11, 23), 1), (date(2026, 11, 24), 20), (date(2026, 12, 24), 40), (date(2026, 12, 25), 900)
    )
    told = points_on_receipt(sold(), HERE.club, lots)
    assert (told.expiring, told.expire_by) == (whole(60), date(2026, 12, 24))
    narrow = points_on_receipt(sold(), replace(HERE.club, expiry_warning_days=0), lots)
    assert (narrow.expiring, narrow.expire_by) == (whole(20), date(2026, 11, 24))


def test_offline_the_age_of_the_balance() -> None:
    """R78: Offline - balance as at; online nothing of the kind."""
    assert points_on_receipt(sold(), HERE.club, account(), as_at_us=NOW).as_at_us == NOW
    assert points_on_receipt(sold(), HERE.club, account()).as_at_us is None
