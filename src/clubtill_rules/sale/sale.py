"""Sale: a finished sale as one value, with everything that was decided and why. `finalise` is the only way to make one.

What a sale does to points and to the books stands in `posting`; here nothing is stored and nothing printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.members.access import is_banned
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.points.budgets import BudgetSpend
from clubtill_rules.points.earning import exact_values, last_usable_day, multiplier
from clubtill_rules.points.leases import Lease, LeaseSpend, OfflineBudget, plan, plan_offline
from clubtill_rules.points.redeeming import ratio_at
from clubtill_rules.points.refunding import Earned
from clubtill_rules.sale.basket import Basket, Totals, choices_made, paying_classification, taken_off, totals
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.sale_reasons import reasons
from clubtill_rules.sale.tax import TaxSum, line_taxes
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTaken:
    """A fee that a sale has receipted: of which classification, for whom (R20). The caller applies it (R21-R23)."""

    n: int
    classification: int
    person_id: str
    amount: Money


def fees_of(lines: Iterable[Line], person_id: str) -> tuple[FeeTaken, ...]:
    """Give the fees that lines receipt, in their order (R20)."""
    return tuple(
        FeeTaken(n=line.n, classification=int(line.reference), person_id=person_id, amount=line.net)
        for line in lines
        if line.kind is ProductKind.FEE and line.reference
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale that is final.

    Attributes:
        sale_id: id of its event. `number` is the terminal's own count, as printed.
        trading_day: the venue's day (R3). `award_earn_day` is the club's (D37), set with every member.
        lines, line_taxes: what was sold and, line by line, its tax (R97): refunds reverse these, never compute.
        classification: the member's when the sale was made; None without a member.
        multiplier_h: Points Multiplier the award was made with; 0 where none could be earned (R40).
        ratio: Redemption Ratio in force here; None without a member who has benefits (R43).
        tenders: every medium in order: points, Points Pay discount, Discount Expense Media, then what was taken.
            Their amounts sum to the sale as the books have it (R69, R81).
        points_used: all of them: of Points Pay, of Item Point Offers and by amount; `lease_spends` and, of a device
            that was cut off in the mode BUDGET, `budget_spends` sum to it (D39).
        points_by_amount, value_by_amount: what points paid by amount (#151, R74), of the lines `lines_by_amount`.
        earned: what each line earned, exactly, with what was in force then (R40); none where nothing was earned.
        grain_h: the club's rounding grain when it was made (R1).
        total: after discounts and Points Pay discount, tax included; `taken` is what money paid of it.
        because: why prices, points and tax are what they are.
        catalogue_version: the settings it was made with (D30).
        tracked: what its discounts count against their limits (R94).
    """

    sale_id: str
    number: int
    club_id: str
    venue_id: str
    location_id: str
    device_id: str
    staff_id: str
    at_us: int
    trading_day: date
    lines: tuple[Line, ...]
    line_taxes: tuple[Money, ...]
    member_number: str = ""
    person_id: str = ""
    account_id: str = ""
    classification: int | None = None
    benefits: bool = False
    multiplier_h: int = 0
    ratio: int | None = None
    tenders: tuple[Tender, ...] = ()
    points_used: Points = NO_POINTS
    lease_spends: tuple[LeaseSpend, ...] = ()
    award: Points = NO_POINTS
    award_earn_day: date | None = None
    award_last_day: date | None = None
    gross: Money
    discount: Money
    points_pay_discount: Money
    total: Money
    points_value: Money
    tax: tuple[TaxSum, ...]
    tax_total: Money
    saved: Money
    because: tuple[Because, ...] = ()
    offline: bool = False
    catalogue_version: str = ""
    tracked: tuple[Tracked, ...] = ()
    points_by_amount: Points = NO_POINTS
    value_by_amount: Money = NIL
    lines_by_amount: frozenset[int] = frozenset()
    earned: tuple[Earned, ...] = ()
    grain_h: int = 100
    budget_spends: tuple[BudgetSpend, ...] = ()

    @property
    def fees(self) -> tuple[FeeTaken, ...]:
        """The fees that it receipts, to be applied now that it is final (R20)."""
        return fees_of(self.lines, self.person_id)

    @property
    def points_pay_media(self) -> str:
        """The PP Discount Media that took a part of it; blank for none (R69)."""
        return self._discount_media[0]

    @property
    def expense_media(self) -> str:
        """The Discount Expense Media that bore its discounts; blank for none (R81)."""
        return self._discount_media[1]

    @property
    def expensed(self) -> bool:
        """Whether its discounts were booked on a medium, so that the books keep its lines gross (R81)."""
        return bool(self.expense_media)

    @property
    def _discount_media(self) -> tuple[str, str]:
        named = [t.media_id for t in self.tenders if t.kind is MediaKind.DISCOUNT]
        points_pay = named.pop(0) if self.points_pay_discount else ""
        return points_pay, named[0] if named else ""

    @property
    def taken(self) -> tuple[Tender, ...]:
        """What was handed over: the tenders without points and discount media."""
        return tuple(t for t in self.tenders if t.kind not in (MediaKind.POINTS, MediaKind.DISCOUNT))

    @property
    def cash_rounding(self) -> Money:
        """What cash rounding added (R79)."""
        return total([t.rounding for t in self.tenders])

    @property
    def change(self) -> Money:
        """What was given back."""
        return total([t.change for t in self.tenders])


