"""Guests: each register's details and tests, once a day, limits, distances, and when lines are deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.guests import (
    GuestEntry,
    SignedIn,
    Visitor,
    distance_needed,
    purge_day,
    purged,
)
from clubtill_rules.door.registers import REGISTERS, GuestKind, Shown
from clubtill_rules.members.account import BanKind, Block, MemberCard
from clubtill_rules.members.ages import LeapAge
from clubtill_rules.members.classification import BANNED
from clubtill_rules.members.venue import GuestProfile, Venue
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.door.front_door import CLUB, CLUBHOUSE, MARINA, PRIYA
from tests.rules.door.guest_desk import DAY, KEPT, LEE, LINE, QLD, VENUES, entry, refused, signed


def test_a_members_guest() -> None:
    """R53: NSW guest: name, address, day, signature, and the member."""
    assert signed(LEE, GuestKind.NSW_GUEST) == SignedIn(
        entry=LINE, because=(because("why.guest.members_guest", "R53"), KEPT)
    )


def test_spaces_around_a_name_are_not_kept() -> None:
    """R53: nor do they make another guest."""
    spaced = replace(LEE, name=" Lee  Park ", address="  1 Bay St, CRONULLA ", similar_club=" Dock ")
    line = entry(signed(spaced, GuestKind.NSW_GUEST))
    assert (line.name, line.address, line.own_club) == ("Lee  Park", "1 Bay St, CRONULLA", "Dock")
    assert line.key == "guest:clubhouse:2026-11-24:lee park|1 bay st, cronulla|dock"


@pytest.mark.parametrize(
    ("kind", "visitor", "missing"),
    [
        pytest.param(GuestKind.NSW_GUEST, Visitor(), ("name", "address", "signature"), id="NSW guest"),
        pytest.param(GuestKind.NSW_GUEST, replace(LEE, name=" ", address=" "), ("name", "address"), id="only spaces"),
        pytest.param(GuestKind.NSW_TEMPORARY, Visitor(), ("name", "address", "signature"), id="NSW temporary member"),
        pytest.param(GuestKind.NSW_FULL_MEMBER, Visitor(), ("name", "address", "fee_paid_on"), id="NSW full member"),
        pytest.param(
            GuestKind.NSW_FULL_MEMBER, Visitor(fees_apply=False), ("name", "address"), id="where no fees apply"
        ),
        pytest.param(GuestKind.QLD_VISITOR, Visitor(), ("name", "residence_or_club"), id="QLD visitor"),
        pytest.param(GuestKind.QLD_VISITOR, Visitor(name="x", similar_club=" "), ("residence_or_club",), id="no club"),
        pytest.param(GuestKind.VIC_VISITOR, Visitor(), ("name", "address"), id="VIC visitor"),
        pytest.param(GuestKind.UK_CIU_ASSOCIATE, Visitor(), ("name", "own_club"), id="CIU associate"),
        pytest.param(GuestKind.UK_CIU_ASSOCIATE, Visitor(name="x", similar_club=" "), ("own_club",), id="no own club"),
    ],
)
def test_details_that_are_missing(kind: GuestKind, visitor: Visitor, missing: tuple[str, ...]) -> None:
    """R53: each register's details; the refusal names what is missing."""
    assert refused(visitor, kind) == ("guest.missing", {"missing": missing, "n": len(missing)})


@pytest.mark.parametrize(
    "host",
    [
        pytest.param(None, id="nobody"),
        pytest.param(replace(PRIYA, ban=BanKind.HOUSE), id="banned"),
        pytest.param(replace(PRIYA, classification=BANNED), id="classification 99"),
        pytest.param(replace(PRIYA, block=Block.BLOCKED), id="blocked"),
    ],
)
def test_a_guest_needs_a_member(host: MemberCard | None) -> None:
    """R53: signed in by a member who is not barred himself."""
    assert refused(LEE, GuestKind.NSW_GUEST, host=host) == ("guest.host", {})


@pytest.mark.parametrize("kind", GuestKind, ids=lambda kind: kind.value)
@pytest.mark.parametrize("profile", GuestProfile, ids=lambda profile: profile.value)
def test_registers_of_another_law(kind: GuestKind, profile: GuestProfile) -> None:
    """R53: a venue keeps the registers of its own law alone."""
    if profile is not REGISTERS[kind].profile:
        code, facts = refused(LEE, kind, venue=VENUES[profile])
        assert (code, facts) == ("guest.not_here", {"venue": "the Clubhouse"})
    else:
        assert refused(Visitor(), kind, venue=VENUES[profile])[0] == "guest.missing"


