"""Visits: points once an entry day in the club's scope, at one door and at several that cannot see each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.visits import SeenToday, scope_of
from clubtill_rules.members.account import BanKind, MemberCard
from clubtill_rules.members.club import EntryScope
from clubtill_rules.members.venue import Location
from clubtill_rules.points.entries import Entry
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.why import because
from tests.rules.door.front_door import CLUB, CLUBHOUSE, FRONT, GOLD, MARINA, MATEO, PRIYA, SILVER, at, posted, see

BACK = Location(id="back", venue_id="clubhouse", name="Back door")
JETTY = Location(id="jetty", venue_id="marina", name="Jetty")
JEAN = replace(PRIYA, person_id="jean", account_id="a-jean", classification=3)


def _points(swipes: list[tuple[int, dict[str, object]]], member: MemberCard = JEAN) -> list[int]:
    """Swipe in turn, each door knowing all awards so far; give whole points a swipe."""
    awarded: dict[str, int] = {}
    found = []
    for at_us, changes in swipes:
        check = see(member, at_us, seen_today=SeenToday(awarded=dict(awarded)), **changes)
        if check.visit_key:
            awarded[check.visit_key] = at_us
        found.append(check.visit.hundredths // 100)
    return found


@pytest.mark.example("R48.1")
@pytest.mark.example("S2")
def test_one_award_an_entry_day() -> None:
    """R48: reset 06:00, value 10: Fri 23:50, Sat 01:10, Sat 06:00 give 10, 0, 10."""
    moments = ["2026-03-13 23:50", "2026-03-14 01:10", "2026-03-14 06:00"]
    assert _points([(at(m), {}) for m in moments]) == [10, 0, 10]


@pytest.mark.example("R2.2")
def test_a_day_once_begun_does_not_end() -> None:
    """R2, R48: reset 02:30, clocks go back at 03:00: 02:45 awards, 02:15 the second time stays the same day."""
    early = {"venue": replace(CLUBHOUSE, entry_reset_min=150)}
    assert _points([(at("2026-04-05 02:45"), early), (at("2026-04-05 02:15", fold=1), early)]) == [10, 0]
    assert see(JEAN, at("2026-04-05 02:15", fold=1), **early).entry_day == date(2026, 4, 5)


def test_a_reset_that_does_not_exist_takes_effect_at_three() -> None:
    """R2, R48: on 4 Oct 2026 a reset of 02:30 takes effect at 03:00."""
    early = {"venue": replace(CLUBHOUSE, entry_reset_min=150)}
    moments = ["2026-10-03 12:00", "2026-10-04 01:59", "2026-10-04 03:00"]
    assert _points([(at(m), early) for m in moments]) == [10, 0, 10]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(EntryScope.CLUB, [10, 0, 0, 0], id="club: once anywhere"),
        pytest.param(EntryScope.LOCATION_GROUP, [10, 0, 0, 10], id="location group: once a venue"),
        pytest.param(EntryScope.LOCATION, [10, 0, 10, 10], id="location: once a door's location"),
        pytest.param(EntryScope.TERMINAL, [10, 10, 10, 10], id="terminal: once a terminal"),
    ],
)
@pytest.mark.example("R49.1")
def test_scopes(by: EntryScope, expected: list[int]) -> None:
    """R49: front door, its second terminal, the back door and another venue on one day, in each of the four scopes."""
    club = replace(CLUB, record_entry_by=by)
    doors = [
        {"club": club},
        {"club": club, "device_id": "door-2"},
        {"club": club, "device_id": "door-3", "location": BACK},
        {"club": club, "device_id": "door-4", "location": JETTY, "venue": MARINA},
    ]
    assert _points([(at("2026-11-24 18:00") + n, door) for n, door in enumerate(doors)]) == expected


def test_key_of_a_visit() -> None:
    """R48: the natural key names club, person, scope and entry day."""
    assert see(JEAN, "2026-03-14 01:10").visit_key == "visit:larkspur:jean:clubhouse:2026-03-13"


def test_day_of_the_venue_of_the_swipe() -> None:
    """R49: with scope CLUB the entry day is that of the venue of the swipe: Perth is still Friday."""
    club = replace(CLUB, record_entry_by=EntryScope.CLUB)
    perth = replace(MARINA, zone="Australia/Perth")
    moment = at("2026-03-14 08:00")
    assert see(JEAN, moment, club=club).entry_day == date(2026, 3, 14)
    assert see(JEAN, moment, club=club, venue=perth, location=JETTY).entry_day == date(2026, 3, 13)


UNPAID = replace(JEAN, renewal_date=date(2026, 2, 28))
NEEDS_PAID = replace(CLUB, visit_points_need_financial=True)


@pytest.mark.parametrize(
    ("member", "changes", "points"),
    [
        pytest.param(UNPAID, {}, 10, id="unpaid while the check runs"),
        pytest.param(UNPAID, {"venue": replace(CLUBHOUSE, financial_check=False)}, 10, id="unpaid, check off"),
        pytest.param(UNPAID, {"club": NEEDS_PAID}, 0, id="unpaid where the club asks for paid up"),
        pytest.param(JEAN, {"club": NEEDS_PAID}, 10, id="paid up where the club asks for it"),
        pytest.param(replace(JEAN, renewal_date=NEVER_PAID), {}, 10, id="never paid"),
        pytest.param(JEAN, {"venue": replace(CLUBHOUSE, entry_check=False)}, 0, id="Entry Check off"),
        pytest.param(JEAN, {"classification": replace(GOLD, visitation_points=0)}, 0, id="value 0"),
        pytest.param(replace(JEAN, earns_points=False), {}, 0, id="declined the scheme"),
        pytest.param(replace(JEAN, ban=BanKind.HOUSE), {}, 0, id="banned"),
        pytest.param(JEAN, {"classification": replace(GOLD, venues=("marina",))}, 0, id="wrong venue"),
        pytest.param(JEAN, {"classification": None}, 0, id="settings unknown"),
    ],
)
@pytest.mark.example("S2")
def test_who_gets_visit_points(member: MemberCard, changes: dict[str, object], points: int) -> None:
    """R48, D3: paid up or not, unless the club asks for it; never banned, at the wrong venue or without a value."""
    check = see(member, "2026-03-13 18:00", **changes)
    assert check.visit == whole(points)
    assert bool(check.visit_key) is bool(points)


def test_second_visit_says_when_the_first_was() -> None:
    """U87: the second visit of an entry day is a WELCOME with the time of the first, and no points."""
    first = see(PRIYA, "2026-11-24 18:05")
    again = see(PRIYA, "2026-11-24 21:30", seen_today=SeenToday(awarded={first.visit_key: at("2026-11-24 18:05")}))
    assert (again.verdict, again.visit, again.again_us) == (Verdict.WELCOME, NO_POINTS, at("2026-11-24 18:05"))
    assert again.flags == (because("door.again", "R48", first_us=at("2026-11-24 18:05")),)
    assert see(PRIYA, "2026-11-24 18:05").flags == ()


def test_an_unpaid_first_swipe_leaves_the_points_for_after_the_fee() -> None:
    """R48, D3: where points need a paid-up member, a swipe without points uses up no key."""
    unpaid = see(MATEO, "2026-11-24 18:00", club=NEEDS_PAID)
    paid = see(replace(MATEO, renewal_date=date(2027, 11, 12)), "2026-11-24 18:10", club=NEEDS_PAID)
    assert (unpaid.visit_key, paid.visit) == ("", whole(5))


def test_two_doors_that_cannot_see_each_other() -> None:
    """R90: A at 18:00 and B at 18:10 both give 10: one lot of 10, A's, whichever arrives first."""
    both: list[Entry] = []
    for minute, event_id in (("18:10", "b" * 32), ("18:00", "a" * 32)):
        at_us = at(f"2026-11-24 {minute}")
        both += posted(see(JEAN, at_us), JEAN, at_us, event_id)
    for arrived in (both, both[::-1]):
        folded = fold(arrived, as_of=date(2026, 11, 24), refund_grace_days=30)
        assert folded.balance_h == 1_000
        assert folded.dropped == {("b" * 32, 0)}


