"""Links: a member's primary and linked classifications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.settings.links import check_links
from tests.rules.members.settings.house_kit import BANNED_ROW, ERROR, row, step

CLASSES = {r.number: r for r in (row(3), row(4), row(5), step(50, 1, 0), BANNED_ROW)}
JEAN = MemberCard(
    person_id="p1", account_id="a1", club_id="larkspur", number="100001", first_name="Jean", last_name="Okafor",
    classification=3,
)  # fmt: skip


@pytest.mark.example("R6.2")
@pytest.mark.parametrize(
    ("primary", "links", "wrong"),
    [
        pytest.param(3, (), [], id="no links"),
        pytest.param(3, (4, 5), [], id="two links"),
        pytest.param(3, (4, 3), [("member.link_is_primary", 3)], id="the primary as a link"),
        pytest.param(3, (3, 3), [("member.link_is_primary", 3)] * 2, id="the primary as a link twice"),
        pytest.param(4, (4, 5), [("member.link_is_primary", 4)], id="a primary changed to what was a link"),
        pytest.param(3, (99,), [("member.link_banned", 99)], id="99 as a link"),
        pytest.param(99, (4,), [], id="a banned member keeps the links"),
        pytest.param(99, (99,), [("member.link_is_primary", 99)], id="99 as both"),
        pytest.param(3, (4, 5, 4, 4), [("member.link_twice", 4)] * 2, id="one link three times"),
        pytest.param(3, (6,), [("member.class_not_there", 6)], id="a link to nothing"),
        pytest.param(6, (4,), [("member.class_not_there", 6)], id="a primary that is not there"),
        pytest.param(3, (50,), [("member.class_of_other_club", 50)], id="a link into another club"),
        pytest.param(50, (), [("member.class_of_other_club", 50)], id="a primary of another club"),
    ],
)
def test_links_that_do_not_go_together(primary: int, links: tuple[int, ...], wrong: list[tuple[str, int]]) -> None:
    """R6, R25: no primary as a link, no 99, none twice, none that is not there or of another club."""
    member = replace(JEAN, classification=primary, linked=tuple(Linked(number=n) for n in links))
    findings = check_links(member, CLASSES)
    assert [(f.code, f.number) for f in findings] == wrong
    for found in findings:
        field = "linked" if found.number in links else "classification"
        assert (found.severity, found.field, found.facts) == (ERROR, field, {"number": found.number})
        assert (found.because[0].rule, found.because[0].facts) == ("R6", {"number": found.number})


def test_everything_is_told_at_once() -> None:
    """R6: the primary first, then the links in their order."""
    member = replace(JEAN, classification=6, linked=tuple(Linked(number=n) for n in (99, 50, 4, 4)))
    assert [(f.code, f.number) for f in check_links(member, CLASSES)] == [
        ("member.class_not_there", 6),
        ("member.link_banned", 99),
        ("member.class_of_other_club", 50),
        ("member.link_twice", 4),
    ]
