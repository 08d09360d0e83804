"""The cards of 6.5 as bytes: every field is sent, what went out before is read, what is new passed over."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import date
from typing import Final

import msgspec
import pytest

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
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_sync.wire.snapshot import card_bytes

DAY = date(2026, 3, 14)
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
FIELDS: Final = [(of, one) for of in (AccountCard, MemberCard) for one in fields(of)]


def without(of: type, name: str) -> bytes:
    """Give the card's bytes without a field of the account or of its person."""
    card = msgspec.json.decode(card_bytes(ACCOUNT))
    (card if of is AccountCard else card["persons"][0]).pop(name)
    return msgspec.json.encode(card)


@pytest.mark.parametrize(("of", "field"), FIELDS, ids=[f"{of.__name__}-{one.name}" for of, one in FIELDS])
def test_each_field_is_sent_and_needed(of, field) -> None:
    """6.5: each field stands in the bytes, once it says anything; without it the card is none, or says less."""
    less = without(of, field.name)
    if field.default is MISSING:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(less, type=AccountCard)
        return
    assert msgspec.json.decode(less, type=AccountCard) != ACCOUNT


def test_a_card_is_what_was_written() -> None:
    """6.5, 6.7: what a terminal keeps is read back as the same card; what is at its default is left out."""
    assert msgspec.json.decode(card_bytes(ACCOUNT), type=AccountCard) == ACCOUNT
    bare = AccountCard(account_id="a", club_id="c", version=1)
    assert card_bytes(bare) == b'{"account_id":"a","club_id":"c","version":1}'


def test_a_card_of_another_version_of_the_program_is_read() -> None:
    """D30, F19: bytes that went out before are read for ever; a field that this program does not know is left out."""
    first = replace(ACCOUNT, allowances=())  # they came later
    assert card_bytes(first) == GOLDEN
    assert msgspec.json.decode(GOLDEN, type=AccountCard) == first
    newer = GOLDEN.replace(b'"version":12', b'"version":12,"mood":["fine"]').replace(b'"ban":', b'"hat":1,"ban":')
    assert msgspec.json.decode(newer, type=AccountCard) == first
    older = msgspec.json.decode(b'{"account_id":"a","club_id":"c","version":1}', type=AccountCard)
    assert older == AccountCard(account_id="a", club_id="c", version=1)
