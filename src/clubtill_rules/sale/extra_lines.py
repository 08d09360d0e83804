"""Extra lines: what a sale carries besides goods: a fee (R20), a tip (R28), a surcharge (R103), a gift card (R102).

None of them earns, takes a discount or is paid by points.
"""

from __future__ import annotations

from dataclasses import replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import local
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal


def extra_line(
    kind: ProductKind,
    product_id: str,
    name: str,
    amount: Money,
    *,
    catalogue: Catalogue,
    at_us: int,
    tax_code_id: str = "",
    reference: str = "",
) -> Line:
    """Make one line of an amount, with the rate of its tax code (R97); its number is given by `with_line`."""
    tax = catalogue.tax_codes.get(tax_code_id)
    return Line(
        n=0,
        product_id=product_id,
        name=name,
        family_id="",
        category_id="",
        kind=kind,
        added_at_us=at_us,
        unit_price=amount,
        public_price=amount,
        tax_code_id=tax_code_id,
        tax_bp=tax.rate_on(local(at_us, catalogue.venue.zone).date()) if tax else 0,
        tax_inclusive=tax.inclusive if tax else True,
        reference=reference,
    )


def fee_line(
    classification: int, name: str, fee: Money, *, catalogue: Catalogue, at_us: int, tax_code_id: str = ""
) -> Line:
    """Make the line of a fee to be receipted; a fee of nil counts as paid too (R20, R23).

    Nothing changes on the member before the sale is final: `Sale.fees` names what was receipted then.
    """
    return extra_line(
        ProductKind.FEE,
        f"fee:{classification}",
        name,
        fee,
        catalogue=catalogue,
        at_us=at_us,
        tax_code_id=tax_code_id,
        reference=str(classification),
    )


def tip_line(name: str, amount: Money, *, catalogue: Catalogue, at_us: int) -> Line:
    """Make the line of a tip: owed to staff, free of tax, no turnover (R28). Refuses `tender.no_amount`."""
    if amount <= NIL:
        raise Refusal("tender.no_amount")
    return extra_line(ProductKind.TIP, "tip", name, amount, catalogue=catalogue, at_us=at_us)


def with_line(basket: Basket, line: Line) -> Basket:
    """Put an extra line on a basket as its last, under the next number.

    Refuses `fee.no_member`: a fee belongs to the member on the sale (R20).
    """
    if line.kind is ProductKind.FEE and basket.member is None:
        raise Refusal("fee.no_member")
    return replace(basket, lines=(*basket.lines, replace(line, n=basket.next_n)), next_n=basket.next_n + 1)