def recheck(basket: Basket, catalogue: Catalogue, deny: Deny = NOBODY_DENIED) -> Basket:
    """Take a member off who is banned by now, where the venue excludes them (R11); else give the same basket.

    The caller puts the newest cards in with `basket.renew` first.
    """
    member = basket.member
    if member is None or not catalogue.venue.exclude_banned:
        return basket
    if not is_banned(member) and member.person_id not in deny.banned:
        return basket
    return taken_off(basket, catalogue)


def _media(sums: Totals, classification: Classification | None, catalogue: Catalogue) -> tuple[Tender, ...]:
    """Give the media that nobody hands over: points, Points Pay discount, Discount Expense (R69, R70, R81)."""
    media: list[Tender] = []

    def book(media_id: str, kind: MediaKind, amount: Money) -> None:
        if amount:
            media.append(Tender(media_id=media_id, kind=kind, amount=amount, given=amount))

    if sums.points_value:
        book(catalogue.media_of(MediaKind.POINTS).id, MediaKind.POINTS, sums.points_value)
    if sums.points_pay_discount:
        named = classification.points_pay_discount_media if classification else None
        book(named or catalogue.media_of(MediaKind.DISCOUNT).id, MediaKind.DISCOUNT, sums.points_pay_discount)
    if classification is not None and classification.discount_expense_media:
        book(classification.discount_expense_media, MediaKind.DISCOUNT, sums.discount)
    return tuple(media)


def _earned(basket: Basket, sums: Totals, catalogue: Catalogue) -> tuple[Earned, ...]:
    """Keep what each line earned before the one rounding, for refunds (R40)."""
    classification = paying_classification(basket, catalogue)
    if classification is None or not sums.earns.points:
        return ()
    exact = exact_values(
        basket.lines,
        classification=classification,
        catalogue=catalogue,
        account=basket.account,
        by_amount=basket.by_amount,
    )
    return tuple(
        Earned(n=line.n, qty=line.qty, exact_h=Fraction(line.numerator, exact.denominator))
        for line in exact.lines
        if line.numerator
    )


def _payable(basket: Basket, catalogue: Catalogue, deny: Deny) -> tuple[Basket, Totals]:
    """Check a basket once more and give it with its sums, or refuse as `finalise` says."""
    if not basket.lines:
        raise Refusal("sale.empty")
    choices_made(basket.lines)
    checked = recheck(basket, catalogue, deny)
    sums = totals(checked, catalogue)
    if sums.due and checked is not basket:
        raise Refusal("member.removed", due=sums.due)
    if sums.due > NIL:
        raise Refusal("sale.not_paid", due=sums.due)
    if sums.due < NIL:
        raise Refusal("sale.overpaid", over=-sums.due)
    if checked.member is None and any(line.kind is ProductKind.FEE and line.reference for line in checked.lines):
        raise Refusal("fee.no_member")
    return checked, sums


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """By whom, where and when a sale was made final."""

    number: int
    device_id: str
    staff_id: str
    at_us: int
    offline: bool
    leases: Iterable[Lease]
    budget: OfflineBudget | None


def _plan(by: _Rung, account_id: str, amount_h: int, day: date) -> tuple[tuple[LeaseSpend, ...], int]:
    """Spread points over the leases of the account, and the rest over the budget where there is one (R72, D39)."""
    own = [lease for lease in by.leases if lease.account_id == account_id]
    if by.budget is None:
        return plan(own, amount_h, day), 0
    planned = plan_offline(own, by.budget, amount_h, day)
    return planned.leases, planned.budget_h


