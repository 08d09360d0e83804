"""Sell: make a basket final. One transaction writes the sale, its points, its receipt and its place in the log (I3).

Runs on the writer lane. The receipt prints and the drawer opens only after this has returned (U61).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.sale.basket import Basket, renew
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_sync.wire.versions import sale_to_v1
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, leases, members, outbox, sales
from clubtill_terminal.store.device import read_device
from clubtill_wording.receipts import Mark, ReceiptLine, receipt
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A finished sale, with the member's balance after it as this terminal knows it."""

    sale: Sale
    receipt: tuple[ReceiptLine, ...]
    balance: Points | None


def sell(
    terminal: Terminal,
    basket: Basket,
    *,
    catalogue: Catalogue,
    staff_id: str,
    offline: bool,
    speech: Speech,
    till: str,
    staff: str,
    print_it: bool = True,
) -> Sold:
    """Make a basket final and commit it.

    Args:
        terminal: this terminal.
        basket: paid in full; its lines may be paid by points within the leases this device holds.
        catalogue: the settings in force for the member's club.
        staff_id: who sells.
        offline: the ledger is out of reach; the receipt says so.
        speech: language of the receipt (U111).
        till: name of the terminal on the receipt.
        staff: name of who sells on the receipt.
        print_it: queue the receipt for the printer.

    Raises:
        Refusal: what `finalise` refuses. Nothing was written.
    """
    at_us = terminal.now_us()
    newest, position, data_at_us = _newest(terminal, basket)
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        held = leases.open_leases(facts, newest.account.account_id) if newest.account else ()
        sale = finalise(
            newest,
            catalogue=catalogue,
            number=device.next_sale_number,
            device_id=terminal.device_id,
            staff_id=staff_id,
            at_us=at_us,
            leases=held,
            offline=offline,
        )
        after, balance = None, None
        if newest.account is not None and sale.account_id:
            available_h, reserved_h = outbox.overlay(facts, sale.account_id, position=position)
            card = newest.account
            own = Points(available_h + reserved_h) - sale.points_used + sale.award
            balance = card.balance + card.reserved - card.deficit + own
            after = replace(card, balance=balance, reserved=NO_POINTS, deficit=NO_POINTS)
        printed = receipt(
            sale,
            catalogue,
            after,
            speech,
            _marks(terminal, offline=offline),
            till=till,
            staff=staff,
            as_at_us=data_at_us if offline else None,
        )
        leases.spend(facts, held, sale.lease_spends, trading_day(at_us, catalogue.club.clock))
        outbox.append(
            facts,
            [
                outbox.NewEvent(
                    event_id=sale.sale_id,
                    kind="sale",
                    occurred_at_us=at_us,
                    bytes_=terminal.event_bytes(
                        sale.sale_id, sale_to_v1(sale), at_us=at_us, settings_version=sale.catalogue_version
                    ),
                    account_id=sale.account_id,
                    overlay_h=sale.award.hundredths,
                    reserved_h=-sale.points_used.hundredths,
                    label=str(sale.number),
                    amount_minor=sale.total.minor,
                )
            ],
        )
        sales.keep_sale(
            facts,
            sales.KeptSale(
                sale_id=sale.sale_id,
                number=sale.number,
                at_us=at_us,
                total_minor=sale.total.minor,
                member_number=sale.member_number,
                receipt=msgspec.json.encode(printed),
            ),
            sales.PrintJob(
                job_id=f"{sale.sale_id}-1",
                sale_id=sale.sale_id,
                state="waiting",
                drawer=any(t.kind is MediaKind.CASH for t in sale.taken),
            )
            if print_it
            else None,
        )
    return Sold(sale=sale, receipt=printed, balance=balance)


def _marks(terminal: Terminal, *, offline: bool) -> frozenset[Mark]:
    marks = {Mark.DEMO} if terminal.demo else set()
    return frozenset(marks | {Mark.OFFLINE} if offline else marks)


def _newest(terminal: Terminal, basket: Basket) -> tuple[Basket, int, int]:
    """Give the basket with the newest card of its member, the stream's position it stands at, and the data's age."""
    with terminal.store.cache.begin() as cache:
        state = documents.feed_state_of(cache)
        if basket.member is None or basket.account is None:
            return basket, 0, state.updated_at_us
        found = members.by_person(cache, basket.member.person_id)
        position = documents.position(cache, account_bucket(basket.account.club_id, basket.account.account_id))
    return (renew(basket, found.member, found.account) if found else basket), position, state.updated_at_us
