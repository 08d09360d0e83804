"""Door posting: entries of a swipe, and the second event that says what became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.posting import Acting, Admission, Outcome, Swipe, admission, entries, swipe
from clubtill_rules.members.account import BanKind, MemberCard
from clubtill_rules.members.classification import BANNED
from clubtill_rules.permissions import Role
from clubtill_rules.points.entries import AwardFor, EntryKind
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.refusal import Refusal
from tests.rules.door.front_door import BRONZE, FRONT, MARINA, MATEO, PRIYA, SILVER, at, see, written

TUESDAY, FRIDAY = "2026-11-24 18:03:10", "2026-11-27 18:07"
ANA = Acting(staff_id="ana", roles=frozenset({Role.RECEPTION}))
DAN = Acting(staff_id="dan", roles=frozenset({Role.DUTY_MANAGER}))
VIV = Acting(staff_id="viv", roles=frozenset({Role.VENUE_MANAGER}))
BIRTHDAY = replace(PRIYA, date_of_birth=date(1990, 11, 24))
TOM = replace(PRIYA, person_id="tom", number="100004", classification=BANNED, ban=BanKind.HOUSE)
SWIPE_ID, ACT_ID = "1" * 32, "2" * 32


def test_entries_of_a_birthday_visit() -> None:
    """R48, R50, D37: two awards with fixed legs, natural keys, the club's day and the last day by R34."""
    at_us = at(TUESDAY)
    visit, birthday = entries(written(see(BIRTHDAY, at_us), BIRTHDAY, at_us, SWIPE_ID))
    assert [(e.leg, e.amount_h, e.award_for) for e in (visit, birthday)] == [
        (0, 500, AwardFor.VISIT),
        (1, 20_000, AwardFor.BIRTHDAY),
    ]
    assert visit.natural_key == "visit:larkspur:priya:clubhouse:2026-11-24"
    assert birthday.natural_key == "bday:larkspur:priya:2026"
    for entry in (visit, birthday):
        assert (entry.event_id, entry.kind, entry.account_id) == (SWIPE_ID, EntryKind.AWARD, "a-priya")
        assert (entry.eff_us, entry.day, entry.earn_day) == (at_us, date(2026, 11, 24), date(2026, 11, 24))
        assert entry.last_day == date(2028, 11, 24)


def test_the_birthday_keeps_its_leg_alone() -> None:
    """R4: a birthday without visit points has the same leg as beside them."""
    at_us = at(TUESDAY)
    check = see(BIRTHDAY, at_us, classification=replace(SILVER, visitation_points=0))
    assert [entry.leg for entry in entries(written(check, BIRTHDAY, at_us, SWIPE_ID))] == [1]


@pytest.mark.parametrize("member", [None, TOM], ids=["unknown card", "banned"])
def test_a_stopped_card_is_written_and_gives_nothing(member: MemberCard | None) -> None:
    """R45: every attempt is written down with its result; steps 1 to 5 give no points."""
    at_us = at(TUESDAY)
    swiped = written(see(member, at_us), member, at_us, SWIPE_ID)
    assert (swiped.verdict, swiped.entry_day, entries(swiped)) == (Verdict.STOP, date(2026, 11, 24), ())
    assert (swiped.person_id, swiped.account_id) == ((member.person_id, member.account_id) if member else ("", ""))


def test_the_swipe_as_it_was() -> None:
    """R45, R52: every field of a swipe, decided offline."""
    check = see(PRIYA, at(TUESDAY))
    assert swipe(
        check,
        event_id=SWIPE_ID,
        card=PRIYA.cards[0],
        member=PRIYA,
        club_id="larkspur",
        location=FRONT,
        device_id="door-1",
        staff_id="ana",
        at_us=at(TUESDAY),
        offline=True,
    ) == Swipe(
        event_id=SWIPE_ID,
        club_id="larkspur",
        venue_id="clubhouse",
        location_id="front",
        device_id="door-1",
        staff_id="ana",
        at_us=at(TUESDAY),
        card_digest="c-priya",
        person_id="priya",
        account_id="a-priya",
        member_number="100003",
        classification=2,
        verdict=Verdict.WELCOME,
        code="member.welcome",
        entry_day=date(2026, 11, 24),
        visit=whole(5),
        visit_key="visit:larkspur:priya:clubhouse:2026-11-24",
        birthday=NO_POINTS,
        birthday_key="",
        earn_day=date(2026, 11, 24),
        last_day=date(2028, 11, 24),
        offline=True,
    )


