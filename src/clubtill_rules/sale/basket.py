"""Basket: the sale while it is being rung up. Every act is pure and returns a new basket; undo keeps the old one.

Takes no money and spends no points: tenders are made in `tender`, points move when the sale is final (R72).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import VoucherOff
from clubtill_rules.goods.line import Line, ManualDiscount
from clubtill_rules.members.access import Attach
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.charging import payable_by_amount
from clubtill_rules.points.earning import Award, PaidByAmount, award
from clubtill_rules.points.redeeming import Options, choose, offer_points, unchoose
from clubtill_rules.sale.discounts.giving import discounted
from clubtill_rules.sale.discounts.limits import Tracked, had
from clubtill_rules.sale.discounts.triggers import NOBODY, Buyer
from clubtill_rules.sale.modifiers import chosen, missing, open_price
from clubtill_rules.sale.new_line import joins, new_line
from clubtill_rules.sale.pricing import reprice, without_offer
from clubtill_rules.sale.rounding import cash_total
from clubtill_rules.sale.tax import TaxSum, added_tax, charged_parts, tax_on_top, tax_sums
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A sale in the making.

    Attributes:
        sale_id: id that the finished sale's event will carry; leases are asked for under it (D21).
        benefits: the member attached gets member prices, earns and may redeem (R17).
        tenders: what was taken so far, in order.
        next_n: number of the next line; a number is never used twice.
        ticked: numbers of the lines chosen for Points Pay.
        manual: what staff take off the whole sale by hand; a line's own manual discount comes before it (R98).
        coupons, vouchers: what was handed over (R98, R102).
        used: what the member, account, classification and club have had of limited discounts before (R94).
        by_amount: what points pay by amount (#151), of which lines; under DISCOUNT it lowers their tax base (R97).
        tracked, idle, because: what the discounts of the lines count against limits, which coupons and vouchers take
            nothing off, and why; as `discounts.giving.Discounted`.
    """

    sale_id: str
    lines: tuple[Line, ...] = ()
    member: MemberCard | None = None
    account: AccountCard | None = None
    benefits: bool = False
    tenders: tuple[Tender, ...] = ()
    next_n: int = 1
    ticked: frozenset[int] = frozenset()
    manual: ManualDiscount | None = None
    coupons: tuple[str, ...] = ()
    vouchers: tuple[VoucherOff, ...] = ()
    used: tuple[Tracked, ...] = ()
    by_amount: PaidByAmount | None = None
    tracked: tuple[Tracked, ...] = ()
    idle: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()

    def line(self, n: int) -> Line:
        """Give the line with a number. There is none: KeyError, a caller's mistake."""
        for line in self.lines:
            if line.n == n:
                return line
        raise KeyError(n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of a basket.

    Attributes:
        gross: quantities times unit prices.
        total: what the sale comes to: after discounts and Points Pay discount, tax included (R69).
        points_value: what points pay of it; `due` is what is left to pay exactly, `cash_due` in cash (R79).
        tax_total: the sum of `tax`.
        saved: against the public price, Points Pay discount not counted.
        points_used: all points of the sale: of Points Pay, of Item Point Offers and by amount (R68, R74, R76).
        paid: what tenders have paid.
    """

    gross: Money
    discount: Money
    points_pay_discount: Money
    total: Money
    points_value: Money
    due: Money
    cash_due: Money
    cash_rounding: Money
    tax: tuple[TaxSum, ...]
    tax_total: Money
    saved: Money
    earns: Award
    points_used: Points
    paid: Money


def unpaid(basket: Basket) -> None:
    """Refuse `sale.being_paid` once a payment was taken: lines and member stay until it is voided (U42)."""
    if basket.tenders:
        raise Refusal("sale.being_paid", paid=total([t.amount for t in basket.tenders]))


def paying_classification(basket: Basket, catalogue: Catalogue) -> Classification | None:
    """Give the classification whose prices and points the sale has: None without a member or benefits (R17)."""
    return catalogue.classification_of(basket.member) if basket.benefits else None


def buyer(basket: Basket, catalogue: Catalogue) -> Buyer:
    """Give who buys, for discounts: nobody without a member or benefits (R17)."""
    classification = paying_classification(basket, catalogue)
    return (
        Buyer(member=basket.member, account=basket.account, classification=classification) if classification else NOBODY
    )


def with_lines(basket: Basket, lines: Iterable[Line], catalogue: Catalogue) -> Basket:
    """Put lines in a basket and hand out their discounts again (R98). Only lines still paid by points stay ticked.

    What points pay by amount stays as far as the lines still bear it, and goes as a whole where they do not (R74).
    """
    found = discounted(
        tuple(lines),
        catalogue=catalogue,
        buyer=buyer(basket, catalogue),
        manual=basket.manual,
        coupons=basket.coupons,
        vouchers=basket.vouchers,
        used=basket.used,
        sale_id=basket.sale_id,
    )
    done = replace(basket, lines=found.lines, tracked=found.tracked, idle=found.idle, because=found.because)
    return _ticked(replace(done, by_amount=_borne(done, catalogue)) if done.by_amount else done)


def payable(basket: Basket, catalogue: Catalogue) -> tuple[frozenset[int], Money]:
    """Give the lines that points may pay by amount, and what they come to; none without benefits (R44, R74)."""
    classification = paying_classification(basket, catalogue)
    if classification is None:
        return frozenset(), NIL
    return payable_by_amount(
        basket.lines, classification=classification, catalogue=catalogue, tax_on_top=tax_on_top(basket.lines)
    )


def _borne(basket: Basket, catalogue: Catalogue) -> PaidByAmount | None:
    """Give what points pay by amount of the lines as they are now; None where they come to less."""
    lines, of = payable(basket, catalogue)
    paid = basket.by_amount
    return replace(paid, lines=lines, of=of) if paid and paid.amount <= of else None


def _ticked(basket: Basket) -> Basket:
    return replace(basket, ticked=frozenset(line.n for line in basket.lines if line.by_points is not None))


def on_line(basket: Basket, n: int, change: Callable[[Line], Line], catalogue: Catalogue) -> Basket:
    """Change one line of a basket. There is none with that number: KeyError."""
    basket.line(n)
    return with_lines(basket, (change(line) if line.n == n else line for line in basket.lines), catalogue)


def add(
    basket: Basket,
    product_id: str,
    *,
    catalogue: Catalogue,
    at_us: int,
    price: Money | None = None,
    modifiers: Sequence[str] = (),
) -> Basket:
    """Ring up one unit. The same product at the same price joins its line, unless points are to pay for that line.

    Args:
        basket: of the sale.
        product_id: what is rung up.
        catalogue: the settings in force at the location.
        at_us: the moment, at which timed prices are looked up (R80).
        price: keyed for a product without a price (R104); it has a line of its own.
        modifiers: ids chosen, of the product's groups (R104). What is required may be chosen later.

    Raises:
        Refusal: `product.unknown`, `product.sold_out`, `product.no_price`, `sale.being_paid`; `price.needed` and
            `price.outside`, `modifier.unknown` and `modifier.too_many` as in `modifiers`.
    """
    unpaid(basket)
    product = catalogue.products.get(product_id)
    if product is None:
        raise Refusal("product.unknown")
    if product.sold_out:
        raise Refusal("product.sold_out", product=product.name)
    keyed = open_price(product, price)
    with_each = chosen(product, modifiers)
    fresh = new_line(basket.next_n, product, paying_classification(basket, catalogue), catalogue, at_us, keyed=keyed)
    if product.modifier_groups:
        fresh = replace(fresh, modifiers=with_each, missing=missing(product, with_each))
    for line in basket.lines:
        if joins(line, fresh, product, catalogue):
            return on_line(basket, line.n, lambda found: replace(found, qty=found.qty + 1), catalogue)
    return with_lines(replace(basket, next_n=basket.next_n + 1), (*basket.lines, fresh), catalogue)


def set_qty(basket: Basket, n: int, qty: int, catalogue: Catalogue) -> Basket:
    """Set a line's quantity; nil removes it. Its unit price stays, but points that pay for it are cleared (R68, R76).

    Raises:
        Refusal: `line.quantity` below nil, `product.sold_out` for more of it, `sale.being_paid`.
    """
    if qty < 0:
        raise Refusal("line.quantity")
    if qty == 0:
        return remove(basket, n, catalogue)
    unpaid(basket)
    line = basket.line(n)
    product = catalogue.products.get(line.product_id)
    if qty > line.qty and product is not None and product.sold_out:
        raise Refusal("product.sold_out", product=product.name)
    own = without_offer(line, member_classification=paying_classification(basket, catalogue), catalogue=catalogue)
    return on_line(basket, n, lambda _: replace(own, qty=qty, by_points=None), catalogue)


def remove(basket: Basket, n: int, catalogue: Catalogue | None = None) -> Basket:
    """Take a line out, with its Points Pay choice (R42). Refuses `sale.being_paid`.

    Without the catalogue the other lines keep the discounts they have, which is right only where none hangs together,
    and points pay nothing by amount any more.
    """
    unpaid(basket)
    basket.line(n)
    kept = tuple(line for line in basket.lines if line.n != n)
    if catalogue is None:
        return _ticked(replace(basket, lines=kept, by_amount=None))
    return with_lines(basket, kept, catalogue)


def _without_points(line: Line) -> Line:
    """Give a line that no points pay for, wholly (R68) or in part (R76): they were another account's."""
    if line.by_points is None and line.offer_points is None:
        return line
    return replace(line, by_points=None, offer_points=None)


def _repriced(basket: Basket, catalogue: Catalogue) -> Basket:
    classification = paying_classification(basket, catalogue)
    return with_lines(
        replace(basket, by_amount=None),
        (
            reprice(_without_points(line), member_classification=classification, catalogue=catalogue)
            for line in basket.lines
        ),
        catalogue,
    )


def attach(basket: Basket, member: MemberCard, account: AccountCard, attach: Attach, catalogue: Catalogue) -> Basket:
    """Put a member on the sale and price every line that was not overridden again (R29, R80).

    Every use of points is cleared: they were another account's. What the account had of limited discounts counts from
    now on (R94). `attach` is what `members.access` decided.

    Raises:
        Refusal: `attach.code` when the member may not be attached (R11, R13, R15), `sale.being_paid`.
    """
    unpaid(basket)
    if not attach.ok:
        facts = {name: fact for reason in attach.because for name, fact in reason.facts.items()}
        raise Refusal(attach.code, **facts)
    used = had(account)
    return _repriced(replace(basket, member=member, account=account, benefits=attach.benefits, used=used), catalogue)


def renew(basket: Basket, member: MemberCard, account: AccountCard) -> Basket:
    """Take newer cards of the member attached: of another person they are ignored. Prices stay until `recheck`."""
    if basket.member is None or basket.member.person_id != member.person_id:
        return basket
    return replace(basket, member=member, account=account)


def taken_off(basket: Basket, catalogue: Catalogue) -> Basket:
    """Give the basket without its member, at public prices and without any use of points; payments stay (R11)."""
    return _repriced(replace(basket, member=None, account=None, benefits=False, used=()), catalogue)


def detach(basket: Basket, catalogue: Catalogue) -> Basket:
    """Take the member off: prices go back and every Points Pay choice goes (R42, R80). Refuses `sale.being_paid`."""
    unpaid(basket)
    return taken_off(basket, catalogue)


def choices_made(lines: Iterable[Line]) -> None:
    """Refuse `line.choices_missing`, naming the first group, before a line is paid (R104)."""
    for line in lines:
        if line.missing:
            raise Refusal("line.choices_missing", product=line.name, group=line.missing[0])


def use_points(basket: Basket, options: Options, ticked: frozenset[int]) -> Basket:
    """Choose the lines that points pay for (R68). R70 and R71 say how far other payments may stand before it.

    What points paid by amount is cleared: it is charged anew, of what the lines leave (R74).

    Raises:
        Refusal: `points.other_tenders`, `points.short`, `points.excluded`, as `redeeming.choose`;
            `line.choices_missing` for a ticked line (R104).
    """
    choices_made(line for line in basket.lines if line.n in ticked)
    paid = total([t.amount for t in basket.tenders])
    lines = choose(basket.lines, options, ticked, tendered=paid)
    return _ticked(replace(basket, lines=lines, by_amount=None))


def clear_points(basket: Basket) -> Basket:
    """Clear every Points Pay choice and what points pay by amount; the caller gives the lease back (R42, R72).

    Item Point Offers stay, as they are prices; `item_offers.give_up` takes them back. Refuses `sale.being_paid`.
    """
    unpaid(basket)
    return _ticked(replace(basket, lines=unchoose(basket.lines), by_amount=None))


def tender(basket: Basket, tender: Tender) -> Basket:
    """Add what was taken. `finalise` sees to it that all tenders together pay the sale exactly.

    Refuses `line.choices_missing` while a required choice is not made (R104).
    """
    choices_made(basket.lines)
    return replace(basket, tenders=(*basket.tenders, tender))


def void_tenders(basket: Basket) -> Basket:
    """Take every payment out again, with its surcharge (R103); the caller gives the money back and records it (U42)."""
    theirs = {tender.surcharge_line for tender in basket.tenders}
    return replace(basket, lines=tuple(line for line in basket.lines if line.n not in theirs), tenders=())


def totals(basket: Basket, catalogue: Catalogue) -> Totals:
    """Sum a basket (R28, R69, R79, R97). Pure and quick: it is called for every tap."""
    lines = basket.lines
    points_tax = catalogue.venue.points_tax
    by_points = [line.by_points for line in lines if line.by_points is not None]
    tax = tax_sums(lines, catalogue, basket.by_amount)
    charged = charged_parts(lines, basket.by_amount)
    whole = total(
        [line.receipt_net + added_tax(line, points_tax, part) for line, part in zip(lines, charged, strict=True)]
    )
    points_value = total([b.value for b in by_points])
    points_used = sum((b.points for b in by_points), offer_points(lines))
    if basket.by_amount is not None:
        points_value += basket.by_amount.amount
        points_used += basket.by_amount.points
    paid = total([t.amount for t in basket.tenders])
    due = whole - points_value - paid
    owed = max(NIL, due)
    cash_due = cash_total(owed, catalogue.venue.cash_step_minor)
    return Totals(
        gross=total([line.gross for line in lines]),
        discount=total([line.discount for line in lines]),
        points_pay_discount=total([b.discount for b in by_points]),
        total=whole,
        points_value=points_value,
        due=due,
        cash_due=cash_due,
        cash_rounding=cash_due - owed,
        tax=tax,
        tax_total=total([t.amount for t in tax]),
        saved=total([line.saved for line in lines]),
        earns=award(
            lines,
            member=basket.member,
            classification=catalogue.classification_of(basket.member),
            catalogue=catalogue,
            earns=basket.benefits,
            account=basket.account,
            by_amount=basket.by_amount,
        ),
        points_used=points_used,
        paid=paid,
    )
