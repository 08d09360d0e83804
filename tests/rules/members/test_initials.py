"""Initials: the sub-club letters on a card."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clubtill_rules.members.account import Linked
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.initials import Initials, initials
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import CLUB, DAY, MATEO

CLASSES = {
    number: Classification(number=number, club_id="larkspur", description=name, sub_club=letters)
    for number, name, letters in ((3, "Gold", ""), (4, "Bowls", "B"), (5, "Golf", "G"), (9, "Fishing", "F"))
}
LATE = DAY - timedelta(days=1)
SPORTS = replace(
    MATEO,
    linked=(
        Linked(number=9, renewal_date=LATE),
        Linked(number=5, renewal_date=DAY),
        Linked(number=4, renewal_date=DAY),
    ),
)


@pytest.mark.example("R101.1")
def test_initials_of_paid_up_links_by_number() -> None:
    """R101: primary 3 Gold (none), linked 4 Bowls B, 5 Golf G, 9 Fishing F un-financial: BG."""
    assert initials(SPORTS, CLASSES, CLUB, DAY) == Initials(
        text="BG",
        because=(
            because("why.initials.printed", "R101", classification="Bowls", initials="B"),
            because("why.initials.printed", "R101", classification="Golf", initials="G"),
            because("why.initials.unpaid", "R101", number=9, paid_to=LATE),
        ),
    )


def test_the_primary_comes_first_paid_or_not() -> None:
    """R101: whatever its number, with up to three characters; only links are left out when they are not paid."""
    gold = {**CLASSES, 3: replace(CLASSES[3], sub_club="GLD")}
    assert initials(SPORTS, gold, CLUB, DAY).text == "GLDBG"
    assert SPORTS.renewal_date < DAY
    assert initials(replace(SPORTS, classification=9, linked=SPORTS.linked[2:]), gold, CLUB, DAY).text == "FB"


def test_all_members_active_counts_for_links() -> None:
    """R9, R101: then every link is printed."""
    assert initials(SPORTS, CLASSES, replace(CLUB, all_members_active=True), DAY).text == "BGF"


def test_no_initials() -> None:
    """R101: blank without any; a classification that is not known here has none."""
    assert initials(replace(SPORTS, linked=()), CLASSES, CLUB, DAY) == Initials(text="", because=())
    assert initials(SPORTS, {5: CLASSES[5]}, CLUB, DAY).text == "G"
