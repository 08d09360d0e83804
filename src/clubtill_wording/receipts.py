"""Receipts: a finished sale as a document tree of lines, and that tree as text of 48 or 32 columns (R78, U111).

Made of the sale alone, plus the account as it stands after it. Knows no printer: bold, cutting and pulses are theirs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.account import AccountCard
from clubtill_rules.sale.receipt_points import points_on_receipt
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.money import Money
from clubtill_wording.amounts import plain_text
from clubtill_wording.speech import Speech

COLUMNS_80MM: Final = 48
COLUMNS_58MM: Final = 32
_INDENT: Final = 2
_CELL: Final = 13
_TENDER_WORDS: Final = {
    MediaKind.CASH: "receipt.cash",
    MediaKind.CARD: "receipt.card",
    MediaKind.ACCOUNT: "receipt.account",
    MediaKind.GIFT_CARD: "receipt.gift_card",
}
_NOTES: Final = {PriceReason.MEMBER_LEVEL: "receipt.member_price", PriceReason.CAMPAIGN: "receipt.campaign"}


class Mark(Enum):
    """What a receipt is marked with when it is not the plain first print of a booked sale (interface 7)."""

    COPY = "copy"
    OFFLINE = "offline"
    PROVISIONAL = "provisional"
    DEMO = "demo"


class LineKind(Enum):
    """What a line of a receipt is."""

    TEXT = "text"
    AMOUNT = "amount"
    RULE = "rule"
    QR = "qr"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of a receipt; a printer or a screen lays it out at its own width.

    Attributes:
        text: the words at the left. Of QR: what stands beside the code.
        amount: of AMOUNT, at the right edge; `middle` starts in the middle ("@ 8.00").
        cells: of a TEXT line of several facts, in order; shown in one row where they fit.
        note: belongs to the line above and is indented.
        code: of QR, its content: an opaque id only (U122).
        caption: of QR, what stands for the code where none can be drawn.
        centred, strong, large: how it is to look; large is for the total and the change.
    """

    kind: LineKind = LineKind.TEXT
    text: str = ""
    amount: str = ""
    middle: str = ""
    cells: tuple[str, ...] = ()
    note: bool = False
    code: str = ""
    caption: str = ""
    centred: bool = False
    strong: bool = False
    large: bool = False


_RULE: Final = ReceiptLine(kind=LineKind.RULE)


def _head(
    sale: Sale, catalogue: Catalogue, speech: Speech, marks: frozenset[Mark], *, till: str, staff: str
) -> list[ReceiptLine]:
    venue = catalogue.venue
    lines = [ReceiptLine(text=venue.receipt_name or catalogue.club.name, centred=True, strong=True)]
    lines += [ReceiptLine(text=text, centred=True) for text in venue.receipt_lines]
    lines.append(ReceiptLine(text=speech.label("receipt.tax_invoice"), centred=True, strong=True))
    lines += [
        ReceiptLine(text=speech.label(f"receipt.mark.{mark.value}"), centred=True, strong=True)
        for mark in Mark
        if mark in marks
    ]
    number = speech.label("receipt.sale", number=sale.number)
    lines.append(ReceiptLine(cells=(number, till, speech.moment(sale.at_us), staff)))
    return [*lines, _RULE]


def _amount(text: str, amount: str, *, big: bool = False) -> ReceiptLine:
    return ReceiptLine(kind=LineKind.AMOUNT, text=text, amount=amount, strong=big, large=big)


def _note(text: str) -> ReceiptLine:
    return ReceiptLine(text=text, note=True)


def _goods(sale: Sale, speech: Speech) -> list[ReceiptLine]:
    """Give the lines sold, each before its Points Pay discount, with what was saved and what is free of tax."""
    mixed = len({line.tax_bp == 0 for line in sale.lines}) > 1
    taxed_as = next((t.label for t in sale.tax if t.rate_bp), "")
    lines: list[ReceiptLine] = []
    for line in sale.lines:
        each = speech.label("receipt.each", unit=line.unit_price) if line.qty != 1 else ""
        lines.append(
            ReceiptLine(
                kind=LineKind.AMOUNT, text=f"{line.qty} {line.name}", middle=each, amount=speech.plain(line.net)
            )
        )
        lines += [_note(text) for text in _notes(line, speech)]
        if mixed and line.tax_bp == 0:
            lines.append(_note(speech.label("receipt.free_of_tax", tax=taxed_as)))
    return lines


