"""Basket: the sale while it is being rung up. Every act is pure and returns a new basket; undo keeps the old one.

Takes no money and spends no points: tenders are made in `tender`, points move when the sale is final (R72).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.discount import VoucherOff
from clubtill_rules.goods.line import Line, ManualDiscount, PriceReason
from clubtill_rules.goods.product import Product
from clubtill_rules.members.access import Attach
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.earning import Award, award
from clubtill_rules.points.redeeming import Options, choose, unchoose
from clubtill_rules.sale.discounts.limits import Tracked
from clubtill_rules.sale.pricing import price, priced_alike, reprice
from clubtill_rules.sale.rounding import cash_total
from clubtill_rules.sale.tax import TaxSum, added_tax, tax_sums
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
        points_value: what points pay by amount (#151); under DISCOUNT it lowers the tax base pro rata (R97).
        because: why lines have the discounts they have.
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
    points_value: Money = NIL
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


def _open(basket: Basket) -> None:
    """Refuse `sale.being_paid` once a payment was taken: lines and member stay until it is voided (U42)."""
    if basket.tenders:
        raise Refusal("sale.being_paid", paid=total([t.amount for t in basket.tenders]))


def paying_classification(basket: Basket, catalogue: Catalogue) -> Classification | None:
    """Give the classification whose prices and points the sale has: None without a member or benefits (R17)."""
    return catalogue.classification_of(basket.member) if basket.benefits else None


def _new_line(basket: Basket, product: Product, catalogue: Catalogue, at_us: int) -> Line:
    unit = price(
        product,
        member_classification=paying_classification(basket, catalogue),
        catalogue=catalogue,
        at_us=at_us,
        zone=catalogue.venue.zone,
    )
    tax = catalogue.tax_codes.get(product.tax_code_id)
    return Line(
        n=basket.next_n,
        product_id=product.id,
        name=product.name,
        family_id=product.family_id,
        category_id=product.category_id,
        kind=product.kind,
        added_at_us=at_us,
        level=unit.level,
        unit_price=unit.unit,
        public_price=unit.public,
        price_reason=unit.reason,
        special_id=unit.special_id,
        rate_h=unit.rate_h,
        fixed_points=product.fixed_points,
        points_price=unit.points_price,
        tax_code_id=product.tax_code_id,
        tax_bp=tax.rate_bp if tax else 0,
        tax_inclusive=tax.inclusive if tax else True,
    )


def _joins(line: Line, fresh: Line, product: Product, catalogue: Catalogue) -> bool:
    return (
        line.product_id == fresh.product_id
        and line.by_points is None
        and line.price_reason is not PriceReason.OVERRIDE
        and line.unit_price == fresh.unit_price
        and priced_alike(product, catalogue, line.added_at_us, fresh.added_at_us)
    )


def _with_lines(basket: Basket, lines: Iterable[Line]) -> Basket:
    """Put lines in a basket; only lines that are still paid by points stay ticked."""
    kept = tuple(lines)
    return replace(basket, lines=kept, ticked=frozenset(line.n for line in kept if line.by_points is not None))


def _on_line(basket: Basket, n: int, change: Callable[[Line], Line]) -> Basket:
    basket.line(n)
    return _with_lines(basket, (change(line) if line.n == n else line for line in basket.lines))


def add(basket: Basket, product_id: str, *, catalogue: Catalogue, at_us: int) -> Basket:
    """Ring up one unit. The same product at the same price joins its line, unless points are to pay for that line.

    Raises:
        Refusal: `product.unknown`, `product.sold_out`, `product.no_price`, `sale.being_paid`.
    """
    _open(basket)
    product = catalogue.products.get(product_id)
    if product is None:
        raise Refusal("product.unknown")
    if product.sold_out:
        raise Refusal("product.sold_out", product=product.name)
    fresh = _new_line(basket, product, catalogue, at_us)
    for line in basket.lines:
        if _joins(line, fresh, product, catalogue):
            return _on_line(basket, line.n, lambda found: replace(found, qty=found.qty + 1))
    return replace(basket, lines=(*basket.lines, fresh), next_n=basket.next_n + 1)


def set_qty(basket: Basket, n: int, qty: int, catalogue: Catalogue) -> Basket:
    """Set a line's quantity; nil removes it. Its unit price stays; its Points Pay choice is cleared (R68).

    Raises:
        Refusal: `line.quantity` below nil, `product.sold_out` for more of it, `sale.being_paid`.
    """
    if qty < 0:
        raise Refusal("line.quantity")
    if qty == 0:
        return remove(basket, n)
    _open(basket)
    line = basket.line(n)
    product = catalogue.products.get(line.product_id)
    if qty > line.qty and product is not None and product.sold_out:
        raise Refusal("product.sold_out", product=product.name)
    return _on_line(basket, n, lambda found: replace(found, qty=qty, by_points=None))


def remove(basket: Basket, n: int) -> Basket:
    """Take a line out, with its Points Pay choice (R42). Refuses `sale.being_paid`."""
    _open(basket)
    basket.line(n)
    return _with_lines(basket, (line for line in basket.lines if line.n != n))


def _repriced(basket: Basket, catalogue: Catalogue) -> Basket:
    classification = paying_classification(basket, catalogue)
    return _with_lines(
        basket,
        (
            reprice(replace(line, by_points=None), member_classification=classification, catalogue=catalogue)
            for line in basket.lines
        ),
    )


def attach(basket: Basket, member: MemberCard, account: AccountCard, attach: Attach, catalogue: Catalogue) -> Basket:
    """Put a member on the sale and price every line that was not overridden again (R29, R80).

    Points Pay choices are cleared: they were another account's. `attach` is what `members.access` decided.

    Raises:
        Refusal: `attach.code` when the member may not be attached (R11, R13, R15), `sale.being_paid`.
    """
    _open(basket)
    if not attach.ok:
        facts = {name: fact for reason in attach.because for name, fact in reason.facts.items()}
        raise Refusal(attach.code, **facts)
    return _repriced(replace(basket, member=member, account=account, benefits=attach.benefits), catalogue)


def renew(basket: Basket, member: MemberCard, account: AccountCard) -> Basket:
    """Take newer cards of the member attached: of another person they are ignored. Prices stay until `recheck`."""
    if basket.member is None or basket.member.person_id != member.person_id:
        return basket
    return replace(basket, member=member, account=account)


def taken_off(basket: Basket, catalogue: Catalogue) -> Basket:
    """Give the basket without its member, at public prices and without Points Pay choices; payments stay (R11)."""
    return _repriced(replace(basket, member=None, account=None, benefits=False), catalogue)


def detach(basket: Basket, catalogue: Catalogue) -> Basket:
    """Take the member off: prices go back and every Points Pay choice goes (R42, R80). Refuses `sale.being_paid`."""
    _open(basket)
    return taken_off(basket, catalogue)


def use_points(basket: Basket, options: Options, ticked: frozenset[int]) -> Basket:
    """Choose the lines that points pay for (R68). R70 and R71 say how far other payments may stand before it.

    Raises:
        Refusal: `points.other_tenders`, `points.short`, `points.excluded`, as `redeeming.choose`.
    """
    paid = total([t.amount for t in basket.tenders])
    return _with_lines(basket, choose(basket.lines, options, ticked, tendered=paid))


def clear_points(basket: Basket) -> Basket:
    """Clear every Points Pay choice; the caller gives the lease back (R42, R72). Refuses `sale.being_paid`."""
    _open(basket)
    return _with_lines(basket, unchoose(basket.lines))


def tender(basket: Basket, tender: Tender) -> Basket:
    """Add what was taken. `finalise` sees to it that all tenders together pay the sale exactly."""
    return replace(basket, tenders=(*basket.tenders, tender))


def void_tenders(basket: Basket) -> Basket:
    """Take every payment out again; the caller gives the money back and records it (U42)."""
    return replace(basket, tenders=())


def totals(basket: Basket, catalogue: Catalogue) -> Totals:
    """Sum a basket (R28, R69, R79, R97). Pure and quick: it is called for every tap."""
    lines = basket.lines
    points_tax = catalogue.venue.points_tax
    by_points = [line.by_points for line in lines if line.by_points is not None]
    tax = tax_sums(lines, catalogue)
    whole = total([line.receipt_net + added_tax(line, points_tax) for line in lines])
    points_value = total([b.value for b in by_points])
    paid = total([t.amount for t in basket.tenders])
    due = whole - points_value - paid
    cash_due = cash_total(due, catalogue.venue.cash_step_minor)
    return Totals(
        gross=total([line.gross for line in lines]),
        discount=total([line.discount for line in lines]),
        points_pay_discount=total([b.discount for b in by_points]),
        total=whole,
        points_value=points_value,
        due=due,
        cash_due=cash_due if due > NIL else NIL,
        cash_rounding=cash_due - due if due > NIL else NIL,
        tax=tax,
        tax_total=total([t.amount for t in tax]),
        saved=total([line.saved for line in lines]),
        earns=award(
            lines,
            member=basket.member,
            classification=catalogue.classification_of(basket.member),
            catalogue=catalogue,
            earns=basket.benefits,
        ),
        points_used=Points(sum(b.points.hundredths for b in by_points)),
        paid=paid,
    )
