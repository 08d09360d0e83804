"""Sell: make a basket final. One transaction writes the sale, its points, its receipt and its place in the log (I3).

Runs on the writer lane. The receipt prints and the drawer opens only after this has returned (U61).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.campaigns import Campaign, triggers
from clubtill_rules.members.deny import NOBODY_DENIED, Deny
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.leases import Lease, OfflineBudget
from clubtill_rules.sale.basket import Basket, renew
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.values.days import US_PER_DAY, local, trading_day
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.sale_events import FeeV1
from clubtill_sync.wire.versions_sale import Beside, sale_to_v2
from clubtill_terminal.actions.receipt_fee import taken
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import budgets, documents, leases, members, outbox, sales
from clubtill_terminal.store.device import Device, read_device
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
    fee_approvers: Mapping[int, str] | None = None,
    parked_id: str = "",
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
        fee_approvers: who agreed to a fee already paid, by classification number (R21).
        parked_id: the parked sale that this one was made of, which it ends (6.5).

    Raises:
        Refusal: what `finalise` refuses, and `joining.receipt` of its fees; offline `points.offline.stale` with `days`
            (D8) and `points.offline` where the venue or the state of this device's log rules points out (R90, I30).
            Nothing was written.
    """
    at_us = terminal.now_us()
    known = _known(terminal, basket, offline=offline)
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        account = known.basket.account
        own = leases.open_leases(facts, account.account_id) if account else ()
        held = lease_rules.of_sale(catalogue.venue.offline_mode, own, basket.sale_id)
        budget = _budget(facts, terminal, known, catalogue, at_us=at_us, offline=offline)
        rung = _Rung(device=device, staff_id=staff_id, at_us=at_us, offline=offline)
        sale = _final(known, catalogue, held, budget, rung)
        fees = taken(
            facts,
            sale,
            known.basket.member,
            position=known.position,
            catalogue=catalogue,
            approvers=fee_approvers or {},
        )
        own_h = sum(outbox.overlay(facts, sale.account_id, position=known.position)) if sale.account_id else 0
        after = _after(sale, account, Points(own_h) + _joined(fees))
        marks = _marks(terminal, offline=offline, provisional=offline and bool(fees))
        printed = receipt(sale, catalogue, after, speech, marks, till=till, staff=staff, as_at_us=known.data_at_us)
        leases.spend(facts, held, sale.lease_spends, trading_day(at_us, catalogue.club.clock))
        if budget is not None and budget.budget is not None:
            budgets.spend(facts, budget.budget, sale.sale_id, sale.account_id, sale.budget_spends)
        outbox.append(facts, [_event(terminal, sale, _beside(known, sale, fees, parked_id))], device)
        sales.keep_sale(facts, _kept(sale, printed), _print_job(sale))
    return Sold(sale=sale, receipt=printed, balance=after.balance if after else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """On which device, by whom and when a sale is made final."""

    device: Device
    staff_id: str
    at_us: int
    offline: bool


def _final(
    known: _Known, catalogue: Catalogue, held: Sequence[Lease], budget: OfflineBudget | None, rung: _Rung
) -> Sale:
    """Make the sale final, within what this device may redeem now. Refuses as `sell` says."""
    sale = finalise(
        known.basket,
        catalogue=catalogue,
        number=rung.device.next_sale_number,
        device_id=rung.device.device_id,
        staff_id=rung.staff_id,
        at_us=rung.at_us,
        leases=held,
        offline=rung.offline,
        deny=known.deny,
        budget=budget,
    )
    _may_redeem(sale, held, catalogue, rung.device, budget)
    return sale


def _budget(
    facts: outbox.Connection, terminal: Terminal, known: _Known, catalogue: Catalogue, *, at_us: int, offline: bool
) -> OfflineBudget | None:
    """Give what a terminal that is cut off in the mode BUDGET may spend of an account; None otherwise (4.3)."""
    account = known.basket.account
    if not offline or account is None or catalogue.venue.offline_mode is not OfflineMode.BUDGET:
        return None
    return budgets.allowed(
        facts,
        terminal.device_id,
        account,
        position=known.position,
        data_at_us=known.data_at_us or 0,
        now_us=at_us,
    )


def _may_redeem(
    sale: Sale, held: Sequence[Lease], catalogue: Catalogue, device: Device, budget: OfflineBudget | None
) -> None:
    """Refuse points that offline may not be spent here, whatever was offered before the line dropped (R90, D8, I30)."""
    days = max(0, sale.at_us - device.last_contact_us) // US_PER_DAY
    now = lease_rules.usable(
        catalogue.venue.offline_mode,
        held,
        online=not sale.offline,
        sale_id=sale.sale_id,
        contact_age_days=days,
        day=trading_day(sale.at_us, catalogue.club.clock),
        trouble=device.trouble,
        budget=budget,
    )
    if sale.points_used <= now.points:
        return
    if now.why is not None and now.why.code == "why.offline.stale":
        raise Refusal("points.offline.stale", days=days)
    raise Refusal("points.offline")


def _after(sale: Sale, account: AccountCard | None, own: Points) -> AccountCard | None:
    """Give the account's card as it stands after the sale, this device's own events included (I6)."""
    if account is None or not sale.account_id:
        return None
    balance = account.balance + account.reserved - account.deficit + own - sale.points_used + sale.award
    return replace(account, balance=balance, reserved=NO_POINTS, deficit=NO_POINTS)


def _joined(fees: Sequence[FeeV1]) -> Points:
    """Sum the Join Points of fees (R23)."""
    return Points(sum(fee.points_h for fee in fees))


def _beside(known: _Known, sale: Sale, fees: tuple[FeeV1, ...], parked_id: str) -> Beside:
    """Give what the sale's event tells besides the sale: fees, vouchers used (R102), campaigns that counted (R95)."""
    basket = known.basket
    used = tuple(voucher.id for voucher in basket.vouchers if voucher.id not in basket.idle)
    account, member = (basket.account, basket.member) if sale.account_id else (None, None)
    counted = [one.code for one in known.campaigns if member and triggers(one, member, sale.trading_day)]
    return Beside(
        account_rate_h=account.fixed_rate_h if account else None,
        fees=fees,
        vouchers=used,
        campaigns=tuple(sorted(counted)),
        parked_id=parked_id,
    )


def _event(terminal: Terminal, sale: Sale, beside: Beside) -> outbox.NewEvent:
    body, settings = sale_to_v2(sale, beside), sale.catalogue_version
    return outbox.NewEvent(
        event_id=sale.sale_id,
        kind="sale",
        occurred_at_us=sale.at_us,
        bytes_=terminal.event_bytes(sale.sale_id, body, at_us=sale.at_us, settings_version=settings),
        account_id=sale.account_id,
        overlay_h=(sale.award + _joined(beside.fees)).hundredths - sum(one.amount_h for one in sale.budget_spends),
        reserved_h=-sum(one.amount_h for one in sale.lease_spends),
        label=str(sale.number),
        amount_minor=sale.total.minor,
    )


def _kept(sale: Sale, printed: tuple[ReceiptLine, ...]) -> sales.KeptSale:
    return sales.KeptSale(
        sale_id=sale.sale_id,
        number=sale.number,
        at_us=sale.at_us,
        total_minor=sale.total.minor,
        member_number=sale.member_number,
        receipt=msgspec.json.encode(printed),
    )


def _print_job(sale: Sale) -> sales.PrintJob:
    cash = any(one.kind is MediaKind.CASH for one in sale.taken)
    return sales.PrintJob(job_id=f"{sale.sale_id}-1", sale_id=sale.sale_id, state="waiting", drawer=cash)


def _marks(terminal: Terminal, *, offline: bool, provisional: bool) -> frozenset[Mark]:
    told = ((terminal.demo, Mark.DEMO), (offline, Mark.OFFLINE), (provisional, Mark.PROVISIONAL))
    return frozenset(mark for holds, mark in told if holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the cache knows by now: the member's newest card, the deny list's word, campaigns, offline its age."""

    basket: Basket
    deny: Deny
    position: int
    data_at_us: int | None
    campaigns: tuple[Campaign, ...] = ()


def _known(terminal: Terminal, basket: Basket, *, offline: bool) -> _Known:
    with terminal.store.cache.begin() as cache:
        data_at_us = documents.feed_state_of(cache).updated_at_us if offline else None
        if basket.member is None or basket.account is None:
            return _Known(basket=basket, deny=NOBODY_DENIED, position=0, data_at_us=data_at_us)
        found = members.by_person(cache, basket.member.person_id)
        today = local(terminal.now_us(), "UTC").date()
        return _Known(
            campaigns=tuple(documents.current(cache, "campaign", Campaign, today).values()),
            basket=renew(basket, found.member, found.account) if found else basket,
            deny=documents.deny_of(cache, basket.member, None),
            position=documents.position(cache, account_bucket(basket.account.club_id, basket.account.account_id)),
            data_at_us=data_at_us,
        )
