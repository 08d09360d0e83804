"""Find a member: by a card that was read, by number, or by name; with what the card may do at the till.

Runs on the reader lane. The card's text becomes a digest here and goes no further; it is never kept or logged (R82).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from clubtill_rules.members.access import Attach, may_attach
from clubtill_rules.members.account import AccountCard, CardToken, MemberCard
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.actions.balance import Held, read_balance
from clubtill_terminal.actions.own_sales import account_here, member_here
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.read_card import read_card
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.reader import CardSeen
from clubtill_terminal.store import documents, members
from clubtill_terminal.store.members import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMember:
    """A member as found, what they may do at this till, and what their account has here."""

    account: AccountCard
    member: MemberCard
    token: CardToken | None
    attach: Attach
    held: Held


def by_card(terminal: Terminal, place: Place, seen: CardSeen) -> FoundMember | str:
    """Find the member of a card, or give the id of the product whose barcode was scanned.

    Raises:
        Refusal: as `read_card`; `card.replaced` for an old issue; `member.unknown` for a card nobody has here.
    """
    read = read_card(terminal, place, seen)
    if read.product_id:
        return read.product_id
    if read.found is None:
        raise Refusal(read.code or "member.unknown")
    return _judged(terminal, place, read.found)


def by_number(terminal: Terminal, place: Place, number: str) -> tuple[FoundMember, ...]:
    """Find members by their number."""
    with terminal.store.reading.begin() as cache:
        found = members.by_number(cache, number)
    return tuple(_judged(terminal, place, one) for one in found)


def search(terminal: Terminal, place: Place, typed_text: str, *, rows_max: int = 8) -> tuple[FoundMember, ...]:
    """Find members by the beginnings of their names or of their number."""
    with terminal.store.reading.begin() as cache:
        found = members.search(cache, typed_text, rows_max=rows_max)
    return tuple(_judged(terminal, place, one) for one in found)


def by_person(terminal: Terminal, place: Place, person_id: str) -> FoundMember:
    """Find a member again, with the newest card.

    Raises:
        Refusal: `member.unknown`, when the person is not in the cache any more.
    """
    with terminal.store.reading.begin() as cache:
        found = members.by_person(cache, person_id)
    if found is None:
        raise Refusal("member.unknown")
    return _judged(terminal, place, found)


def _judged(terminal: Terminal, place: Place, found: Found) -> FoundMember:
    """Say what a found member may do here, by the card, the deny list and the settings (R11, R13, R15, R17, R18).

    A fee taken here and a limited discount given here count at once, before the ledger's card tells them (R90, R94).
    """
    catalogue = place.catalogue_of(found.account.club_id)
    member, account = member_here(terminal, found.member), account_here(terminal, found.account)
    found = replace(found, member=member, account=account)
    with terminal.store.reading.begin() as cache:
        deny = documents.deny_of(cache, found.member, found.token)
    attach = may_attach(
        found.member,
        found.account,
        card=found.token,
        classification=catalogue.classification_of(found.member),
        club=catalogue.club,
        venue=catalogue.venue,
        day=trading_day(terminal.now_us(), catalogue.venue.clock),
        deny=deny,
    )
    return FoundMember(
        account=found.account,
        member=found.member,
        token=found.token,
        attach=attach,
        held=read_balance(terminal, found.account),
    )