def _notes(line: Line, speech: Speech) -> list[str]:
    notes = []
    undiscounted = Money(max(0, ((line.public_price - line.unit_price) * line.qty).minor))
    if undiscounted and line.price_reason in _NOTES:
        notes.append(speech.label(_NOTES[line.price_reason], amount=undiscounted))
    if line.discount:
        notes.append(speech.label("receipt.discount", amount=line.discount))
    return notes


def _points_pay_discount(sale: Sale, catalogue: Catalogue, speech: Speech) -> list[ReceiptLine]:
    """Give the line of the Points Pay discount: with its percentage when that alone made it (R69, R70)."""
    if not sale.points_pay_discount:
        return []
    classification = catalogue.classifications.get(sale.classification or 0)
    rate_bp = classification.points_pay_discount_bp if classification else 0
    discounted = [(line.by_points, line.net) for line in sale.lines if line.by_points and line.by_points.discount]
    by_rate = all(not by_points.own_price and by_points.discount == net.share(rate_bp) for by_points, net in discounted)
    label = (
        speech.label("receipt.pp_discount_percent", rate_bp=rate_bp) if by_rate else speech.label("receipt.pp_discount")
    )
    return [_amount(label, speech.plain(-sale.points_pay_discount))]


def _total(sale: Sale, speech: Speech) -> list[ReceiptLine]:
    """Give the total with its tax: in its own line for one tax, below it for several (R97)."""
    taxes = [t for t in sale.tax if t.amount]
    only = taxes[0] if len(taxes) == 1 else None
    added = any(not line.tax_inclusive for line in sale.lines)
    if only is not None and not added:
        label = speech.label("receipt.total_including", tax=only.label, amount=only.amount)
    else:
        label = speech.label("receipt.total")
    lines = [_amount(label, speech.plain(sale.total), big=True)]
    if only is None or added:
        inclusive = {line.tax_code_id for line in sale.lines if line.tax_inclusive}
        for tax in taxes:
            key = "receipt.tax_included" if tax.tax_code_id in inclusive else "receipt.tax_added"
            text = speech.label(key, tax=tax.label, rate_bp=tax.rate_bp)
            lines.append(_amount(text, speech.plain(tax.amount)))
    return lines


def _paid(sale: Sale, speech: Speech) -> list[ReceiptLine]:
    lines = []
    if sale.points_used:
        label = speech.label("receipt.points_used", points=sale.points_used)
        lines.append(_amount(label, speech.plain(sale.points_value)))
    if sale.cash_rounding:
        lines.append(_amount(speech.label("receipt.rounding"), speech.plain(sale.cash_rounding)))
    lines += [_amount(speech.label(_TENDER_WORDS[t.kind]), speech.plain(t.given)) for t in sale.taken]
    if sale.change:
        lines.append(_amount(speech.label("receipt.change"), speech.plain(sale.change), big=True))
    return lines


def _member(
    sale: Sale, catalogue: Catalogue, account: AccountCard | None, speech: Speech, as_at_us: int | None
) -> list[ReceiptLine]:
    """Give what the club wants a receipt to say of the member (R78), what expires soon (R36) and how old it is."""
    if not sale.person_id:
        return []
    person = next((p for p in account.persons if p.person_id == sale.person_id), None) if account else None
    name = f"{person.first_name} {person.last_name[:1]}." if person and person.last_name else sale.member_number
    classification = catalogue.classifications.get(sale.classification or 0)
    told = points_on_receipt(sale, catalogue.club, account, as_at_us=as_at_us)
    text = f"{name}  {classification.description}" if classification else name
    if told.issued is not None:
        text += "  " + speech.label("receipt.earned", points=told.issued)
    if told.balance is None:
        return [ReceiptLine(text=text, strong=True)]
    text += "   " + speech.label("receipt.balance", points=told.balance)
    lines = [ReceiptLine(text=text, strong=True)]
    if told.as_at_us is not None:
        lines.append(ReceiptLine(text=speech.label("receipt.offline_as_at", at_us=told.as_at_us)))
    if told.expiring is not None:
        lines.append(ReceiptLine(text=speech.label("receipt.expire_by", points=told.expiring, day=told.expire_by)))
    return lines


