"""Guest grounds: the tests of each register, met and not met, at each boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.door.guests import (
    Visitor,
)
from clubtill_rules.door.registers import Ground, GuestKind, Shown
from clubtill_rules.values.why import Because, Rounding, because, working
from tests.rules.door.guest_desk import ALL_CARDS, CIU, DAY, KEPT, LEE, QLD, VIC, entry, refused, signed

FAR = Ground.FAR_AWAY
KM = because("why.guest.far_away", "R53", distance_m=5001, limit_m=5000)


@pytest.mark.parametrize(
    ("kind", "visitor", "ground", "why"),
    [
        pytest.param(GuestKind.NSW_TEMPORARY, replace(LEE, distance_m=5001), FAR, KM, id="NSW: 5,001 m"),
        pytest.param(
            GuestKind.NSW_TEMPORARY,
            replace(LEE, similar_club="Dock Club"),
            Ground.SIMILAR_CLUB,
            because("why.guest.similar_club", "R53"),
            id="NSW: of a similar club",
        ),
        pytest.param(
            GuestKind.NSW_TEMPORARY,
            replace(LEE, sport="bowls"),
            Ground.SPORT,
            because("why.guest.sport", "R53"),
            id="NSW: for sport",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, distance_m=15_001),
            FAR,
            because("why.guest.far_away", "R53", distance_m=15_001, limit_m=15_000),
            id="QLD: 15,001 m",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR, QLD, Ground.INTERSTATE, because("why.guest.interstate", "R53"), id="QLD: interstate"
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, applied_on=DAY),
            Ground.INTERSTATE,
            because("why.guest.interstate", "R53"),
            id="QLD: interstate, and applied besides",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            Visitor(name="Lee", similar_club="Dock Club"),
            Ground.SIMILAR_CLUB,
            because("why.guest.similar_club", "R53"),
            id="QLD: of a reciprocal club, which stands for the residence",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, function="wedding"),
            Ground.FUNCTION,
            because("why.guest.function", "R53"),
            id="QLD: for a function",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, applied_on=date(2026, 10, 25)),
            Ground.APPLICANT,
            because(
                "why.guest.applicant",
                "R53",
                working=working(30, Rounding.EXACT, DAY, ("-", date(2026, 10, 25))),
            ),
            id="QLD: applied 30 days ago",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, applied_on=DAY),
            Ground.APPLICANT,
            because("why.guest.applicant", "R53", working=working(0, Rounding.EXACT, DAY, ("-", DAY))),
            id="QLD: applied today",
        ),
        pytest.param(
            GuestKind.VIC_VISITOR,
            VIC,
            Ground.GAMING_VISITOR,
            because("why.guest.gaming_visitor", "R53"),
            id="VIC: authorised gaming visitor",
        ),
        pytest.param(
            GuestKind.UK_CIU_ASSOCIATE,
            CIU,
            Ground.ALL_CARDS,
            because("why.guest.all_cards", "R53"),
            id="CIU: all three cards",
        ),
        pytest.param(
            GuestKind.UK_CIU_ASSOCIATE,
            replace(CIU, pass_card_to=DAY),
            Ground.ALL_CARDS,
            because("why.guest.all_cards", "R53"),
            id="CIU: the Pass Card's last day",
        ),
        pytest.param(
            GuestKind.NSW_FULL_MEMBER,
            replace(LEE, fee_paid_on=date(2026, 7, 1)),
            None,
            because("why.guest.register", "R53"),
            id="NSW full member: no test",
        ),
    ],
)
def test_tests_that_are_met(kind: GuestKind, visitor: Visitor, ground: Ground | None, why: Because) -> None:
    """R53: one test is enough; a visitor needs no host."""
    found = signed(visitor, kind, host=None)
    line = entry(found)
    assert (line.ground, line.host_id, line.kind) == (ground, "", kind)
    assert line.fee_paid_on == visitor.fee_paid_on
    assert found.because == (why, KEPT)


QLD_TESTS = ("far_away", "interstate", "similar_club", "function", "applicant")
NSW_TESTS = ("far_away", "similar_club", "sport")


@pytest.mark.parametrize(
    ("kind", "visitor", "facts"),
    [
        pytest.param(
            GuestKind.NSW_TEMPORARY,
            replace(LEE, distance_m=4200),
            {"tests": NSW_TESTS, "distance_m": 4200, "limit_m": 5000},
            marks=pytest.mark.example("R53.1"),
            id="NSW: 4.2 km, no other club: only as a member's guest",
        ),
        pytest.param(
            GuestKind.NSW_TEMPORARY,
            replace(LEE, distance_m=5000, similar_club=" ", sport=" "),
            {"tests": NSW_TESTS, "distance_m": 5000, "limit_m": 5000},
            id="NSW: exactly 5 km is not more",
        ),
        pytest.param(
            GuestKind.NSW_TEMPORARY,
            LEE,
            {"tests": NSW_TESTS, "distance_m": None, "limit_m": 5000},
            id="NSW: distance not known",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, distance_m=15_000, function=" ", applied_on=date(2026, 10, 24)),
            {"tests": QLD_TESTS, "distance_m": 15_000, "limit_m": 15_000},
            id="QLD: 15 km, applied 31 days ago",
        ),
        pytest.param(
            GuestKind.QLD_VISITOR,
            replace(QLD, interstate=False, applied_on=date(2026, 11, 25)),
            {"tests": QLD_TESTS, "distance_m": None, "limit_m": 15_000},
            id="QLD: applies tomorrow",
        ),
        pytest.param(
            GuestKind.VIC_VISITOR,
            replace(VIC, gaming_visitor=False),
            {"tests": ("gaming_visitor",), "distance_m": None, "limit_m": 0},
            id="VIC: not authorised",
        ),
    ],
)
def test_tests_that_are_not_met(kind: GuestKind, visitor: Visitor, facts: dict[str, object]) -> None:
    """R53: no test met: refused, with the tests there are and the distance."""
    assert refused(visitor, kind) == ("guest.no_ground", facts)


@pytest.mark.example("R53.1")
def test_near_by_enters_as_a_guest() -> None:
    """R53: NSW, lives 4.2 km away, no other club: may enter as a member's guest."""
    assert entry(signed(replace(LEE, distance_m=4200), GuestKind.NSW_GUEST)).ground is Ground.MEMBERS_GUEST


@pytest.mark.parametrize(
    ("visitor", "missing"),
    [
        pytest.param(
            replace(CIU, shown=ALL_CARDS - {Shown.ASSOCIATE_CARD}), ("associate_card",), id="no Associate Card"
        ),
        pytest.param(
            replace(CIU, shown=frozenset()), ("subscription_card", "associate_card", "pass_card"), id="no card"
        ),
        pytest.param(replace(CIU, pass_card_to=None), ("pass_card",), id="Pass Card without a day"),
        pytest.param(replace(CIU, pass_card_to=date(2026, 11, 23)), ("pass_card",), id="Pass Card over"),
    ],
)
def test_ciu_shows_all_three(visitor: Visitor, missing: tuple[str, ...]) -> None:
    """R53: own club's subscription card, Associate Card and current Pass Card: all shown, otherwise refused."""
    assert refused(visitor, GuestKind.UK_CIU_ASSOCIATE) == ("guest.cards", {"missing": missing, "n": len(missing)})
