"""Persons: one person in two clubs has two records; each card opens its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.account import AccountCard, CardToken
from clubtill_rules.members.persons import Opened, opened_by, other_records, twice_in_a_club
from clubtill_rules.points.transfers import credit_entries, transfer
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import MATEO
from tests.rules.points.accounts import FEB, JAN, JUN, MAR, at, award, folded

STAFF = replace(
    MATEO,
    club_id="staff",
    account_id="s7",
    number="S7",
    classification=1,
    cards=(CardToken(digest="s1", last4="9007"),),
)
KIM = replace(MATEO, person_id="kim", number="100205", cards=())
EVERYBODY = (KIM, STAFF, MATEO)


@pytest.mark.example("R6.1")
@pytest.mark.parametrize(
    ("digest", "opens", "other"), [("d1", MATEO, STAFF), ("s1", STAFF, MATEO)], ids=["club card", "staff card"]
)
def test_each_card_opens_its_own_record(digest: str, opens: object, other: object) -> None:
    """R6: the Staff club and the members' club, one person with two cards; points stay on two accounts."""
    why = because("why.person.opened", "R6", number=opens.number)  # type: ignore[attr-defined] - a table's column
    assert opened_by(digest, EVERYBODY) == Opened(member=opens, others=(other,), because=(why,))  # type: ignore[arg-type]
    assert MATEO.account_id != STAFF.account_id


def test_nobodys_card() -> None:
    """R88: opens nothing and offers nothing."""
    assert opened_by("zz", EVERYBODY) == Opened(member=None, others=(), because=(because("why.card.unknown", "R88"),))


def test_one_card_on_two_records() -> None:
    """R6, D20: a card belongs to one record; anything else is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^records: one card on two of them$"):
        opened_by("d1", (MATEO, replace(KIM, cards=MATEO.cards)))


def test_other_records_are_the_persons_own_in_other_clubs() -> None:
    """R6: by club, without himself and without anybody else."""
    darts = replace(MATEO, club_id="darts", account_id="t1")
    assert other_records(MATEO, (STAFF, darts, KIM, MATEO)) == (darts, STAFF)
    assert other_records(KIM, EVERYBODY) == ()


def test_nobody_is_twice_in_a_club() -> None:
    """R6: who is, is named."""
    assert twice_in_a_club(EVERYBODY) == ()
    again = replace(MATEO, account_id="a9", number="100900")
    assert twice_in_a_club((*EVERYBODY, again, replace(KIM, number="2"))) == (
        ("kim", "larkspur"),
        ("mateo", "larkspur"),
    )


@pytest.mark.example("O27")
def test_records_brought_together_keep_the_days_of_their_points() -> None:
    """R6, R38: three records of 10, 20 and 30 points: the points move to one account, 60, each with its own days."""
    records = [replace(MATEO, account_id=f"m{n}") for n in (1, 2, 3)]
    assert twice_in_a_club(records) == (("mateo", "larkspur"),)
    accounts = [
        AccountCard(account_id=one.account_id, club_id="larkspur", version=1, persons=(one,)) for one in records
    ]
    lots = [award(10, JAN(1), MAR(31), "m1"), award(20, JAN(5), None, "m2"), award(30, JAN(9), JUN(30), "m3")]
    entries = lots[:1]
    for n, points in ((1, 20), (2, 30)):
        moved = transfer(
            folded([lots[n]], FEB(1)),
            transfer_id=f"t{n}",
            source=accounts[n],
            target=accounts[0],
            amount=whole(points),
            factor_h=100,
            grain_h=100,
            online=True,
        )
        entries += credit_entries(moved, eff_us=at(FEB(1)) + n, day=FEB(1))
    held = folded(entries, FEB(1))
    assert held.avail_h == 60_00
    assert {(lot.earn_day, lot.last_day, lot.left_h) for lot in held.lots} == {
        (JAN(1), MAR(31), 10_00),
        (JAN(5), None, 20_00),
        (JAN(9), JUN(30), 30_00),
    }