def receipt(
    sale: Sale,
    catalogue: Catalogue,
    account_after: AccountCard | None,
    speech: Speech,
    marks: frozenset[Mark] = frozenset(),
    *,
    till: str = "",
    staff: str = "",
    as_at_us: int | None = None,
) -> tuple[ReceiptLine, ...]:
    """Write the receipt of a sale (R78, interface 7).

    Args:
        sale: the finished sale.
        catalogue: the settings it was made with: names, the club's options, the venue's head and foot.
        account_after: the account as it stands after the sale; None where it is not known.
        speech: the venue's or the member's language (U111).
        marks: what it is marked with.
        till: name of the terminal.
        staff: how the receipt names who served.
        as_at_us: offline, how old the balance is: `Offline - balance as at 18:19`.
    """
    member = _member(sale, catalogue, account_after, speech, as_at_us)
    lines = [
        *_head(sale, catalogue, speech, marks, till=till, staff=staff),
        *_goods(sale, speech),
        *_points_pay_discount(sale, catalogue, speech),
        _RULE,
        *_total(sale, speech),
        *_paid(sale, speech),
        _RULE,
        *member,
        ReceiptLine(
            kind=LineKind.QR,
            code=sale.sale_id,
            caption=speech.label("receipt.qr"),
            text=catalogue.venue.receipt_footer,
        ),
        ReceiptLine(kind=LineKind.CUT),
    ]
    return tuple(lines)


# ---------------------------------------------------------------- as text


def _wrap(text: str, columns: int, indent: int = 0) -> list[str]:
    return textwrap.wrap(text, columns, initial_indent=" " * indent, subsequent_indent=" " * indent) or [""]


def _spread(left: str, right: str, columns: int) -> list[str]:
    """Put one text at each edge; in two rows where they don't fit in one."""
    if len(left) + 1 + len(right) <= columns:
        return [left + right.rjust(columns - len(left))] if right else [left]
    rows = _wrap(left, columns)
    if len(rows[-1]) + 1 + len(right) <= columns:
        return [*rows[:-1], rows[-1] + right.rjust(columns - len(rows[-1]))]
    return [*rows, right.rjust(columns)]


def _amount_rows(line: ReceiptLine, columns: int) -> list[str]:
    if not line.middle:
        return _spread(line.text, line.amount, columns)
    stop = columns // 2 + 1
    with_middle = f"{line.text:<{stop}}{line.middle}" if len(line.text) < stop else f"{line.text} {line.middle}"
    if len(with_middle) + 1 + len(line.amount) <= columns:
        return _spread(with_middle, line.amount, columns)
    return [*_spread(line.text, line.amount, columns), " " * _INDENT + line.middle]


def _cell_rows(cells: tuple[str, ...], columns: int) -> list[str]:
    """Lay out facts in one row: the first two in columns of their own, the rest at the right edge; else as they fit."""
    cells = tuple(cell for cell in cells if cell)
    left = "".join(f"{cell:<{_CELL}}" for cell in cells[:2])
    right = "  ".join(cells[2:])
    if all(len(cell) < _CELL for cell in cells[:2]) and len(left) + len(right) <= columns:
        return [left + right.rjust(columns - len(left))]
    rows = [""]
    for cell in cells:
        joined = f"{rows[-1]}  {cell}" if rows[-1] else cell
        if len(joined) <= columns:
            rows[-1] = joined
        else:
            rows.append(cell)
    return rows


def _text_rows(line: ReceiptLine, columns: int) -> list[str]:
    if line.cells:
        return _cell_rows(line.cells, columns)
    if line.centred:
        return [" " * ((columns - len(row)) // 2) + row for row in _wrap(line.text, columns)]
    if line.note:
        return _wrap(line.text, columns, _INDENT)
    return [line.text] if len(line.text) <= columns else _cell_rows(tuple(line.text.split("  ")), columns)


def _rows(line: ReceiptLine, columns: int) -> Iterable[str]:
    match line.kind:
        case LineKind.RULE:
            return ["-" * columns]
        case LineKind.AMOUNT:
            return _amount_rows(line, columns)
        case LineKind.QR:
            return _spread(line.caption, line.text, columns)
        case LineKind.CUT:
            return []
        case _:
            return _text_rows(line, columns)


def _printable(line: ReceiptLine) -> ReceiptLine:
    return ReceiptLine(
        kind=line.kind,
        text=plain_text(line.text),
        amount=plain_text(line.amount),
        middle=plain_text(line.middle),
        cells=tuple(plain_text(cell) for cell in line.cells),
        note=line.note,
        caption=plain_text(line.caption),
        centred=line.centred,
    )


def as_text(receipt: Iterable[ReceiptLine], columns: int = COLUMNS_80MM) -> str:
    """Lay a receipt out as plain text of a width, with ordinary signs and spaces; no row is longer than the width."""
    rows = [row.rstrip() for line in receipt for row in _rows(_printable(line), columns)]
    return "\n".join(rows) + "\n"
