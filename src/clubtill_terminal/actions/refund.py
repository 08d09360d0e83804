"""Refund: gives goods back, or voids a sale of this till on its day (R24, R40-R43). One transaction writes it (I3).

Runs on the writer lane. Money and drawer follow the commit. The sale is found in this till's own log; a sale of another
till is refunded where it was made, or without a receipt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.members.fee_history import FeeTakenBack, refund_fee
from clubtill_rules.members.joining import FeePaid, JoinAward, join_key
from clubtill_rules.permissions import Answer, Approval, Role, approve, may
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.refunding import Made, Refund, refund_without_receipt
from clubtill_rules.sale.refunding import refund as worked_out
from clubtill_rules.sale.tracking import tracked_back
from clubtill_rules.sale.voiding import Void
from clubtill_rules.sale.voiding import void as voided
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.versions_refund import At, refund_to_v1, void_to_v1
from clubtill_terminal.actions.own_sales import SoldHere, sold_here
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import outbox, sales


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who gives back, with which roles; who approves, where the matrix asks for it; and why.

    `offline`: the ledger is out of reach, which the event says.
    """

    staff_id: str
    roles: Collection[Role]
    approver_id: str = ""
    approver_roles: Collection[Role] = ()
    reason: str = ""
    offline: bool = False


def find(terminal: Terminal, number: int) -> SoldHere:
    """Find a sale of this till by the number on its receipt, the latest with that number.

    Raises:
        Refusal: `sale.not_here`.
    """
    with terminal.store.reading_facts.begin() as facts:
        sale_id = sales.id_of(facts, number)
        if not sale_id:
            raise Refusal("sale.not_here")
        return sold_here(facts, sale_id)


def refund(terminal: Terminal, sale_id: str, wanted: Mapping[int, int], *, catalogue: Catalogue, by: By) -> Refund:
    """Refund units of lines of a sale of this till, by line number, and commit it (R40, R41, D42).

    Raises:
        Refusal: as the rules' `refund`; `sale.not_here`; `fee.not_latest` and `fee.refunded` (R24);
            `act.needs_approval`, `act.own_approval`, `act.not_allowed` by the matrix. Nothing was written.
    """
    made = _made(terminal, by)
    with terminal.store.facts.begin() as facts:
        sold = sold_here(facts, sale_id)
        done = worked_out(sold.sale, sold.refunds, wanted, made=made, catalogue=catalogue)
        fees = _fees_back(sold, {line.line.n for line in done.lines if line.qty})
        approver = _may(done.asks, by, catalogue)
        body = refund_to_v1(done, sold.sale, _at(catalogue, by, approver), tracked_back(sold.sale, done, sold.refunds))
        moved = done.points_back - done.award_back + sum((fee.points for fee in fees), Points(0))
        outbox.append(facts, [_event(terminal, body, made, moved, catalogue)])
    return done


def void(terminal: Terminal, sale_id: str, *, catalogue: Catalogue, by: By) -> Void:
    """Void a whole sale of this till on its trading day, and commit it (R42).

    Raises:
        Refusal: `void.other_day`, `void.refunded`; otherwise as `refund`. Nothing was written.
    """
    made = _made(terminal, by)
    with terminal.store.facts.begin() as facts:
        sold = sold_here(facts, sale_id)
        done = voided(sold.sale, made=made, catalogue=catalogue, refunds=sold.refunds)
        fees = _fees_back(sold, {line.n for line in sold.sale.lines})
        approver = _may(done.asks, by, catalogue)
        body = void_to_v1(done, sold.sale, _at(catalogue, by, approver), grace_days=catalogue.club.refund_grace_days)
        moved = sold.sale.points_used - sold.sale.award + sum((fee.points for fee in fees), Points(0))
        outbox.append(facts, [_event(terminal, body, made, moved, catalogue)])
    return done


