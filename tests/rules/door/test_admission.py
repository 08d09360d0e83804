"""Admission: the verdict in R45's order, what is said beside it, and which acts staff are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.door.admission import CheckIn, Verdict
from clubtill_rules.members.account import (
    AccountCard,
    BanKind,
    Block,
    CardState,
    CardToken,
    MemberCard,
)
from clubtill_rules.members.classification import BANNED
from clubtill_rules.members.club import Club
from clubtill_rules.members.deny import Deny
from clubtill_rules.members.venue import BirthdayWindow
from clubtill_rules.permissions import Act, Role
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.why import because
from tests.rules.door.front_door import BRONZE, CLUB, CLUBHOUSE, MARINA, MATEO, PRIYA, SILVER, at, see

TUESDAY, FRIDAY = "2026-11-24 18:07", "2026-11-27 18:07"
FRIDAY_NIGHT = replace(BRONZE, days_to_run=(4,), start_min=18 * 60, end_min=2 * 60)
BIRTHDAY = replace(PRIYA, date_of_birth=date(1990, 11, 24))
TOM = replace(PRIYA, person_id="tom", number="100004", classification=BANNED, ban=BanKind.HOUSE)
OLIVE = replace(PRIYA, cards=(CardToken(digest="c-old", last4="0101", state=CardState.BLOCKED),))
UK = replace(CLUB, admission_delay_days=2)
CLUBHOUSE_ONLY = replace(SILVER, venues=("clubhouse",))
NAMED = {"name": PRIYA.name}


def test_welcome() -> None:
    """Interface 5.6: Priya's birthday: WELCOME, special strip, 200 and 5 points, first name on the public side."""
    check = see(BIRTHDAY, TUESDAY)
    assert (check.verdict, check.code, check.special) == (Verdict.WELCOME, "member.welcome", "birthday")
    assert (check.visit, check.birthday) == (whole(5), whole(200))
    assert (check.acts, check.public_text) == (("admit",), "welcome")
    assert (check.birthday_on, check.flags) == (date(2026, 11, 24), ())
    assert (check.earn_day, check.last_day) == (date(2026, 11, 24), date(2028, 11, 24))


def test_check() -> None:
    """Interface 5.7: Mateo on a Tuesday: CHECK, 5 points, 12 days late, fees are checked Fri to Sun from 17:00."""
    check = see(MATEO, TUESDAY)
    assert (check.verdict, check.code, check.visit) == (Verdict.CHECK, "member.unpaid.check", whole(5))
    assert check.acts == ("admit", "take_fee", "refuse")
    assert check.facts["paid_to"] == date(2026, 11, 12)
    assert (check.facts["fee"], check.facts["n"], check.facts["fee_weekdays"]) == (Money(4500), 12, (4, 5, 6))
    assert check.public_text == "see_staff"


def test_stop() -> None:
    """Interface 5.8, R47: the same member on a Friday evening: STOP with date and fee, at most three acts, 5 points."""
    check = see(MATEO, FRIDAY)
    assert (check.verdict, check.code, check.visit) == (Verdict.STOP, "member.unpaid.stop", whole(5))
    assert check.acts == ("take_fee", "let_in", "refuse")
    assert (check.facts["paid_to"], check.facts["fee"]) == (date(2026, 11, 12), Money(4500))
    assert check.let_in is Act.LET_IN


@pytest.mark.parametrize(
    ("moment", "verdict"),
    [
        pytest.param("2026-03-13 17:59", Verdict.CHECK, id="Fri 17:59"),
        pytest.param("2026-03-13 18:00", Verdict.STOP, id="Fri 18:00"),
        pytest.param("2026-03-14 02:00", Verdict.STOP, id="Sat 02:00"),
        pytest.param("2026-03-14 02:01", Verdict.CHECK, id="Sat 02:01"),
    ],
)
@pytest.mark.example("R47.1")
def test_the_window_decides_between_check_and_stop(moment: str, verdict: Verdict) -> None:
    """R46, R47, U86: renewal 28 Feb 2026, window Fri 18:00-02:00: STOP inside, CHECK outside, never a WELCOME."""
    member = replace(MATEO, renewal_date=date(2026, 2, 28))
    assert see(member, moment, classification=FRIDAY_NIGHT).verdict is verdict


