"""The cards of 6.5, field by field: each is taken out of the bytes in turn, and the rule that it carries then fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from typing import Any, Final

import msgspec
import pytest

from clubtill_rules.accounts.allowance import left_by_card
from clubtill_rules.door.birthdays import birthday
from clubtill_rules.door.visits import SeenToday, points_refused
from clubtill_rules.goods.discount import DiscountLimit, LimitBy, LimitType, Trigger
from clubtill_rules.members.access import first_bar, is_banned
from clubtill_rules.members.account import (
    AccountCard,
    AllowanceHad,
    BanKind,
    Block,
    CardToken,
    DiscountHad,
    ExpiringLot,
    Linked,
    MemberCard,
)
from clubtill_rules.members.blocks import block_card
from clubtill_rules.members.cards.resolving import resolve
from clubtill_rules.members.classification import Allowance, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.initials import initials
from clubtill_rules.members.standing import financial
from clubtill_rules.members.venue import Venue
from clubtill_rules.points.earning import fixed_rate
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.expiry import notice
from clubtill_rules.points.lots import fold
from clubtill_rules.points.transfers import transfer
from clubtill_rules.sale.discounts.limits import had, left_of
from clubtill_rules.sale.discounts.triggers import Buyer, is_for
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.snapshot import card_bytes

DAY = date(2026, 3, 14)
CLUB = Club(id="c", name="Harbour Club", zone="UTC", admission_delay_days=7)
VENUE = Venue(id="V1", name="Harbour", zone="UTC")
GOLD = Classification(number=1, club_id="c", description="Gold", sub_club="G", birthday_points=50)
BOWLS = Classification(number=4, club_id="c", description="Bowls", sub_club="B")
MEMBER = MemberCard(
    person_id="p", account_id="a", club_id="c", number="100", first_name="Jean", last_name="Smith", classification=1,
    renewal_date=date(2026, 6, 30), linked=(Linked(number=4, renewal_date=date(2026, 6, 30)),), block=Block.BLOCKED,
    ban=BanKind.HOUSE, ban_note="left without paying", application_date=date(2026, 3, 10),
    date_of_birth=date(1980, 3, 14), birthday_awarded_on=DAY, photo="ab" * 32, note="uses a wheelchair",
    earns_points=False, attributes={"home_venue": "V1"}, cards=(CardToken(digest="d1", last4="0001"),), version=7,
)  # fmt: skip
ACCOUNT = AccountCard(
    account_id="a", club_id="c", version=12, balance=whole(100), reserved=whole(60), deficit=whole(30),
    next_expiry=date(2026, 3, 20), expiring=(ExpiringLot(last_day=date(2026, 3, 20), left=whole(40)),),
    block=Block.BLOCKED, persons=(MEMBER,), fixed_rate_h=150,
    discounts=(DiscountHad(discount_id="staff", holder_id="a", period=DAY, amount=Money(500), times=2),),
    allowances=(AllowanceHad(charge_account_id="acc-1", day=DAY, charged=Money(700)),),
)  # fmt: skip
PLATINUM: Final = Allowance(limit=Money(1_000))
GOLDEN: Final = (
    b'{"account_id":"a","club_id":"c","version":12,"balance":{"hundredths":10000},"reserved":{"hundredths":6000},'
    b'"deficit":{"hundredths":3000},"next_expiry":"2026-03-20","expiring":[{"last_day":"2026-03-20","left":'
    b'{"hundredths":4000}}],"block":"blocked","persons":[{"person_id":"p","account_id":"a","club_id":"c","number":"100",'
    b'"first_name":"Jean","last_name":"Smith","classification":1,"renewal_date":"2026-06-30","linked":[{"number":4,'
    b'"renewal_date":"2026-06-30"}],"block":"blocked","ban":"house","ban_note":"left without paying",'
    b'"application_date":"2026-03-10","date_of_birth":"1980-03-14","birthday_awarded_on":"2026-03-14","photo":"'
    + b"ab"
    * 32
    + b'","note":"uses a wheelchair","earns_points":false,"attributes":{"home_venue":"V1"},"cards":[{"digest":"d1",'
    b'"last4":"0001","state":"active"}],"version":7}],"fixed_rate_h":150,"discounts":[{"discount_id":"staff",'
    b'"holder_id":"a","period":"2026-03-14","amount":{"minor":500},"times":2}]}'
)
"""The card as it went out first; read for ever (D30)."""


def _said(done: Callable[[], object]) -> str:
    """Give the code of a refusal, or that there was none."""
    try:
        done()
    except Refusal as no:
        return no.code
    except ValueError:
        return "no such card"
    return "done"


def _offered(account: AccountCard, member: MemberCard, **asks: Any) -> bool:
    trigger = Trigger(classifications=(), **asks)
    buyer = Buyer(member=member, account=account, classification=GOLD)
    return is_for(trigger, buyer, location_id="BAR", coupons=(), day=DAY)


def _holds(account: AccountCard, member: MemberCard) -> tuple[bool, bool]:
    return _offered(account, member, least_points=130), _offered(account, member, least_points=131)


def _sent(account: AccountCard, _: MemberCard) -> str:
    lot = Entry(
        event_id="e", leg=0, kind=EntryKind.AWARD, account_id="b", amount_h=10_000, eff_us=1, day=DAY, earn_day=DAY
    )
    folded = fold([lot], as_of=DAY, refund_grace_days=30)
    free, other = replace(account, block=Block.NONE), AccountCard(account_id="b", club_id="c", version=1)
    persons = tuple(replace(one, block=Block.NONE) for one in account.persons)
    return _said(
        lambda: transfer(
            folded, transfer_id="t", source=other, target=replace(free, persons=persons), amount=whole(10),
            factor_h=100, grain_h=100, online=True,
        )
    )  # fmt: skip


def _let_in(_: AccountCard, member: MemberCard) -> str:
    free = replace(member, block=Block.NONE, ban=None)
    bar = first_bar(free, None, card=None, classification=GOLD, club=CLUB, venue=VENUE, day=DAY)
    return bar.code if bar else ""


def _birthday(_: AccountCard, member: MemberCard) -> Points:
    earning = replace(member, earns_points=True)
    return birthday(
        earning, classification=GOLD, club=CLUB, venue=VENUE, entry_day=DAY, financial=True, seen=SeenToday()
    ).points


def _had_left(account: AccountCard, _: MemberCard) -> object:
    limit = DiscountLimit(type=LimitType.TIMES, by=LimitBy.ACCOUNT, starts=DAY, value=3)
    return left_of(limit, "staff", holder_id="a", period=DAY, used=had(account))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carries:
    """What a field is for: the rule, and what is decided by it; `shown` alone where people read it and no rule does."""

    rule: str
    decides: Callable[[AccountCard, MemberCard], object] | None = None
    shown: str = ""


UNREADABLE: Final = Carries(rule="6.5", shown="without it the card is none")
OF_ACCOUNT: Final = {
    "account_id": UNREADABLE,
    "club_id": UNREADABLE,
    "version": UNREADABLE,
    "balance": Carries(rule="R5, R76", decides=_holds),
    "reserved": Carries(rule="R5, R76", decides=_holds),
    "deficit": Carries(rule="R5, R76", decides=_holds),
    "next_expiry": Carries(rule="R36", shown="when anything ends next, beyond the warning window too"),
    "expiring": Carries(rule="R36", decides=lambda account, _: notice(account.expiring)),
    "block": Carries(rule="R13", decides=lambda account, m: resolve(None, replace(m, block=Block.NONE), account)),
    "persons": Carries(rule="R38", decides=_sent),
    "fixed_rate_h": Carries(rule="R31", decides=lambda account, _: fixed_rate(account, GOLD)),
    "discounts": Carries(rule="R94", decides=_had_left),
    "allowances": Carries(
        rule="R96", decides=lambda account, _: left_by_card(PLATINUM, account.allowances, "acc-1", DAY)
    ),
}
OF_MEMBER: Final = {
    "person_id": UNREADABLE,
    "account_id": UNREADABLE,
    "club_id": UNREADABLE,
    "number": UNREADABLE,
    "first_name": UNREADABLE,
    "last_name": UNREADABLE,
    "classification": UNREADABLE,
    "renewal_date": Carries(rule="R9, R17", decides=lambda _, member: financial(member, CLUB, DAY)),
    "linked": Carries(rule="R9, R101", decides=lambda _, member: initials(member, {1: GOLD, 4: BOWLS}, CLUB, DAY).text),
    "block": Carries(rule="R13, R45", decides=lambda _, member: resolve(None, member, None)),
    "ban": Carries(rule="R11, R12", decides=lambda _, member: is_banned(member)),
    "ban_note": Carries(rule="R12", shown="at Reception, when asked for"),
    "application_date": Carries(rule="R18", decides=_let_in),
    "date_of_birth": Carries(rule="R19, R98", decides=lambda account, m: _offered(account, m, least_age=18)),
    "birthday_awarded_on": Carries(rule="R50", decides=_birthday),
    "photo": Carries(rule="D16", shown="at till and door; the initials where there is none"),
    "note": Carries(rule="R13", shown="at till and door"),
    "earns_points": Carries(rule="R48", decides=lambda _, member: points_refused(member, CLUB, financial=True)),
    "attributes": Carries(rule="R95", decides=lambda account, m: _offered(account, m, attribute="home_venue")),
    "cards": Carries(
        rule="R13, R80",
        decides=lambda _, m: _said(lambda: block_card(m, "d1", reason="lost", staff_id="S1", day=DAY)),
    ),
    "version": Carries(rule="6.5", shown="which of two cards of a person is the newer"),
}


def stripped(*, account: str = "", member: str = "") -> bytes:
    """Give the card's bytes without a field."""
    card = msgspec.json.decode(card_bytes(ACCOUNT))
    card.pop(account, None)
    for person in card.get("persons", ()):
        person.pop(member, None)
    return msgspec.json.encode(card)