@pytest.mark.parametrize(
    ("visitor", "changes", "again"),
    [
        pytest.param(LEE, {}, True, id="the same guest"),
        pytest.param(replace(LEE, name="LEE  PARK"), {}, True, id="written otherwise"),
        pytest.param(replace(LEE, name="Lea Park"), {}, False, id="another name"),
        pytest.param(replace(LEE, address="2 Bay St"), {}, False, id="another address"),
        pytest.param(LEE, {"entry_day": date(2026, 11, 25)}, False, id="the next entry day"),
        pytest.param(LEE, {"venue": MARINA}, False, id="another venue"),
    ],
)
def test_once_an_entry_day(visitor: Visitor, changes: dict[str, Any], again: bool) -> None:
    """R53: one sign-in a guest and entry day; the refusal says when the first was."""
    register = (replace(LINE, at_us=5), replace(LINE, at_us=3))
    if again:
        assert refused(visitor, GuestKind.NSW_GUEST, register=register, **changes) == ("guest.again", {"first_us": 3})
    else:
        assert signed(visitor, GuestKind.NSW_GUEST, register=register, **changes).entry is not None


def brought(count: int, host: str = "priya", day: date = DAY) -> list[GuestEntry]:
    """Give lines of guests whom a member brought."""
    return [replace(LINE, key=f"k{n}", host_id=host, entry_day=day) for n in range(count)]


@pytest.mark.parametrize(
    ("limit", "register", "full"),
    [
        pytest.param(None, brought(50), False, id="no limit"),
        pytest.param(2, brought(1), False, id="one below"),
        pytest.param(2, brought(2), True, id="at the limit"),
        pytest.param(0, [], True, id="no guests at all"),
        pytest.param(2, brought(2, "mateo"), False, id="another member's"),
        pytest.param(2, brought(2, day=date(2026, 11, 23)), False, id="yesterday's"),
    ],
)
def test_limit_of_guests(limit: int | None, register: list[GuestEntry], full: bool) -> None:
    """R53: club rules may cap guests per member."""
    club = replace(CLUB, guest_limit=limit)
    if full:
        assert refused(LEE, GuestKind.NSW_GUEST, club=club, register=register) == ("guest.limit", {"limit": limit})
    else:
        assert signed(LEE, GuestKind.NSW_GUEST, club=club, register=register).entry is not None


def test_the_limit_is_for_guests_of_members() -> None:
    """R53: a temporary member beside a host is nobody's guest."""
    club = replace(CLUB, guest_limit=0)
    assert entry(signed(replace(LEE, sport="bowls"), GuestKind.NSW_TEMPORARY, club=club)).host_id == ""


@pytest.mark.parametrize(
    ("kind", "setting", "metres"),
    [
        pytest.param(GuestKind.NSW_TEMPORARY, None, 5_000, id="NSW: 5 km"),
        pytest.param(GuestKind.NSW_TEMPORARY, 8_000, 8_000, id="NSW: club rules set more"),
        pytest.param(GuestKind.NSW_TEMPORARY, 3_000, 5_000, id="NSW: never less"),
        pytest.param(GuestKind.QLD_VISITOR, None, 15_000, id="QLD: 15 km"),
        pytest.param(GuestKind.QLD_VISITOR, 20_000, 20_000, id="QLD: more"),
        pytest.param(GuestKind.QLD_VISITOR, 0, 0, id="QLD: relaxed"),
    ],
)
def test_distance_setting(kind: GuestKind, setting: int | None, metres: int) -> None:
    """R53: the venue's distance against the register's."""
    venue = replace(VENUES[REGISTERS[kind].profile], guest_distance_m=setting)
    assert distance_needed(REGISTERS[kind], venue) == metres
    visitor = replace(LEE, distance_m=metres)
    assert refused(visitor, kind, venue=venue)[1]["limit_m"] == metres
    found = signed(replace(LEE, distance_m=metres + 1), kind, venue=venue)
    assert found.because == (because("why.guest.far_away", "R53", distance_m=metres + 1, limit_m=metres), KEPT)


