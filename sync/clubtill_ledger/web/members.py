"""Members: who a number of the key's own club is, and what the web location's place allows them (R11, R13, R15, R17).

Only members of the key's club are ever found, whatever number is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from clubtill_ledger.store import documents, people
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.web.keys import Caller
from clubtill_ledger.web.shapes import Balance, Member
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.access import Attach, may_attach
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.deny import Deny
from clubtill_rules.points.redeeming import web_ratio, worth
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import NIL
from clubtill_rules.values.points import NO_POINTS
from clubtill_rules.values.refusal import Refusal

BANNED: Final = "member.excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A member as a call sees them: the cards, the settings at the web location, and what access decided."""

    member: MemberCard
    account: AccountCard
    catalogue: Catalogue
    classification: Classification | None
    attach: Attach


def member(caller: Caller, store: Store, shelf: SettingsShelf, number: str, now_us: int) -> Member:
    """Give a member. Raises Refusal `unknown_member` or `not_set_up`."""
    known = store.read(partial(know, caller=caller, shelf=shelf, number=number, now_us=now_us))
    code = no_points_code(known)
    return Member(
        number=known.member.number,
        first_name=known.member.first_name,
        classification=known.classification.description if known.classification else "",
        may_redeem=not code,
        code=code,
    )


def balance(caller: Caller, store: Store, shelf: SettingsShelf, number: str, now_us: int) -> Balance:
    """Give a member's balance, with what it buys at the Web Redemption Ratio. Raises Refusal as `member`."""
    known = store.read(partial(know, caller=caller, shelf=shelf, number=number, now_us=now_us))
    account = known.account
    ratio = web_ratio(known.classification) if known.classification else 0
    decimals = known.catalogue.venue.money_decimals
    buys = worth(account.balance, ratio, money_decimals=decimals) if ratio and account.balance > NO_POINTS else NIL
    return Balance(
        number=known.member.number,
        available_h=account.balance.hundredths,
        reserved_h=account.reserved.hundredths,
        deficit_h=account.deficit.hundredths,
        ratio=ratio,
        available_minor=buys.minor,
        next_expiry=account.next_expiry,
    )


def know(
    connection: Connection, caller: Caller, shelf: SettingsShelf, number: str, now_us: int, *, account_id: str = ""
) -> Known:
    """Find a member of the key's club and decide their access, in all accounts or in one alone.

    Raises Refusal `unknown_member` or `not_set_up`.
    """
    catalogue = place(connection, caller, shelf, now_us)
    today = trading_day(now_us, catalogue.club.clock)
    own = caller.key.club_id
    found = ((own, account_id),) if account_id else people.by_number(connection, number)
    for club_id, name in found:
        if club_id != own:
            continue
        account = people.account_card(connection, club_id, name, club=catalogue.club, today=today)
        for one in account.persons if account else ():
            if account is not None and one.number == number:
                return _known(connection, one, account, catalogue, now_us)
    raise Refusal("unknown_member")


def place(connection: Connection, caller: Caller, shelf: SettingsShelf, now_us: int) -> Catalogue:
    """Give the settings of the key's club at the web location of its terminal (R15). Raises Refusal `not_set_up`."""
    settings = shelf.now(connection, now_us)
    terminal = settings.terminal(caller.device.terminal_id)
    catalogue = settings.catalogue(caller.key.club_id, terminal.location_id) if terminal else None
    if catalogue is None:
        raise Refusal("not_set_up")
    return catalogue


def no_points_code(known: Known) -> str:
    """Give why a member cannot redeem here now; blank if they can (R13, R15, R17, R66)."""
    if not known.attach.ok:
        return known.attach.code
    if not known.attach.benefits:
        return "member.no_benefits"
    if known.classification is None or not web_ratio(known.classification):
        return "points.ratio_zero"
    return ""


def _known(connection: Connection, one: MemberCard, account: AccountCard, catalogue: Catalogue, now_us: int) -> Known:
    classification = catalogue.classification_of(one)
    attach = may_attach(
        one,
        account,
        card=None,
        classification=classification,
        club=catalogue.club,
        venue=catalogue.venue,
        day=trading_day(now_us, catalogue.venue.clock),
        deny=_deny(connection, one),
    )
    return Known(member=one, account=account, catalogue=catalogue, classification=classification, attach=attach)


def _deny(connection: Connection, one: MemberCard) -> Deny:
    """Give what the deny list says of a member and the account (R11, R13)."""
    standing = documents.current_denials(connection)
    person, account = standing.get(("person", one.person_id)), standing.get(("account", one.account_id))
    banned = person is not None and person.denied and person.code == BANNED
    blocked = person is not None and person.denied and person.code != BANNED
    return Deny(
        persons=frozenset({one.person_id} if blocked else ()),
        accounts=frozenset({one.account_id} if account is not None and account.denied else ()),
        banned=frozenset({one.person_id} if banned else ()),
    )