def test_check_when_the_check_is_off() -> None:
    """R46: with the Reception option off an un-financial member is CHECK, not a plain WELCOME."""
    assert see(MATEO, FRIDAY, venue=replace(CLUBHOUSE, financial_check=False)).verdict is Verdict.CHECK


def test_the_day_of_the_test_is_the_trading_day() -> None:
    """R9: paid to 27 Nov: financial until Sat 05:59, STOP in Friday's window only by the next trading day."""
    member = replace(MATEO, renewal_date=date(2026, 11, 27))
    always = replace(BRONZE, days_to_run=(0, 1, 2, 3, 4, 5, 6), start_min=0, end_min=0)
    assert see(member, "2026-11-28 05:59", classification=always).verdict is Verdict.WELCOME
    assert see(member, "2026-11-28 06:00", classification=always).verdict is Verdict.STOP


@pytest.mark.parametrize(
    ("member", "changes", "code", "acts", "facts"),
    [
        pytest.param(None, {}, "member.unknown", ("search", "ignore"), {}, id="1: unknown card"),
        pytest.param(OLIVE, {}, "card.blocked", ("search", "refuse"), {"last4": "0101"}, id="2: card stopped"),
        pytest.param(
            PRIYA,
            {"card": CardToken(digest="x", last4="1", state=CardState.REPLACED)},
            "card.replaced",
            ("search", "refuse"),
            {"last4": "1"},
            id="2: old issue",
        ),
        pytest.param(
            replace(PRIYA, block=Block.BLOCKED), {}, "member.blocked", ("refuse",), NAMED, id="2: contact blocked"
        ),
        pytest.param(
            PRIYA,
            {"deny": Deny(accounts=frozenset({"a-priya"}))},
            "account.blocked",
            ("refuse",),
            NAMED,
            id="2: account, by deny list",
        ),
        pytest.param(
            PRIYA,
            {"account": AccountCard(account_id="a-priya", club_id="larkspur", version=1, block=Block.BLOCKED)},
            "account.blocked",
            ("refuse",),
            NAMED,
            id="2: account",
        ),
        pytest.param(
            TOM, {}, "member.excluded", ("refuse",), {"venue": "the Clubhouse", "number": "100004"}, id="3: banned"
        ),
        pytest.param(
            PRIYA,
            {"deny": Deny(banned=frozenset({"priya"}))},
            "member.excluded",
            ("refuse",),
            {"venue": "the Clubhouse", "number": "100003"},
            id="3: by deny list",
        ),
        pytest.param(
            PRIYA,
            {"venue": MARINA, "classification": CLUBHOUSE_ONLY},
            "member.venue",
            ("refuse", "let_in"),
            {"classification": "Silver", "venue": "the Marina"},
            id="4: wrong venue",
        ),
        pytest.param(
            replace(PRIYA, application_date=date(2026, 11, 24)),
            {"club": UK},
            "member.too_soon",
            ("refuse",),
            {"applied": date(2026, 11, 24), "n": 2, "day": date(2026, 11, 26)},
            id="5: too soon",
        ),
    ],
)
def test_the_first_five_steps_stop(
    member: MemberCard | None, changes: dict[str, object], code: str, acts: tuple[str, ...], facts: dict[str, object]
) -> None:
    """R45: steps 1 to 5 stop everything: no points, no strip, no flags, a neutral public side."""
    birthday = replace(member, date_of_birth=date(1990, 11, 24)) if member else None
    check = see(birthday, TUESDAY, **changes)
    assert (check.verdict, check.code, check.acts, check.facts) == (Verdict.STOP, code, acts, facts)
    assert check.let_in is _let_in(code, member)
    assert (check.visit, check.birthday, check.earn_day) == (NO_POINTS, NO_POINTS, None)
    assert (check.visit_key, check.birthday_key, check.special, check.flags) == ("", "", "", ())
    assert check.public_text == "see_staff"
    assert check.because[0].rule in {"R88", "R13", "R85", "R11", "R15", "R18"}


