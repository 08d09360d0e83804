"""Fields of the cards: without each of them some rule decides otherwise, so that none is sent in vain (6.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from clubtill_rules.accounts.allowance import left_by_card
from clubtill_rules.door.birthdays import birthday
from clubtill_rules.door.visits import SeenToday
from clubtill_rules.goods.discount import Trigger
from clubtill_rules.members.access import first_bar, is_banned
from clubtill_rules.members.account import (
    AccountCard,
    AllowanceHad,
    BanKind,
    Block,
    CardState,
    CardToken,
    DiscountHad,
    ExpiringLot,
    Linked,
    MemberCard,
)
from clubtill_rules.members.attributes import Attribute, value_of
from clubtill_rules.members.blocks import what_works
from clubtill_rules.members.classification import Allowance, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.initials import initials
from clubtill_rules.members.standing import financial, link_financial
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.earning import fixed_rate
from clubtill_rules.points.expiry import notice
from clubtill_rules.points.leases import in_working_set
from clubtill_rules.sale.discounts.limits import had
from clubtill_rules.sale.discounts.triggers import Buyer, is_for
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole

DAY = date(2026, 11, 24)
CLUB = Club(id="c", name="Club", zone="UTC", admission_delay_days=7)
VENUE = Venue(id="v", name="Venue", zone="UTC")
GOLD = Classification(number=3, club_id="c", description="Gold", sub_club="G", birthday_points=50, fixed_rate_h=100)
SILVER = Classification(number=4, club_id="c", description="Silver", sub_club="S")
TEAM = Attribute(code="team")
MEMBER = MemberCard(
    person_id="p1",
    account_id="a1",
    club_id="c",
    number="101",
    first_name="Jean",
    last_name="Okafor",
    classification=3,
    renewal_date=DAY + timedelta(days=30),
    linked=(Linked(number=4, renewal_date=DAY + timedelta(days=30)),),
    block=Block.BLOCKED,
    ban=BanKind.HOUSE,
    ban_note="Until he pays",
    application_date=DAY - timedelta(days=2),
    date_of_birth=DAY.replace(year=1980),
    birthday_awarded_on=DAY,
    photo="f" * 64,
    note="Likes the corner",
    earns_points=False,
    attributes={"team": "reds", "home_venue": "v"},
    cards=(CardToken(digest="d", last4="0001", state=CardState.BLOCKED),),
    version=4,
)
PLATINUM = Allowance(limit=Money(1_000))
HAD = DiscountHad(discount_id="happy", holder_id="a1", period=DAY, amount=Money(500), times=1)
ACCOUNT = AccountCard(
    account_id="a1", club_id="c", version=9, block=Block.BLOCKED, fixed_rate_h=250, persons=(MEMBER,), discounts=(HAD,),
    balance=whole(100), reserved=whole(60), deficit=whole(30), expiring=(ExpiringLot(last_day=DAY, left=whole(40)),),
    allowances=(AllowanceHad(charge_account_id="acc-1", day=DAY, charged=Money(700)),),
)  # fmt: skip


def _bar(member: MemberCard) -> object:
    free = replace(member, block=Block.NONE, ban=None)
    return first_bar(free, None, card=None, classification=GOLD, club=CLUB, venue=VENUE, day=DAY)


def _born(member: MemberCard) -> object:
    free = replace(member, earns_points=True, birthday_awarded_on=None)
    return birthday(
        free, classification=GOLD, club=CLUB, venue=VENUE, entry_day=DAY, financial=True, seen=SeenToday()
    ).points


def _again(member: MemberCard) -> object:
    free = replace(member, earns_points=True)
    return birthday(
        free, classification=GOLD, club=CLUB, venue=VENUE, entry_day=DAY, financial=True, seen=SeenToday()
    ).points


def _earns(member: MemberCard) -> object:
    free = replace(member, birthday_awarded_on=None)
    return birthday(
        free, classification=GOLD, club=CLUB, venue=VENUE, entry_day=DAY, financial=True, seen=SeenToday()
    ).points


MEMBERS: dict[str, tuple[str, Callable[[MemberCard], object]]] = {
    "classification": ("R101", lambda m: initials(m, {3: GOLD, 4: SILVER}, CLUB, DAY)),
    "renewal_date": ("R9", lambda m: financial(m, CLUB, DAY)),
    "linked": ("R9", lambda m: [link_financial(one, CLUB, DAY) for one in m.linked]),
    "block": ("R13", lambda m: what_works(replace(ACCOUNT, block=Block.NONE), m, None)),
    "ban": ("R11", is_banned),
    "application_date": ("R18", _bar),
    "date_of_birth": ("R50", _born),
    "birthday_awarded_on": ("R50", _again),
    "earns_points": ("R48", _earns),
    "attributes": (
        "R95",
        lambda m: (
            value_of(m, TEAM),
            in_working_set("v", home_venue=(m.attributes or {}).get("home_venue", ""), seen_on=None, day=DAY),
        ),
    ),
    "cards": ("R88", lambda m: [what_works(ACCOUNT, replace(m, block=Block.NONE), one).card for one in m.cards]),
}


def _holds(account: AccountCard) -> object:
    """Tell which offers ask for more points than the account holds: its figures lie between two of them."""
    buyer = Buyer(member=MEMBER, account=account, classification=GOLD)
    asked = (Trigger(classifications=(), least_points=least) for least in (130, 131))
    return [is_for(one, buyer, location_id="bar", coupons=(), day=DAY) for one in asked]


ACCOUNTS: dict[str, tuple[str, Callable[[AccountCard], object]]] = {
    "balance": ("R5", _holds),
    "reserved": ("R5", _holds),
    "deficit": ("R5", _holds),
    "expiring": ("R36", lambda a: notice(a.expiring)),
    "block": ("R13", lambda a: what_works(a, replace(MEMBER, block=Block.NONE), None)),
    "fixed_rate_h": ("R31", lambda a: fixed_rate(a, GOLD)),
    "discounts": ("R94", had),
    "allowances": ("R96", lambda a: left_by_card(PLATINUM, a.allowances, "acc-1", DAY)),
    "persons": ("R13", lambda a: [what_works(a, one, None) for one in a.persons]),
}
SHOWN = {
    "MemberCard": {"ban_note", "photo", "note", "version"},
    "AccountCard": {"next_expiry"},
}
"""What people read and no rule decides from."""
WITHOUT_DEFAULT = {
    field.name for card in (MemberCard, AccountCard) for field in fields(card) if field.default is MISSING
} - {"classification"}


def _stripped(card: Any, name: str) -> Any:
    field = next(one for one in fields(card) if one.name == name)
    return replace(card, **{name: 0 if field.default is MISSING else field.default})


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_without_a_field_of_the_member_a_rule_decides_otherwise(name: str) -> None:
    """6.5: R9, R11, R13, R18, R48, R50, R88, R95 and R101 each need their field of the member's card."""
    rule, decides = MEMBERS[name]
    assert decides(MEMBER) != decides(_stripped(MEMBER, name)), f"{rule} decides the same without {name}"


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_without_a_field_of_the_account_a_rule_decides_otherwise(name: str) -> None:
    """6.5: R5, R13, R31, R36, R94 and R96 each need their field of the account's card."""
    rule, decides = ACCOUNTS[name]
    assert decides(ACCOUNT) != decides(_stripped(ACCOUNT, name)), f"{rule} decides the same without {name}"


@pytest.mark.parametrize(("card", "table"), [(MemberCard, MEMBERS), (AccountCard, ACCOUNTS)])
def test_every_field_is_decided_from_or_shown(card: type, table: dict[str, object]) -> None:
    """6.5: a field that is added is put into the table, or among those that people read."""
    names = {field.name for field in fields(card)}
    assert names == set(table) | SHOWN[card.__name__] | (WITHOUT_DEFAULT & names)
