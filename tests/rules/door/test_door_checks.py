"""Door checks: house limit, interest groups, earlier visits and birthdays, and which of them decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.door.checks import Interest
from clubtill_rules.door.visits import SeenToday
from clubtill_rules.members.account import BanKind, MemberCard
from clubtill_rules.members.club import Club, EntryScope
from clubtill_rules.members.standing import standing
from clubtill_rules.permissions import Act, Role
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.why import Because, Rounding, because, working
from tests.rules.door.front_door import BRONZE, CLUB, CLUBHOUSE, FRONT, MATEO, PRIYA, at, see

TUESDAY, FRIDAY = "2026-11-24 18:07", "2026-11-27 18:07"
FULL = replace(CLUBHOUSE, house_limit=100)
GROUPS = replace(CLUBHOUSE, lifestyle_groups=("gym", "pool"))
ONCE = replace(CLUBHOUSE, visit_check=True)
DAY = date(2026, 11, 24)
FULL_BY_ONE = working(101, Rounding.EXACT, 100, ("+", 1), ("+", 0))
HOUSE = because("door.flag.house_full", "R45", working=FULL_BY_ONE, inside=100, limit=100)
LIFESTYLE = because("door.flag.lifestyle", "R45")
UNPAID = because("door.flag.unpaid", "R47", fee=Money(4500))
IN_GYM = Interest(group="gym")


@pytest.mark.parametrize(
    ("inside", "guests", "full"),
    [
        pytest.param(99, 0, False, id="the last place"),
        pytest.param(100, 0, True, id="no place"),
        pytest.param(98, 1, False, id="two places for two"),
        pytest.param(99, 1, True, id="one place for two"),
        pytest.param(98, 2, True, id="two places for three"),
        pytest.param(None, 5, False, id="head count not known"),
    ],
)
def test_house_full(inside: int | None, guests: int, full: bool) -> None:
    """R45, R52: with the guests who come in too, the house limit is kept: STOP beyond it."""
    check = see(PRIYA, TUESDAY, venue=FULL, inside=inside, guests=guests)
    assert (check.verdict is Verdict.STOP) is full
    if full and inside is not None:
        assert (check.code, check.facts) == ("house.full", {"inside": inside, "limit": 100})
        assert (check.acts, check.let_in) == (("let_in", "refuse"), Act.LET_IN)
        come = working(inside + 1 + guests, Rounding.EXACT, inside, ("+", 1), ("+", guests))
        why = because("why.house_full", "R45", working=come, inside=inside, n=1 + guests, limit=100)
        assert check.because[0] == why
        assert check.flags == ()
        assert check.public_text == "see_staff"
    else:
        assert (check.code, check.flags) == ("member.welcome", ())


def test_without_a_house_limit() -> None:
    """R45: a venue without a limit is never full."""
    assert see(PRIYA, TUESDAY, inside=100_000).verdict is Verdict.WELCOME


def test_house_full_may_only_warn() -> None:
    """R45, U91: where the venue wants a warning only, the verdict stays and the flag says so."""
    venue = replace(FULL, house_limit_warns=True)
    check = see(PRIYA, TUESDAY, venue=venue, inside=100)
    assert (check.verdict, check.flags) == (Verdict.WELCOME, (HOUSE,))
    assert see(PRIYA, TUESDAY, venue=venue, inside=99).flags == ()
    stopped = see(MATEO, FRIDAY, venue=venue, inside=100)
    assert (stopped.code, stopped.flags) == ("member.unpaid.stop", (HOUSE,))


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        pytest.param(Role.RECEPTION, ("let_in", "refuse"), id="Reception: with an approval"),
        pytest.param(Role.MEMBERSHIP_OFFICER, ("refuse",), id="Membership officer: never"),
        pytest.param(Role.CASHIER, (), id="Cashier: nothing"),
    ],
)
def test_house_full_by_role(role: Role, acts: tuple[str, ...]) -> None:
    """R45, 2.12 rows 18 and 19: who may let in although the house is full."""
    assert see(PRIYA, TUESDAY, venue=FULL, inside=100, roles={role}).acts == acts


def test_points_are_given_whatever_a_check_says() -> None:
    """R45, R48: step 8 runs behind a full house, a missing group and an earlier visit: points and key are the same."""
    plain = see(PRIYA, TUESDAY)
    for changes in ({"venue": FULL, "inside": 100}, {"venue": GROUPS}):
        check = see(PRIYA, TUESDAY, **changes)
        assert (check.visit, check.visit_key, check.barred) == (whole(5), plain.visit_key, False)


def test_fewer_guests_than_none() -> None:
    """R45: is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^guests: below 0$"):
        see(PRIYA, TUESDAY, guests=-1)