@pytest.mark.parametrize(
    ("kind", "born", "leap_age", "exempt"),
    [
        pytest.param(GuestKind.QLD_VISITOR, date(2008, 11, 25), LeapAge.MARCH_1, True, id="QLD: 18 tomorrow"),
        pytest.param(GuestKind.QLD_VISITOR, date(2008, 11, 24), LeapAge.MARCH_1, False, id="QLD: 18 today"),
        pytest.param(GuestKind.QLD_VISITOR, None, LeapAge.MARCH_1, False, id="QLD: birth not known"),
        pytest.param(GuestKind.NSW_TEMPORARY, date(2015, 1, 1), LeapAge.MARCH_1, False, id="NSW: no exemption"),
    ],
)
def test_minors(kind: GuestKind, born: date | None, leap_age: LeapAge, exempt: bool) -> None:
    """R53: in Queensland minors are exempt from the register."""
    visitor = Visitor(date_of_birth=born)
    if exempt:
        assert signed(visitor, kind) == SignedIn(entry=None, because=(because("why.guest.minor", "R53", age=18),))
    else:
        assert refused(visitor, kind)[0] == "guest.missing"


@pytest.mark.parametrize(
    ("leap_age", "exempt"),
    [pytest.param(LeapAge.MARCH_1, True, id="1 Mar"), pytest.param(LeapAge.FEBRUARY_28, False, id="28 Feb")],
)
def test_minors_born_on_a_leap_day(leap_age: LeapAge, exempt: bool) -> None:
    """R19, R53: by the country's rule for 29 February."""
    venue = replace(VENUES[GuestProfile.QLD], leap_age=leap_age)
    born = replace(QLD, date_of_birth=date(2008, 2, 29))
    found = signed(born, GuestKind.QLD_VISITOR, venue=venue, entry_day=date(2026, 2, 28))
    assert (found.entry is None) is exempt


@pytest.mark.parametrize(
    ("day", "years", "deleted"),
    [
        pytest.param(DAY, 7, date(2033, 11, 24), id="seven years"),
        pytest.param(date(2024, 2, 29), 7, date(2031, 2, 28), id="from a leap day"),
        pytest.param(DAY, 0, DAY, id="at once"),
    ],
)
def test_purge(day: date, years: int, deleted: date) -> None:
    """R53: lines are kept so many years, then deleted; not a day sooner."""
    venue: Venue = replace(CLUBHOUSE, guest_retention_years=years)
    assert purge_day(day, venue) == deleted
    written = signed(
        LEE, GuestKind.NSW_GUEST, venue=replace(VENUES[GuestProfile.NSW], guest_retention_years=years), entry_day=day
    )
    assert (entry(written).purge_day, written.because[1].facts) == (deleted, {"day": deleted, "n": years})
    kept, gone = replace(LINE, purge_day=date(2026, 11, 25)), replace(LINE, purge_day=DAY)
    assert purged((kept, gone, replace(LINE, purge_day=date(2020, 1, 1))), DAY) == (
        gone,
        replace(LINE, purge_day=date(2020, 1, 1)),
    )


VISITORS = st.builds(
    Visitor,
    name=st.sampled_from(["", "Lee Park"]),
    address=st.sampled_from(["", "1 Bay St"]),
    signature=st.sampled_from(["", "a1"]),
    distance_m=st.none() | st.integers(0, 30_000),
    similar_club=st.sampled_from(["", "Dock Club"]),
    sport=st.sampled_from(["", "bowls"]),
    function=st.sampled_from(["", "wedding"]),
    interstate=st.booleans(),
    gaming_visitor=st.booleans(),
    applied_on=st.none() | st.dates(date(2026, 9, 1), date(2026, 12, 31)),
    shown=st.frozensets(st.sampled_from(Shown)),
    pass_card_to=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    fees_apply=st.booleans(),
    date_of_birth=st.none() | st.dates(date(1950, 1, 1), date(2020, 1, 1)),
)


@given(visitor=VISITORS, kind=st.sampled_from(GuestKind), hosted=st.booleans())
def test_every_answer_is_a_line_or_a_no(visitor: Visitor, kind: GuestKind, hosted: bool) -> None:
    """R53: whoever comes: a line with a day of deletion, an exempt minor, or a refusal that says what is missing."""
    noes: list[str] = []
    try:
        found = signed(visitor, kind, host=PRIYA if hosted else None)
    except Refusal as no:
        noes.append(no.code)
    assert set(noes) <= {"guest.missing", "guest.cards", "guest.host", "guest.no_ground"}
    if noes:
        return
    assert all(why.rule == "R53" for why in found.because)
    if found.entry is None:
        assert REGISTERS[kind].minors_exempt
    else:
        assert found.entry.name
        assert found.entry.purge_day == date(2033, 11, 24)
        assert (found.entry.ground is None) is (not REGISTERS[kind].grounds)
        assert bool(found.entry.host_id) is REGISTERS[kind].needs_host