def test_the_swipe_of_nobody() -> None:
    """R45, R52: without member and card their fields are blank, and it is not said that anybody was offline."""
    swiped = written(see(None, at(TUESDAY)), None, at(TUESDAY), SWIPE_ID)
    assert swiped == Swipe(
        event_id=SWIPE_ID,
        club_id="larkspur",
        venue_id="clubhouse",
        location_id="front",
        device_id="door-1",
        staff_id="ana",
        at_us=at(TUESDAY),
        card_digest="",
        person_id="",
        account_id="",
        member_number="",
        classification=None,
        verdict=Verdict.STOP,
        code="member.unknown",
        entry_day=date(2026, 11, 24),
        visit=NO_POINTS,
        visit_key="",
        birthday=NO_POINTS,
        birthday_key="",
        earn_day=None,
        last_day=None,
        offline=False,
    )


@pytest.mark.example("R52.1")
def test_refusing_takes_no_points_back() -> None:
    """R52: Mateo, CHECK, +5 at 18:03:10, Refuse at 18:03:40: two events, and the 5 points stay."""
    check = see(MATEO, at(TUESDAY))
    swiped = written(check, MATEO, at(TUESDAY), SWIPE_ID)
    then = at("2026-11-24 18:03:40")
    act = admission(check, swiped, Outcome.REFUSE, event_id=ACT_ID, at_us=then, acting=ANA, reason="no ID")
    assert (act.outcome, act.swipe_event_id, act.event_id, act.at_us) == (Outcome.REFUSE, SWIPE_ID, ACT_ID, then)
    assert (act.staff_id, act.approver_id, act.reason, act.person_id) == ("ana", "", "no ID", "mateo")
    assert act.guests == 0
    assert [entry.amount_h for entry in entries(swiped)] == [500]


def test_welcome_is_admitted_with_guests() -> None:
    """R52: WELCOME admits, whoever stands at the door; guests count with the member."""
    check = see(PRIYA, at(TUESDAY), roles=frozenset())
    nobody = Acting(staff_id="", roles=frozenset())
    swiped = written(check, PRIYA, at(TUESDAY), SWIPE_ID)
    act = admission(check, swiped, Outcome.ADMIT, event_id=ACT_ID, at_us=at(TUESDAY), acting=nobody, guests=2)
    assert act == Admission(
        event_id=ACT_ID,
        swipe_event_id=SWIPE_ID,
        club_id="larkspur",
        venue_id="clubhouse",
        location_id="front",
        device_id="door-1",
        staff_id="",
        at_us=at(TUESDAY),
        person_id="priya",
        account_id="a-priya",
        outcome=Outcome.ADMIT,
        guests=2,
    )


@pytest.mark.parametrize(
    ("acting", "approver", "recorded"),
    [
        pytest.param(ANA, DAN, "dan", id="Reception with a Duty manager"),
        pytest.param(ANA, VIV, "viv", id="Reception with a Venue manager"),
        pytest.param(DAN, None, "", id="a Duty manager alone"),
        pytest.param(DAN, VIV, "", id="a Duty manager needs nobody"),
    ],
)
def test_letting_in_unpaid(acting: Acting, approver: Acting | None, recorded: str) -> None:
    """R47, 2.12 row 19: let in by who may alone, or with another's approval; both are written down."""
    check = see(MATEO, at(FRIDAY))
    swiped = written(check, MATEO, at(FRIDAY), SWIPE_ID)
    act = admission(check, swiped, Outcome.LET_IN, event_id=ACT_ID, at_us=1, acting=acting, approver=approver)
    assert (act.outcome, act.staff_id, act.approver_id) == (Outcome.LET_IN, acting.staff_id, recorded)