@pytest.mark.parametrize(
    ("interests", "welcome"),
    [
        pytest.param((), False, id="in no group"),
        pytest.param((IN_GYM,), True, id="active, without an end"),
        pytest.param((Interest(group="pool", active_to=DAY),), True, id="its last day"),
        pytest.param((Interest(group="pool", active_to=date(2026, 11, 23)),), False, id="ended yesterday"),
        pytest.param((Interest(group="gym", active=False),), False, id="switched off"),
        pytest.param((Interest(group="gym", active=False, active_to=date(2030, 1, 1)),), False, id="off, with an end"),
        pytest.param((Interest(group="choir"),), False, id="another group"),
        pytest.param((Interest(group="gym", active=False), Interest(group="pool")), True, id="one of two"),
    ],
)
def test_interest_groups(interests: tuple[Interest, ...], welcome: bool) -> None:
    """R45: an interest group has its own active flag and Active To date, whatever the Renewal Date says."""
    check = see(PRIYA, TUESDAY, venue=GROUPS, interests=interests)
    assert (check.verdict is Verdict.WELCOME) is welcome
    if not welcome:
        assert (check.verdict, check.code) == (Verdict.CHECK, "door.lifestyle")
        assert (check.facts, check.acts, check.let_in) == ({"venue": "the Clubhouse"}, ("admit", "refuse"), None)
        assert check.because[0] == because("why.lifestyle", "R45", venue="the Clubhouse")
        assert check.flags == ()


def test_the_group_ends_with_the_trading_day() -> None:
    """R2, R45: a night out belongs to its last day."""
    interests = (Interest(group="gym", active_to=DAY),)
    assert see(PRIYA, "2026-11-25 05:59", venue=GROUPS, interests=interests).verdict is Verdict.WELCOME
    assert see(PRIYA, "2026-11-25 06:00", venue=GROUPS, interests=interests).verdict is Verdict.CHECK


def test_no_group_is_asked_for() -> None:
    """R45: a venue that names no group does not check."""
    assert see(PRIYA, TUESDAY, interests=(Interest(group="gym", active=False),)).verdict is Verdict.WELCOME


KEY = "visit:larkspur:priya:clubhouse:2026-11-24"
MORNING = at("2026-11-24 09:00")


@pytest.mark.parametrize(
    ("seen", "moment", "first_us"),
    [
        pytest.param(SeenToday(), TUESDAY, None, id="first visit"),
        pytest.param(SeenToday(awarded={KEY: MORNING}), TUESDAY, MORNING, id="came and got points"),
        pytest.param(SeenToday(came={KEY: MORNING}), TUESDAY, MORNING, id="came without points"),
        pytest.param(SeenToday(came={KEY: 1}, awarded={KEY: 2}), TUESDAY, 1, id="the first one counts"),
        pytest.param(SeenToday(awarded={KEY: MORNING}), "2026-11-25 05:59", MORNING, id="the same entry day"),
        pytest.param(SeenToday(awarded={KEY: MORNING}), "2026-11-25 06:00", None, id="the next entry day"),
    ],
)
def test_visit_check(seen: SeenToday, moment: str, first_us: int | None) -> None:
    """R45: with the Visit Check on, a later visit of an entry day is CHECK; on the next day it is a first one."""
    check = see(PRIYA, moment, venue=ONCE, seen_today=seen)
    if first_us is None:
        assert (check.verdict, check.code) == (Verdict.WELCOME, "member.welcome")
    else:
        assert (check.verdict, check.code, check.acts) == (Verdict.CHECK, "door.visited", ("admit", "refuse"))
        assert (check.facts, check.let_in) == ({"first_us": first_us}, None)
        assert check.because[0] == because("why.visited", "R45", first_us=first_us)
    assert see(PRIYA, moment, seen_today=seen).verdict is Verdict.WELCOME


def test_visit_check_counts_in_the_clubs_scope() -> None:
    """R45, R49: by terminal, another door's visit is none of this one's."""
    club = replace(CLUB, record_entry_by=EntryScope.TERMINAL)
    key = "visit:larkspur:priya:door-2:2026-11-24"
    seen = SeenToday(came={key: MORNING})
    assert see(PRIYA, TUESDAY, venue=ONCE, club=club, seen_today=seen).verdict is Verdict.WELCOME
    assert see(PRIYA, TUESDAY, venue=ONCE, club=club, seen_today=seen, device_id="door-2").code == "door.visited"


def test_visit_check_by_location() -> None:
    """R45, R49: by location, a visit to another location is none of this one's."""
    club = replace(CLUB, record_entry_by=EntryScope.LOCATION)
    seen = SeenToday(came={"visit:larkspur:priya:front:2026-11-24": MORNING})
    assert see(PRIYA, TUESDAY, venue=ONCE, club=club, seen_today=seen).code == "door.visited"
    back = replace(FRONT, id="back")
    assert see(PRIYA, TUESDAY, venue=ONCE, club=club, seen_today=seen, location=back).code == "member.welcome"


