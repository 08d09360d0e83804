"""Voiding: undoing a sale: before it is final nothing was redeemed; after it every entry is reversed (R42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.permissions import Act
from clubtill_rules.points.entries import Entry
from clubtill_rules.points.refunding import void_entries
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.parking import uses_points
from clubtill_rules.sale.posting import Posting, entries, postings
from clubtill_rules.sale.refunding import Made, Refund
from clubtill_rules.sale.sale import FeeTaken, Sale
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A sale voided before it was final.

    Attributes:
        gives_back: payments taken, to be given back.
        returns_lease: the sale under whose id leases are to be returned; blank where points were to pay nothing.
    """

    gives_back: tuple[Tender, ...]
    returns_lease: str
    asks: tuple[Ask, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """A final sale voided on its trading day.

    Attributes:
        entries: one reversing entry for each of the sale's own; `postings` are the sale's with the other sign.
        gives_back: the payments as they were taken, rounding included, to be handed back.
        fees: whose effects on the member are taken back (R24); `tickets` are the barrel tickets taken back (R54).
        asks: row 9 of the matrix.
    """

    void_id: str
    sale_id: str
    at_us: int
    trading_day: date
    device_id: str
    staff_id: str
    entries: tuple[Entry, ...]
    postings: tuple[Posting, ...]
    gives_back: tuple[Tender, ...]
    fees: tuple[FeeTaken, ...]
    tickets: tuple[str, ...]
    asks: tuple[Ask, ...]
    because: tuple[Because, ...]


def drop(basket: Basket) -> Dropped:
    """Void a sale that is not final: nothing is redeemed, payments go back, the lease is returned (R42, R72)."""
    return Dropped(
        gives_back=basket.tenders,
        returns_lease=basket.sale_id if uses_points(basket) else "",
        asks=(Ask(act=Act.SELL),),
        because=(because("why.void.not_final", "R42", n=len(basket.tenders)),),
    )


def void(
    sale: Sale,
    *,
    made: Made,
    catalogue: Catalogue,
    refunds: Sequence[Refund] = (),
    posted: Sequence[Entry] | None = None,
    tickets: Sequence[str] = (),
) -> Void:
    """Void a final sale on the trading day on which it was made (R42).

    Args:
        sale: as it was made final.
        made: by whom, where and when.
        catalogue: for the days and the grace.
        refunds: of this sale; with one it is refunded further, not voided.
        posted: the entries of its event where it made more than its own, such as join points (R23); None is its own.
        tickets: undrawn barrel tickets that it earned.

    Raises:
        Refusal: `void.other_day` with the sale's `day`; `void.refunded`.
    """
    today = trading_day(made.at_us, catalogue.venue.clock)
    if today != sale.trading_day:
        raise Refusal("void.other_day", day=sale.trading_day)
    if refunds:
        raise Refusal("void.refunded")
    original = entries(sale) if posted is None else tuple(posted)
    return Void(
        void_id=made.event_id,
        sale_id=sale.sale_id,
        at_us=made.at_us,
        trading_day=today,
        device_id=made.device_id,
        staff_id=made.staff_id,
        entries=void_entries(
            original,
            event_id=made.event_id,
            eff_us=made.at_us,
            day=trading_day(made.at_us, catalogue.club.clock),
            refund_grace_days=catalogue.club.refund_grace_days,
        ),
        postings=tuple(Posting(account=p.account, amount=-p.amount) for p in postings(sale)),
        gives_back=sale.taken,
        fees=sale.fees,
        tickets=tuple(tickets),
        asks=(Ask(act=Act.VOID_SALE, amount=sale.total.minor),),
        because=(because("why.void.final", "R42", amount=sale.total, n=len(original)),),
    )