def refund_goods(terminal: Terminal, lines: Sequence[Line], *, catalogue: Catalogue, media_id: str, by: By) -> Refund:
    """Refund goods for which there is no receipt, in cash, and commit it; never points (R41, row 11).

    Raises:
        Refusal: as the rules' `refund_without_receipt`, and by the matrix. Nothing was written.
    """
    made = _made(terminal, by)
    done = refund_without_receipt(lines, made=made, catalogue=catalogue, media_id=media_id)
    approver = _may(done.asks, by, catalogue)
    body = refund_to_v1(done, None, _at(catalogue, by, approver))
    with terminal.store.facts.begin() as facts:
        outbox.append(facts, [_event(terminal, body, made, Points(0), catalogue)])
    return done


def _made(terminal: Terminal, by: By) -> Made:
    return Made(event_id=terminal.new_id(), device_id=terminal.device_id, staff_id=by.staff_id, at_us=terminal.now_us())


def _at(catalogue: Catalogue, by: By, approver_id: str) -> At:
    return At(
        club_id=catalogue.club.id,
        venue_id=catalogue.venue.id,
        location_id=catalogue.location.id,
        approver_id=approver_id,
        reason=by.reason,
        offline=by.offline,
    )


def _event(terminal: Terminal, body: RefundV1, made: Made, moved: Points, catalogue: Catalogue) -> outbox.NewEvent:
    data = terminal.event_bytes(made.event_id, body, at_us=made.at_us, settings_version=catalogue.version)
    return outbox.NewEvent(
        event_id=made.event_id,
        kind="refund",
        occurred_at_us=made.at_us,
        bytes_=data,
        account_id=body.account_id,
        overlay_h=moved.hundredths,
        label=str(body.sale_number) if body.sale_id else "",
        amount_minor=-Money(body.total_minor).minor,
    )


def _may(asks: Sequence[Ask], by: By, catalogue: Catalogue) -> str:
    """Give who approved, blank where nobody had to; refuse what the matrix does not allow (2.12, rows 9-11)."""
    approver = ""
    for ask in asks:
        decimals = catalogue.venue.money_decimals
        answer = may(by.roles, ask.act, ask.amount, money_decimals=decimals)
        if answer is Answer.YES:
            continue
        if answer is Answer.NEVER:
            raise Refusal("act.not_allowed")
        if not by.approver_id:
            raise Refusal("act.needs_approval")
        given = approve(
            ask.act,
            ask.amount,
            asker_id=by.staff_id,
            asker_roles=by.roles,
            approver_id=by.approver_id,
            approver_roles=by.approver_roles,
            money_decimals=decimals,
        )
        if given is Approval.OWN_ACT:
            raise Refusal("act.own_approval")
        if given is not Approval.GIVEN:
            raise Refusal("act.needs_approval")
        approver = by.approver_id
    return approver


def _fees_back(sold: SoldHere, lines: Collection[int]) -> tuple[FeeTakenBack, ...]:
    """Tell what the fees among these lines take back, the last first; each only while it is the latest (R24)."""
    paid = [_paid(sold, place) for place in range(len(sold.fees))]
    gone = {(sold.sale.sale_id, fee.place) for fee in sold.fees for one in sold.refunds if fee.line in _lines(one)}
    back: list[FeeTakenBack] = []
    for fee in sorted(sold.fees, key=lambda fee: -fee.place):
        if fee.line in lines:
            name = (sold.sale.sale_id, fee.place)
            back.append(refund_fee(paid, name, gone))
            gone.add(name)
    return tuple(back)


def _lines(one: Refund) -> set[int]:
    return {line.line.n for line in one.lines if line.qty}


def _paid(sold: SoldHere, place: int) -> FeePaid:
    fee, sale = sold.fees[place], sold.sale
    key = join_key(sale.club_id, sale.person_id, fee.classification, sale.sale_id, place)
    award = JoinAward(number=fee.classification, points=Points(fee.points_h), key=key) if fee.points_h else None
    return FeePaid(
        event_id=sale.sale_id,
        place=place,
        at_us=sale.at_us,
        number=fee.classification,
        fee=Money(fee.fee_minor),
        before=fee.before,
        after=fee.after,
        award=award,
        provisional=fee.provisional,
        because=(),
    )
