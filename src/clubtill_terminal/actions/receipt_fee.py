"""Receipt fee: the list behind Receipt Member, the fees that go on a sale, and what they make of the member (R20-R23).

Nothing changes before the sale is final: `sell` asks `taken` for what its fee lines made, in its own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.fees import FeeRow, TickedFee, fees_of, tick
from clubtill_rules.members.joining import receipt
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.extra_lines import fee_line, with_line
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.sale_events import FeeV1
from clubtill_terminal.actions.own_sales import member_here, with_own_fees
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store.outbox import Connection


def fee_list(terminal: Terminal, member: MemberCard, catalogue: Catalogue) -> tuple[FeeRow, ...]:
    """List what a member can pay for today, the primary first (R20)."""
    day = trading_day(terminal.now_us(), catalogue.venue.clock)
    return fees_of(member_here(terminal, member), catalogue.classifications, catalogue.club, day)


def add_fees(
    terminal: Terminal,
    basket: Basket,
    ticks: Mapping[int, int],
    *,
    catalogue: Catalogue,
    approvers: Mapping[int, str] | None = None,
    tax_code_id: str = "",
) -> Basket:
    """Put ticked fees on a sale, one line a period.

    Args:
        terminal: this terminal.
        basket: with the member who pays.
        ticks: how many periods by classification number.
        catalogue: the settings in force.
        approvers: who agreed to a fee already paid, by classification number (R21).
        tax_code_id: of fees (R97); blank is none.

    Raises:
        Refusal: `fee.no_member`; as the rules' `tick`. The basket stays as it was.
    """
    if basket.member is None:
        raise Refusal("fee.no_member")
    rows = fee_list(terminal, basket.member, catalogue)
    for fee in tick(rows, ticks, approved=frozenset(approvers or ())):
        named = catalogue.classifications[fee.number].description
        for _ in range(fee.periods):
            line = fee_line(
                fee.number, named, fee.fee, catalogue=catalogue, at_us=terminal.now_us(), tax_code_id=tax_code_id
            )
            basket = with_line(basket, line)
    return basket


def taken(
    facts: Connection,
    sale: Sale,
    member: MemberCard | None,
    *,
    position: int,
    catalogue: Catalogue,
    approvers: Mapping[int, str],
) -> tuple[FeeV1, ...]:
    """Work out what the fee lines of a final sale make of its member, for its event (R20-R23).

    Raises:
        Refusal: as the rules' `receipt`, for what changed since the fees were ticked. The sale is not to be kept.
    """
    if not sale.fees or member is None:
        return ()
    lines: dict[int, list[int]] = {}
    for fee in sale.fees:
        lines.setdefault(fee.classification, []).append(fee.n)
    amounts = {fee.classification: fee.amount for fee in sale.fees}
    done = receipt(
        with_own_fees(facts, member, position=position),
        [TickedFee(number=number, fee=amounts[number], periods=len(found)) for number, found in lines.items()],
        classifications=catalogue.classifications,
        club=catalogue.club,
        day=sale.trading_day,
        event_id=sale.sale_id,
        at_us=sale.at_us,
        approved=frozenset(approvers),
        provisional=sale.offline,
    )
    waiting = {number: list(found) for number, found in lines.items()}
    return tuple(
        FeeV1(
            place=fee.place,
            line=waiting[fee.number].pop(0),
            classification=fee.number,
            fee_minor=fee.fee.minor,
            before=fee.before,
            after=fee.after,
            points_h=fee.award.points.hundredths if fee.award else 0,
            provisional=fee.provisional,
            approver_id=approvers.get(fee.number, ""),
        )
        for fee in done.fees
    )