SWIPES = st.lists(
    st.tuples(st.integers(0, 4 * 24 * 60), st.sampled_from(["door-1", "door-2", "door-3", "door-4"]), st.booleans()),
    max_size=25,
)
PLACES = {"door-1": FRONT, "door-2": FRONT, "door-3": BACK, "door-4": JETTY}


@given(swipes=SWIPES, by=st.sampled_from(EntryScope))
def test_at_most_one_standing_award_a_scope_and_day(swipes: list[tuple[int, str, bool]], by: EntryScope) -> None:
    """R48, R49: however little doors see of each other, one standing award a scope and entry day.

    The days are counted here with a fixed offset (Brisbane keeps no daylight saving), not with the rules' own code.
    """
    began = datetime(2026, 11, 20, tzinfo=UTC)
    club = replace(CLUB, record_entry_by=by)
    known: dict[str, dict[str, int]] = defaultdict(dict)
    everything: list[Entry] = []
    visited: set[tuple[str, date]] = set()
    for n, (minute, door, in_touch) in enumerate(sorted(swipes)):
        moment = began + timedelta(minutes=minute)
        at_us = int(moment.timestamp()) * 1_000_000 + n
        place = PLACES[door]
        venue = replace(MARINA if place is JETTY else CLUBHOUSE, zone="Australia/Brisbane")
        check = see(
            JEAN,
            at_us,
            club=club,
            venue=venue,
            location=place,
            device_id=door,
            seen_today=SeenToday(awarded=dict(known[door])),
        )
        everything += posted(check, JEAN, at_us, f"{n:032x}")
        for other in known if in_touch else [door]:
            known[other].setdefault(check.visit_key, at_us)
        day = (moment + timedelta(hours=10) - timedelta(hours=6)).date()
        scopes = {"club": "", "location_group": venue.id, "location": place.id, "terminal": door}
        visited.add((scopes[by.value], day))
    folded = fold(everything, as_of=date(2026, 12, 1), refund_grace_days=30)
    assert folded.balance_h == len(visited) * 1_000


@given(by=st.sampled_from(EntryScope), ids=st.lists(st.sampled_from("abc"), min_size=6, max_size=6))
def test_scopes_are_equal_where_the_place_is(by: EntryScope, ids: list[str]) -> None:
    """R49: two swipes share a scope exactly when club, venue, location or terminal, as set, is the same."""
    one = {"venue_id": ids[0], "location_id": ids[1], "device_id": ids[2]}
    two = {"venue_id": ids[3], "location_id": ids[4], "device_id": ids[5]}
    decides = {"club": None, "location_group": "venue_id", "location": "location_id", "terminal": "device_id"}[by.value]
    same = decides is None or one[decides] == two[decides]
    assert (scope_of(by, **one) == scope_of(by, **two)) is same


def test_points_of_a_visit_belong_to_the_account() -> None:
    """D19: the award's key carries the person; the lot lies in the account that the person belongs to."""
    at_us = at("2026-11-24 18:05")
    (entry,) = posted(see(PRIYA, at_us), PRIYA, at_us, "e" * 32)
    assert (entry.account_id, "priya" in entry.natural_key) == ("a-priya", True)
    assert SILVER.visitation_points * 100 == entry.amount_h
