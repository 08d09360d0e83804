"""Receipt points: what a receipt says of a member's points, as the club has chosen (R36, R78)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.club import Club, ReceiptPoints
from clubtill_rules.points.expiry import notice
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.points import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsOnReceipt:
    """What is to be said; None is not to be said.

    Attributes:
        issued: by this sale. `used`: by this sale; both nil are not said.
        balance: after this sale, reserved points and deficit counted (R5).
        expiring: what is lost by `expire_by` unless it is used (R36).
        as_at_us: offline, how old the balance is.
    """

    issued: Points | None = None
    used: Points | None = None
    balance: Points | None = None
    expiring: Points | None = None
    expire_by: date | None = None
    as_at_us: int | None = None


def points_on_receipt(
    sale: Sale, club: Club, account_after: AccountCard | None, *, as_at_us: int | None = None
) -> PointsOnReceipt:
    """Choose what a receipt says of points (R78).

    Args:
        sale: final; without a member nothing is said.
        club: whose option counts: none, issued points only, or a summary.
        account_after: as it stands after the sale; None where it is not known, so only the sale's own points are said.
        as_at_us: offline, when the account was last heard of; None online.
    """
    says = club.receipt_points
    if says is ReceiptPoints.NONE or not sale.person_id:
        return PointsOnReceipt()
    issued = sale.award or None
    if says is ReceiptPoints.ISSUED:
        return PointsOnReceipt(issued=issued)
    used = sale.points_used or None
    if account_after is None:
        return PointsOnReceipt(issued=issued, used=used)
    last = sale.trading_day + timedelta(days=club.expiry_warning_days)
    soon = notice(lot for lot in account_after.expiring if sale.trading_day <= lot.last_day <= last)
    return PointsOnReceipt(
        issued=issued,
        used=used,
        balance=account_after.balance + account_after.reserved - account_after.deficit,
        expiring=soon.left if soon else None,
        expire_by=soon.last_day if soon else None,
        as_at_us=as_at_us,
    )