def _let_in(code: str, member: MemberCard | None) -> Act | None:
    rows = {"member.venue": Act.LET_IN, "member.excluded": Act.LET_IN_OTHER_BAN}
    return Act.LET_IN_HOUSE_BAN if member is TOM else rows.get(code)


def test_unknown_card_on_the_deny_list() -> None:
    """R13: a stopped card is stopped by the deny list even where its holder is not known here."""
    card = CardToken(digest="c-lost", last4="9999")
    check = see(None, TUESDAY, card=card, deny=Deny(cards=frozenset({"c-lost"})))
    assert check.code == "card.blocked"


def test_found_by_name_needs_no_card() -> None:
    """R13: somebody whose card was stopped and who is found by name is judged as a person."""
    assert see(OLIVE, TUESDAY, card=None).verdict is Verdict.WELCOME


ROLES = {
    "reception": frozenset({Role.RECEPTION}),
    "duty manager": frozenset({Role.DUTY_MANAGER}),
    "duty manager at Reception": frozenset({Role.RECEPTION, Role.DUTY_MANAGER}),
    "venue manager": frozenset({Role.VENUE_MANAGER}),
    "membership officer": frozenset({Role.MEMBERSHIP_OFFICER}),
    "admin": frozenset({Role.ADMIN}),
    "cashier": frozenset({Role.CASHIER}),
    "viewer": frozenset({Role.VIEWER}),
    "every role but duty manager": frozenset(Role) - {Role.DUTY_MANAGER},
    "every role": frozenset(Role),
    "nobody": frozenset[Role](),
}
BANS: list[BanKind | None] = [*BanKind, None]


@pytest.mark.parametrize("ban", BANS, ids=[kind.value if kind else "kind not known" for kind in BANS])
@pytest.mark.parametrize("who", ROLES)
def test_bans(who: str, ban: BanKind | None) -> None:
    """R11, R12, D35, U85: letting in is offered for a house ban only, and only to a Duty manager; a fee never."""
    check = see(replace(TOM, ban=ban), TUESDAY, roles=ROLES[who])
    assert (check.verdict, check.code, check.public_text) == (Verdict.STOP, "member.excluded", "see_staff")
    assert ("let_in" in check.acts) == (ban is BanKind.HOUSE and Role.DUTY_MANAGER in ROLES[who])
    assert "take_fee" not in check.acts
    assert "admit" not in check.acts
    assert check.let_in is (Act.LET_IN_HOUSE_BAN if ban is BanKind.HOUSE else Act.LET_IN_OTHER_BAN)


@pytest.mark.parametrize(
    ("who", "check_acts", "stop_acts", "venue_acts"),
    [
        ("reception", "admit take_fee refuse", "take_fee let_in refuse", "refuse let_in"),
        ("duty manager", "admit take_fee refuse", "take_fee let_in refuse", "refuse let_in"),
        ("venue manager", "admit take_fee refuse", "take_fee let_in refuse", "refuse let_in"),
        ("membership officer", "admit take_fee refuse", "take_fee refuse", "refuse"),
        ("cashier", "take_fee", "take_fee", ""),
        ("viewer", "", "", ""),
        ("nobody", "", "", ""),
    ],
)
def test_acts_by_role(who: str, check_acts: str, stop_acts: str, venue_acts: str) -> None:
    """2.12 rows 3, 18, 19: what is offered on CHECK, on STOP for the fee and at the wrong venue, by role."""
    roles = ROLES[who]
    assert see(MATEO, TUESDAY, roles=roles).acts == tuple(check_acts.split())
    assert see(MATEO, FRIDAY, roles=roles).acts == tuple(stop_acts.split())
    wrong = see(PRIYA, TUESDAY, roles=roles, venue=MARINA, classification=CLUBHOUSE_ONLY)
    assert wrong.acts == tuple(venue_acts.split())


