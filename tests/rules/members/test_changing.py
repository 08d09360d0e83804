"""Changing: another classification, and links set and taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.account import BanKind, Linked
from clubtill_rules.members.changing import Changed, LinksChanged, add_link, change_classification, remove_link
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import BOWLS, DAY, GOLD, MATEO

SILVER = replace(GOLD, number=2, description="Silver")
ANOTHER_CLUB = replace(SILVER, club_id="staff")
BANNED = replace(SILVER, number=99, description="BANNED")


def test_a_change_keeps_dates_links_and_cards() -> None:
    """R25: only the classification changes, and the tier change date is the trading day (R60)."""
    why = because("why.class.changed", "R25", classification="Silver", day=DAY, paid_to=MATEO.renewal_date)
    assert change_classification(MATEO, SILVER, DAY) == Changed(
        member=replace(MATEO, classification=2), before=3, after=2, tier_change_date=DAY, because=(why,)
    )


@pytest.mark.parametrize(
    ("member", "to", "code", "facts"),
    [
        pytest.param(MATEO, BANNED, "class.banned", {"number": "100204"}, id="to 99: a ban is its own act"),
        pytest.param(
            replace(MATEO, classification=99), SILVER, "class.banned", {"number": "100204"}, id="from 99: lift the ban"
        ),
        pytest.param(
            replace(MATEO, ban=BanKind.HOUSE), SILVER, "class.banned", {"number": "100204"}, id="banned by card"
        ),
        pytest.param(MATEO, GOLD, "class.same", {"classification": "Gold"}, id="the same"),
        pytest.param(MATEO, BOWLS, "class.linked", {"classification": "Bowls"}, id="a link of his"),
        pytest.param(MATEO, ANOTHER_CLUB, "class.club", {"classification": "Silver"}, id="another club's"),
    ],
)
def test_no_change(member: object, to: object, code: str, facts: dict[str, object]) -> None:
    """R6, R12, R25: refused, with nothing changed."""
    with pytest.raises(Refusal) as refused:
        change_classification(member, to, DAY)  # type: ignore[arg-type] - a table's columns
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_link_is_added_by_number_and_never_paid() -> None:
    """R6, R8: links stay in order, the new one without a date; what was paid stays."""
    paid = Linked(number=4, renewal_date=DAY)
    member = replace(MATEO, linked=(paid, Linked(number=9)))
    added = add_link(member, SILVER)
    assert added == LinksChanged(
        member=replace(MATEO, linked=(Linked(number=2), paid, Linked(number=9))),
        because=(because("why.class.link_added", "R6", classification="Silver"),),
    )
    assert add_link(added.member, replace(BOWLS, number=5)).member.linked[2] == Linked(number=5)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        pytest.param(GOLD, "class.same", marks=pytest.mark.example("R6.2"), id="the primary is no link"),
        pytest.param(BANNED, "class.banned", marks=pytest.mark.example("R6.2"), id="99 may not be linked"),
        pytest.param(BOWLS, "class.linked", marks=pytest.mark.example("R6.2"), id="no link twice"),
        pytest.param(ANOTHER_CLUB, "class.club", id="another club's"),
    ],
)
def test_no_link(to: object, code: str) -> None:
    """R6: the primary may not also be a link, 99 may not be linked, duplicates are refused."""
    with pytest.raises(Refusal) as refused:
        add_link(MATEO, to)  # type: ignore[arg-type] - a table's column
    facts = {"number": "100204"} if code == "class.banned" else {"classification": to.description}  # type: ignore[attr-defined]
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_link_is_removed() -> None:
    """R6: the others stay; removing what is not linked is a caller's mistake."""
    member = replace(MATEO, linked=(Linked(number=4), Linked(number=9, renewal_date=DAY)))
    assert remove_link(member, 4) == LinksChanged(
        member=replace(MATEO, linked=(Linked(number=9, renewal_date=DAY),)),
        because=(because("why.class.link_removed", "R6", number=4),),
    )
    with pytest.raises(ValueError, match=r"^number: 5 is not linked$"):
        remove_link(member, 5)