@pytest.mark.parametrize(
    ("acting", "approver", "code", "facts"),
    [
        pytest.param(ANA, None, "door.needs_approval", {}, id="Reception alone"),
        pytest.param(ANA, Acting(staff_id="bob", roles={Role.RECEPTION}), "door.needs_approval", {}, id="a colleague"),
        pytest.param(ANA, Acting(staff_id="ana", roles=frozenset(Role)), "door.own_approval", {}, id="herself"),
        pytest.param(
            Acting(staff_id="cy", roles={Role.CASHIER}), DAN, "door.not_offered", {"outcome": "let_in"}, id="a Cashier"
        ),
    ],
)
def test_not_letting_in_unpaid(acting: Acting, approver: Acting | None, code: str, facts: dict[str, object]) -> None:
    """2.12: without an approval that counts nobody is let in, and nobody approves his own act."""
    check = see(MATEO, at(FRIDAY))
    swiped = written(check, MATEO, at(FRIDAY), SWIPE_ID)
    with pytest.raises(Refusal) as refused:
        admission(check, swiped, Outcome.LET_IN, event_id=ACT_ID, at_us=1, acting=acting, approver=approver)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_house_ban_is_for_the_duty_manager_alone() -> None:
    """R12: a Duty manager lets somebody with a house ban in; Reception cannot, not even with his approval."""
    swiped = written(see(TOM, at(TUESDAY)), TOM, at(TUESDAY), SWIPE_ID)
    at_dans_door = see(TOM, at(TUESDAY), roles=DAN.roles)
    act = admission(at_dans_door, swiped, Outcome.LET_IN, event_id=ACT_ID, at_us=at(TUESDAY), acting=DAN)
    assert (act.outcome, act.staff_id) == (Outcome.LET_IN, "dan")
    for check in (at_dans_door, see(TOM, at(TUESDAY))):
        with pytest.raises(Refusal) as refused:
            admission(check, swiped, Outcome.LET_IN, event_id=ACT_ID, at_us=at(TUESDAY), acting=ANA, approver=DAN)
        assert refused.value.code == "door.not_offered"


@pytest.mark.parametrize("ban", [BanKind.SELF_EXCLUSION, BanKind.ACCORD, BanKind.POLICE])
def test_other_bans_are_never_let_in(ban: BanKind) -> None:
    """R12, D35: nobody lets in somebody with a ban of the law, whatever his roles and whoever approves."""
    everything = Acting(staff_id="zoe", roles=frozenset(Role))
    member = replace(TOM, ban=ban)
    check = see(member, at(TUESDAY), roles=everything.roles)
    swiped = written(check, member, at(TUESDAY), SWIPE_ID)
    with pytest.raises(Refusal) as refused:
        admission(check, swiped, Outcome.LET_IN, event_id=ACT_ID, at_us=1, acting=everything, approver=DAN)
    assert refused.value.code == "door.not_offered"


@pytest.mark.parametrize(
    ("member", "moment", "changes", "outcome"),
    [
        pytest.param(MATEO, FRIDAY, {}, Outcome.ADMIT, id="admit on STOP"),
        pytest.param(MATEO, TUESDAY, {}, Outcome.LET_IN, id="let in on CHECK"),
        pytest.param(
            PRIYA,
            TUESDAY,
            {"venue": MARINA, "classification": replace(BRONZE, venues=("clubhouse",))},
            Outcome.ADMIT,
            id="admit at the wrong venue",
        ),
        pytest.param(None, TUESDAY, {}, Outcome.ADMIT, id="admit an unknown card"),
    ],
)
def test_what_is_not_offered_is_refused(
    member: MemberCard | None, moment: str, changes: dict[str, object], outcome: Outcome
) -> None:
    """R45, R47: an act that the verdict does not offer is refused by name."""
    check = see(member, at(moment), **changes)
    with pytest.raises(Refusal) as refused:
        admission(
            check,
            written(check, member, at(moment), SWIPE_ID),
            outcome,
            event_id=ACT_ID,
            at_us=at(moment),
            acting=DAN,
            approver=VIV,
        )
    assert (refused.value.code, refused.value.facts) == ("door.not_offered", {"outcome": outcome.value})


def test_fewer_guests_than_none() -> None:
    """R52: is a caller's mistake, whatever the act."""
    swiped = written(see(PRIYA, at(TUESDAY)), PRIYA, at(TUESDAY), SWIPE_ID)
    with pytest.raises(ValueError, match=r"^guests: below 0$"):
        admission(see(PRIYA, at(TUESDAY)), swiped, Outcome.ADMIT, event_id=ACT_ID, at_us=1, acting=ANA, guests=-1)