def test_a_fee_is_not_offered_where_none_can_be_taken() -> None:
    """R7: a classification without Paid to Date and Days Paid takes no fee by date, so the act is not there."""
    row = replace(BRONZE, days_paid=None)
    assert see(MATEO, FRIDAY, classification=row).acts == ("let_in", "refuse")


def test_never_paid_has_no_date_in_its_sentence() -> None:
    """R8, U56: who never paid gets no date in the sentence's facts, only the fee."""
    facts = see(replace(MATEO, renewal_date=NEVER_PAID), TUESDAY).facts
    assert "paid_to" not in facts
    assert facts["fee"] == Money(4500)


@pytest.mark.parametrize(
    ("change", "verdict", "special", "flags"),
    [
        pytest.param({}, Verdict.WELCOME, "birthday", [], id="birthday: strip above WELCOME"),
        pytest.param({"renewal_date": date(2026, 11, 12)}, Verdict.CHECK, "", ["door.flag.birthday"], id="under CHECK"),
        pytest.param({"ban": BanKind.HOUSE}, Verdict.STOP, "", [], id="not beside a ban"),
    ],
)
def test_birthday_never_outranks(change: dict[str, object], verdict: Verdict, special: str, flags: list[str]) -> None:
    """U81, U88: STOP over CHECK over SPECIAL over WELCOME; below CHECK the birthday's points are a flag."""
    check = see(replace(BIRTHDAY, **change), TUESDAY)  # type: ignore[arg-type] - a table's columns
    assert (check.verdict, check.special, [flag.code for flag in check.flags]) == (verdict, special, flags)


def test_birthday_under_a_stop_for_the_fee() -> None:
    """R45, R50: STOP for the fee: points of visit and birthday are given all the same and stand as a flag."""
    unpaid = replace(BIRTHDAY, date_of_birth=date(1990, 11, 27), renewal_date=date(2026, 11, 12))
    check = see(unpaid, FRIDAY)
    assert (check.verdict, check.special, check.birthday) == (Verdict.STOP, "", whole(200))
    assert check.flags == (because("door.flag.birthday", "R50", points=whole(200)),)


def test_the_strip_stays_all_day_and_the_points_do_not_come_again() -> None:
    """U88, R50: later on the birthday the strip is there without points; in a wide window it comes with the points."""
    member = replace(BIRTHDAY, birthday_awarded_on=date(2026, 11, 24))
    check = see(member, TUESDAY)
    assert (check.special, check.birthday, check.flags) == ("birthday", NO_POINTS, ())
    month = replace(CLUBHOUSE, birthday_window=BirthdayWindow.MONTH_OF)
    assert see(member, "2026-11-26 12:00", venue=month).special == ""
    assert see(BIRTHDAY, "2026-11-26 12:00", venue=month).special == "birthday"


def test_unknown_classification_is_left_to_staff() -> None:
    """R6: without settings nothing can be decided by them: CHECK, no points, admit or refuse."""
    check = see(PRIYA, TUESDAY, classification=None)
    assert check == CheckIn(
        verdict=Verdict.CHECK,
        code="member.class_unknown",
        facts={"number": 2},
        entry_day=date(2026, 11, 24),
        acts=("admit", "refuse"),
        barred=True,
        because=(because("why.class_unknown", "R6", number=2),),
    )


def test_earn_day_is_the_clubs() -> None:
    """D37, R34: at a venue in Perth the entry day is the venue's, earn day and last day are the club's in Sydney."""
    perth = replace(CLUBHOUSE, zone="Australia/Perth")
    check = see(PRIYA, at("2026-03-14 08:00"), venue=perth)
    assert (check.entry_day, check.earn_day) == (date(2026, 3, 13), date(2026, 3, 14))
    assert check.last_day == date(2028, 3, 14)


