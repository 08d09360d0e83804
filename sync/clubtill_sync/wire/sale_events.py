"""Sale events: the frozen versions of a finished sale after the first (D30). An old version is read for ever.

A sale's fees are part of it, so that money, Renewal Date and Join Points stand or fall together (R20).
"""

from __future__ import annotations

from datetime import date

import msgspec

from clubtill_sync.wire.events import Int, LineV1, SaleV1, TenderV1


class ModifierV2(msgspec.Struct, frozen=True, kw_only=True):
    """A modifier of each unit of a line (R104)."""

    id: str
    name: str
    price_minor: Int


class ManualV2(msgspec.Struct, frozen=True, kw_only=True):
    """What staff took off a line by hand: basis points or an amount (R98)."""

    rate_bp: Int
    amount_minor: Int
    reason: str


class LineV2(LineV1, frozen=True, kw_only=True):
    """A line with everything that the rules keep of it: LineV1 and what is below.

    Attributes:
        discount_kind, discount_id, discount_qty: which discount, blank for none, and how many units got it (R98, D41).
        offer_points_h: points a unit taken by an Item Point Offer (R76).
        reference: what a line that is no goods is for: classification, gift card or charge account.
    """

    modifiers: tuple[ModifierV2, ...]
    note: str
    manual: ManualV2 | None
    discount_kind: str
    discount_id: str
    discount_qty: Int
    offer_points_h: Int | None
    reference: str


class TenderV2(TenderV1, frozen=True, kw_only=True):
    """A tender with the gift card or charge account that pays, and the line of the surcharge in its amount (R103)."""

    reference: str
    surcharge_line: Int


class TaxV2(msgspec.Struct, frozen=True, kw_only=True):
    """The tax of a sale or refund under one code and rate (R97)."""

    tax_code_id: str
    label: str
    rate_bp: Int
    amount_minor: Int


class TrackedV2(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale counts against a discount's limit, or a refund gives back, below nil (R94)."""

    discount_id: str
    holder_id: str
    period: date
    amount_minor: Int
    times: Int


class EarnedV2(msgspec.Struct, frozen=True, kw_only=True):
    """What a line earned before the one rounding: numerator / denominator hundredths of a point (R40)."""

    n: Int
    qty: Int
    numerator: str
    denominator: str


class BudgetSpendV2(msgspec.Struct, frozen=True, kw_only=True):
    """What a sale spends of a budget (D39)."""

    budget_id: str
    amount_h: Int


class FeeV1(msgspec.Struct, frozen=True, kw_only=True):
    """A fee that a sale receipts (R20-R23).

    Attributes:
        place: the fee's place among the sale's fees; with the sale's id it names the fee.
        line: number of the sale's line that paid it.
        before, after: the Renewal Dates as the terminal knew and printed them; `provisional` without the ledger (R90).
        points_h: Join Points.
        approver_id: who agreed to a fee already paid (R21); blank where nobody had to.
    """

    place: Int
    line: Int
    classification: Int
    fee_minor: Int
    before: date
    after: date
    points_h: Int
    provisional: bool
    approver_id: str


class ApprovalV2(msgspec.Struct, frozen=True, kw_only=True):
    """Who approved an act of a sale that the seller might not do alone: a row of the matrix and its amount (R93)."""

    act: str
    amount: Int
    approver_id: str


class SaleV2(SaleV1, frozen=True, kw_only=True):
    """A finished sale with everything that a refund, a report and the ledger's own check need of it.

    Attributes:
        budget_spends: with `lease_spends` they sum to `points_used_h`.
        points_by_amount_h, value_by_amount_minor, lines_by_amount: what points paid by amount (#151, R74).
        earned: what each line earned, exactly (R40); `grain_h` is the club's grain then.
        account_rate_h: the account's own rate of earning as the terminal knew it (R31).
        tracked: what its discounts count against limits (R94).
        vouchers: numbers of the vouchers used (R102). `campaigns`: codes of the campaigns that counted (R95).
        approvals: what somebody else agreed to.
        parked_id: the parked sale that it was made of; `shift_id` the open shift; blank for none.
    """

    lines: tuple[LineV2, ...]
    tenders: tuple[TenderV2, ...]
    taxes: tuple[TaxV2, ...]
    budget_spends: tuple[BudgetSpendV2, ...]
    points_by_amount_h: Int
    value_by_amount_minor: Int
    lines_by_amount: tuple[Int, ...]
    earned: tuple[EarnedV2, ...]
    grain_h: Int
    account_rate_h: Int | None
    tracked: tuple[TrackedV2, ...]
    fees: tuple[FeeV1, ...]
    vouchers: tuple[str, ...]
    campaigns: tuple[str, ...]
    approvals: tuple[ApprovalV2, ...]
    parked_id: str
    shift_id: str