def check(carries: Carries, without: bytes, *, required: bool) -> None:
    """Show what fails without a field: nothing can be read, or what a rule decides is another thing."""
    if required:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(without, type=AccountCard)
        return
    less = msgspec.json.decode(without, type=AccountCard)
    assert less != ACCOUNT
    if carries.decides is None:
        assert carries.shown
        return
    person = less.persons[0] if less.persons else MEMBER
    assert carries.decides(less, person) != carries.decides(ACCOUNT, MEMBER), carries.rule


def _required(of: type, name: str) -> bool:
    return next(one for one in fields(of) if one.name == name).default is MISSING


@pytest.mark.parametrize("name", OF_ACCOUNT)
def test_each_field_of_an_account_carries_a_rule(name: str) -> None:
    """6.5: without the field a till or a door decides something else, or cannot read the card at all."""
    assert name in msgspec.json.decode(card_bytes(ACCOUNT))
    check(OF_ACCOUNT[name], stripped(account=name), required=_required(AccountCard, name))


@pytest.mark.parametrize("name", OF_MEMBER)
def test_each_field_of_a_member_carries_a_rule(name: str) -> None:
    """6.5: without the field a till or a door decides something else, or cannot read the card at all."""
    assert name in msgspec.json.decode(card_bytes(ACCOUNT))["persons"][0]
    check(OF_MEMBER[name], stripped(member=name), required=_required(MemberCard, name))


def test_the_tables_name_every_field() -> None:
    """6.5: exactly these fields: a new one gets a row here, with what it is for."""
    assert list(OF_ACCOUNT) == [one.name for one in fields(AccountCard)]
    assert list(OF_MEMBER) == [one.name for one in fields(MemberCard)]


def test_a_card_of_another_version_of_the_program_is_read() -> None:
    """D30, F19: bytes that went out before are read for ever; a field that this program does not know is left out."""
    first = replace(ACCOUNT, allowances=())  # they came later
    assert card_bytes(first) == GOLDEN
    assert msgspec.json.decode(GOLDEN, type=AccountCard) == first
    newer = GOLDEN.replace(b'"version":12', b'"version":12,"mood":["fine"]').replace(b'"ban":', b'"hat":1,"ban":')
    assert msgspec.json.decode(newer, type=AccountCard) == first
    older = msgspec.json.decode(b'{"account_id":"a","club_id":"c","version":1}', type=AccountCard)
    assert older == AccountCard(account_id="a", club_id="c", version=1)
