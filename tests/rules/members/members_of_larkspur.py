"""Who and what the tests of memberships are about: one club, its classifications, and Mateo."""

from __future__ import annotations

from datetime import date

from clubtill_rules.members.account import CardState, CardToken, Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.values.money import Money

DAY = date(2026, 11, 24)
CLUB = Club(id="larkspur", name="Larkspur Point", zone="Australia/Sydney")
GOLD = Classification(
    number=3,
    club_id="larkspur",
    description="Gold",
    days_paid=365,
    days_before_reset=30,
    fee=Money(5500),
    join_points=200,
)
BOWLS = Classification(
    number=4,
    club_id="larkspur",
    description="Bowls",
    paid_to=date(2026, 12, 31),
    fee=Money(2000),
    join_points=50,
    sub_club="B",
)
GUEST = Classification(number=7, club_id="larkspur", description="Guest")
STALE = Classification(number=8, club_id="larkspur", description="Social", paid_to=date(2026, 11, 23), fee=Money(1000))
CLASSES = {one.number: one for one in (GOLD, BOWLS, GUEST, STALE)}
CARD = CardToken(digest="d1", last4="0011")
STOLEN = CardToken(digest="d2", last4="0012", state=CardState.BLOCKED)
OLD = CardToken(digest="d0", last4="0010", state=CardState.REPLACED)
MATEO = MemberCard(
    person_id="mateo",
    account_id="a1",
    club_id="larkspur",
    number="100204",
    first_name="Mateo",
    last_name="Silva",
    classification=3,
    renewal_date=date(2026, 11, 12),
    linked=(Linked(number=4),),
    cards=(CARD, STOLEN, OLD),
)