@pytest.mark.parametrize(
    ("member", "club", "facts"),
    [
        pytest.param(PRIYA, CLUB, {"paid_to": date(2027, 6, 30)}, id="paid to a date"),
        pytest.param(
            replace(PRIYA, renewal_date=NEVER_PAID), replace(CLUB, all_members_active=True), {}, id="paid by setting"
        ),
    ],
)
def test_a_welcome_says_until_when(member: MemberCard, club: Club, facts: dict[str, object]) -> None:
    """R45, R9: with the date paid to, where there is one."""
    check = see(member, TUESDAY, club=club)
    assert (check.code, check.facts) == ("member.welcome", facts)


def test_staff_who_do_not_decide_are_offered_nothing() -> None:
    """R45, 2.12 row 18: on a CHECK a Cashier neither admits nor refuses."""
    assert see(PRIYA, TUESDAY, venue=GROUPS, roles={Role.CASHIER}).acts == ()


EVERY_CHECK = replace(CLUBHOUSE, house_limit=100, lifestyle_groups=("gym",), visit_check=True)
MATEO_CAME = SeenToday(came={"visit:larkspur:mateo:clubhouse:2026-11-24": MORNING})


@pytest.mark.parametrize(
    ("moment", "changes", "code", "flags"),
    [
        pytest.param(FRIDAY, {"inside": 100}, "member.unpaid.stop", (HOUSE, LIFESTYLE), id="fee before house full"),
        pytest.param(TUESDAY, {"inside": 100}, "house.full", (UNPAID, LIFESTYLE), id="a STOP before every CHECK"),
        pytest.param(TUESDAY, {"inside": 9}, "member.unpaid.check", (LIFESTYLE,), id="fee before group"),
        pytest.param(
            TUESDAY,
            {"inside": 9, "interests": (IN_GYM,), "seen_today": MATEO_CAME},
            "member.unpaid.check",
            (),
            id="fee before visit",
        ),
    ],
)
def test_the_gravest_check_decides(moment: str, changes: dict[str, Any], code: str, flags: tuple[Because, ...]) -> None:
    """R45: a STOP before a CHECK, of two alike the first in order; the others are flags."""
    check = see(MATEO, moment, venue=EVERY_CHECK, **changes)
    assert (check.code, check.flags) == (code, flags)


def test_every_failed_check_gives_its_reason() -> None:
    """R45: the deciding reason first, the others after it, then the points'."""
    seen = SeenToday(came={KEY: MORNING})
    check = see(PRIYA, TUESDAY, venue=EVERY_CHECK, inside=100, seen_today=seen)
    codes = [why.code for why in check.because]
    assert codes == ["why.house_full", "why.lifestyle", "why.visited", "why.visit.given", "why.birthday.no_date"]
    group = see(PRIYA, TUESDAY, venue=EVERY_CHECK, inside=9, seen_today=seen)
    assert [group.code, *(why.code for why in group.because[:2])] == ["door.lifestyle", "why.lifestyle", "why.visited"]


def test_steps_one_to_five_come_first() -> None:
    """R45: who is barred is told so, whatever the house holds; the answer gives no points and enters no draw."""
    tom = replace(PRIYA, ban=BanKind.HOUSE)
    check = see(tom, TUESDAY, venue=EVERY_CHECK, inside=100)
    assert (check.code, check.barred, check.flags) == ("member.excluded", True, ())
    assert see(PRIYA, TUESDAY, classification=None).barred is True
    assert see(None, TUESDAY).barred is True


BORN = replace(PRIYA, date_of_birth=date(1990, 11, 24))


def test_birthday_check_off() -> None:
    """R45, R50: without the Birthday Check no birthday is looked at: no points, no strip, no day."""
    venue = replace(CLUBHOUSE, birthday_check=False)
    check = see(BORN, TUESDAY, venue=venue)
    assert (check.birthday, check.birthday_key, check.birthday_on, check.special) == (NO_POINTS, "", None, "")
    assert (check.verdict, check.visit) == (Verdict.WELCOME, whole(5))
    assert check.because[-1] == because("why.birthday.unchecked", "R45", venue="the Clubhouse")
    assert see(BORN, TUESDAY).birthday == whole(200)


def test_the_whole_answer() -> None:
    """R45, R47: Mateo on a Tuesday, every field of the answer."""
    check = see(MATEO, TUESDAY)
    stands = standing(MATEO, BRONZE, CLUB, DAY)
    rests = because(
        "why.fee_check.rests", "R46", fee_weekdays=(4, 5, 6), start_min=1020, end_min=1439, at_us=at(TUESDAY)
    )
    assert check == CheckIn(
        verdict=Verdict.CHECK,
        code="member.unpaid.check",
        facts={"fee": Money(4500), "n": 12, **rests.facts, "paid_to": date(2026, 11, 12)},
        visit=whole(5),
        visit_key="visit:larkspur:mateo:clubhouse:2026-11-24",
        entry_day=DAY,
        earn_day=DAY,
        last_day=date(2028, 11, 24),
        acts=("admit", "take_fee", "refuse"),
        because=(
            *stands.because,
            rests,
            because("why.visit.given", "R48", points=whole(5), day=DAY),
            because("why.birthday.no_date", "R50"),
        ),
    )