def _sale_of(basket: Basket, sums: Totals, catalogue: Catalogue, by: _Rung) -> Sale:
    """Write the sale of a basket that is paid, with its lease plan and its award."""
    member = basket.member
    classification = paying_classification(basket, catalogue)
    ratio = ratio_at(classification, catalogue.location.id) if classification else None
    club_day = trading_day(by.at_us, catalogue.club.clock)
    by_amount = basket.by_amount
    spends: tuple[LeaseSpend, ...] = ()
    by_budget: tuple[BudgetSpend, ...] = ()
    if sums.points_used and member is not None:
        spends, rest_h = _plan(by, member.account_id, sums.points_used.hundredths, club_day)
        if rest_h and by.budget is not None and by.budget.budget is not None:
            by_budget = (BudgetSpend(budget_id=by.budget.budget.budget_id, amount_h=rest_h),)
    award = sums.earns.points
    lasts = last_usable_day(club_day, classification.points_expiry_months) if classification and award else None
    return Sale(
        sale_id=basket.sale_id,
        number=by.number,
        club_id=catalogue.club.id,
        venue_id=catalogue.venue.id,
        location_id=catalogue.location.id,
        device_id=by.device_id,
        staff_id=by.staff_id,
        at_us=by.at_us,
        trading_day=trading_day(by.at_us, catalogue.venue.clock),
        lines=basket.lines,
        line_taxes=line_taxes(basket.lines, catalogue.venue.points_tax, by_amount),
        member_number=member.number if member else "",
        person_id=member.person_id if member else "",
        account_id=member.account_id if member else "",
        classification=member.classification if member else None,
        benefits=basket.benefits,
        multiplier_h=multiplier(classification, counts=catalogue.club.multiplier_for_loyalty) if classification else 0,
        ratio=ratio,
        tenders=(*_media(sums, classification, catalogue), *basket.tenders),
        points_used=sums.points_used,
        lease_spends=spends,
        award=award,
        award_earn_day=club_day if member else None,
        award_last_day=lasts,
        gross=sums.gross,
        discount=sums.discount,
        points_pay_discount=sums.points_pay_discount,
        total=sums.total,
        points_value=sums.points_value,
        tax=sums.tax,
        tax_total=sums.tax_total,
        saved=sums.saved,
        because=reasons(basket, sums, ratio, catalogue),
        offline=by.offline,
        catalogue_version=catalogue.version,
        tracked=basket.tracked,
        points_by_amount=by_amount.points if by_amount else NO_POINTS,
        value_by_amount=by_amount.amount if by_amount else NIL,
        lines_by_amount=(by_amount.lines or frozenset()) if by_amount else frozenset(),
        earned=_earned(basket, sums, catalogue),
        grain_h=catalogue.grain_h,
        budget_spends=by_budget,
    )


def finalise(
    basket: Basket,
    *,
    catalogue: Catalogue,
    number: int,
    device_id: str,
    staff_id: str,
    at_us: int,
    leases: Iterable[Lease],
    offline: bool,
    deny: Deny = NOBODY_DENIED,
    budget: OfflineBudget | None = None,
) -> Sale:
    """Make the basket final (R29, R72): check it once more, plan what its leases pay, compute its award.

    Args:
        basket: with the newest cards of its member (`basket.renew`).
        catalogue: the settings in force at the location.
        number: the terminal's next sale number.
        device_id: the terminal.
        staff_id: who rang it up.
        at_us: the moment of finalising; the sale carries its days (R3).
        leases: the open leases this device holds.
        offline: the ledger is out of reach.
        deny: what the deny list says of the member by now (R11).
        budget: of a device that is cut off in the mode BUDGET: what pays when its leases are used up (D39).

    Raises:
        Refusal: `sale.empty`; `line.choices_missing` (R104); `sale.not_paid` with what is due; `sale.overpaid`;
            `sale.surcharge` with what is missing (R103); `fee.no_member` where a fee is nobody's (R20);
            `member.removed` when the member is banned by now and payments no longer fit (`recheck` gives the basket to
            go on with); `points.short` when the leases do not cover the lines, for one because a lot has passed its
            last day (R34).
    """
    checked, sums = _payable(basket, catalogue, deny)
    by = _Rung(
        number=number,
        device_id=device_id,
        staff_id=staff_id,
        at_us=at_us,
        offline=offline,
        leases=leases,
        budget=budget,
    )
    return _sale_of(checked, sums, catalogue, by)