def test_points_that_never_expire() -> None:
    """R34: months 0 stamp no last day, months 6 from 31 Aug 2025 stamp 28 Feb 2026."""
    assert see(PRIYA, TUESDAY, classification=replace(SILVER, points_expiry_months=0)).last_day is None
    six = replace(SILVER, points_expiry_months=6)
    assert see(PRIYA, "2025-08-31 12:00", classification=six).last_day == date(2026, 2, 28)


STRIPPED: list[tuple[str, MemberCard, dict[str, object], Club, str]] = [
    ("cards", OLIVE, {"cards": ()}, CLUB, "R13"),
    ("block", replace(PRIYA, block=Block.BLOCKED), {"block": Block.NONE}, CLUB, "R13"),
    ("ban", replace(PRIYA, ban=BanKind.POLICE), {"ban": None}, CLUB, "R11"),
    ("application date", replace(PRIYA, application_date=date(2026, 11, 23)), {"application_date": None}, UK, "R18"),
    ("renewal date", PRIYA, {"renewal_date": NEVER_PAID}, CLUB, "R9"),
    ("date of birth", BIRTHDAY, {"date_of_birth": None}, CLUB, "R50"),
    (
        "birthday rewarded",
        replace(BIRTHDAY, birthday_awarded_on=date(2026, 11, 24)),
        {"birthday_awarded_on": None},
        CLUB,
        "R50",
    ),
    ("part in the scheme", replace(PRIYA, earns_points=False), {"earns_points": True}, CLUB, "R48"),
]


@pytest.mark.parametrize(
    ("member", "bare", "club", "rule"), [row[1:] for row in STRIPPED], ids=[r[0] for r in STRIPPED]
)
def test_each_field_of_the_card_counts(member: MemberCard, bare: dict[str, object], club: Club, rule: str) -> None:
    """Ledger design 6.5: a member card without one of its fields gives another answer, by the rule that needs it."""
    full = see(member, TUESDAY, club=club)
    stripped = see(replace(member, **bare), TUESDAY, club=club)  # type: ignore[arg-type] - a table's columns
    assert full != stripped
    assert rule in [why.rule for why in (*full.because, *stripped.because)]


MEMBERS = st.builds(
    lambda renewal, birth, ban, block, earns: replace(
        PRIYA, renewal_date=renewal, date_of_birth=birth, ban=ban, block=block, earns_points=earns
    ),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)) | st.just(NEVER_PAID),
    st.none() | st.dates(date(1950, 1, 1), date(2005, 12, 31)),
    st.none() | st.sampled_from(BanKind),
    st.sampled_from(Block),
    st.booleans(),
)


@given(
    member=st.none() | MEMBERS,
    minute=st.integers(0, 500_000),
    roles=st.sets(st.sampled_from(Role)),
    known=st.booleans(),
)
def test_every_answer_is_whole(member: MemberCard | None, minute: int, roles: set[Role], known: bool) -> None:
    """R45, U81-U84: whoever swipes whenever: at most three acts, a reason with a rule, points only with key and day."""
    at_us = at("2026-01-01 00:00") + minute * 60_000_000
    check = see(member, at_us, roles=roles, classification=SILVER if known and member else None)
    assert len(check.acts) <= 3
    assert all(why.rule.startswith("R") for why in (*check.because, *check.flags))
    assert check.because
    assert (check.public_text == "welcome") == (check.verdict is Verdict.WELCOME) == (check.acts == ("admit",))
    assert not check.special or check.verdict is Verdict.WELCOME
    assert bool(check.visit) == bool(check.visit_key)
    assert bool(check.birthday) == bool(check.birthday_key)
    assert (check.earn_day is not None) == bool(check.visit or check.birthday)
    assert "let_in" not in check.acts or check.let_in is not None
